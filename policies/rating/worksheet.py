"""The worksheet: the same closures as `rate`, one line after each."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from office import money
from policies.rating.plan import Names
from policies.rating.reading import UNRATED, items_of
from policies.rating.results import Chain, CoverageAmount, Line, Rated, Selection, Worksheet
from policies.rating.steps import ONE, CompiledStep, Found, discount

if TYPE_CHECKING:
    from policies.rating.engine import CompiledPlan
    from policies.rating.plan import Json

CLOSING: dict[str, Names] = {
    "annual": {"en": "Annual premium, rounded", "es": "Prima anual, redondeada"},
    "term": {"en": "Premium of the term", "es": "Prima del período"},
    "subtotal": {"en": "Premium of all coverages", "es": "Prima de todas las coberturas"},
    "premium": {"en": "Premium", "es": "Prima"},
}


def write_worksheet(
    plan: "CompiledPlan", risk: "Json", coverages: Sequence[Selection], jurisdiction: str, on: date
) -> Worksheet:
    """Rate, and write down how; the running amounts are those that `rate` went through."""
    lines: list[Line] = []
    amounts: list[CoverageAmount] = []
    known: dict[tuple[str, str], list[Any]] = {}
    chains = plan.chains_in(jurisdiction)
    for selection in coverages:
        code, item = selection["coverage"], selection["item"]
        try:
            chain = chains[code]
            place = (chain.per, item)
            if place not in known:
                known[place] = plan.read_carefully(risk, *place, on)
            lines += _chain_lines(plan, chain, known[place], selection, risk)
        except UNRATED:
            plan.rate(risk, coverages, jurisdiction, on)  # raises the sentence
            raise
        amounts.append(CoverageAmount(item, code, lines[-1].amount))
    rated = plan.sum_up(amounts, risk, jurisdiction, on)
    lines += _whole_lines(plan, amounts, risk, jurisdiction, on)
    lines += _policy_lines(plan, rated, jurisdiction)
    return Worksheet(tuple(lines), rated)


def _chain_lines(
    plan: "CompiledPlan", chain: Chain, values: list[Any], selection: Selection, risk: "Json"
) -> list[Line]:
    item, coverage = selection["item"], selection["coverage"]
    values[0], values[1] = selection["limit"], selection["deductible"]
    lines = []
    amount = money.ZERO
    for compiled in chain.steps:
        if compiled.over is not None:
            lines += _item_lines(compiled, amount, values, selection, risk)
            amount = compiled.run(amount, values)
            continue
        amount = compiled.run(amount, values)
        lines.append(_line(compiled, item, coverage, values, amount))
    for code, factor, rounding in plan.closing:
        amount = rounding(amount * factor)
        lines.append(Line(code, CLOSING[code], "", "", item, coverage, "", factor, amount))
    return lines


def _line(
    compiled: CompiledStep, item: str, coverage: str, values: Sequence[Any], amount: Decimal
) -> Line:
    step, read, factor = compiled.step, _inputs(compiled, values), _factor(compiled, values)
    table, version = compiled.table, compiled.table_version
    return Line(step.code, step.names, table, version, item, coverage, read, factor, amount)


def _item_lines(
    compiled: CompiledStep,
    amount: Decimal,
    values: Sequence[Any],
    selection: Selection,
    risk: "Json",
) -> list[Line]:
    """A step over a list, item by item; where none counts, one line that carries the sum."""
    over, step, coverage = compiled.over, compiled.step, selection["coverage"]
    assert over is not None
    lines = []
    running = money.ZERO if step.kind == "base" else amount
    for item, its in zip(items_of(risk, step.over), values[over.slot], strict=True):
        if over.counts(its):
            running += over.each(money.ZERO, its)
            lines.append(_line(compiled, item["key"], coverage, its, step.rounding(running)))
    if lines:
        return lines
    amount, item = step.rounding(running), selection["item"]
    return [Line(step.code, step.names, "", "", item, coverage, "", None, amount)]


def _factor(compiled: CompiledStep, values: Sequence[Any]) -> Decimal:
    if compiled.step.kind == "discount":
        finds = [found.find for found in compiled.founds]
        return ONE - discount(compiled.step, finds, values)
    return compiled.founds[0].find(values)


def _inputs(compiled: CompiledStep, values: Sequence[Any]) -> str:
    """What was looked up, and for a discount what each part gave."""
    if compiled.step.kind == "discount":
        return ", ".join(
            f"{_input(found, values)} −{found.find(values)}" for found in compiled.founds
        )
    read = _input(compiled.founds[0], values)
    if compiled.exposure_slot is None:
        return read
    exposure = f"{compiled.step.exposure} {values[compiled.exposure_slot]} ÷ {compiled.step.per}"
    return f"{read}, {exposure}" if read else exposure


def _input(found: Found, values: Sequence[Any]) -> str:
    if len(found.slots) == 1:
        return f"{found.names[0]} {values[found.slots[0]]}"
    return ", ".join(
        f"{name} {values[slot]}" for name, slot in zip(found.names, found.slots, strict=True)
    )


def _whole_lines(
    plan: "CompiledPlan",
    amounts: list[CoverageAmount],
    risk: "Json",
    jurisdiction: str,
    on: date,
) -> Iterator[Line]:
    """The sum of the coverages, and the same after each step of the whole policy."""
    yield Line("subtotal", CLOSING["subtotal"], "", "", "", "", "", None, _sum(amounts))
    for stage in plan.stages(amounts, risk, jurisdiction, on):
        yield _line(stage.compiled, "", "", stage.values, _sum(stage.amounts))


def _sum(amounts: list[CoverageAmount]) -> Decimal:
    return sum((amount.premium for amount in amounts), money.ZERO)


def _policy_lines(plan: "CompiledPlan", rated: Rated, jurisdiction: str) -> list[Line]:
    lines = [Line("premium", CLOSING["premium"], "", "", "", "", "", None, rated.premium)]
    running = rated.premium
    rules = {rule.code: rule for rule in plan.plan.levies[jurisdiction]}
    for levy in (*rated.taxes, *rated.fees):
        running += levy.amount
        rate = rules[levy.code].rate or rules[levy.code].amount
        source = rules[levy.code].source
        lines.append(Line(levy.code, levy.names, "", "", "", "", source, rate, running))
    return lines
