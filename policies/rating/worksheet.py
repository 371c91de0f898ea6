"""The worksheet: the same closures as `rate`, one line after each."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from office import money
from policies.rating.plan import Names
from policies.rating.reading import UNRATED
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
            lines += _chain_lines(plan, chain, known[place], selection)
        except UNRATED:
            plan.rate(risk, coverages, jurisdiction, on)  # raises the sentence
            raise
        amounts.append(CoverageAmount(item, code, lines[-1].amount))
    rated = plan.sum_up(amounts, risk, jurisdiction)
    subtotal = sum((amount.premium for amount in amounts), money.ZERO)
    lines += _policy_lines(plan, rated, subtotal, jurisdiction)
    return Worksheet(tuple(lines), rated)


def _chain_lines(
    plan: "CompiledPlan", chain: Chain, values: list[Any], selection: Selection
) -> list[Line]:
    item, coverage = selection["item"], selection["coverage"]
    values[0], values[1] = selection["limit"], selection["deductible"]
    lines = []
    amount = money.ZERO
    for compiled in chain.steps:
        amount = compiled.run(amount, values)
        step, read, factor = compiled.step, _inputs(compiled, values), _factor(compiled, values)
        table, version = compiled.table, compiled.table_version
        lines.append(
            Line(step.code, step.names, table, version, item, coverage, read, factor, amount)
        )
    for code, factor, rounding in plan.closing:
        amount = rounding(amount * factor)
        lines.append(Line(code, CLOSING[code], "", "", item, coverage, "", factor, amount))
    return lines


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


def _policy_lines(
    plan: "CompiledPlan", rated: Rated, subtotal: Decimal, jurisdiction: str
) -> list[Line]:
    lines = [Line("subtotal", CLOSING["subtotal"], "", "", "", "", "", None, subtotal)]
    minimum = plan.minimums[jurisdiction]
    if minimum is not None:
        table = minimum.founds[0].table
        least = minimum.founds[0].find(())
        names = minimum.step.names
        lines.append(
            Line("minimum", names, table.name, table.version, "", "", "", least, rated.premium)
        )
    lines.append(Line("premium", CLOSING["premium"], "", "", "", "", "", None, rated.premium))
    running = rated.premium
    rules = {rule.code: rule for rule in plan.plan.levies[jurisdiction]}
    for levy in (*rated.taxes, *rated.fees):
        running += levy.amount
        rate = rules[levy.code].rate or rules[levy.code].amount
        source = rules[levy.code].source
        lines.append(Line(levy.code, levy.names, "", "", "", "", source, rate, running))
    return lines
