"""Exports (G16): what a person typed is never calculated, numbers and days are typed."""

import csv
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pytest

from office import export
from office.exceptions import Refused
from tests.hostile.formulas import PAYLOADS

RUNS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_cells(rows, delimiter=","):
    text = "".join(export.csv_lines(["Name", "Amount"], rows))
    return text, list(csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))


def xlsx_cells(rows):
    """(type, value) of each cell below the head, and the XML of the sheet."""
    book = zipfile.ZipFile(BytesIO(export.xlsx_bytes(["Name", "Amount"], rows, title="Claims")))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    cells = [
        [(cell.get("t"), "".join(cell.itertext())) for cell in row]
        for row in ElementTree.fromstring(sheet).iter(f"{SPREADSHEET}row")
    ]
    return cells[1:], sheet


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_of_a_csv_is_a_formula(payload):
    _text, cells = csv_cells([[payload, Decimal("1.00")]])

    (shown, amount) = cells[1]
    assert not shown.lstrip().startswith(RUNS)
    assert payload in shown
    assert amount == "1.00"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_of_a_csv_becomes_one_where_semicolons_part_the_cells(payload):
    _text, rows = csv_cells([[payload, Decimal("1.00")]], delimiter=";")

    assert not any(cell.lstrip().startswith(RUNS) for row in rows for cell in row)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_of_a_worksheet_is_a_formula(payload):
    cells, sheet = xlsx_cells([[payload, Decimal("1.00")]])

    (kind, shown), _amount = cells[0]
    assert kind == "inlineStr"
    assert not shown.lstrip().startswith(RUNS)
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_heading_is_a_formula(payload):
    text = "".join(export.csv_lines([payload], []))
    book = zipfile.ZipFile(BytesIO(export.xlsx_bytes([payload], [], title=payload)))

    assert not next(csv.reader(StringIO(text[1:])))[0].lstrip().startswith(RUNS)
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_numbers_and_days_keep_their_kind_in_a_worksheet():
    moment = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    cells, _sheet = xlsx_cells([[-12, Decimal("-1234.50")], [date(2026, 11, 21), moment]])

    # Day 46347 of the calendar that begins on 30 December 1899 is 21 November 2026; noon is .5.
    assert cells == [[(None, "-12"), (None, "-1234.50")], [(None, "46347"), (None, "46347.5")]]
    assert date.fromordinal(date(1899, 12, 30).toordinal() + 46347) == date(2026, 11, 21)


def test_a_number_with_more_digits_than_a_worksheet_keeps_is_text():
    cells, _sheet = xlsx_cells([[10**15, None]])

    assert cells[0][0] == ("inlineStr", "1000000000000000")


def test_a_csv_writes_plain_numbers_and_days():
    text, cells = csv_cells(
        [[Decimal("-1234.50"), date(2026, 11, 21)], [Decimal("1E+3"), None], [True, "Ana “Núñez”"]]
    )

    assert text.startswith("\ufeff")
    assert cells[1:] == [["-1234.50", "2026-11-21"], ["1000", ""], ["yes", "Ana “Núñez”"]]


def test_a_csv_streams_row_by_row():
    def rows():
        yield ["first", 1]
        raise AssertionError("the second row must not be asked for yet")

    lines = export.csv_lines(["Name", "Amount"], rows())

    assert "Name" in next(lines)
    assert "first" in next(lines)


@pytest.mark.parametrize("kind", export.FORMATS)
def test_the_answer_is_a_download(kind):
    response = export.respond(kind, name="Claims: open/late", head=["Name"], rows=[["Ana"]])

    assert response["Content-Disposition"] == f'attachment; filename="claims-open-late.{kind}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_another_format_is_refused():
    with pytest.raises(Refused, match="CSV or XLSX"):
        export.respond("exe", name="x", head=[], rows=[])


def test_a_text_longer_than_a_cell_is_cut_and_the_book_stays_whole():
    cells, _sheet = xlsx_cells([["a" * 40_000, None]])

    assert len(cells[0][0][1]) == export.CELL_LENGTH


def test_control_characters_do_not_break_a_worksheet():
    cells, _sheet = xlsx_cells([["bell\x07 and zero\x00", None]])

    assert re.match("bell", cells[0][0][1])
