"""Bands and curves over arrays: the place of each number by binary search, exact in integers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from policies.rating.book.arithmetic import BOUND, Integers, Mask, Term, scale_of, scaled, settle
from policies.rating.plan import Lookup, Rounding, Table
from policies.rating.tables import Row, band, by_native_keys, sliced


@dataclass(frozen=True)
class Band:
    """Values between edges; outside the outer ones there is none."""

    edges: tuple[int, ...]
    edge_scale: int
    cells: Integers
    known: Mask

    def values(self, numbers: Integers, scale: int, fits: Mask) -> Integers:
        places = _place(self.edges, self.edge_scale, numbers, scale)
        if not self.known.all():
            fits &= self.known[places]
        return self.cells[places]


@dataclass(frozen=True)
class Line:
    """Straight lines between points, rounded as the table states; nothing beyond the ends."""

    points: tuple[int, ...]
    point_scale: int
    low: Integers
    rise: Integers
    value_scale: int
    rounding: Rounding

    def values(self, numbers: Integers, scale: int, fits: Mask) -> Integers:
        common = max(scale, self.point_scale)
        at = numbers * 10 ** (common - scale)
        points = np.array(self.points, np.int64) * 10 ** (common - self.point_scale)
        inside = (at >= points[0]) & (at <= points[-1])
        fits &= inside
        place = np.clip(np.searchsorted(points, at, "right") - 1, 0, len(self.low) - 1)
        widths = np.diff(points) if len(points) > 1 else np.ones(1, np.int64)
        common_factor = 10 ** min(self.value_scale, self.rounding.places)
        below = 10**self.value_scale // common_factor
        if int(widths.max()) * below >= BOUND:
            fits[:] = False
            return np.zeros(len(numbers), np.int64)
        width, along = widths[place], np.where(inside, at - points[place], 0)
        unit = 10**self.rounding.places // common_factor
        terms: list[Term] = [
            (unit, (self.low[place], width)),
            (unit, (along, self.rise[place])),
        ]
        return settle(terms, width * below, self.rounding.mode, fits, len(numbers))


Curve = Band | Line


def curves_of(
    table: Table, lookup: Lookup, fixed: Mapping[str, str]
) -> tuple[dict[tuple[Any, ...], Curve], int]:
    """The bands or curves of a table by the exact keys before the number, and their scale."""
    scale = max(scale_of(row[2]) for row in table.rows)
    groups = by_native_keys(sliced(table, lookup, fixed))
    if table.kind == "banded":
        built = {id(rows): _band(rows, scale) for rows in groups.values()}
        return {keys: built[id(rows)] for keys, rows in groups.items()}, scale
    assert table.rounding is not None
    lines = {id(rows): _line(rows, scale, table.rounding) for rows in groups.values()}
    return {keys: lines[id(rows)] for keys, rows in groups.items()}, table.rounding.places


def _band(rows: Sequence[Row], scale: int) -> Band:
    edges, cells = band(rows)
    places = max((scale_of(Decimal(edge)) for edge in edges), default=0)
    return Band(
        tuple(scaled(Decimal(edge), places) for edge in edges),
        places,
        np.array([0 if cell is None else scaled(cell, scale) for cell in cells], np.int64),
        np.array([cell is not None for cell in cells], bool),
    )


def _line(rows: Sequence[Row], scale: int, rounding: Rounding) -> Line:
    points = sorted((row[1][0] or Decimal(0), row[2]) for row in rows)
    places = max(scale_of(x) for x, _y in points)
    pairs = list(pairwise(points)) or [(points[0], points[0])]
    return Line(
        tuple(scaled(x, places) for x, _y in points),
        places,
        np.array([scaled(low, scale) for (_a, low), _end in pairs], np.int64),
        np.array([scaled(high - low, scale) for (_a, low), (_b, high) in pairs], np.int64),
        scale,
        rounding,
    )


def _place(edges: Sequence[int], edge_scale: int, numbers: Integers, scale: int) -> Any:
    """How many edges lie at or below each number.

    An edge with more places than the numbers is raised to the next of theirs: whole numbers are
    at or above 2.5 exactly when they are at or above 3.
    """
    if scale >= edge_scale:
        raised = [edge * 10 ** (scale - edge_scale) for edge in edges]
    else:
        unit = 10 ** (edge_scale - scale)
        raised = [-(-edge // unit) for edge in edges]
    bounded = [min(max(edge, -BOUND), BOUND) for edge in raised]
    return np.searchsorted(np.array(bounded, np.int64), numbers, "right")
