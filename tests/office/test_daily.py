"""A beat job runs once per business date (G18)."""

from datetime import UTC, datetime

import pytest

from office import clock
from office.daily import once_a_day
from office.models import DailyRun

RUNS = []


@once_a_day("tests.daily")
def daily(business_date):
    RUNS.append(business_date.isoformat())


@once_a_day("tests.daily_stumble")
def stumble(business_date):
    raise RuntimeError


@pytest.fixture(autouse=True)
def _no_runs():
    RUNS.clear()


@pytest.mark.django_db
def test_however_often_beat_asks_the_job_runs_once_a_day():
    with clock.travel(datetime(2026, 11, 20, 20, 0, tzinfo=UTC)):
        daily()
        daily()

    assert RUNS == ["2026-11-20"]


@pytest.mark.django_db
def test_over_the_night_in_which_clocks_go_back_each_date_has_its_run():
    """1 November 2026 has 25 hours in California: from 07:00 UTC to 08:00 UTC the next day."""
    hours = [datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in range(24)]
    hours += [datetime(2026, 11, 2, hour, 30, tzinfo=UTC) for hour in range(10)]

    for hour in hours:
        with clock.travel(hour):
            daily()

    assert RUNS == ["2026-10-31", "2026-11-01", "2026-11-02"]


@pytest.mark.django_db
def test_leap_day_has_its_run():
    for day in (28, 29):
        with clock.travel(datetime(2028, 2, day, 20, 0, tzinfo=UTC)):
            daily()

    assert RUNS == ["2028-02-28", "2028-02-29"]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_leaves_no_run_so_that_it_is_tried_again():
    with pytest.raises(RuntimeError):
        stumble()

    assert not DailyRun.objects.filter(job="tests.daily_stumble").exists()
