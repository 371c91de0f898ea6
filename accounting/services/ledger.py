"""Posting: one statement writes the entry, its lines and, by trigger, the balances."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.enums import AccountCode, EntryKind, PeriodState
from accounting.models import Account, Entry, Period
from accounting.rules import may_close_period
from office import clock, money
from office.exceptions import Refused
from office.models import User


class Leg(NamedTuple):
    """One line to post: debit above zero, credit below."""

    account: str
    amount: Decimal
    currency: str = "USD"
    product: str = ""
    line: str = ""
    carrier: str = ""
    jurisdiction: str = ""


def debit(account: str, amount: Decimal, **dims: str) -> Leg:
    return Leg(account, amount, **dims)


def credit(account: str, amount: Decimal, **dims: str) -> Leg:
    return Leg(account, -amount, **dims)


@dataclass(frozen=True)
class Posting:
    """An entry to be posted with others in one statement."""

    source: str
    lines: Sequence[Leg | tuple[Any, ...]]
    memo: str = ""
    kind: str = EntryKind.JOURNAL
    reference: str = ""
    booked_on: date | None = None
    reverses_id: int | None = None


# The balances are the business of the trigger on lines, in the same statement.
POST = """
WITH entry AS (
    INSERT INTO accounting_entry
        (kind, at, booked_on, period_id, source, reference, memo, by_id, reverses_id, xact)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, pg_current_xact_id())
    RETURNING id, number
), lines AS (
    INSERT INTO accounting_line
        (entry_id, account_id, amount, currency, product, line, carrier, jurisdiction)
    SELECT entry.id, leg.* FROM entry, unnest(
        %s::text[], %s::numeric[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]
    ) AS leg
)
SELECT id, number FROM entry
"""

POST_MANY = """
WITH posting AS (
    SELECT nextval('accounting_entry_id_seq') AS id, p.*
    FROM unnest(
        %s::int[], %s::text[], %s::date[], %s::text[], %s::text[], %s::text[], %s::bigint[]
    ) AS p (place, kind, booked_on, source, reference, memo, reverses_id)
), entry AS (
    INSERT INTO accounting_entry
        (id, kind, at, booked_on, period_id, source, reference, memo, by_id, reverses_id, xact)
    OVERRIDING SYSTEM VALUE
    SELECT id, kind, %s, booked_on, to_char(booked_on, 'YYYY-MM'), source, reference, memo, %s,
        reverses_id, pg_current_xact_id()
    FROM posting
), lines AS (
    INSERT INTO accounting_line
        (entry_id, account_id, amount, currency, product, line, carrier, jurisdiction)
    SELECT posting.id, account, amount, currency, product, line, carrier, jurisdiction
    FROM unnest(
        %s::int[], %s::text[], %s::numeric[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::text[]
    ) AS leg (place, account, amount, currency, product, line, carrier, jurisdiction)
    JOIN posting USING (place)
)
SELECT id FROM posting ORDER BY place
"""

# Names of the ledger's own refusals (migrations/0002_ledger_guards.py) that a person can meet.
SENTENCES = {
    "accounting_period_takes_entries": gettext_lazy(
        "The books of that month are closed. Book it into an open month."
    ),
    "accounting_entry_once_a_payment": gettext_lazy("This payment has been posted already."),
    "accounting_entry_reverses_id_key": gettext_lazy("This entry has been reversed already."),
}


def post_entry(
    *,
    source: str,
    memo: str,
    lines: Iterable[Leg | tuple[Any, ...]],
    by: User,
    booked_on: date | None = None,
    kind: str = EntryKind.JOURNAL,
    reference: str = "",
    reverses: Entry | None = None,
) -> Entry:
    """Post one balanced entry in one statement. `lines` are `Leg`s or (account, amount).

    Raises `Refused` for lines that do not balance, for an amount with three decimals, and for a
    month that is closed. Can be called in a larger transaction; nothing is caught inside.
    """
    legs = checked(lines)
    at = clock.now()
    day = booked_on or clock.day_of(at)
    reverses_id = reverses.pk if reverses else None
    head = [kind, at, day, period_of(day), source, reference, memo[:200], by.pk, reverses_id]
    number: str
    ((pk, number),) = _run(POST, head + [list(column) for column in zip(*legs, strict=True)])
    entry = Entry(
        id=pk,
        kind=kind,
        at=at,
        booked_on=day,
        period_id=period_of(day),
        source=source,
        reference=reference,
        memo=memo[:200],
        by=by,
        reverses_id=reverses_id,
    )
    entry.number = number
    entry._state.adding, entry._state.db = False, connection.alias
    return entry


def post_entries_bulk(*, postings: Sequence[Posting], by: User) -> list[int]:
    """Post many entries in one statement; their ids, in order. All of them or none."""
    if not postings:
        return []
    at = clock.now()
    today = clock.day_of(at)
    heads = [
        (place, p.kind, p.booked_on or today, p.source, p.reference, p.memo[:200], p.reverses_id)
        for place, p in enumerate(postings)
    ]
    legs = [(place, *leg) for place, p in enumerate(postings) for leg in checked(p.lines)]
    columns = [list(column) for column in zip(*heads, strict=True)]
    lines = [list(column) for column in zip(*legs, strict=True)]
    return [pk for (pk,) in _run(POST_MANY, [*columns, at, by.pk, *lines])]


def reverse_entry(*, entry: Entry, memo: str, by: User, booked_on: date | None = None) -> Entry:
    """Post the mirror of an entry. An entry is reversed once; the database holds to that."""
    mirrored = [
        Leg(
            line.account_id,
            -line.amount,
            line.currency,
            line.product,
            line.line,
            line.carrier,
            line.jurisdiction,
        )
        for line in entry.lines.all()
    ]
    return post_entry(
        source=entry.source,
        reference=entry.reference,
        memo=memo,
        lines=mirrored,
        by=by,
        booked_on=booked_on,
        kind=EntryKind.REVERSAL,
        reverses=entry,
    )


def close_period(*, code: str, by: User) -> Period:
    """Close a month: nothing can be booked into it any more. Waits for postings under way."""
    with transaction.atomic():
        period = _locked_period(code, by)
        if period.state == PeriodState.CLOSED:
            raise Refused(_("%(month)s is closed already.") % {"month": code})
        period.state, period.closed_at, period.closed_by = PeriodState.CLOSED, clock.now(), by
        period.save()
    return period


def reopen_period(*, code: str, by: User) -> Period:
    """Open a closed month again; not by whoever closed it."""
    with transaction.atomic():
        period = _locked_period(code, by)
        if period.state == PeriodState.OPEN:
            raise Refused(_("%(month)s is open.") % {"month": code})
        if period.closed_by_id == by.pk:
            raise Refused(_("Whoever closed a month cannot open it again. Ask a colleague."))
        period.state, period.closed_at, period.closed_by = PeriodState.OPEN, None, None
        period.save()
    return period


def write_chart(sender: Any, *, using: str = "default", **_kwargs: Any) -> None:
    """The chart of accounts, written by migrate; accounts that are there stay as they are."""
    accounts = [Account(code=c.value, name=str(c.label), type=c.type) for c in AccountCode]
    Account.objects.using(using).bulk_create(accounts, ignore_conflicts=True)


def checked(lines: Iterable[Leg | tuple[Any, ...]]) -> list[Leg]:
    """The lines, two or more, each of two places at most, in balance per currency."""
    legs = [leg if isinstance(leg, Leg) else Leg(*leg) for leg in lines]
    legs = [leg._replace(amount=money.exact(leg.amount)) for leg in legs]
    if len(legs) < 2:
        raise Refused(_("An entry has at least two lines."))
    if not all(leg.amount for leg in legs):
        raise Refused(_("A ledger line is not of nothing."))
    sums: dict[str, Decimal] = {}
    for leg in legs:
        sums[leg.currency] = sums.get(leg.currency, money.ZERO) + leg.amount
    for currency, off in sums.items():
        if off:
            raise Refused(
                _("Debits and credits differ by %(amount)s.")
                % {"amount": money.format(abs(off), currency)}
            )
    return legs


def period_of(day: date) -> str:
    return f"{day:%Y-%m}"


def _locked_period(code: str, by: User) -> Period:
    period = Period.objects.select_for_update(no_key=True).filter(code=code).first()
    if period is None:
        raise Refused(_("Nothing has been booked into %(month)s.") % {"month": code})
    if not may_close_period(period, by):
        raise Refused(_("Closing and opening months is not among your duties."))
    return period


def _run(statement: str, params: list[Any]) -> list[tuple[Any, ...]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall()
    except DatabaseError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if name in SENTENCES:
            raise Refused(SENTENCES[name]) from error
        raise
