"""Posting: what an entry is, what it does to balances, when it is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from accounting import services
from accounting.enums import AccountCode, AccountType, EntryKind
from accounting.models import Account, Balance, Entry, Line, Period
from accounting.services import Leg, Posting
from office import clock
from office.exceptions import Refused
from tests.accounting.scenes import DIMS, entry, person, two_lines

pytestmark = pytest.mark.django_db
NOVEMBER = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


@pytest.fixture
def alma():
    return person("accountant", name="Alma Ortiz")


def test_the_chart_is_there_after_migrate_with_the_type_of_the_first_digit():
    types = dict(Account.objects.values_list("code", "type"))

    assert types["1000"] == AccountType.ASSET
    assert types["2100"] == AccountType.LIABILITY
    assert types["3000"] == AccountType.EQUITY
    assert types["4000"] == AccountType.INCOME
    assert types["5000"] == AccountType.EXPENSE
    assert set(types) == set(AccountCode.values)


def test_an_entry_has_a_number_a_month_and_its_lines(alma):
    with clock.travel(NOVEMBER):
        posted = entry(alma, "250.00", source="journal:7", memo="Capital paid in")

    kept = Entry.objects.get(pk=posted.pk)
    assert kept.number == posted.number == f"JE-2026-{posted.pk:06d}"
    assert (kept.period_id, kept.booked_on, kept.at) == ("2026-11", date(2026, 11, 21), NOVEMBER)
    assert (kept.source, kept.memo, kept.by, kept.kind) == (
        "journal:7",
        "Capital paid in",
        alma,
        EntryKind.JOURNAL,
    )
    assert list(kept.lines.values_list("account_id", "amount")) == [
        ("1000", Decimal("250.00")),
        ("3000", Decimal("-250.00")),
    ]


def test_a_number_grows_beyond_six_digits(alma, as_owner):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE accounting_entry_id_seq RESTART WITH 1234567")

    assert entry(alma, booked_on=date(2026, 11, 21)).number == "JE-2026-1234567"


def test_posting_takes_one_statement(alma, django_assert_num_queries):
    entry(alma)  # the month is open now

    with django_assert_num_queries(1):
        entry(alma)


def test_lines_keep_the_codes_they_are_stamped_with(alma):
    posted = services.post_entry(
        source="policy:PA-2026-000001",
        memo="",
        lines=[
            services.debit(AccountCode.PREMIUM_RECEIVABLE, Decimal("10.00"), **DIMS),
            services.credit(AccountCode.WRITTEN_PREMIUM, Decimal("10.00"), **DIMS),
        ],
        by=alma,
    )

    codes = posted.lines.values_list("product", "line", "carrier", "jurisdiction")
    assert set(codes) == {("BIND-PA", "casualty", "BIND", "US-CA")}


def test_balances_follow_the_lines_by_account_currency_and_day(alma):
    first, second = date(2026, 11, 1), date(2026, 11, 2)
    entry(alma, "100.00", booked_on=first)
    entry(alma, "40.00", booked_on=first)
    entry(alma, "7.00", booked_on=second)
    services.post_entry(
        source="journal:2",
        memo="",
        lines=two_lines("3.00", currency="EUR"),
        by=alma,
        booked_on=second,
    )

    bank = Balance.objects.filter(account_id="1000").values_list("currency", "day", "amount")
    assert sorted(bank) == [
        ("EUR", second, Decimal("3.00")),
        ("USD", first, Decimal("140.00")),
        ("USD", second, Decimal("7.00")),
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "at least two lines"),
        ([Leg("1000", Decimal("1.00"))], "at least two lines"),
        (
            [Leg("1000", Decimal("10.00")), Leg("3000", Decimal("-9.99"))],
            r"differ by \$0\.01",
        ),
        (
            [Leg("1000", Decimal("10.00")), Leg("3000", Decimal("-10.00"), "EUR")],
            r"differ by \$10\.00",
        ),
        (
            [Leg("1000", Decimal("2.345")), Leg("3000", Decimal("-2.345"))],
            "at most two decimals",
        ),
        ([Leg("1000", Decimal("0.00")), Leg("3000", Decimal("0.00"))], "not of nothing"),
    ],
    ids=["empty", "one line", "unbalanced", "balanced across currencies", "three decimals", "zero"],
)
def test_lines_that_are_no_entry_are_refused_with_a_sentence(alma, lines, sentence):
    with pytest.raises(Refused, match=sentence):
        services.post_entry(source="journal:1", memo="", lines=lines, by=alma)

    assert not Entry.objects.exists()


def test_many_entries_are_posted_in_one_statement_in_their_order(alma, django_assert_num_queries):
    postings = [
        Posting(source=f"journal:{n}", lines=two_lines(f"{n}.00"), memo=f"no. {n}")
        for n in range(1, 6)
    ]
    entry(alma)

    with django_assert_num_queries(1):
        ids = services.post_entries_bulk(postings=postings, by=alma)

    assert list(Entry.objects.filter(pk__in=ids).order_by("pk").values_list("source", "memo")) == [
        (f"journal:{n}", f"no. {n}") for n in range(1, 6)
    ]
    debits = Line.objects.filter(entry_id__in=ids, amount__gt=0).order_by("entry_id")
    assert [line.amount for line in debits] == [Decimal(n) for n in range(1, 6)]
    assert services.post_entries_bulk(postings=[], by=alma) == []


def test_one_wrong_entry_stops_the_whole_bulk(alma):
    wrong = [Leg("1000", Decimal("10.00")), Leg("3000", Decimal("-9.00"))]

    with pytest.raises(Refused, match="differ"):
        services.post_entries_bulk(
            postings=[Posting("journal:1", two_lines()), Posting("journal:2", wrong)], by=alma
        )

    assert not Entry.objects.exists()


def test_a_reversal_is_the_mirror_and_happens_once(alma):
    wrong = entry(alma, "19.00")

    mirror = services.reverse_entry(entry=wrong, memo="Typed twice", by=alma)

    assert mirror.reverses_id == wrong.pk
    assert list(mirror.lines.values_list("account_id", "amount")) == [
        ("1000", Decimal("-19.00")),
        ("3000", Decimal("19.00")),
    ]
    with pytest.raises(Refused, match="reversed already"):
        services.reverse_entry(entry=wrong, memo="Again", by=alma)


def test_a_closed_month_takes_nothing_and_neither_does_one_before_it(alma):
    entry(alma, booked_on=date(2026, 10, 31))
    services.close_period(code="2026-10", by=alma)

    with pytest.raises(Refused, match="books of that month are closed"):
        entry(alma, booked_on=date(2026, 10, 1))


def test_a_month_before_a_closed_one_does_not_open_by_itself(alma):
    entry(alma, booked_on=date(2026, 10, 31))
    services.close_period(code="2026-10", by=alma)

    with pytest.raises(Refused, match="books of that month are closed"):
        entry(alma, booked_on=date(2026, 9, 30))


def test_after_a_closed_month_the_next_opens_with_its_first_and_last_day(alma):
    entry(alma, booked_on=date(2028, 1, 31))
    services.close_period(code="2028-01", by=alma)

    entry(alma, booked_on=date(2028, 2, 29))

    month = Period.objects.get(code="2028-02")
    assert (month.starts_on, month.ends_on) == (date(2028, 2, 1), date(2028, 2, 29))


def test_a_closed_month_is_opened_again_by_somebody_else_only(alma):
    bruno = person("accountant", name="Bruno Kay")
    entry(alma, booked_on=date(2026, 10, 31))
    services.close_period(code="2026-10", by=alma)

    with pytest.raises(Refused, match="Ask a colleague"):
        services.reopen_period(code="2026-10", by=alma)

    services.reopen_period(code="2026-10", by=bruno)
    entry(alma, booked_on=date(2026, 10, 1))
    with pytest.raises(Refused, match="2026-10 is open"):
        services.reopen_period(code="2026-10", by=bruno)


def test_who_may_not_close_is_told_so(alma):
    entry(alma, booked_on=date(2026, 10, 31))

    with pytest.raises(Refused, match="not among your duties"):
        services.close_period(code="2026-10", by=person("underwriter"))
    with pytest.raises(Refused, match="Nothing has been booked into 1999-01"):
        services.close_period(code="1999-01", by=alma)
