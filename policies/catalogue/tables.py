"""Checks of rating tables: exact numbers, bands without gaps, curves that rise in their keys."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from policies.catalogue.reading import Path_
from policies.rating.plan import Json

Finding = tuple[Path_, str]
NUMBER = re.compile(r"-?[0-9]{1,12}([.][0-9]{1,6})?")
TRUTH, DIGIT = {"true", "false"}, {"0", "1"}
BOUNDS = {"exact": 0, "banded": 2, "interpolated": 1}


def check_table(path: Path_, table: Json) -> Iterator[Finding]:
    """What is wrong with one table, row by row, then as a whole."""
    bounds = BOUNDS[table["kind"]]
    exact_keys = len(table["keys"]) - bool(bounds)
    if exact_keys < 0:
        yield (*path, "keys"), _("a band or curve needs the key that is a number")
        return
    width = exact_keys + bounds + 1
    sound = True
    for index, row in enumerate(table["rows"]):
        for reason in _row(row, exact_keys, width):
            sound = False
            yield (*path, "rows", index), reason
    if sound:
        yield from _whole(path, table, exact_keys)


def _row(row: list[Any], exact_keys: int, width: int) -> Iterator[str]:
    if len(row) != width:
        yield _("the row has %(has)s cells instead of %(width)s") % {
            "has": len(row),
            "width": width,
        }
        return
    for key in row[:exact_keys]:
        if not isinstance(key, str):
            yield _("the key %(key)s must be in quotes") % {"key": key}
    for position, cell in enumerate(row[exact_keys:], exact_keys):
        is_open_end = cell is None and position == exact_keys + 1 and width == exact_keys + 3
        if not is_open_end and not (isinstance(cell, str) and NUMBER.fullmatch(cell)):
            yield _('%(cell)s is not a quoted decimal with six places at most, such as "0.95"') % {
                "cell": cell
            }


def _whole(path: Path_, table: Json, exact_keys: int) -> Iterator[Finding]:
    groups: dict[tuple[str, ...], list[tuple[int, list[Any]]]] = {}
    for index, row in enumerate(table["rows"]):
        groups.setdefault(tuple(row[:exact_keys]), []).append((index, row[exact_keys:]))
    for column in zip(*groups, strict=True):
        if TRUTH & set(column) and DIGIT & set(column):
            yield path, _("one key cannot be true or false and also 0 or 1")
    check = {"exact": _exact, "banded": _bands, "interpolated": _points}[table["kind"]]
    for rows in groups.values():
        for index, reason in check(rows):
            yield (*path, "rows", index), reason


def _exact(rows: list[tuple[int, list[Any]]]) -> Iterator[tuple[int, str]]:
    for index, _cells in rows[1:]:
        yield index, _("a row with these keys stands above already")


def _bands(rows: list[tuple[int, list[Any]]]) -> Iterator[tuple[int, str]]:
    for index, (low, high, _value) in rows:
        if high is not None and Decimal(low) >= Decimal(high):
            yield index, _("the band ends before it begins")
    for (_before, (_low, high, _value)), (index, (low, *_rest)) in pairwise(rows):
        if high is None or Decimal(high) != Decimal(low):
            yield index, _("the band does not begin where the one before ends")


def _points(rows: list[tuple[int, list[Any]]]) -> Iterator[tuple[int, str]]:
    if len(rows) < 2:
        yield rows[0][0], _("a curve needs two points at least")
    for (_before, (x, _y)), (index, (next_x, _next_y)) in pairwise(rows):
        if Decimal(x) >= Decimal(next_x):
            yield index, _("the points of a curve must rise")
