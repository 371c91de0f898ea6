import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.proration import PricedSegment, by_cell, change, total, written

VECTORS = Path(__file__).parent.parent / "vectors"
CELL = ("v1", "COLL")


def priced(valid_from, valid_to, premium, cell=CELL):
    return PricedSegment(valid_from, valid_to, {cell: Decimal(premium)})


def test_one_segment_over_the_whole_term_writes_the_term_premium():
    shares = written(
        date(2026, 1, 1),
        date(2027, 1, 1),
        [priced(date(2026, 1, 1), date(2027, 1, 1), "248.82")],
    )

    assert [(s.item, s.coverage, s.written) for s in shares] == [("v1", "COLL", Decimal("248.82"))]


def test_the_published_example_of_a_pro_rata_endorsement_holds_to_the_cent():
    vector = json.loads((VECTORS / "pro-rata-endorsement.json").read_text())
    term_from, term_to = (date.fromisoformat(day) for day in vector["term"])
    steps = vector["steps"]

    for count in range(1, len(steps) + 1):
        known = steps[:count]
        starts = [date.fromisoformat(step["effective_on"]) for step in known]
        ends = [*starts[1:], term_to]
        segments = [
            priced(start, end, step["annual"])
            for start, end, step in zip(starts, ends, known, strict=True)
        ]

        assert segments[-1].days == known[-1]["days"]
        assert total(written(term_from, term_to, segments)) == Decimal(known[-1]["written"])


def test_a_coverage_is_rounded_once_over_the_term_and_its_cents_given_by_largest_remainder():
    # 100.00 over 10, 20 and 335 of 365 days: 2.7397…, 5.4794…, 91.7808…
    # Floors 2.73 + 5.47 + 91.78 = 99.98; two cents go to the remainders .97 and .94.
    days = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 31), date(2027, 1, 1)]
    segments = [priced(start, end, "100.00") for start, end in pairwise(days)]

    shares = written(days[0], days[-1], segments)

    assert [s.written for s in shares] == [Decimal("2.74"), Decimal("5.48"), Decimal("91.78")]


def test_a_leap_year_has_366_days():
    # 366.00 x 60/366 = 60.00 (1 January to 1 March 2028, with 29 February).
    shares = written(
        date(2028, 1, 1),
        date(2029, 1, 1),
        [priced(date(2028, 1, 1), date(2028, 3, 1), "366.00")],
    )

    assert total(shares) == Decimal("60.00")


def test_a_coverage_that_joins_in_mid_term_shares_only_its_own_days():
    # COMP from 1 July: 184 days of 365 → 73.00 x 184/365 = 36.80.
    july = date(2026, 7, 1)
    before = [priced(date(2026, 1, 1), july, "365.00")]
    after = PricedSegment(
        july, date(2027, 1, 1), {CELL: Decimal("365.00"), ("v1", "COMP"): Decimal("73.00")}
    )

    shares = written(date(2026, 1, 1), date(2027, 1, 1), [*before, after])

    assert by_cell(shares) == {CELL: Decimal("365.00"), ("v1", "COMP"): Decimal("36.80")}


def test_the_premium_of_a_transaction_is_new_written_less_old_where_it_differs():
    # Raising 365.00 to 730.00 with 184 days left adds 365.00 x 184/365 = 184.00.
    term = (date(2026, 1, 1), date(2027, 1, 1))
    july = date(2026, 7, 1)
    other = {("v1", "BI"): Decimal("120.00")}
    before = written(*term, [PricedSegment(*term, {CELL: Decimal("365.00"), **other})])
    after = written(
        *term,
        [
            PricedSegment(term[0], july, {CELL: Decimal("365.00"), **other}),
            PricedSegment(july, term[1], {CELL: Decimal("730.00"), **other}),
        ],
    )

    assert change(before, after) == {CELL: Decimal("184.00")}
    assert change(after, before) == {CELL: Decimal("-184.00")}
    assert change(after, after) == {}


def test_coverage_without_a_charge_has_a_share_of_nothing():
    shares = written(
        date(2026, 1, 1),
        date(2027, 1, 1),
        [priced(date(2026, 1, 1), date(2027, 1, 1), "0.00")],
    )

    assert [s.written for s in shares] == [Decimal("0.00")]


amounts = st.decimals(min_value=0, max_value=99999, places=2)
cuts = st.lists(st.integers(1, 364), max_size=6, unique=True)


@settings(max_examples=200, deadline=None)
@given(cuts, st.data())
def test_shares_sum_to_the_exact_premium_rounded_once(cut_days, data):
    start = date(2026, 1, 1)
    edges = [start, *[start + timedelta(days=day) for day in sorted(cut_days)], date(2027, 1, 1)]
    segments = [priced(a, b, data.draw(amounts)) for a, b in pairwise(edges)]

    shares = written(start, date(2027, 1, 1), segments)

    weights = [int(s.premiums[CELL] * 100) * s.days for s in segments]
    cents, rest = divmod(sum(weights), 365)
    if rest * 2 > 365 or (rest * 2 == 365 and cents % 2):
        cents += 1
    assert total(shares) == Decimal(cents) / 100
    for share, weight in zip(shares, weights, strict=True):
        # Half a cent at most from rounding the coverage, less than one from handing it out.
        assert abs(share.written * 100 - Decimal(weight) / 365) < Decimal("1.5")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 364), amounts), min_size=1, max_size=8))
def test_transaction_premiums_add_up_to_the_written_premium(history):
    start, end = date(2026, 1, 1), date(2027, 1, 1)
    known: dict[date, Decimal] = {start: Decimal("500.00")}
    before: list = []
    booked = Decimal("0.00")

    for days, premium in history:
        known[start + timedelta(days=days)] = premium
        edges = [*sorted(known), end]
        segments = [priced(a, b, known[a]) for a, b in pairwise(edges)]
        after = written(start, end, segments)
        booked += sum(change(before, after).values())
        before = after

    assert booked == total(before)
