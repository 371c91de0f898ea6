"""What is stored of a term, in the shape in which the engines compare and replay it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from office import clock, money
from policies import segments
from policies.models import Segment, Term, TermTransaction

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Belief:
    """A segment with its premiums, as it is stored; compared to see what a change replaces."""

    valid_from: date
    valid_to: date
    state: dict[str, Any]
    premiums: tuple[tuple[str, str, Decimal, Decimal], ...]

    @property
    def written(self) -> Decimal:
        return sum((premium[3] for premium in self.premiums), money.ZERO)


def beliefs_held(term: Term) -> list[tuple[Belief, Segment]]:
    """What is believed now about the term, in the order of time."""
    rows = term.segments.current().prefetch_related("premiums").order_by("valid")
    return [(_belief(row), row) for row in rows]


def _belief(segment: Segment) -> Belief:
    premiums = (
        (row.item_key, row.coverage, row.term_premium, row.written)
        for row in segment.premiums.all()
    )
    return Belief(
        segment.valid.lower, segment.valid.upper, segment.insured, tuple(sorted(premiums))
    )


def history(term: Term) -> list[TermTransaction]:
    """Every transaction of the term, in the order in which they were recorded."""
    return list(term.transactions.select_related("reverses").order_by("sequence"))


def next_moment(past: Sequence[TermTransaction]) -> datetime:
    """The moment of the next transaction: now, and after all that were recorded before."""
    return max([clock.now(), *(row.recorded_at + MICROSECOND for row in past)])


def as_change(row: TermTransaction) -> segments.Transaction:
    """A stored transaction as the engine replays it."""
    reverses = row.reverses.recorded_at if row.reverses else None
    return segments.Transaction(
        row.kind, row.effective_on, row.recorded_at, row.patch, reverses, row.facts
    )
