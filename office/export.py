"""Lists as CSV and XLSX, in which no cell is ever a formula.

A spreadsheet runs what begins with = + - @, and what it finds behind a tab or a line break.
Such a text gets an apostrophe in front, in which a spreadsheet sees "this is text"; numbers are
written as numbers and keep their minus.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from office.exceptions import Refused

FORMATS = ("csv", "xlsx")
LARGEST_SHEET = 1_000_000  # a worksheet ends at 1,048,576 rows
DIGITS = 10**15  # a worksheet's numbers keep 15 digits
CELL_LENGTH = 32_767  # the longest text a worksheet's cell holds
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# The full-width forms are taken for = + - @ by spreadsheets set to East Asian languages.
_RUNS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_NUMBER = re.compile(r"[-+]?[0-9][0-9., ]*%?")

Row = Sequence[Any]
Answer = HttpResponse | StreamingHttpResponse


def escape(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet would calculate it.

    Blanks in front do not hide a formula: some programs drop them when they read a CSV file.
    """
    if text.startswith(_RUNS) or text.lstrip().startswith(_RUNS):
        return f"'{text}"
    return text


def is_number(text: str) -> bool:
    """Whether a text is nothing but a number, so that its sign is no formula."""
    return bool(_NUMBER.fullmatch(text.strip()))


def csv_lines(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a CSV file, one at a time; the mark in front makes Excel read it as UTF-8.

    Every cell is quoted: where the list separator is a semicolon, "a;=1+1" would be two cells.
    """
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff" + writer.writerow([_csv_cell(cell) for cell in head])
    for row in rows:
        yield writer.writerow([_csv_cell(cell) for cell in row])


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
    return escape(str(value))


def xlsx_bytes(head: Row, rows: Iterable[Row], *, title: str) -> bytes:
    """A workbook of one sheet: numbers and days typed as such, all else as text."""
    out = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "1")
        write = _cell_writer(book, sheet)
        bold = book.add_format({"bold": True})
        for column, cell in enumerate(head):
            sheet.write_string(0, column, escape(str(cell)), bold)
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows, start=1):
            if at > LARGEST_SHEET:
                raise Refused(_("A worksheet holds a million rows. Please export as CSV."))
            for column, cell in enumerate(row):
                write(at, column, cell)
    return out.getvalue()


def _cell_writer(book: Any, sheet: Any) -> Callable[[int, int, Any], None]:
    money = book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})

    def write(row: int, column: int, value: Any) -> None:
        match value:
            case None:
                return
            case bool():
                sheet.write_string(row, column, _("yes") if value else _("no"))
            case int() | Decimal() if -DIGITS < value < DIGITS:
                sheet.write_number(row, column, value, money if type(value) is Decimal else None)
            case datetime():
                sheet.write_datetime(row, column, value.replace(tzinfo=None), moment)
            case date():
                sheet.write_datetime(row, column, value, day)
            case _:
                sheet.write_string(row, column, escape(str(value))[:CELL_LENGTH])

    return write


def respond(kind: str, *, name: str, head: Row, rows: Iterable[Row]) -> Answer:
    """The list as a download: CSV streams row by row, XLSX is built first."""
    response: Answer
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(head, rows), "text/csv; charset=utf-8")
    elif kind == "xlsx":
        response = HttpResponse(xlsx_bytes(head, rows, title=name), XLSX)
    else:
        raise Refused(_("Lists can be exported as CSV or XLSX."))
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "list"
    response["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
