"""Loss experience: what a customer's claims have cost, by year and by line.

Pure: it adds up the rows that the claims floor hands over. Amounts are dollars and cents; the
facts for rules are whole dollars, because conditions compute in doubles.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Protocol

from office.enums import Line
from office.money import ZERO


class Loss(Protocol):
    """One claim as the claims floor tells it."""

    @property
    def number(self) -> str: ...
    @property
    def cause(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def reported_on(self) -> date: ...
    @property
    def is_as_told(self) -> bool: ...
    @property
    def policy(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def lost_on(self) -> date: ...
    @property
    def coverages(self) -> frozenset[str]: ...
    @property
    def paid(self) -> Decimal: ...
    @property
    def reserve(self) -> Decimal: ...
    @property
    def recovered(self) -> Decimal: ...
    @property
    def incurred(self) -> Decimal: ...
    @property
    def is_open(self) -> bool: ...


@dataclass(frozen=True)
class Total:
    """Sums of some claims. `count`: those that cost something or are expected to."""

    reported: int = 0
    count: int = 0
    open: int = 0
    at_fault: int = 0
    paid: Decimal = ZERO
    reserve: Decimal = ZERO
    recovered: Decimal = ZERO
    largest: Decimal = ZERO

    @property
    def incurred(self) -> Decimal:
        return self.paid + self.reserve - self.recovered

    def as_facts(self) -> dict[str, int]:
        return {
            "reported": self.reported,
            "count": self.count,
            "open": self.open,
            "at_fault": self.at_fault,
            "paid": _dollars(self.paid),
            "reserve": _dollars(self.reserve),
            "incurred": _dollars(self.incurred),
            "largest": _dollars(self.largest),
        }


@dataclass(frozen=True)
class Experience:
    """The claims of `years` years up to and with `on`.

    `liability`: by kind of product the coverages by which the insured answers to others. A claim
    that costs something under one of them is one at fault.
    """

    on: date
    years: int
    rows: tuple[Loss, ...] = ()
    liability: Mapping[str, Collection[str]] | None = None

    @property
    def total(self) -> Total:
        return self._sum(self.rows)

    @property
    def by_year(self) -> dict[int, Total]:
        """The year of the loss, the latest first."""
        return self._grouped(lambda row: row.lost_on.year)

    @property
    def by_line(self) -> dict[str, Total]:
        return self._grouped(lambda row: row.line)

    def of_policy(self, number: str) -> Total:
        return self._sum(row for row in self.rows if row.policy == number)

    def is_at_fault(self, row: Loss) -> bool:
        owed_to_others = (self.liability or {}).get(row.kind, ())
        return row.incurred > 0 and not row.coverages.isdisjoint(owed_to_others)

    def as_facts(self, policy: str = "") -> dict[str, Any]:
        """What a rule's condition may look at; `policy` is the one it is about, where there is."""
        by_line = self.by_line
        lines = {line: by_line.get(line, Total()).as_facts() for line in Line.values}
        of_policy = self.of_policy(policy).as_facts()
        return {"years": self.years, **self.total.as_facts(), "lines": lines, "policy": of_policy}

    def _sum(self, rows: Iterable[Loss]) -> Total:
        rows = list(rows)
        costly = [row for row in rows if row.incurred > 0]
        return Total(
            reported=len(rows),
            count=len(costly),
            open=sum(row.is_open for row in rows),
            at_fault=sum(self.is_at_fault(row) for row in rows),
            paid=sum((row.paid for row in rows), ZERO),
            reserve=sum((row.reserve for row in rows), ZERO),
            recovered=sum((row.recovered for row in rows), ZERO),
            largest=max((row.incurred for row in costly), default=ZERO),
        )

    def _grouped(self, key: Callable[[Loss], Any]) -> dict[Any, Total]:
        groups: dict[Hashable, list[Loss]] = {}
        for row in self.rows:
            groups.setdefault(key(row), []).append(row)
        return {name: self._sum(rows) for name, rows in groups.items()}


NONE_KNOWN = Experience(date.min, 0)


def begin_of(on: date, years: int) -> date:
    """The day so many years before; 29 February becomes the 28th. Losses after it count."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(on.year - years, on.month, day)


def _dollars(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_EVEN))
