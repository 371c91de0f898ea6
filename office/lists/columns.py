"""Columns of a list: what a cell shows as ready HTML, and what it is in an export.

A page of a million-row list must not spend its time in the template: the cells of a row are
joined to one string here, every value of it escaped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any, Literal
from urllib.parse import quote

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.formats import date_format, get_format, number_format
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from office import clock, money
from office.templatetags.marks import avatar, micro

Kind = Literal[
    "text", "link", "money", "number", "date", "moment", "due", "badge", "step", "person"
]
Priority = Literal["always", "mid", "wide", "export"]
Row = Mapping[str, Any]

NOTHING = "—"
SOON_DAYS = 3
YEAR_DAYS = 300  # a due day further off says its year
_CLASSES = {"money": "num", "number": "num", "text": "clip", "date": "date", "moment": "date"}
_PRIORITIES = {"always": "", "mid": "c-mid", "wide": "c-wide", "export": ""}


@dataclass(frozen=True)
class Column:
    """One column: `key` is a path of `values()`, or an annotation of the queryset.

    `kind` says how the value is written. `link` is a URL name that takes the value. `words` maps
    codes to words (a TextChoices class will do, or a function that reads them once a page) and
    `tones` codes to badge tones. `show` replaces
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

    def words_by_code(self) -> dict[Any, str]:
        words = self.words
        if hasattr(words, "choices"):
            pairs = words.choices
        else:
            pairs = dict((words() if callable(words) else words) or {}).items()
        return {code: str(word) for code, word in pairs}

    def exporter(self) -> Callable[[Row], Any]:
        """What a spreadsheet holds: amounts and days as such, moments as here, codes as words."""
        key, words, zone = self.key, self.words_by_code(), timezone.get_current_timezone()

        def export(row: Row) -> Any:
            value = self.value(row) if self.value else words.get(row[key], row[key])
            return value.astimezone(zone) if isinstance(value, datetime) else value

        return export


def cell_writer(column: Column) -> Callable[[Row], str]:
    """A function from a row to the column's `<td>`, made once a page.

    What is the same for the whole page (the language, the zone, today) is asked once here: asking
    it for each cell took longer than all the rest.
    """
    start = f'<td data-label="{escape(str(column.label))}"'
    classes = column.classes()
    plain = f'{start} class="{classes}">' if classes else f"{start}>"
    key, show = column.key, column.show
    if show:
        return lambda row: f"{plain}{conditional_escape(show(row))}</td>"
    if column.kind == "due":
        write_due = _due_writer(start, classes)
        return lambda row: write_due(row[key])
    write = _WRITERS[column.kind](column)
    return lambda row: f"{plain}{write(row[key])}</td>"


def pick_writer(column: Column) -> Callable[[Row], str]:
    """The box that picks a row for the bulk bar, named after the record in `column`."""
    label = escape(_("Select %(record)s"))
    box = '<td class="pick"><input type="checkbox" name="pick" value="{}" aria-label="{}"></td>'
    return lambda row: box.format(
        escape(str(row["pk"])), label % {"record": escape(str(row[column.key]))}
    )


def _due_writer(start: str, classes: str) -> Callable[[date | datetime | None], str]:
    zone, language = timezone.get_current_timezone_name(), get_language()
    today = clock.today(zone)

    def write(due: date | datetime | None) -> str:
        if due is None:
            return f'{start} class="{f"due {classes}".strip()}">{NOTHING}</td>'
        day = clock.day_of(due, zone) if isinstance(due, datetime) else due
        tone, words = due_words((day - today).days, day, language)
        named = " ".join(name for name in ("due", tone, classes) if name)
        return f'{start} class="{named}"><time datetime="{day.isoformat()}">{words}</time></td>'

    return write


@lru_cache(maxsize=2048)
def due_words(days: int, day: date, _language: str | None) -> tuple[str, str]:
    """The tone and the words of a day that is `days` away."""
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
        return "bad", late
    if days == 0:
        return "warn", _("today")
    if days <= SOON_DAYS:
        soon = ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
        return "warn", soon
    return "", date_format(day, "SHORT_DATE_FORMAT" if days < YEAR_DAYS else "DATE_FORMAT")


@lru_cache(maxsize=4096)
def _day(day: date, _language: str | None) -> str:
    return f'<time datetime="{day.isoformat()}">{date_format(day, "DATE_FORMAT")}</time>'


def _date_writer(column: Column) -> Callable[[date | None], str]:
    language = get_language()
    return lambda value: NOTHING if value is None else _day(value, language)


def _moment_writer(column: Column) -> Callable[[datetime | None], str]:
    zone, format_ = timezone.get_current_timezone(), get_format("DATETIME_FORMAT")

    def write(value: datetime | None) -> str:
        if value is None:
            return NOTHING
        written = dateformat.format(value.astimezone(zone), format_)
        return f'<time datetime="{value.isoformat()}">{written}</time>'

    return write


def _text(value: Any) -> str:
    return NOTHING if value is None or value == "" else escape(str(value))


def _money_writer(column: Column) -> Callable[[Decimal | None], str]:
    language = get_language()
    return lambda value: NOTHING if value is None else money.format_figure(value, language)


def _number_writer(column: Column) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        if value is None:
            return NOTHING
        return number_format(value, use_l10n=True, force_grouping=True)

    return write


def _person_writer(column: Column) -> Callable[[str | None], str]:
    words = _("Nobody yet")
    nobody = f'<span class="who">{avatar("")}{escape(words)}</span>'

    def write(value: str | None) -> str:
        if not value:
            return nobody
        return f'<span class="who">{avatar(value)}{escape(value)}</span>'

    return write


def _step_writer(column: Column) -> Callable[[int | None], str]:
    drawn: dict[int | None, str] = {}

    def write(step: int | None) -> str:
        if step not in drawn:
            drawn[step] = micro(step)
        return drawn[step]

    return write


def _text_writer(column: Column) -> Callable[[Any], str]:
    if column.words:
        words = column.words_by_code()
        return lambda value: _text(words.get(value, value))
    return _text


def _badge_writer(column: Column) -> Callable[[Any], str]:
    drawn: dict[Any, str] = {}
    words = column.words_by_code()

    def write(code: Any) -> str:
        if code not in drawn:
            tone = escape(column.tones.get(code, ""))
            word = escape(str(words.get(code, code)))
            drawn[code] = f'<span class="badge {tone}">{word}</span>'
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
    "money": _money_writer,
    "number": _number_writer,
    "date": _date_writer,
    "moment": _moment_writer,
    "badge": _badge_writer,
    "step": _step_writer,
    "person": _person_writer,
}


def join(cells: Sequence[str]) -> SafeString:
    """Cells that have escaped their values, as one string the template prints as it is."""
    return mark_safe("".join(cells))
