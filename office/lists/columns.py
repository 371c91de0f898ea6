"""Columns of a list: what a cell shows as ready HTML, and what it is in an export.

A page of a million-row list must not spend its time in the template: the cells of a row are
joined to one string here, every value of it escaped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from office import clock
from office.templatetags.marks import avatar, micro
from office.templatetags.money import figure

Kind = Literal[
    "text", "link", "money", "number", "date", "moment", "due", "badge", "step", "person"
]
Priority = Literal["always", "mid", "wide"]
Row = Mapping[str, Any]

NOTHING = "—"
SOON_DAYS = 3
_CLASSES = {"money": "num", "number": "num", "text": "clip", "date": "date", "moment": "date"}
_PRIORITIES = {"always": "", "mid": "c-mid", "wide": "c-wide"}


@dataclass(frozen=True)
class Column:
    """One column: `key` is a path of `values()`, or an annotation of the queryset.

    `kind` says how the value is written. `link` is a URL name that takes the value. `words` maps
    codes to words (a TextChoices class will do) and `tones` codes to badge tones. `show` replaces
    the kind where a cell needs more than its own value (`keys` names the others). `total` sums
    the rows shown in the foot.
    """

    key: str
    label: str | Promise
    kind: Kind = "text"
    priority: Priority = "always"
    sortable: bool = False
    total: bool = False
    link: str = ""
    words: Any = None
    tones: Mapping[str, str] = field(default_factory=dict)
    keys: Sequence[str] = ()
    show: Callable[[Row], str] | None = None
    value: Callable[[Row], Any] | None = None

    def classes(self) -> str:
        return f"{_CLASSES.get(self.kind, '')} {_PRIORITIES[self.priority]}".strip()

    def word(self, code: Any) -> str:
        words = self.words
        pairs = words.choices if hasattr(words, "choices") else dict(words or {}).items()
        return str(dict(pairs).get(code, code))

    def exported(self, row: Row) -> Any:
        """The value for a spreadsheet: amounts and days as such, codes as their words."""
        if self.value:
            return self.value(row)
        found = row[self.key]
        return self.word(found) if self.words and found is not None else found


def cell_writer(column: Column) -> Callable[[Row], str]:
    """A function from a row to the column's `<td>`, made once a page."""
    start = f'<td data-label="{escape(str(column.label))}"'
    plain = f' class="{column.classes()}"' if column.classes() else ""
    write = _WRITERS[column.kind](column)
    show = column.show
    if show:
        return lambda row: f"{start}{plain}>{conditional_escape(show(row))}</td>"
    if column.kind == "due":
        return lambda row: _due_cell(row[column.key], start, column)
    return lambda row: f"{start}{plain}>{write(row[column.key])}</td>"


def _due_cell(due: date | datetime | None, start: str, column: Column) -> str:
    if due is None:
        return f'{start} class="due {column.classes()}">{NOTHING}</td>'
    zone = timezone.get_current_timezone_name()
    day = clock.day_of(due, zone) if isinstance(due, datetime) else due
    today = clock.today(zone)
    tone, words = _due_words((day - today).days, day, get_language())
    classes = f"due {tone} {column.classes()}".strip()
    return f'{start} class="{classes}"><time datetime="{day.isoformat()}">{words}</time></td>'


@lru_cache(maxsize=2048)
def _due_words(days: int, day: date, _language: str) -> tuple[str, str]:
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
        return "bad", late
    if days == 0:
        return "warn", _("today")
    if days <= SOON_DAYS:
        soon = ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
        return "warn", soon
    return "", date_format(day, "SHORT_DATE_FORMAT")


@lru_cache(maxsize=4096)
def _day(day: date, _language: str | None) -> str:
    return f'<time datetime="{day.isoformat()}">{date_format(day, "SHORT_DATE_FORMAT")}</time>'


def _date(value: date | None) -> str:
    return NOTHING if value is None else _day(value, get_language())


def _moment(value: datetime | None) -> str:
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    written = date_format(local, "SHORT_DATETIME_FORMAT")
    return f'<time datetime="{value.isoformat()}">{written}</time>'


def _text(value: Any) -> str:
    return NOTHING if value is None or value == "" else escape(value)


def _number(value: Decimal | int | None) -> str:
    if value is None:
        return NOTHING
    return number_format(value, use_l10n=True, force_grouping=True)


def _person(value: str | None) -> str:
    return f'<span class="who">{avatar(value or "")}{escape(value or _("Nobody yet"))}</span>'


def _text_writer(column: Column) -> Callable[[Any], str]:
    if column.words:
        return lambda value: _text(column.word(value) if value is not None else None)
    return _text


def _badge_writer(column: Column) -> Callable[[Any], str]:
    drawn: dict[Any, str] = {}

    def write(code: Any) -> str:
        if code not in drawn:
            tone = escape(column.tones.get(code, ""))
            drawn[code] = f'<span class="badge {tone}">{escape(column.word(code))}</span>'
        return drawn[code] if code else NOTHING

    return write


def _link_writer(column: Column) -> Callable[[Any], str]:
    """Links to one URL name: resolved once, since all differ in the last argument alone."""
    around: list[str] = []

    def write(value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        place = quote(str(value), safe="")
        if not around:
            before, _here, after = reverse(column.link, args=[value]).rpartition(place)
            around.extend((escape(before), escape(after)))
        return f'<a class="id" href="{around[0]}{place}{around[1]}">{escape(value)}</a>'

    return write


_WRITERS: dict[str, Callable[[Column], Callable[[Any], str]]] = {
    "text": _text_writer,
    "link": _link_writer,
    "money": lambda column: figure,
    "number": lambda column: _number,
    "date": lambda column: _date,
    "moment": lambda column: _moment,
    "due": lambda column: _date,
    "badge": _badge_writer,
    "step": lambda column: micro,
    "person": lambda column: _person,
}


def join(cells: Sequence[str]) -> SafeString:
    """Cells that have escaped their values, as one string the template prints as it is."""
    return mark_safe("".join(cells))
