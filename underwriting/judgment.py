"""How far an underwriter's judgment may move a premium, and for what. Pure.

    percent of the schedule = sum of the credits (−) and debits (+) of its characteristics
    premium after it        = premium before it × (100 + percent) ÷ 100, as a step of the plan

The table is `judgment.yaml`; a kind of product or a place without a row has no schedule rating.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from office.exceptions import Refused
from policies.catalogue import ProductDefinition, label

TABLE = Path(__file__).with_name("judgment.yaml")
ANYWHERE = "*"
FURTHEST = 50  # per cent: the database refuses more, whatever a table says


@dataclass(frozen=True, slots=True)
class Characteristic:
    """Something that is judged, and by how many per cent at most, up or down."""

    code: str
    names: Mapping[str, str]
    most: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What holds for a kind of product in a place on a day. `most` is of their sum, in per cent."""

    most: int
    source: str
    characteristics: tuple[Characteristic, ...]


@cache
def _table() -> dict[str, Any]:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


@cache
def schedule_for(kind: str, jurisdiction: str, on: date) -> Schedule:
    """The row in force: the place's own before the general one, the latest first."""
    rows = [
        row
        for row in _table()["limits"]
        if row["kind"] == kind
        and row["jurisdiction"] in (jurisdiction, ANYWHERE)
        and row["effective_from"] <= on
    ]
    if not rows:
        raise Refused(_("There is no schedule rating for this kind of product."))
    row = max(rows, key=lambda row: (row["jurisdiction"] != ANYWHERE, row["effective_from"]))
    if not row["most"]:
        raise Refused(
            _("There is no schedule rating here: %(source)s.") % {"source": row["source"]}
        )
    characteristics = tuple(
        Characteristic(one["code"], one["name"], one["most"])
        for one in _table()["characteristics"][kind]
    )
    return Schedule(row["most"], row["source"], characteristics)


def names_of(kind: str) -> dict[str, Mapping[str, str]]:
    """What is judged of a kind of product, by code."""
    return {one["code"]: one["name"] for one in _table()["characteristics"].get(kind, ())}


def percent_of(schedule: Schedule, parts: Mapping[str, int]) -> int:
    """The sum of what was judged. Raises `Refused` at the characteristic, or at the sum."""
    known = {one.code: one for one in schedule.characteristics}
    for code, percent in parts.items():
        if code not in known:
            raise Refused(_("“%(code)s” is not judged here.") % {"code": code})
        one = known[code]
        if abs(percent) > one.most:
            raise Refused(
                _("%(name)s: from -%(most)s to %(most)s per cent.")
                % {"name": label(one.names), "most": one.most},
                field=code,
            )
    total = sum(parts.values())
    if abs(total) > schedule.most:
        raise Refused(
            _("Together they come to %(total)s per cent; from -%(most)s to %(most)s is allowed.")
            % {"total": total, "most": schedule.most}
        )
    return total


def judged_field(definition: ProductDefinition) -> str:
    """The field of the risk that the plan reads; "" where the product knows no such step."""
    schema = definition.risk_schema["properties"]
    for name, spec in schema.items():
        if spec.get("x-judgment") and _is_read(definition, f"risk.{name}"):
            return str(name)
    return ""


def _is_read(definition: ProductDefinition, path: str) -> bool:
    plan = definition.rating
    named = {name for name, spec in plan.inputs.items() if spec.of == path} | {path}
    return any(named & set(lookup.inputs) for step in plan.steps for lookup in step.lookups)
