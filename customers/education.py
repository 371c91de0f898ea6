"""Continuing education: what a state demands for a licence to go on, and what is still missing.

Pure: the table is data with an effective date, the courses come from the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from office.clock import add_months

TABLE = Path(__file__).with_name("education.yaml")


@dataclass(frozen=True, slots=True)
class Requirement:
    """`hours` in each period of `months` before a licence ends, `ethics` of them in ethics."""

    jurisdiction: str
    effective_from: date
    hours: Decimal
    ethics: Decimal
    months: int
    citation: str


@dataclass(frozen=True, slots=True)
class Credit:
    """Hours of one completed course that a state recognises."""

    completed_on: date
    hours: Decimal
    is_ethics: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is with what a licence needs until the day it ends on."""

    requirement: Requirement
    due_on: date
    taken: Decimal
    taken_ethics: Decimal

    @property
    def missing(self) -> Decimal:
        """Hours still to take: ethics hours count as hours, other hours not as ethics."""
        ethics = max(self.requirement.ethics - self.taken_ethics, Decimal(0))
        return max(self.requirement.hours - self.taken, ethics)

    @property
    def missing_ethics(self) -> Decimal:
        return max(self.requirement.ethics - self.taken_ethics, Decimal(0))

    @property
    def is_complete(self) -> bool:
        return self.missing == 0


@cache
def requirements() -> tuple[Requirement, ...]:
    rows = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return tuple(
        Requirement(
            row["jurisdiction"],
            row["effective_from"],
            Decimal(row["hours"]),
            Decimal(row["ethics"]),
            row["months"],
            row["citation"],
        )
        for row in rows
    )


def requirement(jurisdiction: str, on: date) -> Requirement | None:
    """What this state demands of a licence that ends on that day; None where nothing is known."""
    begun = [
        row
        for row in requirements()
        if row.jurisdiction == jurisdiction and row.effective_from <= on
    ]
    return max(begun, key=lambda row: row.effective_from, default=None)


def standing(jurisdiction: str, due_on: date, credits: Iterable[Credit]) -> Standing | None:
    """The courses of the last period before `due_on`, measured by what the state demands."""
    demanded = requirement(jurisdiction, due_on)
    if demanded is None:
        return None
    begins = add_months(due_on, -demanded.months)
    counted = [credit for credit in credits if begins <= credit.completed_on < due_on]
    return Standing(
        demanded,
        due_on,
        sum((credit.hours for credit in counted), Decimal(0)),
        sum((credit.hours for credit in counted if credit.is_ethics), Decimal(0)),
    )
