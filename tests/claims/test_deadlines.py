"""When duties fall due: worked by hand from the table of statutes and a calendar."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from claims import deadlines
from claims.deadlines import Due, Facts, Pause
from office.clock import federal_holidays, is_open

VECTORS = Path(__file__).parent.parent / "vectors" / "claim-deadlines.yaml"
HOLIDAYS = frozenset(day for year in range(2023, 2029) for day in federal_holidays(year))
NOTICED = date(2026, 3, 12)  # a Thursday


def facts(**changes):
    known = {
        "jurisdiction": "US-CA",
        "line": "property",
        "noticed_on": NOTICED,
        "state": "investigating",
        "entered_on": NOTICED,
        "starts": {"notice": NOTICED},
    }
    return Facts(**(known | changes))


def due(what, **changes):
    found = [one for one in deadlines.schedule(facts(**changes), HOLIDAYS) if one.what == what]
    return found[0] if found else None


def test_table_of_statutes_is_the_published_one():
    published = yaml.safe_load(VECTORS.read_text())
    assert deadlines._table()["statutes"] == published


@pytest.mark.parametrize(
    ("jurisdiction", "line", "what", "starts", "expected"),
    [
        # 12 March 2026 is a Thursday; no federal holiday lies between then and 25 May.
        ("US-CA", "property", "acknowledge", {}, date(2026, 3, 27)),  # 15 calendar days
        ("US-FL", "property", "acknowledge", {}, date(2026, 3, 19)),  # 7 calendar days
        ("US-FL", "casualty", "acknowledge", {}, date(2026, 3, 26)),  # 14 calendar days
        ("US-OK", "casualty", "acknowledge", {}, date(2026, 4, 11)),  # 30 calendar: a Saturday
        ("US-PA", "casualty", "acknowledge", {}, date(2026, 3, 26)),  # 10 working days: 2 weeks
        ("US-AK", "property", "acknowledge", {}, date(2026, 3, 26)),
        ("US-FL", "property", "decide", {}, date(2026, 5, 11)),  # 60 calendar days from notice
        ("US-UT", "casualty", "decide", {}, date(2026, 4, 11)),  # 30 calendar days from notice
        # From the proof of loss on Monday 16 March.
        ("US-CA", "property", "decide", {"proof_of_loss": date(2026, 3, 16)}, date(2026, 4, 25)),
        ("US-NE", "property", "decide", {"proof_of_loss": date(2026, 3, 16)}, date(2026, 3, 31)),
        ("US-PA", "property", "decide", {"proof_of_loss": date(2026, 3, 16)}, date(2026, 4, 6)),
        ("US-OK", "property", "decide", {"proof_of_loss": date(2026, 3, 16)}, date(2026, 5, 18)),
        ("US-FL", "casualty", "begin_investigation", {"proof_of_loss": date(2026, 3, 16)},
         date(2026, 3, 30)),
        # From the last document on Friday 20 March.
        ("US-TX", "property", "decide", {"all_items": date(2026, 3, 20)}, date(2026, 4, 10)),
        ("US-CO", "property", "decide", {"all_items": date(2026, 3, 20)}, date(2026, 5, 19)),
        ("US-TX", "property", "pay_at_the_latest", {"all_items": date(2026, 3, 20)},
         date(2026, 5, 19)),
        # Paying: California 30 calendar days from agreement, Texas 5 business days from decision.
        ("US-CA", "property", "pay", {"agreement": date(2026, 4, 1)}, date(2026, 5, 1)),
        ("US-TX", "property", "pay", {"decision": date(2026, 4, 1)}, date(2026, 4, 8)),
        ("US-AK", "property", "pay", {"decision": date(2026, 4, 1)}, date(2026, 5, 13)),
        ("US-NE", "property", "offer_undisputed_part", {"proof_of_loss": date(2026, 3, 16)},
         date(2026, 3, 31)),
        # Status letters: Pennsylvania first after 30 days, California each 30 days of the proof.
        ("US-PA", "property", "status_letter", {}, date(2026, 4, 11)),
        ("US-CA", "property", "status_letter", {"proof_of_loss": date(2026, 3, 16)},
         date(2026, 4, 15)),
    ],
)  # fmt: skip
def test_due_date_of_each_statute(jurisdiction, line, what, starts, expected):
    found = due(what, jurisdiction=jurisdiction, line=line, starts={"notice": NOTICED} | starts)

    assert found.due_on == expected
    assert not found.is_house


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        # Independence Day 2026 is a Saturday: observed on Friday 3 July.
        (date(2026, 7, 1), 2, date(2026, 7, 6)),
        # Thanksgiving, 26 November 2026; the Friday after is a working day.
        (date(2026, 11, 25), 1, date(2026, 11, 27)),
        # Christmas 2026 is a Friday, the New Year 2027 too: 24, 28, 29, 30, 31 December, 4 January.
        (date(2026, 12, 23), 6, date(2027, 1, 4)),
        # The leap day of 2028 is a Tuesday.
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
    ],
)
def test_working_days_skip_weekends_and_holidays(start, days, expected):
    assert deadlines.count(start, days, "working", HOLIDAYS) == (expected, 0)


def test_calendar_days_run_through_leap_day_time_change_and_year_end():
    assert deadlines.count(date(2028, 2, 14), 15, "calendar", HOLIDAYS)[0] == date(2028, 2, 29)
    assert deadlines.count(date(2026, 3, 1), 15, "calendar", HOLIDAYS)[0] == date(2026, 3, 16)
    assert deadlines.count(date(2026, 12, 20), 15, "calendar", HOLIDAYS)[0] == date(2027, 1, 4)


def test_fraud_suspicion_doubles_the_californian_term():
    starts = {"notice": NOTICED, "proof_of_loss": date(2026, 3, 16)}

    # 80 days after 16 March: 15 to the end of March, 30 of April, 31 of May, 4 of June.
    assert due("decide", starts=starts, is_fraud_suspected=True).due_on == date(2026, 6, 4)


def test_a_letter_of_delay_takes_the_place_of_the_first_term_in_texas():
    starts = {
        "notice": NOTICED,
        "all_items": date(2026, 3, 20),
        "delay_letter": date(2026, 4, 9),
    }

    assert due("decide", jurisdiction="US-TX", starts=starts) is None
    # 45 days after 9 April: 21 to the end of April, 24 of May.
    found = due("decide_after_extension", jurisdiction="US-TX", starts=starts)
    assert found.due_on == date(2026, 5, 24)


def test_status_letters_repeat_from_the_last_one():
    found = due("status_letter", jurisdiction="US-PA", last_letter_on=date(2026, 4, 10))

    # 45 calendar days: 20 to the end of April, 25 of May.
    assert (found.due_on, found.start) == (date(2026, 5, 25), "last_letter")


def test_a_clock_stops_when_its_duty_is_done():
    starts = {"notice": NOTICED, "proof_of_loss": date(2026, 3, 16)}

    assert due("acknowledge", ends={"acknowledgement": NOTICED}) is None
    assert due("decide", starts=starts, ends={"decision": date(2026, 4, 1)}) is None
    assert due("status_letter", starts=starts, ends={"decision": date(2026, 4, 1)}) is None


def test_the_house_stands_in_where_the_statute_is_silent_and_says_so():
    nowhere = due("acknowledge", jurisdiction="US-WY")
    silent = due("acknowledge", jurisdiction="US-NE")

    assert not deadlines.has_statute(jurisdiction="US-WY", line="property", on=NOTICED)
    assert deadlines.has_statute(jurisdiction="US-NE", line="property", on=NOTICED)
    for found in (nowhere, silent):
        assert found.is_house
        assert found.due_on == date(2026, 3, 26)  # 10 working days
        assert "house's standard" in deadlines.explain(found)


def test_a_statute_counts_only_from_the_day_it_is_in_force():
    assert not deadlines.has_statute(jurisdiction="US-FL", line="property", on=date(2023, 2, 28))
    assert deadlines.has_statute(jurisdiction="US-FL", line="property", on=date(2023, 3, 1))


def test_a_pause_moves_the_date_by_the_days_it_lasted():
    starts = {"notice": NOTICED, "proof_of_loss": date(2026, 3, 16)}
    pauses = (Pause("documents", date(2026, 3, 20), date(2026, 3, 30)),)

    found = due("decide", jurisdiction="US-WY", starts=starts, pauses=pauses)

    # 40 days after 16 March are 25 April; the ten days from 20 to 29 March did not count.
    assert (found.due_on, found.paused_days) == (date(2026, 5, 5), 10)
    assert "10 days" in deadlines.explain(found)


def test_an_open_pause_leaves_the_date_open_and_the_turn_still_due():
    starts = {"notice": NOTICED, "proof_of_loss": date(2026, 3, 16)}
    pauses = (Pause("documents", date(2026, 3, 20)),)
    known = facts(jurisdiction="US-WY", starts=starts, pauses=pauses)

    dues = deadlines.schedule(known, HOLIDAYS)

    assert dues[-1].what == "decide"
    assert dues[-1].due_on is None
    assert dues[0].due_on is not None
    assert "stands still" in deadlines.explain(dues[-1])


def test_a_statute_without_pauses_does_not_stand_still():
    starts = {"notice": NOTICED, "proof_of_loss": date(2026, 3, 16)}
    pauses = (Pause("documents", date(2026, 3, 20), date(2026, 3, 30)),)

    assert due("decide", starts=starts, pauses=pauses).due_on == date(2026, 4, 25)


def test_each_due_date_explains_itself():
    found = due("decide", starts={"notice": NOTICED, "proof_of_loss": date(2026, 3, 16)})

    assert deadlines.explain(found) == (
        "Accept or deny: 40 calendar days from the proof of loss (16 Mar 2026). "
        "10 CCR 2695.5, 2695.7(b)(c)(h)(k)"
    )


def test_every_open_state_has_a_turn_and_final_ones_have_none():
    from claims.enums import FINAL, OPEN

    for state in OPEN:
        assert due("turn", state=state).due_on > NOTICED
    for state in FINAL:
        assert due("turn", state=state) is None


def test_rungs_are_reached_one_after_the_other():
    on = date(2026, 3, 27)

    assert deadlines.rungs_reached(on, date(2026, 3, 23)) == []
    assert deadlines.rungs_reached(on, date(2026, 3, 24)) == ["handler"]
    assert deadlines.rungs_reached(on, date(2026, 3, 26)) == ["handler", "supervisor"]
    assert deadlines.rungs_reached(on, date(2026, 3, 27)) == ["handler", "supervisor", "manager"]
    assert deadlines.rungs_reached(on, date(2026, 3, 28))[-1] == "compliance"


@pytest.mark.parametrize(
    ("percent", "paid_on", "expected"),
    [
        # Texas, 18 %: 10,000 x 18 % x 30 ÷ 365 = 147.945… → 147.95
        ("18", date(2026, 6, 18), "147.95"),
        # Colorado, 8 %: 10,000 x 8 % x 30 ÷ 365 = 65.753… → 65.75
        ("8", date(2026, 6, 18), "65.75"),
        ("18", date(2026, 5, 19), "0.00"),
        ("18", date(2026, 5, 1), "0.00"),
    ],
)
def test_late_interest_is_simple_interest_for_the_days_after_the_due_date(
    percent, paid_on, expected
):
    interest = deadlines.late_interest(
        Decimal("10000.00"), Decimal(percent), date(2026, 5, 19), paid_on
    )

    assert interest == Decimal(expected)


@given(
    start=st.dates(date(2023, 1, 1), date(2027, 6, 1)),
    days=st.integers(1, 90),
    kind=st.sampled_from(["calendar", "business", "working"]),
    first=st.integers(0, 60),
    length=st.integers(0, 40),
)
def test_exactly_the_days_that_count_lie_between_start_and_due(start, days, kind, first, length):
    """Counted again the slow way: open, unpaused days up to the due date are `days`."""
    pause = Pause("documents", start + timedelta(first), start + timedelta(first + length))

    on, skipped = deadlines.count(start, days, kind, HOLIDAYS, [pause])

    passed = [start + timedelta(n) for n in range(1, (on - start).days + 1)]
    counting = [day for day in passed if kind == "calendar" or is_open(day, HOLIDAYS)]
    unpaused = [day for day in counting if not pause.stops(day)]
    assert len(unpaused) == days
    assert len(counting) - len(unpaused) == skipped
    assert unpaused[-1] == on


def test_a_due_date_survives_being_stored():
    found = due("pay_at_the_latest", jurisdiction="US-TX",
                starts={"notice": NOTICED, "all_items": NOTICED})  # fmt: skip

    assert found.interest_percent == Decimal(18)
    assert Due.from_json(found.to_json()) == found
