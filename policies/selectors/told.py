"""What a change says in words: each field, item and coverage that differs, before and after."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from policies import wording
from policies.catalogue import ProductDefinition, label
from policies.rating.plan import Json

State = Mapping[str, Any]
NOTHING = "—"


class Told(NamedTuple):
    """One difference: what it is, what it was, what it becomes."""

    what: str
    was: str
    becomes: str


def told_changes(
    definition: ProductDefinition, before: State | None, after: State | None
) -> list[Told]:
    """The differences between two states of what is insured; None is not insured at all."""
    old, new = before or {}, after or {}
    schema = definition.risk_schema
    old_risk, new_risk = old.get("risk", {}), new.get("risk", {})
    titles = {**wording.titles_of(schema, old_risk), **wording.titles_of(schema, new_risk)}
    return [
        *_fields(schema, old_risk, new_risk, titles, ""),
        *_items(schema, old_risk, new_risk, titles),
        *_coverages(definition, old.get("coverages", []), new.get("coverages", []), titles),
    ]


def told_path(definition: ProductDefinition, path: str, risk: State) -> str:
    """The name of what an operation touches: "2021 Toyota Corolla: Value", "Collision"."""
    schema, (root, *steps) = definition.risk_schema, path.split(".")
    titles = wording.titles_of(schema, risk)
    if root == "coverages":
        item, _colon, code = steps[0].rpartition(":") if steps else ("", "", "")
        known = {coverage.code: label(coverage.names) for coverage in definition.coverages}
        words = [titles.get(item, item), known.get(code, code)]
        return ": ".join(word for word in words if word)
    words, node = [], schema
    for step in steps:
        fields = node.get("items", node).get("properties", {})
        if step in fields:
            node = fields[step]
            if node.get("type") not in ("array", "object"):
                words.append(wording.field_title(step, node))
        else:
            words.append(titles.get(step, step))
    return ": ".join(words) or path


def told_value(definition: ProductDefinition, path: str, value: Any) -> str:
    """A value of an operation in the reader's words: of a field, or of a whole item."""
    if value is None:
        return _("nothing")
    if isinstance(value, Mapping):
        spec = wording.item_schema_of(definition.risk_schema, path)
        return wording.item_title(spec, value) if spec else str(value.get("coverage", ""))
    node = definition.risk_schema
    for step in path.split(".")[1:]:
        node = node.get("items", node).get("properties", {}).get(step, node)
    return wording.value_text(node, value) if not isinstance(value, list) else str(len(value))


def _fields(
    schema: Json, old: State, new: State, titles: Mapping[str, str], of: str
) -> Iterator[Told]:
    for name, spec in schema.get("properties", {}).items():
        is_plain = spec.get("type") not in ("array", "object")
        if is_plain and name != "key" and old.get(name) != new.get(name):
            title = wording.field_title(name, spec)
            yield Told(
                f"{of}: {title}" if of else title,
                _value(spec, old.get(name), titles),
                _value(spec, new.get(name), titles),
            )


def _value(spec: Json, value: Any, titles: Mapping[str, str]) -> str:
    if "x-link" in spec and str(value) in titles:
        return titles[str(value)]
    return wording.value_text(spec, value)


def _items(schema: Json, old: State, new: State, titles: Mapping[str, str]) -> Iterator[Told]:
    before = {key: item for key, _spec, item in wording.items_of(schema, old)}
    after = {key: item for key, _spec, item in wording.items_of(schema, new)}
    specs = {key: spec for risk in (old, new) for key, spec, _i in wording.items_of(schema, risk)}
    for key, spec in specs.items():
        if key not in before:
            yield Told(titles[key], NOTHING, _("Insured"))
        elif key not in after:
            yield Told(titles[key], _("Insured"), _("No longer insured"))
        else:
            yield from _fields(spec, before[key], after[key], titles, titles[key])


def _coverages(
    definition: ProductDefinition,
    old: list[dict[str, str]],
    new: list[dict[str, str]],
    titles: Mapping[str, str],
) -> Iterator[Told]:
    before, after = ({row["key"]: row for row in rows} for rows in (old, new))
    for key in dict.fromkeys([*before, *after]):
        was, becomes = before.get(key), after.get(key)
        if was != becomes:
            row = was or becomes or {}
            name = label(definition.coverage(row["coverage"]).names)
            item = titles.get(row["item"], row["item"])
            yield Told(
                f"{item}: {name}" if item else name,
                _chosen(definition, was),
                _chosen(definition, becomes),
            )


def _chosen(definition: ProductDefinition, row: Mapping[str, str] | None) -> str:
    """The limit and the deductible that were chosen of a coverage, in the reader's words."""
    if row is None:
        return NOTHING
    coverage = definition.coverage(row["coverage"])
    said = []
    if coverage.limit and (limit := coverage.limit.option(row["limit"])):
        said.append(wording.option_text(limit))
    if coverage.deductible and (deductible := coverage.deductible.option(row["deductible"])):
        said.append(_("deductible %(amount)s") % {"amount": wording.option_text(deductible)})
    return ", ".join(said) or _("Yes")
