"""Why a renewal costs what it costs: the change of premium in steps that sum exactly. Pure.

    rate      the expiring risk at the new rates, as if it began on the old first day
    exposure  what is insured now, a term later: values, ages, items, coverages
    claims    the losses since
    tier      the rest of what is known of the person: credit tier, other policies

Each step is the premium after it less the premium before it, so their sum is the whole change,
whatever the plan. The order is fixed; another order would give other steps and the same sum.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

RATE, EXPOSURE, CLAIMS, TIER = "rate", "exposure", "claims", "tier"
Risk = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Waterfall:
    expiring: Decimal
    steps: tuple[Step, ...]
    premium: Decimal

    @property
    def change(self) -> Decimal:
        return self.premium - self.expiring

    def to_json(self) -> dict[str, Any]:
        """Plain values, amounts as text."""
        return {
            "expiring": str(self.expiring),
            "steps": [[step.code, str(step.amount)] for step in self.steps],
            "premium": str(self.premium),
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Waterfall":
        steps = tuple(Step(code, Decimal(amount)) for code, amount in plain["steps"])
        return cls(Decimal(plain["expiring"]), steps, Decimal(plain["premium"]))


def explain(
    old: Risk,
    new: Risk,
    *,
    expiring: Decimal,
    old_days: Callable[[Risk], Decimal],
    new_days: Callable[[Risk], Decimal],
    claims: Iterable[str] = (),
    tier: Iterable[str] = (),
) -> Waterfall:
    """The steps from the expiring premium to that of the renewal.

    old_days: the premium of a risk at the new rates with the expiring coverages and first day;
    new_days: the same with the renewal's. claims, tier: fields by path, `losses` or
    `drivers.violations`.
    """
    claims, tier = tuple(claims), tuple(tier)
    premiums = [
        (RATE, old_days(old)),
        (EXPOSURE, new_days(keeping(old, new, (*claims, *tier)))),
        (CLAIMS, new_days(keeping(old, new, tier))),
        (TIER, new_days(new)),
    ]
    steps, before = [], expiring
    for code, premium in premiums:
        steps.append(Step(code, premium - before))
        before = premium
    return Waterfall(expiring, tuple(steps), before)


def keeping(old: Risk, new: Risk, paths: Iterable[str]) -> dict[str, Any]:
    """The new risk with these fields as they were; items that are new have nothing to keep."""
    mixed: dict[str, Any] = deepcopy(dict(new))
    for path in paths:
        name, _dot, field = path.partition(".")
        if not field:
            _keep(old, mixed, name)
            continue
        before = {item["key"]: item for item in _items(old.get(name))}
        for item in _items(mixed.get(name)):
            if item["key"] in before:
                _keep(before[item["key"]], item, field)
    return mixed


def _keep(old: Risk, new: dict[str, Any], name: str) -> None:
    if name in old:
        new[name] = deepcopy(old[name])
    else:
        new.pop(name, None)


def _items(value: Any) -> list[dict[str, Any]]:
    """The items of a list, or the one thing that a risk holds under a name."""
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict) and "key" in item]
    return [value] if isinstance(value, dict) and "key" in value else []


def with_losses(risk: Risk, count: int, into: str) -> dict[str, Any]:
    """The risk with so many losses more in the field that counts them: of its first item, if any.

    Who was at the wheel the claims do not say; whoever works on the renewal moves it.
    """
    counted: dict[str, Any] = deepcopy(dict(risk))
    if not (count and into):
        return counted
    name, _dot, field = into.partition(".")
    if not field:
        counted[name] = (counted.get(name) or 0) + count
        return counted
    for item in _items(counted.get(name))[:1]:
        item[field] = (item.get(field) or 0) + count
    return counted
