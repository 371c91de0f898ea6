"""The house tests itself: walls, words, foreign keys, stamps, doors."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client
from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["office", "customers", "accounting", "policies", "claims", "underwriting", "portal"]
MODULES = [
    path.relative_to(ROOT)
    for app in [*FLOORS, "bench"]
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]
OUR_MODELS = [model for model in apps.get_models() if model._meta.app_label in FLOORS]
UNNAMED = {"utils", "helpers", "common", "core", "base", "mixins", "managers", "signals"}
OPEN_TO_STRANGERS = {"healthz", "readyz"}
GENERATED = "GenericForeignKey"


def _functions(tree):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_modules_and_functions_stay_within_their_walls(module):
    source = (ROOT / module).read_text()

    tall = [f.name for f in _functions(ast.parse(source)) if f.end_lineno - f.lineno + 1 > 50]

    assert source.count("\n") <= 400
    assert tall == []


def test_no_module_has_a_name_that_says_nothing():
    assert [str(m) for m in MODULES if m.stem in UNNAMED] == []


def test_money_meets_no_float():
    """`float(` in an app that handles amounts is a cent on its way to being lost."""
    floats = [
        f"{module}:{node.lineno}"
        for module in MODULES
        if module.parts[0] not in {"office", "bench"}
        for node in ast.walk(ast.parse((ROOT / module).read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"
    ]

    assert floats == []


def _foreign_keys():
    for model in OUR_MODELS:
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and not model._meta.auto_created:
                yield model, field


def test_nothing_cascades_into_history():
    cascades = [
        f"{model.__name__}.{field.name}"
        for model, field in _foreign_keys()
        if field.remote_field.on_delete in {models.CASCADE, models.SET_NULL, models.SET_DEFAULT}
    ]

    assert cascades == []


def test_no_foreign_key_points_up():
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model, field in _foreign_keys()
        if field.related_model._meta.app_label in FLOORS
        and FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(model._meta.app_label)
    ]

    assert upward == []


def test_every_model_says_what_it_is():
    silent = [m.__name__ for m in OUR_MODELS if m.__str__ is models.Model.__str__]

    assert silent == []


def _checks_naming(model, *names):
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            text = str(constraint.condition)
            if all(name in text for name in names):
                return True
    return False


def test_who_and_when_are_stamped_together():
    """Each actor `x_by` has its moment `x_at`; where both may be empty, a constraint pairs them."""
    unpaired = []
    for model in OUR_MODELS:
        fields = {field.name: field for field in model._meta.concrete_fields}
        for name, field in fields.items():
            if name.endswith("_by") and field.related_model is get_user_model():
                moment = fields.get(f"{name[:-3]}_at")
                if moment is None:
                    unpaired.append(f"{model.__name__}.{name} has no moment")
                elif field.null and not _checks_naming(model, name, moment.name):
                    unpaired.append(f"{model.__name__}.{name} has no constraint")

    assert unpaired == []


def test_no_generic_foreign_keys():
    users = [str(module) for module in MODULES if GENERATED in (ROOT / module).read_text()]

    assert users == []


def test_an_exception_from_a_check_says_why():
    """`# noqa` and `# type: ignore` need a code and a reason behind them."""
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / m for m in MODULES)])
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"#\s*(noqa|type:\s*ignore)", line)
        and not re.search(r"(noqa: [A-Z0-9, ]+|type: ignore\[[\w-]+\])\s+\S+", line)
        and path != Path(__file__)
    ]

    assert bare == []


def _routes(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern
        else:
            yield from _routes(pattern.url_patterns, prefix + str(pattern.pattern))


def _address(route):
    example = {
        "uuid": "00000000-0000-4000-8000-000000000000",
        "int": "1",
        "slug": "x",
        "str": "x",
        "path": "x",
    }
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda m: example.get(m[1] or "str", "x"), route)
    route = re.sub(r"\(\?P<\w+>[^()]*(\([^()]*\)[^()]*)*\)", "1", route)
    return "/" + route.replace("^", "").replace("\\Z", "").replace("$", "").replace("\\", "")


@pytest.mark.django_db
def test_every_address_asks_who_you_are():
    """A stranger gets the sign-in page, 401, 403 or 404, except at the few listed doors."""
    routes = [
        route
        for route, _ in _routes(get_resolver().url_patterns)
        if not route.startswith("accounts/") and route not in OPEN_TO_STRANGERS
    ]
    answers = {route: Client().get(_address(route)) for route in routes}

    welcome = [
        f"{route} → {answer.status_code}"
        for route, answer in answers.items()
        if answer.status_code not in {401, 403, 404, 405}
        and not (answer.status_code == 302 and "/login/" in answer.headers["Location"])
    ]

    assert len(routes) > 20
    assert welcome == []


def test_every_decision_has_a_number_of_its_own():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]

    assert numbers == list(range(1, len(pages) + 1))
    for number, page in zip(numbers, pages, strict=True):
        assert page.read_text().startswith(f"# {number}. "), page.name
