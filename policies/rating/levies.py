"""Taxes and fees of one jurisdiction: each on the premium of the whole term, rounded once."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from office import money
from policies.rating.plan import POLICY, Json, LevyRule
from policies.rating.reading import items_of
from policies.rating.results import Levy

Levies = tuple[tuple[Levy, ...], tuple[Levy, ...]]


def compile_levies(rules: Sequence[LevyRule]) -> Callable[[Decimal, Json], Levies]:
    """The function from a premium and a risk to its (taxes, fees)."""
    taxes = [rule for rule in rules if rule.kind == "tax"]
    fees = [rule for rule in rules if rule.kind == "fee"]

    def levies(premium: Decimal, risk: Json) -> Levies:
        return (
            tuple([_levy(rule, premium, risk) for rule in taxes]),
            tuple([_levy(rule, premium, risk) for rule in fees]),
        )

    return levies


def _levy(rule: LevyRule, premium: Decimal, risk: Json) -> Levy:
    if rule.rate is not None:
        amount = premium * rule.rate
    else:
        count = 1 if rule.per == POLICY else len(items_of(risk, rule.per))
        amount = (rule.amount or money.ZERO) * count
    return Levy(rule.code, rule.kind, money.round(amount), rule.names)
