"""A term priced: its history replayed into segments, and what each of them has written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from office import money
from policies import charges, proration, segments
from policies.models import Term
from policies.selectors.beliefs import Belief
from policies.selectors.products import product_definition, rating_plan


@dataclass(frozen=True)
class PricedTerm:
    """What a history of transactions makes of a term: segments, charges, premium, fees and tax.

    `written` is the sum of the segments and the charges.
    """

    segments: list[segments.Segment]
    beliefs: list[Belief]
    charges: tuple[charges.Charge, ...]
    written: Decimal
    fees: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.written + self.fees + self.tax


@dataclass(frozen=True)
class _Ending:
    """A term that ended early, by the terms that its product sets for who ended it and why."""

    ended: charges.Ended
    terms: charges.Terms
    last: segments.State


def price_term(term: Term, history: Iterable[segments.Transaction]) -> PricedTerm:
    """The term after these transactions, rated on the version that it began with."""
    history = list(history)
    derived = segments.derive(term.valid_from, term.valid_to, history)
    beliefs = _beliefs(term, derived)
    of_segments = sum((belief.written for belief in beliefs), money.ZERO)
    ending = _ending(term, history, of_segments)
    added = charges.derive(ending.ended, ending.terms) if ending else ()
    written = of_segments + charges.total(added)
    return PricedTerm(derived, beliefs, added, written, *_levies(term, derived, written, ending))


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
    shares = proration.written(term.valid_from, term.valid_to, _priced(term, derived))
    return [
        Belief(segment.valid_from, segment.valid_to, segment.state, _rows_of(segment, shares))
        for segment in derived
    ]


def _priced(term: Term, derived: Sequence[segments.Segment]) -> list[proration.PricedSegment]:
    return [
        proration.PricedSegment(segment.valid_from, segment.valid_to, _premiums(term, segment))
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


def _ending(
    term: Term, history: Sequence[segments.Transaction], written: Decimal
) -> _Ending | None:
    """How the history ends the term early, and what it would have been worth to its last day."""
    last = charges.ending(history)
    if last is None:
        return None
    span = (term.valid_from, term.valid_to)
    whole = segments.derive(*span, charges.without_ending(history))
    priced = _priced(term, whole)
    ended = charges.Ended(
        *span,
        effective_on=last.effective_on,
        recorded_at=last.recorded_at,
        whole=proration.total(proration.written(*span, priced)),
        written=written,
        unearned=charges.unearned(*span, priced, last.effective_on),
    )
    terms = product_definition(term.version).cancellation.terms(
        side=last.facts["side"],
        reason=last.facts["reason"],
        is_from_first_day=last.effective_on == term.valid_from,
    )
    return _Ending(ended, terms, whole[-1].state)


def _levies(
    term: Term,
    derived: Sequence[segments.Segment],
    written: Decimal,
    ending: _Ending | None,
) -> tuple[Decimal, Decimal]:
    """Fees and tax of the term: tax is computed on its total, both for the latest state.

    Of a term that ended early a fee stays whole, for its days, or not at all.
    """
    latest = ending.last if ending else None
    state = derived[-1].state if derived else latest
    if state is None:
        return money.ZERO, money.ZERO
    levies = rating_plan(term.version).levies
    taxes, fees = levies(written, state["risk"], term.policy.jurisdiction)
    tax = sum((levy.amount for levy in taxes), money.ZERO)
    if ending is None:
        return sum((levy.amount for levy in fees), money.ZERO), tax
    _taxes, fees = levies(ending.ended.whole, state["risk"], term.policy.jurisdiction)
    earned = Fraction(
        sum(segment.days for segment in derived), (term.valid_to - term.valid_from).days
    )
    kept = (
        charges.kept_of_fee(levy.code, levy.amount, earned=earned, terms=ending.terms)
        for levy in fees
    )
    return sum(kept, money.ZERO), tax
