"""What is asked of a carrier, what it answers, and how a carrier is asked."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from underwriting.enums import Blocks


class Unreachable(Exception):
    """The carrier's system gave no answer, or none that can be used. Asking again may help."""


@dataclass(frozen=True)
class Question:
    """One application as it is put to a carrier. `key` names this asking, also when repeated.

    `standing`: what the office knows of the customer beside it. It never leaves the office.
    """

    key: str
    risk: dict[str, Any]
    wanted: list[dict[str, Any]]
    jurisdiction: str
    effective_on: date
    standing: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """`total` is `premium` + `tax` + `fees`; `blocks` the strongest thing that `trace` holds up."""

    coverages: list[dict[str, Any]]
    notes: list[str]
    premium: Decimal
    tax: Decimal
    fees: Decimal
    total: Decimal
    commission_rate: Decimal
    commission: Decimal
    worksheet: list[dict[str, Any]]
    trace: list[dict[str, Any]]
    blocks: str

    @property
    def act(self) -> str:
        """Where the quote goes. The office issues at bind: what holds up issue is referred too."""
        if self.blocks == Blocks.REJECT:
            return "reject"
        return "rate" if self.blocks == Blocks.INFO else "refer"


class Carrier(Protocol):
    def answer(self, question: Question) -> Answer:
        """Its answer. Raises `Refused` where it will not quote, `Unreachable` where it cannot."""
