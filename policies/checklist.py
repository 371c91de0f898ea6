"""What is looked at before papers go out: what the office checks, what a person confirms. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from policies.enums import Lane
from policies.rating.plan import Names, label

TABLE = Path(__file__).with_suffix(".yaml")
HELD = "rule:"  # before the code of a rule that blocks the issue


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist. `said` names what is wrong, field by field; empty when it holds.

    `needs_person`: it holds when somebody has confirmed it. `is_held`: an underwriter does.
    """

    code: str
    name: str
    said: tuple[str, ...] = ()
    needs_person: bool = False
    is_held: bool = False
    is_confirmed: bool = False
    note: str = ""
    who: str = ""

    @property
    def holds(self) -> bool:
        return self.is_confirmed if self.needs_person else not self.said


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person confirms of these kinds of transactions, where a field of the risk says so."""

    code: str
    names: Names
    when: str
    at: tuple[str, ...]

    def applies(self, *, kind: str, risk: Mapping[str, Any]) -> bool:
        return kind in self.at and (not self.when or bool(risk.get(self.when)))


@dataclass(frozen=True, slots=True)
class Way:
    lane: Lane
    asks: tuple[Ask, ...]


def way_of(kind: str) -> Way:
    """How the papers of a kind of product go out; a kind without a row goes to the analyst."""
    return _ways().get(kind, Way(Lane.ANALYST, ()))


def lane_of(kind: str, items: Sequence[Item]) -> Lane:
    """By themselves only where nobody has to look at anything."""
    clean = all(item.holds for item in items)
    return Lane.STRAIGHT if clean and way_of(kind).lane == Lane.STRAIGHT else Lane.ANALYST


def items_to_confirm(
    product_kind: str,
    *,
    kind: str,
    risk: Mapping[str, Any],
    held: Sequence[Mapping[str, Any]],
) -> list[Item]:
    """What a person stands for: by the table, and each rule that blocks the issue."""
    asked = [
        Item(ask.code, label(ask.names), needs_person=True)
        for ask in way_of(product_kind).asks
        if ask.applies(kind=kind, risk=risk)
    ]
    rules = [
        Item(f"{HELD}{rule['code']}", label(rule["messages"]), needs_person=True, is_held=True)
        for rule in held
    ]
    return [*asked, *rules]


def open_items(items: Sequence[Item]) -> list[str]:
    """What keeps the papers from going out, in the reader's words."""
    return [
        _("%(what)s: %(said)s") % {"what": item.name, "said": " ".join(item.said)}
        if item.said
        else item.name
        for item in items
        if not item.holds
    ]


@cache
def _ways() -> dict[str, Way]:
    table = yaml.safe_load(TABLE.read_text())
    return {
        kind: Way(
            Lane(row["lane"]),
            tuple(
                Ask(one["code"], one["name"], one.get("when", ""), tuple(one["at"]))
                for one in row["confirm"]
            ),
        )
        for kind, row in table.items()
    }
