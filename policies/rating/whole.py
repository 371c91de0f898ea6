"""The steps of the whole policy: they work on the cents of several coverages together.

Experience and size are facts of a policy, not of a coverage. Such a step sums its coverages,
works on the sum, and shares the change out in proportion, by largest remainder, so that each
coverage still carries its own cents. On a whole book the sum is a column of integers in cents.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from office import money
from policies.rating.faults import fault_of
from policies.rating.plan import POLICY, PREMIUM, RatingPlan
from policies.rating.reading import UNRATED, Facts, ItemReader
from policies.rating.results import CoverageAmount
from policies.rating.steps import CompiledStep, compile_step, inputs_of

PREMIUM_SLOT = 0


class Stage(NamedTuple):
    """The amounts after one step, and what the step read."""

    compiled: CompiledStep
    values: Sequence[Any]
    amounts: list[CoverageAmount]


class Whole:
    """The policy's steps in one jurisdiction, in the order of the plan."""

    def __init__(self, plan: RatingPlan, jurisdiction: str) -> None:
        steps = [s for s in plan.steps if s.scope == POLICY and s.applies_in(jurisdiction)]
        self.plan = plan
        self.reader = ItemReader(plan, inputs_of(plan, steps))
        positions = {**self.reader.positions, (PREMIUM, True): PREMIUM_SLOT}
        compiled = [compile_step(plan, step, positions, jurisdiction, "") for step in steps]
        self.steps = tuple(step for step in compiled if step)

    def stages(self, amounts: list[CoverageAmount], facts: Facts) -> Iterator[Stage]:
        """After each step; a step whose coverages were not chosen leaves no trace."""
        if not self.steps:
            return
        values = self.reader.carefully(facts)
        for compiled in self.steps:
            codes = compiled.step.coverages
            at = [i for i, a in enumerate(amounts) if codes is None or a.coverage in codes]
            if not at:
                continue
            before = sum((amounts[i].premium for i in at), money.ZERO)
            values[PREMIUM_SLOT] = before
            amounts = _shared(amounts, at, self._run(compiled, before, values, facts) - before)
            yield Stage(compiled, tuple(values), amounts)

    def _run(
        self, compiled: CompiledStep, amount: Decimal, values: list[Any], facts: Facts
    ) -> Decimal:
        try:
            return compiled.run(amount, values)
        except UNRATED:
            nobody = {"coverage": "", "item": ""}
            raise fault_of(self.plan, (compiled,), POLICY, values, nobody, facts.risk) from None


def _shared(amounts: list[CoverageAmount], at: list[int], change: Decimal) -> list[CoverageAmount]:
    """The change shared out over the coverages `at`; equally where all of them are free."""
    if not change:
        return amounts
    weights: list[Decimal | int] = [amounts[i].premium for i in at]
    shares = money.allocate(change, weights if any(weights) else [1] * len(at))
    changed = list(amounts)
    for i, share in zip(at, shares, strict=True):
        changed[i] = changed[i]._replace(premium=changed[i].premium + share)
    return changed
