"""The clock: days in a zone, days that count, leap days, time changes, year ends, holidays."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from office import clock
from office.models import Holiday

CALIFORNIA, FLORIDA = "America/Los_Angeles", "America/New_York"


def test_the_clock_is_the_machines_until_somebody_travels():
    moment = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)

    with clock.travel(moment):
        assert clock.now() == moment
        with clock.travel(moment + timedelta(days=1)):
            assert clock.today() == date(2028, 3, 1)
        assert clock.now() == moment

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_travel_moves_every_thread_and_ends_after_an_error():
    moment = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    seen = []

    with pytest.raises(KeyError), clock.travel(moment):  # noqa: PT012  the error ends the journey
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        raise KeyError

    assert seen == [moment]
    assert clock.now() != moment


def test_travel_wants_a_zone():
    with pytest.raises(ValueError, match="time zone"), clock.travel(datetime(2026, 1, 1)):  # noqa: DTZ001  that is the mistake
        pass


def test_a_day_is_a_day_in_somebodys_zone():
    new_year = datetime(2027, 1, 1, 6, 30, tzinfo=UTC)  # 22:30 in Los Angeles, 01:30 in New York

    with clock.travel(new_year):
        assert clock.today(CALIFORNIA) == date(2026, 12, 31)
        assert clock.today(FLORIDA) == date(2027, 1, 1)
    assert clock.day_of(new_year, "UTC") == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("day", "zone", "begins", "hours"),
    [
        (date(2026, 3, 8), CALIFORNIA, datetime(2026, 3, 8, 8, tzinfo=UTC), 23),  # spring forward
        (date(2026, 11, 1), CALIFORNIA, datetime(2026, 11, 1, 7, tzinfo=UTC), 25),  # fall back
        (date(2028, 2, 29), CALIFORNIA, datetime(2028, 2, 29, 8, tzinfo=UTC), 24),  # leap day
        (date(2026, 12, 31), FLORIDA, datetime(2026, 12, 31, 5, tzinfo=UTC), 24),  # year end
        # In Santiago the clocks go forward at midnight: 6 September 2026 begins at 01:00 (-03).
        (date(2026, 9, 6), "America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC), 23),
    ],
)
def test_a_day_begins_at_midnight_of_the_zone_and_ends_at_the_next(day, zone, begins, hours):
    ends = clock.start_of(day + timedelta(days=1), zone)

    assert clock.start_of(day, zone) == begins
    assert ends - begins == timedelta(hours=hours)
    assert clock.day_of(begins, zone) == day
    assert clock.day_of(begins - timedelta(microseconds=1), zone) == day - timedelta(days=1)
    assert clock.day_of(ends - timedelta(microseconds=1), zone) == day


THANKSGIVING = frozenset({date(2026, 11, 26)})


@pytest.mark.parametrize(
    ("start", "days", "kind", "holidays", "ends"),
    [
        # 10 CCR 2695.5: fifteen calendar days.
        (date(2026, 11, 21), 15, "calendar", frozenset(), date(2026, 12, 6)),
        (date(2028, 2, 28), 1, "calendar", frozenset(), date(2028, 2, 29)),
        (date(2027, 2, 28), 1, "calendar", frozenset(), date(2027, 3, 1)),
        # Mon 23 + Tue, Wed, (Thanksgiving), Fri, Mon 30: four business days.
        (date(2026, 11, 23), 4, "business", THANKSGIVING, date(2026, 11, 30)),
        (date(2026, 11, 23), 4, "business", frozenset(), date(2026, 11, 27)),
        (date(2026, 11, 23), 4, "working", THANKSGIVING, date(2026, 11, 30)),
        # A start on a Saturday is not counted: Monday is the first day.
        (date(2026, 11, 21), 1, "business", frozenset(), date(2026, 11, 23)),
        (date(2026, 11, 30), -2, "business", THANKSGIVING, date(2026, 11, 25)),
        (date(2026, 3, 1), -60, "calendar", frozenset(), date(2025, 12, 31)),
        (date(2026, 11, 21), 0, "business", frozenset(), date(2026, 11, 21)),
    ],
)
def test_adds_days_of_each_kind(start, days, kind, holidays, ends):
    assert clock.add_days(start, days, kind, holidays) == ends


def test_an_unknown_kind_of_day_is_an_error():
    with pytest.raises(ValueError, match="lunar"):
        clock.add_days(date(2026, 1, 1), 1, "lunar")


def test_federal_holidays_of_2026():
    """https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/ for 2026."""
    assert list(clock.federal_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),  # 4 July is a Saturday
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
    ]


def test_a_holiday_on_a_weekend_is_observed_beside_it():
    assert date(2021, 7, 5) in clock.federal_holidays(2021)  # 4 July was a Sunday
    assert date(2027, 12, 31) in clock.federal_holidays(2028)  # 1 January is a Saturday
    assert date(2020, 6, 19) not in clock.federal_holidays(2020)  # a holiday since 2021
    assert date(2021, 6, 18) in clock.federal_holidays(2021)


def test_a_jurisdiction_has_the_federal_holidays_and_its_own(db):
    chavez = date(2026, 3, 31)
    Holiday.objects.create(jurisdiction="US-CA", day=chavez, name="Cesar Chavez Day")

    assert chavez in clock.holidays("US-CA")
    assert date(2026, 12, 25) in clock.holidays("US-CA")
    assert chavez not in clock.holidays("US-NE")


def test_a_new_holiday_counts_at_once_and_the_days_are_read_once(db, django_assert_num_queries):
    mourning = date(2026, 11, 24)
    assert mourning not in clock.holidays("US-CO")

    row = Holiday.objects.create(jurisdiction="US", day=mourning, name="Day of mourning")

    assert mourning in clock.holidays("US-CO")
    with django_assert_num_queries(1):
        clock.holidays("US-CO")
    row.delete()
    assert mourning not in clock.holidays("US-CO")
