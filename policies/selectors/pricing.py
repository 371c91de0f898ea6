"""A term priced: its history replayed into segments, and what each of them has written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from office import money
from policies import proration, segments
from policies.models import Term
from policies.selectors.beliefs import Belief
from policies.selectors.products import rating_plan


@dataclass(frozen=True)
class PricedTerm:
    """What a history of transactions makes of a term: segments, and premium, fees and tax."""

    segments: list[segments.Segment]
    beliefs: list[Belief]
    written: Decimal
    fees: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.written + self.fees + self.tax


def price_term(term: Term, history: Iterable[segments.Transaction]) -> PricedTerm:
    """The term after these transactions, rated on the version that it began with."""
    derived = segments.derive(term.valid_from, term.valid_to, history)
    beliefs = _beliefs(term, derived)
    return PricedTerm(derived, beliefs, *_totals(term, derived, beliefs))


def worksheet_on(term: Term, priced: PricedTerm, day: date) -> list[dict[str, Any]]:
    """Every rating step for the state on a day; empty where the policy is not in force."""
    state = segments.state_on(priced.segments, day)
    if state is None:
        return []
    worksheet = rating_plan(term.version).worksheet(
        state["risk"], state["coverages"], term.policy.jurisdiction, term.valid_from
    )
    return [line.to_json() for line in worksheet.lines]


def _beliefs(term: Term, derived: Sequence[segments.Segment]) -> list[Belief]:
    priced = [
        proration.PricedSegment(segment.valid_from, segment.valid_to, _premiums(term, segment))
        for segment in derived
    ]
    shares = proration.written(term.valid_from, term.valid_to, priced)
    return [
        Belief(segment.valid_from, segment.valid_to, segment.state, _rows_of(segment, shares))
        for segment in derived
    ]


def _premiums(term: Term, segment: segments.Segment) -> dict[proration.Cell, Decimal]:
    """The premium of each item and coverage, as if the segment's state held for the whole term."""
    rated = rating_plan(term.version).rate(
        segment.state["risk"],
        segment.state["coverages"],
        term.policy.jurisdiction,
        term.valid_from,
    )
    return {(amount.item, amount.coverage): amount.premium for amount in rated.amounts}


def _rows_of(
    segment: segments.Segment, shares: Sequence[proration.Share]
) -> tuple[tuple[str, str, Decimal, Decimal], ...]:
    rows = (
        (share.item, share.coverage, share.term_premium, share.written)
        for share in shares
        if share.valid_from == segment.valid_from
    )
    return tuple(sorted(rows))


def _totals(
    term: Term, derived: Sequence[segments.Segment], beliefs: Sequence[Belief]
) -> tuple[Decimal, Decimal, Decimal]:
    """Premium, fees and tax of the term: tax is computed on its total, for the latest state."""
    if not derived:
        return money.ZERO, money.ZERO, money.ZERO
    premium = sum((belief.written for belief in beliefs), money.ZERO)
    taxes, fees = rating_plan(term.version).levies(
        premium, derived[-1].state["risk"], term.policy.jurisdiction
    )
    return (
        premium,
        sum((levy.amount for levy in fees), money.ZERO),
        sum((levy.amount for levy in taxes), money.ZERO),
    )
