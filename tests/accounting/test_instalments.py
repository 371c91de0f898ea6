"""Instalments sum to the cent, fall on the right days, and never after the term (G17)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.instalments import Instalment as Bill
from accounting.instalments import Plan, due_dates, respread, schedule
from office import clock
from office.exceptions import Refused
from office.money import ZERO
from tests.figures import figure

CENTS = st.integers(0, 5_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
PLANS = st.just(Plan()) | st.builds(
    Plan,
    down_payment=st.integers(0, 10_000).map(lambda parts: Decimal(parts).scaleb(-4)),
    instalments=st.integers(1, 24),
    interval_months=st.integers(1, 6),
)
STARTS = st.dates(date(2023, 1, 1), date(2032, 12, 31))


@settings(max_examples=figure(10_000), deadline=None)
@given(CENTS, CENTS, CENTS, PLANS, STARTS, st.integers(1, 24))
def test_every_charge_of_a_random_schedule_sums_exactly(premium, tax, fees, plan, start, months):
    end = clock.add_months(start, months)

    bills = schedule(premium=premium, tax=tax, fees=fees, plan=plan, from_on=start, to_on=end)

    assert sum(bill.premium for bill in bills) == premium
    assert sum(bill.tax for bill in bills) == tax
    assert sum(bill.fees for bill in bills) == fees
    assert all(bill.total > 0 for bill in bills)
    assert all(start <= bill.due_on < end for bill in bills)
    days = [bill.due_on for bill in bills]
    assert days == sorted(set(days))


def test_ten_dollars_in_three_parts():
    """10.00 / 3 = 3.33 with a cent over, which the first part takes."""
    bills = schedule(
        premium=Decimal("10.00"),
        tax=Decimal(0),
        fees=Decimal(0),
        plan=Plan(Decimal(0), instalments=3, interval_months=1),
        from_on=date(2026, 1, 1),
        to_on=date(2027, 1, 1),
    )

    assert [bill.total for bill in bills] == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_a_quarter_down_and_three_parts():
    """1,000.00 at 25 % down: 250.00, then 750.00 / 3 = 250.00 each; all fees at first."""
    bills = schedule(
        premium=Decimal("1000.00"),
        tax=Decimal("23.50"),
        fees=Decimal("40.00"),
        plan=Plan(Decimal("0.25"), instalments=3, interval_months=3),
        from_on=date(2026, 1, 1),
        to_on=date(2027, 1, 1),
    )

    assert [bill.premium for bill in bills] == [Decimal("250.00")] * 4
    # 23.50: 5.875 each, so 5.87 four times and two cents over for the first two
    assert [bill.tax for bill in bills] == [Decimal(t) for t in ("5.88", "5.88", "5.87", "5.87")]
    assert [bill.fees for bill in bills] == [Decimal(f) for f in ("40.00", "0", "0", "0")]


def test_all_down_leaves_nothing_for_later():
    bills = schedule(
        premium=Decimal("99.99"),
        tax=Decimal(0),
        fees=Decimal(0),
        plan=Plan(Decimal(1), instalments=6, interval_months=1),
        from_on=date(2026, 1, 1),
        to_on=date(2027, 1, 1),
    )

    assert [(bill.due_on, bill.total) for bill in bills] == [(date(2026, 1, 1), Decimal("99.99"))]


def test_the_fee_of_an_instalment_is_charged_with_each_but_the_first():
    bills = schedule(
        premium=Decimal("30.00"),
        tax=Decimal(0),
        fees=Decimal(0),
        plan=Plan(Decimal("0.50"), 2, 1, Decimal("5.00")),
        from_on=date(2026, 1, 1),
        to_on=date(2027, 1, 1),
    )

    assert [bill.total for bill in bills] == [Decimal("15.00"), Decimal("12.50"), Decimal("12.50")]


def test_bills_of_the_31st_do_not_slip():
    days = due_dates(date(2028, 1, 31), date(2029, 1, 31), Plan(Decimal(0), 3, 1))

    assert days == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]


def test_a_plan_of_twelve_months_on_a_term_of_six_has_six_bills():
    days = due_dates(date(2026, 7, 15), date(2027, 1, 15), Plan(Decimal(0), 11, 1))

    assert days[-1] == date(2026, 12, 15)
    assert len(days) == 6


def test_nothing_to_pay_is_no_bill():
    nothing = Decimal("0.00")

    bills = schedule(
        premium=nothing,
        tax=nothing,
        fees=nothing,
        plan=Plan(Decimal("0.5"), 1, 6),
        from_on=date(2026, 1, 1),
        to_on=date(2027, 1, 1),
    )

    assert bills == []


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({"down_payment": "0.5"}, "in at least one instalment"),
        ({"down_payment": "0.5", "instalments": 2}, "at least a month apart"),
        ({"down_payment": "1.01"}, "share of the bill"),
        ({"instalment_fee": "-1"}, "not negative"),
        ({"instalment_fee": "1.005"}, "at most two decimals"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan, sentence):
    with pytest.raises(Refused, match=sentence):
        Plan.read(plan)


def test_a_plan_reads_as_the_catalogue_writes_it():
    in_full = {"down_payment": "1", "instalments": 0, "interval_months": 0}
    quarterly = {
        "code": "quarterly",
        "down_payment": "0.25",
        "instalments": 3,
        "interval_months": 3,
        "instalment_fee": "4.00",
    }

    assert Plan.read(quarterly) == Plan(Decimal("0.25"), 3, 3, Decimal("4.00"))
    assert Plan.read(in_full) == Plan.read({}) == Plan()


@pytest.mark.parametrize(
    ("premium", "to_on", "sentence"),
    [("-1.00", date(2027, 1, 1), "no negative"), ("1.00", date(2026, 1, 1), "ends after")],
)
def test_a_bill_that_makes_no_sense_is_refused(premium, to_on, sentence):
    with pytest.raises(Refused, match=sentence):
        schedule(
            premium=Decimal(premium),
            tax=Decimal(0),
            fees=Decimal(0),
            plan=Plan(),
            from_on=date(2026, 1, 1),
            to_on=to_on,
        )


# A change of the charges


OPEN = st.lists(
    st.builds(Bill, st.dates(date(2026, 1, 1), date(2026, 12, 31)), CENTS, CENTS, CENTS), max_size=6
)
SIGNED = st.integers(-5_000_000, 5_000_000).map(lambda cents: Decimal(cents).scaleb(-2))


@settings(max_examples=figure(10_000), deadline=None)
@given(OPEN, SIGNED, SIGNED, SIGNED)
def test_a_change_is_spread_to_the_cent_and_nothing_turns_negative(bills, premium, tax, fees):
    spread = respread(bills, premium=premium, tax=tax, fees=fees, on=date(2026, 6, 1))

    before = sum(bill.total for bill in bills)
    after = sum(bill.total for bill in spread.bills)
    assert after - before - spread.credit == premium + tax + fees
    assert spread.credit >= 0
    assert not (spread.credit and after)  # credit only when no bill is left to lower
    assert all(min(bill.premium, bill.tax, bill.fees) >= 0 for bill in spread.bills)
    assert [bill.due_on for bill in spread.bills][: len(bills)] == [bill.due_on for bill in bills]


def test_less_premium_lowers_the_open_bills_in_equal_parts():
    """2 × 100.00 - 50.00 = 150.00: 75.00 each."""
    bills = [Bill(date(2026, month, 1), Decimal(100), ZERO, ZERO, Decimal(3)) for month in (6, 9)]

    spread = respread(bills, premium=Decimal(-50), tax=ZERO, fees=ZERO, on=date(2026, 5, 1))

    assert [bill.premium for bill in spread.bills] == [Decimal("75.00"), Decimal("75.00")]
    assert [bill.instalment_fee for bill in spread.bills] == [Decimal(3), Decimal(3)]


def test_a_bill_of_nothing_has_no_fee_and_what_is_left_is_credit():
    bills = [Bill(date(2026, 6, 1), Decimal(100), Decimal(2), ZERO, Decimal(3))]

    spread = respread(bills, premium=Decimal(-130), tax=Decimal("-1.50"), fees=ZERO, on=date.min)

    assert spread.bills == [Bill(date(2026, 6, 1), ZERO, ZERO, ZERO, ZERO)]
    assert spread.credit == Decimal("29.50")  # 130.00 + 1.50 - 100.00 - 2.00


def test_more_without_an_open_bill_is_a_bill_of_today():
    today = date(2026, 5, 1)

    spread = respread([], premium=Decimal(40), tax=Decimal(1), fees=Decimal(2), on=today)

    assert spread.bills == [Bill(today, Decimal(40), Decimal(1), Decimal(2))]
