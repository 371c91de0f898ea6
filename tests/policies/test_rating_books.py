"""A book rated at once and the same policies rated one by one: equal to the cent, always."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.catalogue import load_folder
from policies.rating import CompiledPlan, Rated, RatingError, compile_plan
from policies.rating.book import Book, BookPlan, BookRated, Codes, Frame, Insured, Numbers
from policies.rating.book.arithmetic import divide, settle
from policies.rating.book.steps import KINDS
from tests.figures import figure
from tests.policies import schemas
from tests.policies.plans import MODES, STEP_KINDS, insured, plans
from tests.policies.risks import CENTS, auto, exact, plan_of, select, step

ON = date(2026, 3, 1)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
DECIMAL_MODES = {
    "half_even": ROUND_HALF_EVEN,
    "half_up": ROUND_HALF_UP,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}


def book_of(*insured_) -> list[Insured]:
    return [Insured(100 + index, *one) for index, one in enumerate(insured_)]


def alone(plan: CompiledPlan, one: Insured) -> Rated | None:
    """What the engine says of one policy; None where it cannot be rated."""
    try:
        return plan.rate(one.risk, one.coverages, one.jurisdiction, one.on)
    except (RatingError, ValueError, LookupError, TypeError, ArithmeticError, AttributeError):
        return None


def cents(amount: Decimal) -> int:
    assert amount == amount.quantize(Decimal("0.01"))
    return int(amount * 100)


def assert_equal(book: list[Insured], rated: BookRated, one_by_one: list[Rated | None]) -> None:
    """Whatever was rated in the book has the engine's cents: premium, taxes, fees, coverages."""
    selection = 0
    for index, (policy, engine) in enumerate(zip(book, one_by_one, strict=True)):
        amounts = rated.amounts[selection : selection + len(policy.coverages)].tolist()
        selection += len(policy.coverages)
        if not rated.fits[index]:
            assert not rated.total[index]
            assert not any(amounts)
            continue
        assert engine is not None
        assert rated.premium[index] == cents(engine.premium)
        assert rated.tax[index] == cents(engine.tax)
        assert rated.fee[index] == cents(engine.fee)
        assert rated.total[index] == cents(engine.total)
        assert amounts == [cents(amount.premium) for amount in engine.amounts]


@settings(max_examples=figure(600), deadline=None, suppress_health_check=SLOW)
@given(plans(), st.lists(insured(clean=True), min_size=1, max_size=4))
def test_any_plan_gives_a_book_the_cents_of_one_by_one(plan, risks):
    book, many = book_of(*risks), BookPlan(plan)

    rated = many.rate(many.packed(book))

    one_by_one = [alone(plan, one) for one in book]
    assert_equal(book, rated, one_by_one)
    assert rated.fits.tolist() == [engine is not None for engine in one_by_one]


@settings(max_examples=figure(600), deadline=None, suppress_health_check=SLOW)
@given(plans(), st.lists(insured(clean=False), min_size=1, max_size=4))
def test_what_is_odd_is_left_to_the_engine_and_never_guessed(plan, risks):
    book, many = book_of(*risks), BookPlan(plan)

    rated = many.rate(many.packed(book))

    assert_equal(book, rated, [alone(plan, one) for one in book])


@settings(max_examples=figure(200), deadline=None, suppress_health_check=SLOW)
@given(plans(), st.lists(insured(clean=False), min_size=2, max_size=5), st.data())
def test_a_book_kept_in_pieces_is_the_same_book(plan, risks, data):
    book, many = book_of(*risks), BookPlan(plan)
    cut = data.draw(st.integers(1, len(book) - 1))
    pieces = [many.packed(part) for part in (book[:cut], book[cut:])]
    kept = [
        Book(_kept(piece.frame), {name: _kept(column) for name, column in piece.columns.items()})
        for piece in pieces
    ]

    whole, joined = many.rate(many.packed(book)), many.rate(Book.join(kept))

    assert joined.total.tolist() == whole.total.tolist()
    assert joined.amounts.tolist() == whole.amounts.tolist()
    assert joined.fits.tolist() == whole.fits.tolist()


def _kept(column):
    return type(column).from_bytes(column.to_bytes())


def test_every_kind_of_step_has_its_form_over_arrays():
    assert set(KINDS) == set(STEP_KINDS)


@settings(max_examples=figure(5000), deadline=None)
@given(
    st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=5),
    st.integers(1, 10**9),
    st.sampled_from(MODES),
)
def test_division_rounds_as_decimals_do(numerators, denominator, mode):
    found = divide(np.array(numerators, np.int64), denominator, mode).tolist()

    with localcontext(prec=80):
        assert found == [
            int((Decimal(n) / denominator).quantize(Decimal(1), DECIMAL_MODES[mode]))
            for n in numerators
        ]


def test_a_tie_is_broken_in_the_stated_mode():
    ties = np.array([-25, -15, 5, 15, 25], np.int64)

    found = {mode: divide(ties, 10, mode).tolist() for mode in MODES}

    assert found == {
        "half_even": [-2, -2, 0, 2, 2],
        "half_up": [-3, -2, 1, 2, 3],
        "up": [-3, -2, 1, 2, 3],
        "down": [-2, -1, 0, 1, 2],
    }


def test_what_could_overflow_is_taken_out_and_the_rest_is_exact():
    fits = np.ones(3, bool)
    amounts = np.array([2**31, 3, 2**32], np.int64)

    found = settle([(1, (amounts, np.full(3, 2**31, np.int64)))], 2, "down", fits, 3)

    # 2**31 · 2**31 = 2**62 is the bound; 3 · 2**31 ÷ 2 = 3,221,225,472
    assert fits.tolist() == [False, True, False]
    assert found.tolist() == [0, 3221225472, 0]


def test_a_risk_too_large_for_the_integers_is_rated_by_the_engine_alone():
    plan = plan_of(
        [
            step("base", "rate", "coverage", exposure={"input": "risk.x", "per": "1"}, round=CENTS),
            step("factor", "up", "coverage", round=CENTS),
        ],
        {"rate": exact(["C", "900000000000"]), "up": exact(["C", "2.5"])},
    )
    many = BookPlan(plan)
    book = book_of(({"x": 4_000_000}, [select("C")], "XX", ON), ({"x": 4}, [select("C")], "XX", ON))

    rated = many.rate(many.packed(book))

    # 900,000,000,000 · 4 · 2.5 = 9,000,000,000,000
    assert rated.fits.tolist() == [False, True]
    assert rated.premium.tolist() == [0, 9_000_000_000_000_00]
    assert alone(plan, book[0]).premium == Decimal("9000000000000000000.00")


def test_a_limit_of_the_codes_and_of_the_scale():
    codes = Codes.of(["1", 1, True, None, 1.5, "1"])
    numbers = Numbers.of([1, Decimal("2.50"), None, Decimal("0.1234567"), 10**15, True])

    assert codes.entries == ("1", 1, True, None)
    assert codes.codes.tolist() == [0, 1, 2, 3, 3, 0]
    assert (numbers.values.tolist(), numbers.scale) == ([10, 25, 0, 0, 0, 0], 1)
    assert numbers.unfit.tolist() == [False, False, True, True, True, True]


def test_a_book_without_policies_is_rated_too():
    many = BookPlan(plan_of([step("base", "rate", "coverage")], {"rate": exact(["C", "9"])}))

    rated = many.rate(Book(Frame.of([]), many.pack([])))

    assert rated.total.tolist() == []


LARGE = Decimal("10000000")  # beyond it a product of two amounts may not fit 64 bits
PRODUCTS = {definition.code: definition for definition in load_folder()}


@pytest.mark.parametrize("code", sorted(PRODUCTS))
@settings(max_examples=figure(100), deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_a_shipped_product_gives_a_book_the_cents_of_one_by_one(code, data):
    definition = PRODUCTS[code]
    plan = compile_plan(definition.rating)
    book = []
    for number in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(definition.jurisdictions))
        risk = data.draw(schemas.risks(definition, place))
        chosen = data.draw(schemas.selections(definition, risk, place))
        book.append(Insured(number, risk, chosen, place, ON))

    rated = BookPlan(plan).rate(BookPlan(plan).packed(book))

    one_by_one = [alone(plan, one) for one in book]
    assert_equal(book, rated, one_by_one)
    for fits, engine in zip(rated.fits.tolist(), one_by_one, strict=True):
        assert fits or engine is None or engine.premium > LARGE


def test_the_usual_risks_of_a_book_are_rated_in_it():
    plan = compile_plan(PRODUCTS["BIND-PA"].rating)
    coverages = [select("BI", "v1", "100/300"), select("COLL", "v1", "value", "500")]
    book = book_of(
        (auto(), coverages, "US-NE", ON), (auto(years_insured=0), coverages, "US-NE", ON)
    )

    rated = BookPlan(plan).rate(BookPlan(plan).packed(book))

    assert rated.fits.tolist() == [True, True]
    assert rated.total.tolist() == [cents(alone(plan, one).total) for one in book]
