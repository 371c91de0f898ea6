"""Transactions of terms: the one writer of what a term is believed to be, and of its premium."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from office import clock
from office.models import User
from policies import segments, selectors
from policies.enums import TransactionKind
from policies.models import Segment, SegmentPremium, Term, TermTransaction

MICROSECOND = timedelta(microseconds=1)


def record_transaction(
    *,
    term: Term,
    kind: TransactionKind,
    effective_on: date,
    patch: Sequence[dict[str, Any]],
    by: User,
    reverses: TermTransaction | None = None,
) -> TermTransaction:
    """Write one change of a term: replay its history, price it, replace what is now believed.

    The one moment of the act is read after the lock on the term, and lies after every moment
    recorded on it, so that no belief closes in the instant in which it opened.
    """
    term = (
        Term.objects.select_for_update(of=("self",), no_key=True)
        .select_related("policy", "version")
        .get(pk=term.pk)
    )
    past = list(term.transactions.order_by("sequence"))
    moment = max([clock.now(), *(row.recorded_at + MICROSECOND for row in past)])
    change = segments.Transaction(
        kind, effective_on, moment, patch, reverses.recorded_at if reverses else None
    )
    priced = selectors.price_term(term, [*map(selectors.as_change, past), change])
    written = TermTransaction.objects.create(
        term=term,
        sequence=len(past) + 1,
        kind=kind,
        effective_on=effective_on,
        patch=patch,
        reverses=reverses,
        worksheet=selectors.worksheet_on(term, priced, effective_on),
        premium=priced.written - term.written,
        fees=priced.fees - term.fees,
        tax=priced.tax - term.tax,
        recorded_at=moment,
        recorded_by=by,
    )
    _replace_beliefs(term, priced.beliefs, written=written, moment=moment)
    term.written, term.fees, term.tax = priced.written, priced.fees, priced.tax
    term.save(update_fields=["written", "fees", "tax"])
    return written


def _replace_beliefs(
    term: Term,
    beliefs: Sequence[selectors.Belief],
    *,
    written: TermTransaction,
    moment: datetime,
) -> None:
    """Close the segments that no longer hold and insert those that hold from now on."""
    held = selectors.beliefs_held(term)
    closed, opened = segments.supersede([belief for belief, _row in held], list(beliefs))
    for belief, segment in held:
        if belief in closed:
            segment.recorded = DateTimeTZRange(segment.recorded.lower, moment)
            segment.save(update_fields=["recorded"])
    rows = Segment.objects.bulk_create(
        Segment(
            term=term,
            transaction=written,
            valid=DateRange(belief.valid_from, belief.valid_to),
            recorded=DateTimeTZRange(moment, None),
            insured=belief.state,
        )
        for belief in opened
    )
    SegmentPremium.objects.bulk_create(
        SegmentPremium(
            segment=segment,
            item_key=item,
            coverage=coverage,
            term_premium=term_premium,
            written=amount,
        )
        for segment, belief in zip(rows, opened, strict=True)
        for item, coverage, term_premium, amount in belief.premiums
    )
