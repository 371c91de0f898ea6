"""Steps compiled to closures: `run(running amount, values) -> running amount`.

The common shapes (one exact table, one band) are fused into a single call with the rounding;
the worksheet calls the same `run`, so that what is shown is what is charged.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from policies.rating.plan import (
    CHOSEN,
    COVERAGE,
    FIXED,
    JURISDICTION,
    MODES,
    PREMIUM,
    Lookup,
    RatingPlan,
    Rounding,
    Step,
    Table,
)
from policies.rating.reading import Unread
from policies.rating.tables import Find, band, by_one_key, finder, natives, sliced

Run = Callable[[Decimal, Sequence[Any]], Decimal]
Positions = Mapping[tuple[str, bool], int]
ZERO, ONE = Decimal(0), Decimal(1)


class Found(NamedTuple):
    """One compiled look-up of a step."""

    lookup: Lookup
    table: Table
    find: Find
    slots: tuple[int, ...]
    names: tuple[str, ...]  # the inputs of the slots
    cells: dict[Any, Decimal] | None  # of an exact table with one key left
    bands: tuple[list[Decimal | int], list[Decimal | None]] | None  # of one with bands alone


class Over(NamedTuple):
    """A step that sums over a list: where the values of its items are, and which of them count."""

    slot: int
    counts: Callable[[Sequence[Any]], bool]
    where_slot: int | None
    each: Run


class CompiledStep(NamedTuple):
    step: Step
    run: Run
    founds: tuple[Found, ...]
    exposure_slot: int | None
    table: str
    table_version: str
    over: Over | None = None


def inputs_of(plan: RatingPlan, steps: Iterable[Step]) -> dict[tuple[str, bool], None]:
    """What the steps read of an item, each with whether as a number, in the order of the steps."""
    wanted: dict[tuple[str, bool], None] = {}
    for step in steps:
        for lookup in step.lookups:
            wanted.update(dict.fromkeys(_free(plan, lookup)))
        if step.exposure:
            wanted[step.exposure, True] = None
        if step.where:
            wanted[step.where, False] = None
    return {one: None for one in wanted if one[0] not in (*CHOSEN, PREMIUM)}


def _free(plan: RatingPlan, lookup: Lookup) -> list[tuple[str, bool]]:
    """The inputs that are not known in advance; the last key of a band or curve is a number."""
    last = len(lookup.inputs) - 1 if plan.tables[lookup.table].kind != "exact" else None
    return [(name, index == last) for index, name in enumerate(lookup.inputs) if name not in FIXED]


def compile_step(
    plan: RatingPlan,
    step: Step,
    positions: Positions,
    jurisdiction: str,
    coverage: str,
    over_slot: int | None = None,
) -> CompiledStep | None:
    """The step for one jurisdiction and coverage; None where a table has no row for them.

    `positions` are those of the item that the step reads: for a step over a list, of its items,
    whose values stand as a list at `over_slot`.
    """
    fixed = {JURISDICTION: jurisdiction, COVERAGE: coverage}
    founds = [_found(plan, lookup, positions, fixed) for lookup in step.lookups]
    if not all(founds):
        return None
    compiled = tuple(found for found in founds if found)
    exposure = positions[step.exposure, True] if step.exposure else None
    tables = " + ".join(found.table.name for found in compiled)
    versions = " + ".join(dict.fromkeys(found.table.version for found in compiled))
    run = _run(step, compiled, exposure)
    if over_slot is None:
        return CompiledStep(step, run, compiled, exposure, tables, versions)
    where_slot = positions[step.where, False] if step.where else None
    over = Over(over_slot, _counting(step, where_slot), where_slot, run)
    return CompiledStep(step, _sum(step, over), compiled, exposure, tables, versions, over)


def _counting(step: Step, where_slot: int | None) -> Callable[[Sequence[Any]], bool]:
    if where_slot is None:
        return lambda values: True
    among = {native for key in step.among for native in natives(key)}

    def counts(values: Sequence[Any]) -> bool:
        value = values[where_slot]
        if value is None or isinstance(value, Unread):
            raise LookupError
        return value in among

    return counts


def _sum(step: Step, over: Over) -> Run:
    """Each item's amount rounded, then their sum: a base begins with it, an add adds it."""
    exponent, mode = step.rounding.exponent, MODES[step.rounding.mode]
    slot, counts, each, is_base = over.slot, over.counts, over.each, step.kind == "base"

    def run(amount: Decimal, values: Sequence[Any]) -> Decimal:
        total = ZERO if is_base else amount
        for item in values[slot]:
            if counts(item):
                total += each(ZERO, item)
        return total.quantize(exponent, mode)

    return run


def _found(
    plan: RatingPlan, lookup: Lookup, positions: Positions, fixed: Mapping[str, str]
) -> Found | None:
    table = plan.tables[lookup.table]
    rows = sliced(table, lookup, fixed)
    if not rows:
        return None
    free = _free(plan, lookup)
    slots = tuple(positions[one] for one in free)
    names = tuple(name for name, _numeric in free)
    alone = len(slots) == 1
    cells = by_one_key(rows) if alone and table.kind == "exact" else None
    bands = band(rows) if alone and table.kind == "banded" else None
    return Found(lookup, table, finder(table, rows, slots), slots, names, cells, bands)


def _run(step: Step, founds: tuple[Found, ...], exposure: int | None) -> Run:
    if step.kind == "discount":
        return _discount(step, [found.find for found in founds])
    if step.kind == "factor" and founds[0].cells is not None:
        return _factor_by_key(step.rounding, founds[0].cells, founds[0].slots[0])
    if step.kind == "factor" and founds[0].bands is not None:
        return _factor_by_band(step.rounding, *founds[0].bands, founds[0].slots[0])
    build = {"base": _base, "add": _add, "factor": _factor, "minimum": _minimum}[step.kind]
    return build(step.rounding, founds[0].find, exposure, step.per)


def _base(rounding: Rounding, find: Find, exposure: int | None, per: Decimal) -> Run:
    exponent, mode = rounding.exponent, MODES[rounding.mode]
    if exposure is None:
        return lambda amount, values: find(values).quantize(exponent, mode)
    return lambda amount, values: (find(values) * values[exposure] / per).quantize(exponent, mode)


def _add(rounding: Rounding, find: Find, exposure: int | None, per: Decimal) -> Run:
    exponent, mode = rounding.exponent, MODES[rounding.mode]
    if exposure is None:
        return lambda amount, values: (amount + find(values)).quantize(exponent, mode)
    return lambda amount, values: (amount + find(values) * values[exposure] / per).quantize(
        exponent, mode
    )


def _factor(rounding: Rounding, find: Find, _exposure: int | None, _per: Decimal) -> Run:
    exponent, mode = rounding.exponent, MODES[rounding.mode]
    return lambda amount, values: (amount * find(values)).quantize(exponent, mode)


def _factor_by_key(rounding: Rounding, cells: Mapping[Any, Decimal], slot: int) -> Run:
    """The commonest step, with its look-up in the same call."""
    exponent, mode = rounding.exponent, MODES[rounding.mode]
    return lambda amount, values: (amount * cells[values[slot]]).quantize(exponent, mode)


def _factor_by_band(
    rounding: Rounding, edges: list[Decimal | int], cells: list[Any], slot: int
) -> Run:
    """The same for a band; outside it the cell is None, which cannot be multiplied."""
    exponent, mode = rounding.exponent, MODES[rounding.mode]
    return lambda amount, values: (amount * cells[bisect_right(edges, values[slot])]).quantize(
        exponent, mode
    )


def _minimum(rounding: Rounding, find: Find, _exposure: int | None, _per: Decimal) -> Run:
    exponent, mode = rounding.exponent, MODES[rounding.mode]
    return lambda amount, values: max(amount, find(values)).quantize(exponent, mode)


def _discount(step: Step, finds: Sequence[Find]) -> Run:
    exponent, mode = step.rounding.exponent, MODES[step.rounding.mode]

    def run(amount: Decimal, values: Sequence[Any]) -> Decimal:
        return (amount * (ONE - discount(step, finds, values))).quantize(exponent, mode)

    return run


def discount(step: Step, finds: Sequence[Find], values: Sequence[Any]) -> Decimal:
    """The sum of the parts, at most the cap."""
    rate = ZERO
    for find in finds:
        rate += find(values)
    return rate if step.cap is None or rate <= step.cap else step.cap


def closing(plan: RatingPlan) -> tuple[tuple[str, Decimal, Rounding], ...]:
    """The two steps that end every chain: the annual premium, then the term's, in cents."""
    cents = Rounding(2, plan.rounding.mode)
    return (("annual", ONE, plan.rounding), ("term", plan.term_factor, cents))
