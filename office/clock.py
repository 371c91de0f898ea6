"""The office's time: every business moment and day comes from here, so that it can be moved.

A moment is aware and in UTC. A day is a date in somebody's zone: cover begins and ends at 00:00
in the zone of the insured's address. Leases and time-outs use the machine's time instead.
"""

import threading
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from django.apps import apps
from django.db import connection

OFFICE_ZONE = "America/Los_Angeles"
EVERYWHERE = "US"

DayKind = Literal["calendar", "business", "working"]

_moving = threading.Lock()
_moved_to: datetime | None = None


def now() -> datetime:
    """This moment, in UTC, or the moment that somebody has travelled to."""
    return _moved_to or datetime.now(UTC)


def today(zone: str = OFFICE_ZONE) -> date:
    return day_of(now(), zone)


def day_of(moment: datetime, zone: str = OFFICE_ZONE) -> date:
    """The date on the calendar of `zone` at this moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str = OFFICE_ZONE) -> datetime:
    """The first moment of the day in `zone`, in UTC.

    Where the clocks are put forward at midnight the day begins at 01:00; where they are put
    back over midnight, at the first of the two.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC)


def add_months(start: date, months: int) -> date:
    """The same day `months` later, or the last day of that month where it is too short.

    Counted from the start each time, so that a bill of 31 January does not slip from
    28 February to 28 March.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@cache
def zones() -> frozenset[str]:
    """The names of all time zones. To find them walks through hundreds of files."""
    return frozenset(available_timezones())


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Let the clock of this whole process, all threads, stand at `moment`."""
    if moment.tzinfo is None:
        raise ValueError("Travel to a moment with a time zone.")
    before = _move(moment.astimezone(UTC))
    try:
        yield
    finally:
        _move(before)


def _move(moment: datetime | None) -> datetime | None:
    global _moved_to
    with _moving:
        before, _moved_to = _moved_to, moment
    return before


def add_days(
    start: date, days: int, kind: DayKind = "calendar", holidays: frozenset[date] = frozenset()
) -> date:
    """The day that lies `days` after `start`; the day of the start itself is not counted.

    Statutes say "business days" or "working days" for the same: neither Saturday, Sunday nor a
    holiday of the jurisdiction (Tex. Ins. Code 542.051). A negative number counts back, as a
    notice window before an expiry does.
    """
    if kind == "calendar":
        return start + timedelta(days=days)
    if kind not in ("business", "working"):
        raise ValueError(f"There are no {kind} days.")
    step = timedelta(days=1 if days >= 0 else -1)
    day, left = start, abs(days)
    while left:
        day += step
        left -= is_open(day, holidays)
    return day


def is_open(day: date, holidays: frozenset[date] = frozenset()) -> bool:
    """Whether offices work on this day."""
    return day.weekday() < 5 and day not in holidays


# Rows of holidays are added and removed, never altered: so many, up to this key, is a version.
CALENDAR = "(SELECT count(*) || ':' || coalesce(max(id), 0) FROM office_holiday)"
_read = threading.local()


@contextmanager
def calendar(version: str | None) -> Iterator[None]:
    """Inside, this thread's calendar is the version that a statement has just read as CALENDAR;
    None: it will be read when it is asked for."""
    before, _read.version = getattr(_read, "version", None), version
    try:
        yield
    finally:
        _read.version = before


def holidays(jurisdiction: str) -> frozenset[date]:
    """The holidays of a jurisdiction such as "US-CA": its own and the federal ones."""
    version = getattr(_read, "version", None)
    if version is None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {CALENDAR}")
            (version,) = cursor.fetchone()
    return _holidays(jurisdiction, version)


@lru_cache(maxsize=256)
def _holidays(jurisdiction: str, _version: str) -> frozenset[date]:
    table = apps.get_model("office", "Holiday").objects
    days = table.filter(jurisdiction__in={EVERYWHERE, jurisdiction}).values_list("day", flat=True)
    return frozenset(days)


def federal_holidays(year: int) -> dict[date, str]:
    """The days on which the federal holidays of a year are observed (5 U.S.C. 6103).

    A holiday on a Saturday is observed the Friday before (6103(b)), on a Sunday the Monday after
    (Executive Order 11582): the New Year of 2028 is observed on 31 December 2027.
    """
    days = {
        date(year, 1, 1): "New Year's Day",
        _nth_weekday(year, 1, 0, 3): "Birthday of Martin Luther King, Jr.",
        _nth_weekday(year, 2, 0, 3): "Washington's Birthday",
        _nth_weekday(year, 6, 0, 1) - timedelta(days=7): "Memorial Day",
        date(year, 7, 4): "Independence Day",
        _nth_weekday(year, 9, 0, 1): "Labor Day",
        _nth_weekday(year, 10, 0, 2): "Columbus Day",
        date(year, 11, 11): "Veterans Day",
        _nth_weekday(year, 11, 3, 4): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }
    if year >= 2021:  # Public Law 117-17, in force from 17 June 2021
        days[date(year, 6, 19)] = "Juneteenth National Independence Day"
    return {_observed(day): name for day, name in sorted(days.items())}


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _observed(day: date) -> date:
    shift = {5: -1, 6: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)
