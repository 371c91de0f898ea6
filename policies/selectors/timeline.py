"""A term drawn on a line of time: its segments as bars, its transactions as marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from office import money
from policies.models import Segment, Term, TermTransaction

WIDTH = Decimal(100)


@dataclass(frozen=True)
class Bar:
    """One segment; x and width are shares of the term's length, in hundredths, for SVG."""

    valid_from: date
    valid_to: date
    x: str
    width: str
    series: int
    written: Decimal
    because: TermTransaction

    @property
    def days(self) -> int:
        return (self.valid_to - self.valid_from).days


@dataclass(frozen=True)
class Mark:
    """The day on which a transaction takes effect."""

    x: str
    label: str


@dataclass(frozen=True)
class Timeline:
    term: Term
    bars: list[Bar]
    marks: list[Mark]
    shown: str  # where the day lies that is looked at; "" outside of the term

    @property
    def written(self) -> Decimal:
        return sum((bar.written for bar in self.bars), money.ZERO)


def timeline(
    term: Term, transactions: Sequence[TermTransaction], *, day: date, known_at: datetime
) -> Timeline:
    """The segments of a term as they were known at a moment. `transactions` are the term's."""
    rows = (
        Segment.objects.filter(term=term)
        .known_at(known_at)
        .select_related("transaction")
        .prefetch_related("premiums")
        .order_by("valid")
    )
    known = [row for row in transactions if row.recorded_at <= known_at]
    return Timeline(
        term,
        [_bar(term, row, place) for place, row in enumerate(rows)],
        [_mark(term, row) for row in known],
        _x(term, day) if term.covers(day) else "",
    )


def _bar(term: Term, row: Segment, place: int) -> Bar:
    first, last = row.valid.lower, row.valid.upper
    written = sum((premium.written for premium in row.premiums.all()), money.ZERO)
    width = _share(term, (last - first).days)
    return Bar(first, last, _x(term, first), width, place % 4 + 1, written, row.transaction)


def _mark(term: Term, row: TermTransaction) -> Mark:
    return Mark(_x(term, row.effective_on), f"{row.sequence}")


def _x(term: Term, day: date) -> str:
    return _share(term, (day - term.valid_from).days)


def _share(term: Term, days: int) -> str:
    """SVG wants a point, whatever the language."""
    share = WIDTH * days / (term.valid_to - term.valid_from).days
    return f"{share:.2f}".rstrip("0").rstrip(".")


def time_travel(
    term: Term, transactions: Sequence[TermTransaction], *, day: date, known_at: datetime
) -> dict[str, Any]:
    """What the two sliders need: the days of the term, and the moments at which it was changed."""
    last = (term.valid_to - term.valid_from).days - 1
    recorded = sorted(transactions, key=lambda row: row.recorded_at)
    known = sum(row.recorded_at <= known_at for row in recorded)
    return {
        "first": term.valid_from,
        "last": last,
        "day": min(max((day - term.valid_from).days, 0), last),
        "steps": [*map(_step, recorded[:-1]), ("", _("Everything on record"))],
        "last_step": len(recorded) - 1,
        "step": max(known - 1, 0),
    }


def _step(row: TermTransaction) -> tuple[str, str]:
    """The second after a transaction was recorded, as the form's field reads it, and its words."""
    moment = timezone.localtime(row.recorded_at + timedelta(seconds=1))
    words = f"{row.sequence} · {row.get_kind_display()}, {date_format(moment, 'SHORT_DATE_FORMAT')}"
    return f"{moment:%Y-%m-%dT%H:%M:%S}", words
