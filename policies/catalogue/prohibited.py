"""Variables that the law keeps out of a price: a plan that uses one is refused at load."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.rating.plan import Input, Json, RatingPlan, Step


@dataclass(frozen=True, slots=True)
class Prohibition:
    """`fields` are the words by which a variable shows in a field's name."""

    variable: str
    fields: frozenset[str]
    jurisdictions: frozenset[str] | None
    kinds: frozenset[str] | None
    law: str

    def holds(self, kind: str, jurisdiction: str) -> bool:
        if self.kinds is not None and kind not in self.kinds:
            return False
        return self.jurisdictions is None or jurisdiction in self.jurisdictions


@dataclass(frozen=True, slots=True)
class Breach:
    variable: str
    jurisdiction: str
    law: str


def prohibitions_of(document: Json) -> list[Prohibition]:
    """The table, one row per variable and law."""
    return [
        Prohibition(
            variable["variable"],
            frozenset([variable["variable"], *variable["fields"]]),
            frozenset(law["jurisdictions"]) if "jurisdictions" in law else None,
            frozenset(law["kinds"]) if "kinds" in law else None,
            law["law"],
        )
        for variable in document["prohibited"]
        for law in variable["laws"]
    ]


def breaches_of_step(
    step: Step, plan: RatingPlan, schema: Json, kind: str, table: list[Prohibition]
) -> list[Breach]:
    """The laws that a step breaks in the jurisdictions in which it applies."""
    words: set[str] = set()
    looked_up = [name for lookup in step.lookups for name in lookup.inputs]
    for name in [*looked_up, step.exposure, step.where]:
        spec = plan.inputs.get(name) or Input("value", name)
        words |= set(_words_of(spec, plan, schema))
    places = [
        place
        for place in plan.levies
        if any(step.applies(place, coverage) for coverage in plan.coverages)
    ]
    return _breaches(words, places, kind, table)


def breaches_of_condition(
    condition: str, places: list[str], kind: str, table: list[Prohibition]
) -> list[Breach]:
    """The laws that an appetite rule breaks by naming a variable."""
    words = {word for name in re.findall(r"[A-Za-z_]\w*", condition) for word in _words(name)}
    return _breaches(words, places, kind, table)


def _breaches(
    words: set[str], places: list[str], kind: str, table: list[Prohibition]
) -> list[Breach]:
    return [
        Breach(row.variable, place, row.law)
        for row in table
        if words & row.fields
        for place in places
        if row.holds(kind, place)
    ]


def _words_of(spec: Input, plan: RatingPlan, schema: Json) -> Iterator[str]:
    """The words of a field's name and the variable that its schema says it stands for."""
    for of in [spec.of, spec.until]:
        root, *names = of.split(".")
        link = plan.links.get(root)
        if link:
            names = [link.list, *names]
        for path in [names, *([*names, field] for field in spec.fields)]:
            for name in path:
                yield from _words(name)
            for node in _schemas_on(schema, path, item=root == "item"):
                if "x-variable" in node:
                    yield node["x-variable"]


def _schemas_on(schema: Json, names: list[str], *, item: bool) -> Iterator[Json]:
    """The schemas along a path; an item's path is tried in each list of items."""
    starts = [schema]
    if item:
        starts = [node.get("items", node) for node in schema.get("properties", {}).values()]
    for node in starts:
        for name in names:
            node = node.get("items", node).get("properties", {}).get(name)
            if node is None:
                break
            yield node


def _words(name: str) -> list[str]:
    return [name, *name.lower().split("_")]
