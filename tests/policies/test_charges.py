"""What a cancelled term keeps: published examples, arithmetic by hand, and random histories."""

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import charges
from policies.catalogue import load_folder
from policies.charges import Terms, Wheel
from policies.proration import PricedSegment, total, written
from policies.segments import Transaction, derive
from tests.policies.histories import (
    END,
    JULY,
    MARCH,
    MAY,
    MILES,
    START,
    endorsed,
    moment,
    opened,
    setting,
)
from tests.policies.test_segments_in_any_order import PLAN, random_changes

VECTORS = json.loads(
    (Path(__file__).parent.parent / "vectors" / "cancellation-premium.json").read_text()
)
YEAR = (date(2026, 1, 1), date(2027, 1, 1))
LEAP_YEAR = (date(2028, 1, 1), date(2029, 1, 1))
HALF_YEAR = (date(2026, 1, 1), date(2026, 7, 1))
FACTOR = Terms(method=charges.SHORT_RATE, factor=Decimal("0.90"))
# Rows of a printed annual short rate table: the share earned through a day in force.
TABLE = tuple(
    (through, Decimal(share))
    for through, share in [(1, "0.05"), (30, "0.19"), (91, "0.35"), (182, "0.60"), (365, "1")]
)


def ended(premium: str, term: tuple[date, date], on: date) -> charges.Ended:
    """A term with one premium throughout, which ended on `on`."""
    priced = [PricedSegment(*term, {("v1", "COLL"): Decimal(premium)})]
    kept = [PricedSegment(term[0], on, priced[0].premiums)] if on > term[0] else []
    return charges.Ended(
        *term,
        effective_on=on,
        recorded_at=moment(9),
        whole=total(written(*term, priced)),
        written=total(written(*term, kept)),
        unearned=charges.unearned(*term, priced, on),
    )


def returned(one: charges.Ended, terms: Terms) -> Decimal:
    return one.whole - one.written - charges.total(charges.derive(one, terms))


def amounts(one: charges.Ended, terms: Terms) -> dict[str, Decimal]:
    return {charge.code: charge.amount for charge in charges.derive(one, terms)}


# Methods


def test_published_short_rate_cancellation_holds_to_the_cent():
    vector = VECTORS["short_rate"]
    one = ended(vector["annual"], YEAR, YEAR[0] + timedelta(days=vector["days_in_force"]))

    assert returned(one, Terms()) == Decimal(vector["pro_rata_return"])
    assert returned(one, FACTOR) == Decimal(vector["short_rate_return"])
    # 294.52 - 265.07 = 29.45 stays beside the days.
    assert amounts(one, FACTOR) == {"short_rate": Decimal("29.45")}


def test_published_holdback_stays_and_comes_back_with_the_reinstatement():
    vector = VECTORS["holdback"]
    # 183 of the 366 days of a leap year: 31 + 29 + 31 + 30 + 31 + 30 + 1.
    one = ended(vector["premium"], LEAP_YEAR, date(2028, 7, 2))
    terms = Terms(holdback=Decimal("0.10"))

    assert returned(one, Terms()) == Decimal(vector["pro_rata_refund"])
    assert amounts(one, terms) == {"holdback": Decimal(vector["holdback"])}
    assert returned(one, terms) == Decimal(vector["net_refund"])
    # Reinstated, the term has written 1,000.00 again: the charge is what was returned.
    kept = one.written + charges.total(charges.derive(one, terms))
    assert one.whole - kept == Decimal(vector["charge_on_reinstatement"])


def test_short_rate_by_table_earns_the_row_that_reaches_the_days_in_force():
    # Day 90 lies in the row through 91: 35 % earned, 65 % of 1,000.00 returned.
    terms = Terms(method=charges.SHORT_RATE, table=TABLE)

    assert returned(ended("1000.00", YEAR, YEAR[0] + timedelta(days=90)), terms) == Decimal("650")
    assert returned(ended("1000.00", YEAR, YEAR[0] + timedelta(days=91)), terms) == Decimal("650")
    # 92 days reach the next row: 60 % earned.
    assert returned(ended("1000.00", YEAR, YEAR[0] + timedelta(days=92)), terms) == Decimal("400")


def test_table_of_a_year_is_scaled_to_a_term_of_half_a_year():
    # 15 of 181 days are 15 x 365 ÷ 181 = 30.2 days of a year: 35 % earned of 500.00.
    terms = Terms(method=charges.SHORT_RATE, table=TABLE)

    assert returned(ended("500.00", HALF_YEAR, date(2026, 1, 16)), terms) == Decimal("325.00")
    # 14 days are 28.2 days of a year: 19 %.
    assert returned(ended("500.00", HALF_YEAR, date(2026, 1, 15)), terms) == Decimal("405.00")


def test_no_table_returns_more_than_the_days_would():
    # Through day 300 this table has earned less than 300/365 of the premium.
    terms = Terms(method=charges.SHORT_RATE, table=((300, Decimal("0.10")), (365, Decimal(1))))
    one = ended("365.00", YEAR, YEAR[0] + timedelta(days=300))

    assert returned(one, terms) == Decimal("65.00") == returned(one, Terms())


def test_wheel_divides_the_year_by_365_and_does_not_know_the_leap_day():
    wheel = Wheel(VECTORS["wheel"]["annual_divisor"], 3)

    # 1 March to 1 January is 306 days in any year: 306 ÷ 365 = 0.8383…, printed 0.838.
    assert charges.wheel_share(wheel, *LEAP_YEAR, date(2028, 3, 1)) == Fraction(838, 1000)
    assert charges.wheel_share(wheel, *YEAR, date(2026, 3, 1)) == Fraction(838, 1000)
    # 1 February: 334 ÷ 365 = 0.9150…, in the leap year too, which has 335 days left.
    assert charges.wheel_share(wheel, *LEAP_YEAR, date(2028, 2, 1)) == Fraction(915, 1000)
    # Half a year by 183: 1 April to 1 July is 91 days, 91 ÷ 183 = 0.49726….
    half = Wheel(VECTORS["wheel"]["semiannual_divisor"], 3)
    assert charges.wheel_share(half, *HALF_YEAR, date(2026, 4, 1)) == Fraction(497, 1000)


def test_wheel_returns_its_own_share_of_the_term_premium():
    # Exact: 1,000.00 x 306/365 = 838.36; the wheel: 1,000.00 x 0.838 = 838.00.
    one = ended("1000.00", YEAR, MARCH)

    assert amounts(one, Terms(wheel=Wheel(365, 3))) == {"wheel": Decimal("0.36")}
    # Short rate on the wheel: 0.90 x 838.00 = 754.20.
    terms = Terms(
        method=charges.SHORT_RATE,
        factor=Decimal(VECTORS["wheel"]["default_short_rate_factor"]),
        wheel=Wheel(365, 3),
    )
    assert returned(one, terms) == Decimal("754.20")


def test_wheel_may_return_more_than_the_days_and_says_so():
    # 4 March: 303 ÷ 365 = 0.83014, printed 0.83 at two places; 1,000.00 x 0.83 = 830.00;
    # exact 830.14. 5 March: 302 ÷ 365 = 0.82740 → 0.83 → 830.00; exact 827.40.
    wheel = Terms(wheel=Wheel(365, 2))

    assert amounts(ended("1000.00", YEAR, date(2026, 3, 4)), wheel) == {"wheel": Decimal("0.14")}
    assert amounts(ended("1000.00", YEAR, date(2026, 3, 5)), wheel) == {"wheel": Decimal("-2.60")}


def test_flat_cancellation_keeps_nothing():
    terms = Terms(
        method=charges.FLAT,
        minimum_amount=Decimal("50.00"),
        holdback=Decimal("0.10"),
        fully_earned_fees=frozenset({"policy_fee"}),
    )
    one = ended("500.00", YEAR, YEAR[0])

    assert charges.derive(one, terms) == ()
    assert returned(one, terms) == Decimal("500.00")
    kept = charges.kept_of_fee("policy_fee", Decimal("20.00"), earned=Fraction(0), terms=terms)
    assert kept == 0


# Minimum earned and fees


def test_minimum_earned_adds_what_the_days_and_the_short_rate_have_not():
    # 10 days: 13.70 earned; returned 0.9 x 486.30 = 437.67; kept 62.33, so 37.67 more.
    terms = Terms(
        method=charges.SHORT_RATE, factor=Decimal("0.90"), minimum_amount=Decimal("100.00")
    )
    one = ended("500.00", YEAR, date(2026, 1, 11))

    assert amounts(one, terms) == {
        "short_rate": Decimal("48.63"),
        "minimum_earned": Decimal("37.67"),
    }
    assert returned(one, terms) == Decimal("400.00")


def test_minimum_earned_as_a_share_of_the_premium_and_the_higher_of_the_two():
    one = ended("500.00", YEAR, date(2026, 1, 11))

    share = Terms(minimum_amount=Decimal("100.00"), minimum_share=Decimal("0.25"))
    assert returned(one, share) == Decimal("375.00")
    amount = Terms(minimum_amount=Decimal("150.00"), minimum_share=Decimal("0.25"))
    assert returned(one, amount) == Decimal("350.00")


def test_minimum_earned_takes_no_more_than_was_written():
    one = ended("30.00", YEAR, date(2026, 1, 11))

    assert returned(one, Terms(minimum_amount=Decimal("50.00"))) == 0


def test_fully_earned_fee_stays_whole_and_another_by_its_days():
    # 73 of 365 days are a fifth.
    terms = Terms(fully_earned_fees=frozenset({"policy_fee"}))
    earned = charges.earned_share(*YEAR, YEAR[0] + timedelta(days=73))

    fee = Decimal("20.00")
    assert charges.kept_of_fee("policy_fee", fee, earned=earned, terms=terms) == fee
    assert charges.kept_of_fee("fraud_fee", fee, earned=earned, terms=terms) == Decimal("4.00")


# The stack decides


def cancelled(on: date, minutes: int) -> Transaction:
    return Transaction("cancellation", on, moment(minutes))


def reinstated(on: date, minutes: int) -> Transaction:
    return Transaction("reinstatement", on, moment(minutes))


def test_the_cancellation_that_ends_the_cover_is_the_first_after_which_nothing_begins():
    history = [opened(), cancelled(JULY, 1), cancelled(MAY, 2)]

    assert charges.ending([opened()]) is None
    assert charges.ending(history) == history[2]
    assert charges.ending(history, known_at=moment(1)) == history[1]


def test_a_reinstatement_takes_the_charges_away_with_or_without_a_lapse():
    assert charges.ending([opened(), cancelled(MAY, 1), reinstated(MAY, 2)]) is None
    assert charges.ending([opened(), cancelled(MAY, 1), reinstated(JULY, 2)]) is None
    again = [opened(), cancelled(MAY, 1), reinstated(MAY, 2), cancelled(JULY, 3)]
    assert charges.ending(again) == again[3]


def test_a_cancellation_that_was_reversed_ends_nothing():
    undone = cancelled(MAY, 1)
    reversal = Transaction("reversal", MAY, moment(2), (), undone.recorded_at)

    assert charges.ending([opened(), undone, reversal]) is None


def test_without_its_ending_a_history_runs_to_the_end_of_the_term():
    change = endorsed(MARCH, 1, setting(MILES, 4000))
    lapse = [cancelled(MARCH, 2), reinstated(MAY, 3)]
    history = [opened(), change, *lapse, cancelled(JULY, 4)]

    assert charges.without_ending(history) == [opened(), change, *lapse]


def test_unearned_is_exact_and_counts_only_what_was_cut():
    # 365.00 to 1 July (181 days), 730.00 after (184 days); cut from 1 May: 61 and 184 days.
    priced = [
        PricedSegment(START, JULY, {("v1", "BI"): Decimal("365.00")}),
        PricedSegment(JULY, END, {("v1", "BI"): Decimal("730.00")}),
    ]

    assert charges.unearned(START, END, priced, MAY) == 61 + 2 * 184
    assert charges.unearned(START, END, priced, END) == 0


# Random histories


def priced_of(history: list[Transaction]) -> list[PricedSegment]:
    found = []
    for segment in derive(START, END, history):
        state = segment.state
        rated = PLAN.rate(state["risk"], state["coverages"], "XX", START)
        premiums = {(one.item, one.coverage): one.premium for one in rated.amounts}
        found.append(PricedSegment(segment.valid_from, segment.valid_to, premiums))
    return found


def term_written(history: list[Transaction], terms: Terms) -> Decimal:
    """Σ segments + Σ charges of a history, as the writer of transactions computes it."""
    sum_of_segments = total(written(START, END, priced_of(history)))
    last = charges.ending(history)
    if last is None:
        return sum_of_segments
    whole = priced_of(charges.without_ending(history))
    one = charges.Ended(
        START,
        END,
        last.effective_on,
        last.recorded_at,
        total(written(START, END, whole)),
        sum_of_segments,
        charges.unearned(START, END, whole, last.effective_on),
    )
    return sum_of_segments + charges.total(charges.derive(one, terms))


shares = st.decimals(min_value=0, max_value=1, places=2)
any_terms = st.builds(
    Terms,
    method=st.sampled_from([charges.PRO_RATA, charges.SHORT_RATE]),
    factor=shares,
    table=st.sampled_from([(), TABLE]),
    wheel=st.sampled_from([None, Wheel(365, 3), Wheel(183, 2)]),
    minimum_amount=st.decimals(min_value=0, max_value=2000, places=2),
    minimum_share=shares,
    holdback=shares,
)


def random_history(seed: int) -> list[Transaction]:
    changes = enumerate(random_changes(Random(seed)), 1)
    return [opened(), *(endorsed(on, minutes, *patch) for minutes, (on, patch) in changes)]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 364), any_terms)
def test_a_cancellation_and_a_reinstatement_give_back_to_the_cent(seed, days, terms):
    history = random_history(seed)
    before = term_written(history, terms)
    on = START + timedelta(days=days)

    history.append(cancelled(on, 20))
    kept = term_written(history, terms)
    booked = kept - before
    history.append(reinstated(on, 21))
    booked += term_written(history, terms) - kept

    assert booked == 0
    assert term_written(history, terms) == before


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 364), any_terms)
def test_never_is_more_returned_than_was_written_and_the_minimum_holds(seed, days, terms):
    history = random_history(seed)
    before = term_written(history, terms)

    history.append(cancelled(START + timedelta(days=days), 20))
    kept = term_written(history, terms)

    assert 0 <= kept <= before
    assert kept >= min(before, terms.minimum_amount)
    assert kept >= min(before, (before * terms.minimum_share).quantize(Decimal("0.01")))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 363), st.integers(1, 100), any_terms)
def test_after_a_lapse_only_the_days_of_the_gap_are_not_written(seed, days, gap, terms):
    history = random_history(seed)
    off_on = START + timedelta(days=days)
    on_again = min(off_on + timedelta(days=gap), END - timedelta(days=1))

    history += [cancelled(off_on, 20), reinstated(on_again, 21)]

    segments = derive(START, END, history)
    assert not any(s.valid_from < on_again and s.valid_to > off_on for s in segments)
    assert term_written(history, terms) == total(written(START, END, priced_of(history)))


# What products say


@pytest.fixture(scope="module")
def shipped():
    return {product.code: product for product in load_folder()}


def test_first_day_of_a_term_makes_every_cancellation_flat(shipped):
    block = shipped["BIND-PA"].cancellation

    for side, reason in (("insured", "request"), ("carrier", "nonpayment")):
        assert block.method(side=side, reason=reason, is_from_first_day=True) == "flat"


def test_who_cancels_and_why_decide_the_method_and_the_minimum(shipped):
    block = shipped["BIND-PA"].cancellation

    wish = block.terms(side="insured", reason="request", is_from_first_day=False)
    unpaid = block.terms(side="carrier", reason="nonpayment", is_from_first_day=False)
    hazard = block.terms(side="carrier", reason="hazard", is_from_first_day=False)
    sold = block.terms(side="insured", reason="sold", is_from_first_day=False)

    assert (wish.method, wish.factor, wish.minimum_amount) == (
        "short_rate",
        Decimal("0.90"),
        Decimal("50.00"),
    )
    assert (unpaid.method, unpaid.minimum_amount) == ("pro_rata", Decimal("50.00"))
    assert (hazard.method, hazard.minimum_amount) == ("pro_rata", Decimal("0.00"))
    assert sold.method == "pro_rata"
