"""Transactions of terms: the one writer of what a term is believed to be, and of its premium."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from office import clock
from office.models import User
from policies import segments, selectors
from policies.enums import TransactionKind
from policies.models import Segment, SegmentPremium, Term, TermTransaction


def record_transaction(
    *,
    term: Term,
    kind: TransactionKind,
    effective_on: date,
    patch: Sequence[dict[str, Any]],
    by: User,
    reverses: TermTransaction | None = None,
    facts: Mapping[str, str] | None = None,
) -> TermTransaction:
    """Write one change of a term: replay its history, price it, replace what is now believed.

    The one moment of the act is read after the lock on the term, and lies after every moment
    recorded on it, so that no belief closes in the instant in which it opened.
    """
    term = locked_term(term)
    past = selectors.history(term)
    moment = selectors.next_moment(past)
    undone = reverses.recorded_at if reverses else None
    change = segments.Transaction(kind, effective_on, moment, patch, undone, facts or {})
    priced = selectors.price_term(term, [*map(selectors.as_change, past), change])
    charged = _charge(term, priced)
    written = _write(
        term, change, priced, sequence=len(past) + 1, reverses=reverses, recorded_by=by, **charged
    )
    _open_beliefs(written, _close_beliefs(term, priced.beliefs, moment=moment))
    term.save(update_fields=["written", "fees", "tax"])
    return written


def locked_term(term: Term) -> Term:
    """The term as it stands, locked until the commit: the first lock of every act on a policy."""
    rows = Term.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("policy__product__carrier", "policy__agent", "version").get(
        pk=term.pk
    )


def begin_term(
    *, term: Term, kind: TransactionKind, patch: Sequence[dict[str, Any]], by: User
) -> TermTransaction:
    """Write a term that is not saved yet, with its first transaction.

    Nobody else knows of it before the commit: nothing is locked, replayed or closed.
    """
    change = segments.Transaction(kind, term.valid_from, clock.now(), patch)
    priced = selectors.price_term(term, [change])
    charged = _charge(term, priced)
    term.save(force_insert=True)
    written = _write(term, change, priced, sequence=1, recorded_by=by, **charged)
    _open_beliefs(written, priced.beliefs)
    return written


def _charge(term: Term, priced: selectors.PricedTerm) -> dict[str, Decimal]:
    """Set the sums of the term to what it is priced at now; by how much each has changed."""
    change = {
        "premium": priced.written - term.written,
        "fees": priced.fees - term.fees,
        "tax": priced.tax - term.tax,
    }
    term.written, term.fees, term.tax = priced.written, priced.fees, priced.tax
    return change


def _write(
    term: Term, change: segments.Transaction, priced: selectors.PricedTerm, **columns: Any
) -> TermTransaction:
    return TermTransaction.objects.create(
        term=term,
        kind=change.kind,
        effective_on=change.effective_on,
        patch=list(change.patch),
        facts=dict(change.facts),
        worksheet=selectors.worksheet_on(term, priced, change.effective_on),
        recorded_at=change.recorded_at,
        **columns,
    )


def _close_beliefs(
    term: Term, beliefs: Sequence[selectors.Belief], *, moment: datetime
) -> list[selectors.Belief]:
    """Close the segments that no longer hold; return what holds from now on and is new."""
    held = selectors.beliefs_held(term)
    closed, opened = segments.supersede([belief for belief, _row in held], list(beliefs))
    for belief, segment in held:
        if belief in closed:
            segment.recorded = DateTimeTZRange(segment.recorded.lower, moment)
            segment.save(update_fields=["recorded"])
    return opened


def _open_beliefs(written: TermTransaction, beliefs: Sequence[selectors.Belief]) -> None:
    rows = Segment.objects.bulk_create(
        Segment(
            term=written.term,
            transaction=written,
            valid=DateRange(belief.valid_from, belief.valid_to),
            recorded=DateTimeTZRange(written.recorded_at, None),
            insured=belief.state,
        )
        for belief in beliefs
    )
    SegmentPremium.objects.bulk_create(
        SegmentPremium(
            segment=segment,
            item_key=item,
            coverage=coverage,
            term_premium=term_premium,
            written=amount,
        )
        for segment, belief in zip(rows, beliefs, strict=True)
        for item, coverage, term_premium, amount in belief.premiums
    )
