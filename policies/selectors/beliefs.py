"""What is stored of a term, in the shape in which the engines compare and replay it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from office import money
from policies import segments
from policies.models import Segment, Term, TermTransaction


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


def as_change(row: TermTransaction) -> segments.Transaction:
    """A stored transaction as the engine replays it."""
    reverses = row.reverses.recorded_at if row.reverses else None
    return segments.Transaction(row.kind, row.effective_on, row.recorded_at, row.patch, reverses)
