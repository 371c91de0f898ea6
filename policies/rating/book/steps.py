"""A chain of a plan over many rows at once: look-ups as arrays, one rounding a step."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.rating.book.arithmetic import (
    BOUND,
    Factor,
    Integers,
    Mask,
    Term,
    scale_of,
    scaled,
    settle,
)
from policies.rating.book.columns import Codes, Column, Entry, Numbers
from policies.rating.book.curves import Curve, curves_of
from policies.rating.plan import Rounding, Step
from policies.rating.reading import UNRATED, as_key
from policies.rating.results import Chain
from policies.rating.steps import CompiledStep, Found, Over

DENSE = 4_096  # combinations of keys up to which a look-up table is filled in advance
Items = Callable[[str, Mask], "tuple[Rows, NDArray[np.int64]]"]
Looked = tuple[Factor, int]  # values as integers of 10**-scale


class Rows:
    """The rows of one chain: their inputs by slot, and which of them still fit."""

    def __init__(
        self, slots: Callable[[int], Column], length: int, items: Items | None = None
    ) -> None:
        self._slots, self.length, self._items = slots, length, items
        self.fits: Mask = np.ones(length, bool)
        self._known: dict[int, Column] = {}

    def column(self, slot: int) -> Column:
        if slot not in self._known:
            self._known[slot] = self._slots(slot)
        return self._known[slot]

    def numbers(self, slot: int) -> Numbers:
        found = self.column(slot)
        assert isinstance(found, Numbers)
        if found.unfit is not None:
            self.fits &= ~found.unfit
        return found

    def codes(self, slot: int) -> Codes:
        found = self.column(slot)
        assert isinstance(found, Codes)
        return found

    def items(self, of_list: str) -> "tuple[Rows, NDArray[np.int64]]":
        """The rows of the listed items, and for each the row of these that it belongs to."""
        assert self._items is not None
        return self._items(of_list, self.fits)


def run_chain(
    chain: Chain, closing: Sequence[tuple[str, Any, Rounding]], rows: Rows, place: Mapping[str, str]
) -> Integers:
    """The premium of each row in cents; rows that do not fit are cleared from `rows.fits`."""
    amount: Integers = np.zeros(rows.length, np.int64)
    scale = 0
    for compiled in chain.steps:
        amount = run_step(compiled, amount, scale, rows, place)
        scale = compiled.step.rounding.places
    for _code, factor, rounding in closing:
        places = scale_of(factor)
        terms = [(10**rounding.places, (amount, scaled(factor, places)))]
        amount = settle(terms, 10 ** (scale + places), rounding.mode, rows.fits, rows.length)
        scale = rounding.places
    return amount


def run_step(
    compiled: CompiledStep, amount: Integers, scale: int, rows: Rows, place: Mapping[str, str]
) -> Integers:
    """The amounts after one step, as integers of its own places; before it, of 10**-scale."""
    if compiled.over is not None:
        return _summed(compiled, amount, scale, rows, place)
    return KINDS[compiled.step.kind](compiled, amount, scale, rows, place)


def _summed(
    compiled: CompiledStep, amount: Integers, scale: int, rows: Rows, place: Mapping[str, str]
) -> Integers:
    """A step over a list: each item's amount rounded, then their sum, to which an add adds."""
    items, owners = rows.items(compiled.step.over)
    counted = _counted(compiled, items)
    term, below = _valued(compiled, items, place)
    each = np.where(counted, _rounded([term], below, compiled.step, items), 0)
    unfit = np.zeros(rows.length, np.int64)
    np.add.at(unfit, owners, counted & ~items.fits)
    np.add.at(unfit, owners, ~_readable(compiled, items))
    bound = np.bincount(owners, weights=np.abs(each), minlength=rows.length)
    rows.fits &= (unfit == 0) & (bound < BOUND)
    total = np.zeros(rows.length, np.int64)
    np.add.at(total, owners, each)
    terms: list[Term] = [(10**scale, (np.where(rows.fits, total, 0),))]
    places = compiled.step.rounding.places
    if compiled.step.kind == "add":
        terms.append((10**places, (amount,)))
    return _rounded(terms, 10 ** (scale + places), compiled.step, rows)


def _counted(compiled: CompiledStep, items: Rows) -> Mask:
    """Which items a step over a list counts."""
    return _asked(compiled, items, lambda answer: answer is True)


def _readable(compiled: CompiledStep, items: Rows) -> Mask:
    """Of which items a step can say whether it counts them."""
    return _asked(compiled, items, lambda answer: answer is not None)


def _asked(compiled: CompiledStep, items: Rows, holds: Callable[[Any], bool]) -> Mask:
    over = compiled.over
    assert over is not None
    if over.where_slot is None:
        return np.ones(items.length, bool)
    column = items.codes(over.where_slot)
    answers = [holds(_counts(over, entry)) for entry in column.entries]
    return np.array(answers or [False], bool)[column.codes]


def _counts(over: Over, entry: Entry) -> bool | None:
    """Whether an item counts, as its value stands and as text; None where that differs."""
    if entry is None or over.where_slot is None:
        return None
    values: list[Any] = [None] * (over.where_slot + 1)
    answers = set()
    for value in (entry, as_key(entry)):
        values[over.where_slot] = value
        answers.add(over.counts(values))
    return answers.pop() if len(answers) == 1 else None


def _rounded(terms: Sequence[Term], below: int, step: Step, rows: Rows) -> Integers:
    """Σ terms ÷ below, to the places of the step."""
    raised = [(c * 10**step.rounding.places, factors) for c, factors in terms]
    return settle(raised, below, step.rounding.mode, rows.fits, rows.length)


def _valued(compiled: CompiledStep, rows: Rows, place: Mapping[str, str]) -> tuple[Term, int]:
    """The step's value × exposure ÷ per as a term and what it is to be divided by."""
    value, scale = look_up(compiled.founds[0], rows, place)
    if compiled.exposure_slot is None:
        return (1, (value,)), 10**scale
    exposure = rows.numbers(compiled.exposure_slot)
    places = scale_of(compiled.step.per)
    below = 10 ** (scale + exposure.scale) * scaled(compiled.step.per, places)
    return (10**places, (value, exposure.values)), below


def _base(
    compiled: CompiledStep, _amount: Integers, _scale: int, rows: Rows, place: Mapping[str, str]
) -> Integers:
    term, below = _valued(compiled, rows, place)
    return _rounded([term], below, compiled.step, rows)


def _add(
    compiled: CompiledStep, amount: Integers, scale: int, rows: Rows, place: Mapping[str, str]
) -> Integers:
    (coefficient, factors), below = _valued(compiled, rows, place)
    terms: list[Term] = [(below, (amount,)), (coefficient * 10**scale, factors)]
    return _rounded(terms, below * 10**scale, compiled.step, rows)


def _factor(
    compiled: CompiledStep, amount: Integers, scale: int, rows: Rows, place: Mapping[str, str]
) -> Integers:
    value, places = look_up(compiled.founds[0], rows, place)
    return _rounded([(1, (amount, value))], 10 ** (scale + places), compiled.step, rows)


def _discount(
    compiled: CompiledStep, amount: Integers, scale: int, rows: Rows, place: Mapping[str, str]
) -> Integers:
    parts = [look_up(found, rows, place) for found in compiled.founds]
    cap = compiled.step.cap
    places = max(*(p for _v, p in parts), 0, 0 if cap is None else scale_of(cap))
    terms: list[Term] = [(10 ** (places - p), (value,)) for value, p in parts]
    rate = settle(terms, 1, "down", rows.fits, rows.length)
    if cap is not None:
        rate = np.minimum(rate, scaled(cap, places))
    return _rounded([(1, (amount, 10**places - rate))], 10 ** (scale + places), compiled.step, rows)


def _minimum(
    compiled: CompiledStep, amount: Integers, scale: int, rows: Rows, place: Mapping[str, str]
) -> Integers:
    value, places = look_up(compiled.founds[0], rows, place)
    common = max(scale, places)
    mine = settle([(10 ** (common - scale), (amount,))], 1, "down", rows.fits, rows.length)
    least = settle([(10 ** (common - places), (value,))], 1, "down", rows.fits, rows.length)
    return _rounded([(1, (np.maximum(mine, least),))], 10**common, compiled.step, rows)


KINDS: dict[str, Callable[..., Integers]] = {
    "base": _base,
    "add": _add,
    "factor": _factor,
    "discount": _discount,
    "minimum": _minimum,
}


def look_up(found: Found, rows: Rows, place: Mapping[str, str]) -> Looked:
    """The table's value of each row. A row outside the table is cleared from `rows.fits`."""
    if found.table.kind == "exact":
        return _by_keys(found, rows)
    return _by_curve(found, rows, place)


def _by_keys(found: Found, rows: Rows) -> Looked:
    scale = max(scale_of(row[2]) for row in found.table.rows)
    if not found.slots:
        return scaled(found.find(()), scale), scale
    columns = [rows.codes(slot) for slot in found.slots]
    combined, combinations = _combined(columns)
    values = np.zeros(len(combinations), np.int64)
    known = np.zeros(len(combinations), bool)
    for index, entries in enumerate(combinations):
        value = _found(found, entries)
        if value is not None:
            values[index], known[index] = scaled(value, scale), True
    if not known.all():
        rows.fits &= known[combined]
    return values[combined], scale


def _combined(columns: Sequence[Codes]) -> tuple[NDArray[Any], list[tuple[Entry, ...]]]:
    """One code a row for the entries of several columns together."""
    if len(columns) == 1:
        return columns[0].codes, [(entry,) for entry in columns[0].entries]
    combined, count = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        combined = combined * len(column.entries) + column.codes
        count *= len(column.entries)
    if count <= DENSE:
        return combined, list(product(*(column.entries for column in columns)))
    present, inverse = np.unique(combined, return_inverse=True)
    combinations = []
    for code in present.tolist():
        entries: list[Entry] = []
        for column in reversed(columns):
            code, place = divmod(code, len(column.entries))
            entries.append(column.entries[place])
        combinations.append(tuple(reversed(entries)))
    return inverse, combinations


def _found(found: Found, entries: Sequence[Entry]) -> Any:
    """What the engine finds for these keys, as they stand and as text; None unless it is one."""
    if None in entries:
        return None
    answer = _ask(found, [as_key(entry) for entry in entries])
    return answer if _ask(found, entries) in (None, answer) else None


def _ask(found: Found, keys: Sequence[Any]) -> Any:
    values: list[Any] = [None] * (max(found.slots) + 1)
    for slot, key in zip(found.slots, keys, strict=True):
        values[slot] = key
    try:
        return found.find(values)
    except UNRATED:
        return None


def _by_curve(found: Found, rows: Rows, place: Mapping[str, str]) -> Looked:
    *key_slots, number_slot = found.slots
    numbers = rows.numbers(number_slot)
    curves, scale = curves_of(found.table, found.lookup, place)
    if not key_slots:
        return _along(curves[()], numbers, slice(None), rows), scale
    combined, combinations = _combined([rows.codes(slot) for slot in key_slots])
    values = np.zeros(rows.length, np.int64)
    order = np.argsort(combined, kind="stable")
    starts = np.searchsorted(combined[order], np.arange(len(combinations) + 1))
    for index, entries in enumerate(combinations):
        which = order[starts[index] : starts[index + 1]]
        if not len(which):
            continue
        curve = _curve(curves, entries)
        if curve is None:
            rows.fits[which] = False
        else:
            values[which] = _along(curve, numbers, which, rows)
    return values, scale


def _curve(curves: Mapping[tuple[Any, ...], Curve], entries: Sequence[Entry]) -> Curve | None:
    if None in entries:
        return None
    answer = curves.get(tuple(as_key(entry) for entry in entries))
    asked = curves.get(tuple(entries))
    return answer if asked is None or asked is answer else None


def _along(curve: Curve, numbers: Numbers, which: Any, rows: Rows) -> Integers:
    fits = rows.fits[which]
    values = curve.values(numbers.values[which], numbers.scale, fits)
    rows.fits[which] = fits
    return values
