"""What is wrong with a risk: its shape, by the risk schema, then whether its parts fit."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from policies.catalogue.definition import ProductDefinition, choice_titles, field_at, labels_of
from policies.rating.plan import Json, Names, label
from policies.rating.reading import items_of

FORMATS = FormatChecker(["date"])


class FieldError(NamedTuple):
    path: str
    message: str


def shape_errors(definition: ProductDefinition, risk: Json) -> list[FieldError]:
    """What the schema says, and floats, each at its field."""
    validator = Draft202012Validator(definition.risk_schema, format_checker=FORMATS)
    labels = dict(labels_of(definition.risk_schema))
    found = [
        FieldError(path, sentence)
        for error in validator.iter_errors(risk)
        for path, sentence in _sentences(error, risk, labels, definition)
    ]
    return [*found, *_floats(risk, "")]


def sense_errors(definition: ProductDefinition, risk: Json) -> list[FieldError]:
    """Keys, links and sums of a risk that has the right shape."""
    return [*_keys(definition, risk), *_sums(definition, risk)]


def _sentences(
    error: ValidationError, risk: Json, labels: dict[str, Names], definition: ProductDefinition
) -> Iterator[FieldError]:
    steps = list(error.absolute_path)
    if error.validator == "required":
        needed: Any = error.validator_value
        given: Any = error.instance
        for name in set(needed) - set(given):
            path, plain = _path([*steps, name], risk)
            field = label(labels[plain]) if plain in labels else name
            yield FieldError(path, _("%(field)s: this is needed.") % {"field": field})
        return
    path, plain = _path(steps, risk)
    field = label(labels[plain]) if plain in labels else plain
    wrong = _narrowed(error, definition, plain) or _wrong(error)
    yield FieldError(path, f"{field}: {wrong}" if field else wrong)


def _narrowed(error: ValidationError, definition: ProductDefinition, plain: str) -> str:
    """Where another answer narrows a list of choices, those that are left, by their titles."""
    field = field_at(definition.risk_schema, plain)
    if error.validator != "enum" or error.validator_value == field.get("enum"):
        return ""
    titles = choice_titles(field)
    allowed: Any = error.validator_value
    left = ", ".join(titles.get(value, str(value)) for value in allowed)
    return _("with the other answers, choose one of: %(options)s.") % {"options": left}


def _wrong(error: ValidationError) -> str:
    """What is wrong with a value, in the applicant's words."""
    bound = error.validator_value
    sentences = {
        "type": _("this value is of the wrong kind."),
        "enum": _("choose one of the list."),
        "const": _("this value cannot be changed."),
        "minimum": _("at least %(bound)s.") % {"bound": bound},
        "maximum": _("at most %(bound)s.") % {"bound": bound},
        "minLength": _("this is needed."),
        "maxLength": _("at most %(bound)s characters.") % {"bound": bound},
        "minItems": _("add at least one."),
        "maxItems": _("at most %(bound)s.") % {"bound": bound},
        "pattern": _("this does not have the right form."),
        "format": _("write a date as YYYY-MM-DD."),
        "additionalProperties": _("there is a field that this product does not know."),
    }
    return sentences.get(str(error.validator), _("this value is not accepted."))


def _path(steps: list[Any], risk: Json) -> tuple[str, str]:
    """A path with item keys, and the same without them."""
    keyed: list[str] = []
    plain: list[str] = []
    node: Any = risk
    for step in steps:
        node = node[step] if isinstance(step, int) or step in node else None
        if isinstance(step, int):
            key = node.get("key") if isinstance(node, dict) else None
            keyed.append(key if key and isinstance(key, str) else str(step))
        else:
            keyed.append(step)
            plain.append(step)
    return ".".join(keyed), ".".join(plain)


def _floats(node: Any, path: str) -> Iterator[FieldError]:
    """A float is not exact, also where JSON Schema would take 5.0 for a whole number."""
    if isinstance(node, float):
        yield FieldError(path, _("Write a whole number, or an amount as text."))
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _floats(value, f"{path}.{name}" if path else str(name))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            key = value.get("key", index) if isinstance(value, dict) else index
            yield from _floats(value, f"{path}.{key}")


def _keys(definition: ProductDefinition, risk: Json) -> Iterator[FieldError]:
    """Keys are unique over all lists, and an item that names another names one that is there."""
    seen: set[str] = set()
    for name, schema in definition.risk_schema["properties"].items():
        if not schema.get("x-item"):
            continue
        fields = schema.get("items", schema)["properties"]
        for item in items_of(risk, name):
            if item["key"] in seen:
                yield FieldError(f"{name}.{item['key']}.key", _("This key is used twice."))
            seen.add(item["key"])
            yield from _links(name, item, fields, risk)


def _links(name: str, item: Json, fields: Json, risk: Json) -> Iterator[FieldError]:
    for field, schema in fields.items():
        target = schema.get("x-link")
        named = item.get(field)
        if target and named and named not in {one["key"] for one in items_of(risk, target)}:
            facts = {"field": label(schema["x-title"])}
            yield FieldError(
                f"{name}.{item['key']}.{field}", _("%(field)s: choose one of the list.") % facts
            )


def _sums(definition: ProductDefinition, risk: Json) -> Iterator[FieldError]:
    """Shares must sum to a whole, over a list or within each group of it; told at the last."""
    for name, schema in definition.risk_schema["properties"].items():
        rule = schema.get("x-sum")
        if not rule:
            continue
        groups: dict[tuple[Any, ...], list[Json]] = {}
        for item in items_of(risk, name):
            groups.setdefault(tuple(item.get(by) for by in rule.get("by", ())), []).append(item)
        title = label(schema["items"]["properties"][rule["field"]]["x-title"])
        for items in groups.values():
            total = sum(item[rule["field"]] for item in items)
            if total != rule["total"]:
                sentence = _("%(field)s: these must sum to %(total)s. They sum to %(found)s.")
                facts = {"field": title, "total": rule["total"], "found": total}
                path = f"{name}.{items[-1]['key']}.{rule['field']}"
                yield FieldError(path, sentence % facts)
