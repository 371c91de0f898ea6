"""Look-ups: a table, sliced by what is known in advance, compiled to a function.

`values` is the list of an item's inputs; positions in it are fixed when the plan is compiled.
A value outside the table raises `LookupError`, `TypeError` or `ArithmeticError`; the engine then
asks `faults` which field it was.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, product
from operator import itemgetter
from typing import Any

from policies.rating.plan import ANY, FIXED, MODES, Lookup, Table

Find = Callable[[Sequence[Any]], Decimal]
Row = tuple[tuple[str, ...], tuple[Decimal | None, ...], Decimal]


def sliced(table: Table, lookup: Lookup, fixed: Mapping[str, str]) -> list[Row]:
    """The rows that hold for the jurisdiction and coverage, without those keys.

    A row that names them comes after the row for any, and so wins in a dictionary.
    """
    count = len(table.keys) - (table.kind != "exact")
    positions = [i for i in range(count) if lookup.inputs[i] in FIXED]
    wanted = [fixed[lookup.inputs[i]] for i in positions]
    matching = [
        row
        for row in table.rows
        if all(row[0][i] in (want, ANY) for i, want in zip(positions, wanted, strict=True))
    ]
    if not matching:
        return []
    closeness = [sum(row[0][i] != ANY for i in positions) for row in matching]
    ranked = sorted(zip(closeness, matching, strict=True), key=itemgetter(0))
    if table.kind != "exact":  # bands of one curve are not mixed with those of another
        ranked = [pair for pair in ranked if pair[0] == max(closeness)]
    free = [i for i in range(count) if i not in positions]
    return [(tuple(row[0][i] for i in free), row[1], row[2]) for _closeness, row in ranked]


def finder(table: Table, rows: Sequence[Row], slots: Sequence[int]) -> Find:
    """The function from an item's values to the table's value."""
    if table.kind == "exact":
        return _exact(rows, slots)
    *key_slots, number_slot = slots
    build = _banded if table.kind == "banded" else _interpolated
    groups = by_native_keys(rows)
    finds = {keys: build(table, group, number_slot) for keys, group in groups.items()}
    return _grouped(finds, key_slots) if key_slots else finds[()]


def by_native_keys(rows: Sequence[Row]) -> dict[tuple[Any, ...], list[Row]]:
    """The rows of each band or curve by the exact keys before its number, as a risk holds them."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return {
        native: group for keys, group in groups.items() for native in product(*map(natives, keys))
    }


def natives(key: str) -> tuple[Any, ...]:
    """A key as a risk may hold it: a text, a truth value or an integer."""
    if key in ("true", "false"):
        return key, key == "true"
    return (key, int(key)) if key.isascii() and key.isdigit() else (key,)


def by_one_key(rows: Sequence[Row]) -> dict[Any, Decimal]:
    """The cells of an exact table with one key left."""
    return {key: row[2] for row in rows for key in natives(row[0][0])}


def _exact(rows: Sequence[Row], slots: Sequence[int]) -> Find:
    if not slots:
        value = rows[-1][2]
        return lambda values: value
    if len(slots) == 1:
        slot, single = slots[0], by_one_key(rows)
        return lambda values: single[values[slot]]
    cells = {keys: row[2] for row in rows for keys in product(*map(natives, row[0]))}
    keys_of = itemgetter(*slots)
    return lambda values: cells[keys_of(values)]


def _grouped(finds: Mapping[tuple[Any, ...], Find], slots: Sequence[int]) -> Find:
    return lambda values: finds[tuple(values[slot] for slot in slots)](values)


def band(rows: Sequence[Row]) -> tuple[list[Decimal | int], list[Decimal | None]]:
    """Bands `[from, to)` without gaps as their edges and values, None outside the outer ones."""
    rows = sorted(rows, key=lambda row: row[1][0] or Decimal(0))
    edges = [_plain(row[1][0]) for row in rows]
    values: list[Decimal | None] = [None, *(row[2] for row in rows)]
    top = rows[-1][1][1]
    if top is not None:
        edges.append(_plain(top))
        values.append(None)
    return edges, values


def _banded(_table: Table, rows: Sequence[Row], slot: int) -> Find:
    edges, values = band(rows)

    def find(inputs: Sequence[Any]) -> Decimal:
        value = values[bisect_right(edges, inputs[slot])]
        if value is None:
            raise LookupError
        return value

    return find


def _interpolated(table: Table, rows: Sequence[Row], slot: int) -> Find:
    """Straight lines between points, rounded as the table states; nothing beyond the ends.

    The division is exact enough to round once: a quotient of bounded integers cannot lie within
    1e-20 of a tie without being one, and a tie fits into the 28 digits.
    """
    points = sorted((row[1][0] or Decimal(0), row[2]) for row in rows)
    edges = [_plain(x) for x, _y in points]
    lines = [(a, low, b - a, high - low) for (a, low), (b, high) in pairwise(points)]
    last_x, last_y = points[-1]
    assert table.rounding is not None
    exponent, mode = table.rounding.exponent, MODES[table.rounding.mode]

    def find(inputs: Sequence[Any]) -> Decimal:
        x = inputs[slot]
        index = bisect_right(edges, x) - 1
        if index < 0 or x > last_x:
            raise LookupError
        if x == last_x:
            return last_y.quantize(exponent, mode)
        start, low, width, rise = lines[index]
        return (low + (x - start) * rise / width).quantize(exponent, mode)

    return find


def _plain(number: Decimal | None) -> Decimal | int:
    """An edge as an int where it is one: comparing ints is several times faster."""
    number = number or Decimal(0)
    return int(number) if number == number.to_integral_value() else number
