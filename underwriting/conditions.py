"""A rule's condition before anybody is quoted on it: what it may read, and what is wrong in it.

Pure. The language tells the names that a condition uses, not the fields behind them, so the
paths are read from its text: `risk.losses`, and `d.born_on` in `risk.drivers.exists(d, …)`.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

import cel
from django.utils.translation import gettext as _

Json = Mapping[str, Any]

TEXT_IN_QUOTES = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
EACH = re.compile(r"([\w.\[\]]+)\.(?:exists|exists_one|all|map|filter)\(\s*([A-Za-z_]\w*)\s*,")
PATH = re.compile(r"(?<![\w.])([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*|\[\d+\])+)")
PARTS = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")
FUNCTIONS = {"sum": sum}  # what the language lacks: the total of a list of whole numbers
BUILT_IN = frozenset({
    "size", "has", "int", "uint", "double", "string", "bool", "bytes", "type", "dyn", "matches",
    "startsWith", "endsWith", "contains", "timestamp", "duration", "max", "min",
    "true", "false", "null",
})  # fmt: skip
SAMPLES = {"integer": 1, "number": 1, "boolean": False, "null": None}


class Fact(NamedTuple):
    """Something a condition may read. `kind` is a type of JSON Schema; `names` by language."""

    path: str
    kind: str
    names: Mapping[str, str]


def facts_in(schema: Json) -> list[Fact]:
    """Every field of the facts that a schema describes; `[]` stands for each item of a list."""
    return list(_facts("", schema))


def _facts(path: str, schema: Json) -> Iterator[Fact]:
    for name, field in schema.get("properties", {}).items():
        inner = f"{path}.{name}" if path else name
        if "properties" in field:
            yield from _facts(inner, field)
        elif "properties" in field.get("items", {}):
            yield from _facts(f"{inner}[]", field["items"])
        else:
            yield Fact(inner, _kind(field), field.get("x-title", {}))


def shape_of(value: Any) -> dict[str, Any]:
    """The schema of a value: of names within names, and of whole numbers."""
    if isinstance(value, Mapping):
        shapes = {name: shape_of(one) for name, one in value.items()}
        return {"type": "object", "properties": shapes}
    return {"type": "integer"}


def _kind(field: Json) -> str:
    if "enum" in field:
        return "string" if all(isinstance(one, str) for one in field["enum"]) else "integer"
    return str(field.get("type", "string"))


@functools.lru_cache(maxsize=1024)
def compiled(condition: str) -> Any:
    """The condition's program. Raises ValueError where it cannot be read."""
    return cel.compile(condition)


def faults_in(condition: str, schema: Json) -> list[str]:
    """What is wrong in a condition over facts of this shape, a sentence each."""
    if unread := readable(condition):
        return unread
    program = compiled(condition)
    unknown = [*_unknown_names(program, condition, schema), *_unknown_paths(condition, schema)]
    return unknown or list(_wrong_types(program, schema))


def _unreadable(error: ValueError) -> str:
    """The language's own words, in English, without the text of the condition."""
    why = str(error).splitlines()[0].rpartition("ERROR: ")[2].removeprefix("<input>:")
    return _("The condition cannot be read: %(why)s") % {"why": why}


def readable(condition: str) -> list[str]:
    """Whether a condition can be read at all, whatever it reads."""
    if not condition.strip():
        return [_("Write a condition.")]
    try:
        compiled(condition)
    except ValueError as error:
        return [_unreadable(error)]
    return []


def _unknown_names(program: Any, condition: str, schema: Json) -> Iterator[str]:
    text = TEXT_IN_QUOTES.sub('""', condition)
    known = {*schema["properties"], *BUILT_IN, *FUNCTIONS}
    known |= {name for _list, name in EACH.findall(text)}
    for name in sorted(set(program.variables()) - known):
        yield _no_fact(name, schema["properties"])
    for name in sorted(set(program.functions())):
        if name.isidentifier() and name not in known and not name.startswith("_"):
            yield _("There is no function “%(name)s”.") % {"name": name}


def _unknown_paths(condition: str, schema: Json) -> Iterator[str]:
    text = TEXT_IN_QUOTES.sub('""', condition)
    shapes = _shapes(text, schema)
    for match in PATH.finditer(text):
        here = shapes.get(match[1], [])
        steps = _steps(text, match)
        for place, step in enumerate(steps):
            inner = [found for shape in here if (found := _inside(shape, step)) is not None]
            if here and not inner:
                path = ".".join([match[1], *steps[: place + 1]])
                names = [name for shape in here for name in shape.get("properties", {})]
                yield _no_fact(path, names, step)
            here = inner


def _steps(text: str, match: re.Match[str]) -> list[str]:
    """The names and places of a path; what is called at its end is a function, not a field."""
    steps = [name or place for name, place in PARTS.findall(match[2])]
    return steps[:-1] if text[match.end() :].lstrip()[:1] == "(" else steps


def _shapes(text: str, schema: Json) -> dict[str, list[Json]]:
    """The shapes behind each name: the facts, and the names that stand for items of lists."""
    shapes: dict[str, list[Json]] = {name: [one] for name, one in schema["properties"].items()}
    for of, name in EACH.findall(text):
        root, *steps = re.findall(r"[A-Za-z_]\w*|\d+", of)
        here = shapes.get(root, [])
        for step in steps:
            here = [found for shape in here if (found := _inside(shape, step)) is not None]
        shapes.setdefault(name, []).extend(one["items"] for one in here if "items" in one)
    return shapes


def _inside(shape: Json, step: str) -> Json | None:
    if step.isdigit():
        return shape.get("items")
    return shape.get("properties", {}).get(step)


def _no_fact(path: str, names: Iterable[str], step: str = "") -> str:
    near = get_close_matches(step or path, list(names), n=1)
    if near:
        facts = {"path": path, "near": path.removesuffix(step or path) + near[0]}
        return _("There is no fact “%(path)s”. Did you mean “%(near)s”?") % facts
    return _("There is no fact “%(path)s”.") % {"path": path}


def _wrong_types(program: Any, schema: Json) -> Iterator[str]:
    """Tried on a specimen: what is compared must be comparable, and the answer yes or no."""
    try:
        answer = program.execute({**specimen(schema), **FUNCTIONS})
    except TypeError:
        yield _("It compares or adds up things of different kinds.")
    except (KeyError, IndexError, ValueError):
        return  # a field that is not always there, or a text that is no number: life will tell
    except RuntimeError as error:
        yield _("The condition cannot be worked out: %(why)s") % {"why": error}
    else:
        if not isinstance(answer, bool):
            yield _("The condition must be true or false.")


def specimen(schema: Json) -> Any:
    """Facts of this shape with every field filled in, and one item in each list."""
    if "properties" in schema:
        return {name: specimen(field) for name, field in schema["properties"].items()}
    if "items" in schema:
        return [specimen(schema["items"])] * max(1, schema.get("x-length", 1))
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date":
        return "2020-01-01"
    return SAMPLES.get(schema.get("type", "string"), "1.00")


def read_by(condition: str, known: Json) -> list[tuple[str, str]]:
    """The facts that a condition looks at, each with what it is: why it fires or does not."""
    text = TEXT_IN_QUOTES.sub('""', condition)
    lists = {name: of for of, name in EACH.findall(text)}
    found: dict[str, str] = {}
    for match in PATH.finditer(text):
        steps = _steps(text, match)
        root = match[1]
        if root in lists:
            of = lists[root]
            items = _value(known, re.findall(r"[A-Za-z_]\w*|\d+", of))
            values = [_value(item, steps) for item in items] if isinstance(items, list) else []
            found[".".join([f"{of}[]", *steps])] = ", ".join(map(_told, values)) or "—"
        elif steps and root in known and root not in ("years_ago",):
            value = _value(known, [root, *steps])
            if not isinstance(value, list | dict):
                found[".".join([root, *steps])] = _told(value)
    for name in compiled(condition).variables():
        if isinstance(known.get(name), str | int):
            found[name] = _told(known[name])
    return list(found.items())


def _value(node: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(node, list) and step.isdigit():
            node = node[int(step)] if int(step) < len(node) else None
        else:
            node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _told(value: Any) -> str:
    if value is None:
        return "—"
    return str(value).lower() if isinstance(value, bool) else str(value)
