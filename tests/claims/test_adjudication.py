"""What is owed, figure by figure, against arithmetic done by hand."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.adjudication import Exclusion, Loss, Terms, end_of_waiting, read, settle
from office.exceptions import Refused

CENTS = st.integers(0, 5_000_000).map(lambda cents: D(cents).scaleb(-2))


def figures(item):
    return [(figure.name, figure.change, figure.amount) for figure in item.figures]


def test_every_deduction_in_its_order():
    terms = Terms("DWELL", D("6000.00"), D("1000.00"))
    loss = Loss(D("10000.00"), D("1500.00"), D("200.00"), D("300.00"))

    item = settle(terms, loss, prior=D("500.00"))

    # 10,000 - 1,500 - 200 = 8,300; - 1,000 = 7,300; limit 6,000; - 500 = 5,500; - 300 = 5,200
    assert figures(item) == [
        ("loss", D("10000.00"), D("10000.00")),
        ("depreciation", D("-1500.00"), D("8500.00")),
        ("betterment", D("-200.00"), D("8300.00")),
        ("deductible", D("-1000.00"), D("7300.00")),
        ("limit", D("-1300.00"), D("6000.00")),
        ("prior_payments", D("-500.00"), D("5500.00")),
        ("salvage", D("-300.00"), D("5200.00")),
    ]
    assert item.amount == D("5200.00")
    assert all(figure.because for figure in item.figures)


def test_coinsurance_pays_carried_over_required():
    """The textbook case: 80 % of 500,000 required, 300,000 carried, a loss of 40,000.

    40,000 × 300,000 ÷ 400,000 = 30,000, less a deductible of 500: 29,500.
    """
    terms = Terms("BUILDING", D("300000.00"), D("500.00"), coinsurance_percent=D(80))

    item = settle(terms, Loss(D("40000.00"), value=D("500000.00")))

    assert item.change("coinsurance") == D("10000.00")
    assert item.amount == D("29500.00")


def test_coinsurance_that_is_met_takes_nothing():
    terms = Terms("BUILDING", D("400000.00"), D("500.00"), coinsurance_percent=D(80))

    item = settle(terms, Loss(D("40000.00"), value=D("500000.00")))

    assert item.change("coinsurance") == 0
    assert item.amount == D("39500.00")


def test_coinsurance_rounds_once_half_to_even():
    # 100.00 x 100 ÷ 300 = 33.333… → 33.33
    terms = Terms("BUILDING", D("100.00"), coinsurance_percent=D(100))

    item = settle(terms, Loss(D("100.00"), value=D("300.00")))

    assert item.amount == D("33.33")


def test_a_deductible_above_the_loss_leaves_nothing_owed():
    item = settle(Terms("DWELL", None, D("1000.00")), Loss(D("800.00")))

    assert figures(item)[-1] == ("deductible", D("-800.00"), D("0.00"))


def test_an_exclusion_takes_its_part_and_names_its_clause():
    mold = Exclusion("mold", "HO 00 03, A.2.c(7)", "Mold is not covered.", D("2500.00"))

    item = settle(Terms("DWELL", None, D("1000.00")), Loss(D("10000.00")), exclusions=[mold])

    assert item.figures[1].clause == "HO 00 03, A.2.c(7)"
    assert item.amount == D("6500.00")  # 10,000 - 2,500 - 1,000


def test_an_exclusion_without_an_amount_takes_everything():
    flood = Exclusion("flood", "HO 00 03, A.3", "Flood is not covered.")

    item = settle(Terms("DWELL", None, D("1000.00")), Loss(D("10000.00")), exclusions=[flood])

    assert figures(item) == [
        ("loss", D("10000.00"), D("10000.00")),
        ("exclusion", D("-10000.00"), D("0.00")),
    ]


@pytest.mark.parametrize(
    ("loss", "prior", "field"),
    [
        (Loss(D("-1.00")), D(0), "loss"),
        (Loss(D("1.00"), salvage=D("-1.00")), D(0), "loss"),
        (Loss(D("1.00")), D("-1.00"), "loss"),
        (Loss(D("100.00"), D("60.00"), D("50.00")), D(0), "depreciation"),
    ],
)
def test_figures_that_contradict_are_refused(loss, prior, field):
    with pytest.raises(Refused) as refusal:
        settle(Terms("DWELL", None), loss, prior=prior)

    assert refusal.value.field == field


@given(
    loss=CENTS,
    worn=st.integers(0, 100),
    deductible=CENTS,
    limit=st.none() | CENTS,
    prior=CENTS,
    salvage=CENTS,
    excluded=st.none() | CENTS,
)
def test_no_settlement_is_negative_above_its_limit_or_off_by_a_cent(
    loss, worn, deductible, limit, prior, salvage, excluded
):
    depreciation = (loss * worn / 100).quantize(D("0.01"))
    exclusions = [] if excluded is None else [Exclusion("x", "Clause 1", "Not covered.", excluded)]

    item = settle(
        Terms("DWELL", limit, deductible),
        Loss(loss, min(depreciation, loss), salvage=salvage),
        prior=prior,
        exclusions=exclusions,
    )

    assert 0 <= item.amount <= loss
    assert limit is None or item.amount <= max(limit - prior, 0)
    assert sum(figure.change for figure in item.figures) == item.amount
    running = D(0)
    for figure in item.figures:
        running += figure.change
        assert figure.amount == running


@given(prior=CENTS, loss=CENTS)
def test_paying_in_parts_never_pays_more_than_at_once(prior, loss):
    terms = Terms("DWELL", D("20000.00"), D("1000.00"))

    whole = settle(terms, Loss(loss)).amount
    rest = settle(terms, Loss(loss), prior=prior).amount

    assert rest == max(whole - prior, 0)


def test_a_coverage_does_not_respond_within_its_waiting_period():
    terms = Terms("FLOOD", D("10000.00"))
    until = end_of_waiting(date(2026, 1, 1), 30)

    first, later = (
        read(terms=terms, name="Flood", insures_cause=True, exclusions=(), lost_on=on,
             waits_until=until)
        for on in (date(2026, 1, 30), date(2026, 1, 31))
    )  # fmt: skip

    assert until == date(2026, 1, 31)
    assert (first.responds, first.waits_until) == (False, date(2026, 1, 31))
    assert (later.responds, later.waits_until) == (True, None)


def test_a_coverage_does_not_respond_to_a_cause_it_does_not_insure():
    reading = read(
        terms=Terms("COLL", None), name="Collision", insures_cause=False, exclusions=(),
        lost_on=date(2026, 3, 10), waits_until=end_of_waiting(date(2026, 1, 1), 0),
    )  # fmt: skip

    assert not reading.responds
    assert "does not insure the cause" in reading.because
