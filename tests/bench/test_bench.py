"""The bench works: its code lives off the office's and would rot unseen. No time is asserted."""

import json

import pytest

from bench import book, harness
from bench.__main__ import ORDER, all_rows
from bench.harness import Contest, Measured, Row
from bench.office import Office
from claims.enums import ClaimState
from claims.models import Claim
from customers.selectors import search_customers

SIZE = 100


@pytest.fixture
def office(owner_url, application_url) -> Office:
    return Office(owner_url, application_url)


def test_a_row_is_measured_among_a_hundred_and_written_down(office, tmp_path):
    (row,) = [row for row in all_rows() if row.name == "claim.act"]

    measured = harness.measure(row, office, size=SIZE, rounds=1)
    harness.write_results(tmp_path / "results.json", [measured])
    written = json.loads((tmp_path / "results.json").read_text())

    assert set(written) == {"machine", "rows"}
    assert [set(line) for line in written["rows"]] == [
        {"name", "unit", "ours", "floor", "peers", "rounds"}
    ]
    assert written["rows"][0]["name"] == "claim.act"
    assert written["rows"][0]["unit"] == "acts/s"
    assert written["rows"][0]["ours"] > 0 < written["rows"][0]["floor"]
    assert written["rows"][0]["rounds"] == 1
    assert Claim.objects.filter(pk__gt=book.FIRST).count() == SIZE
    assert set(Claim.objects.values_list("state", flat=True)) == set(ClaimState)
    found = search_customers("cu-2026-1000")  # the hundredth and its like: 100001 to 100100
    assert {customer.number[:12] for customer in found} == {"CU-2026-1000"}


@pytest.mark.parametrize(
    "name", ["rating.one", "rating.worksheet", "rating.book", "rating.write_back"]
)
def test_a_book_is_rated_to_the_cent_of_the_database(office, name):
    (row,) = [row for row in all_rows() if row.name == name]

    measured = harness.measure(row, office, size=SIZE, rounds=1)

    assert measured.ours > 0 < measured.floor
    assert all(measured.also.values())


def test_every_row_has_a_place_in_the_table():
    assert {row.name for row in all_rows()} <= set(ORDER)


def _measured(ours: float, floor: float, unit: str, *, goal: float, size: int = 1, **also):
    row = Row("ledger.post_one", unit, goal=goal, size=size, prepare=None)
    return Measured(row, size, ours, floor, {}, also, 5)


def test_a_rate_must_reach_its_share_of_the_floor_and_a_time_may_not_pass_it():
    assert _measured(50, 100, "acts/s", goal=0.5).is_met
    assert not _measured(49, 100, "acts/s", goal=0.5).is_met
    assert _measured(12, 4, "ms p50", goal=3.0).is_met
    assert not _measured(13, 4, "ms p50", goal=3.0).is_met
    assert not _measured(12, 4, "ms p50", goal=3.0, few_queries=False).is_met


def test_growth_is_the_exponent_of_the_time_in_the_size():
    """Ten times as many, ten times as long: 1; a rate that falls to a hundredth: 2; the same: 0."""
    linear = _measured(2, 1, "ms", goal=3, size=100), _measured(20, 1, "ms", goal=3, size=1000)
    square = _measured(9, 1, "a/s", goal=1, size=10), _measured(0.09, 1, "a/s", goal=1, size=100)
    flat = _measured(5, 1, "ms", goal=3, size=10), _measured(5, 1, "ms", goal=3, size=1_000_000)

    assert [round(harness.exponent(*pair), 9) for pair in (linear, square, flat)] == [1, 2, 0]


def test_everybody_runs_in_turn_and_the_median_counts():
    """The first round of each is not counted: of 9, 1, 5, 3 there remain 1, 5, 3 and 3."""
    ran = []

    def runner(name, figures):
        waiting = iter(figures)

        def run():
            ran.append(name)
            return next(waiting)

        return run

    class Once:
        def __enter__(self):
            ours, floor = runner("ours", [9, 1, 5, 3]), runner("floor", [7, 2, 2, 8])
            return Contest(ours, floor, {"peer": runner("peer", [0, 4, 4, 4])})

        def __exit__(self, *_error):
            return None

    row = Row("claim.act", "acts/s", goal=1, size=1, prepare=lambda _office, _size: Once())

    found = harness.measure(row, None, size=1, rounds=3)

    assert (found.ours, found.floor, found.peers) == (3, 2, {"peer": 4})
    assert ran == ["ours", "floor", "peer"] * 4
