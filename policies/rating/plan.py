"""A rating plan as data: inputs, tables, ordered steps, taxes and fees.

Every number in a plan is a string in the file and a `Decimal` here, with six places at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from django.utils.translation import get_language

Json = Mapping[str, Any]
Names = Mapping[str, str]

MODES = {
    "half_even": ROUND_HALF_EVEN,
    "half_up": ROUND_HALF_UP,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}
MOST_PLACES = 6
POLICY = "policy"  # the "item list" of a coverage that is per policy
JURISDICTION, COVERAGE, LIMIT, DEDUCTIBLE = "jurisdiction", "coverage", "limit", "deductible"
FIXED = (JURISDICTION, COVERAGE)  # known when the plan is compiled
CHOSEN = (LIMIT, DEDUCTIBLE)  # option codes of the selection
PREMIUM = "premium"  # what a policy's steps look up: the premium so far of their coverages
ANY = "*"  # in a table: every jurisdiction, every coverage


def label(names: Names, language: str | None = None) -> str:
    """The name in a language: the active one when none is given, English where it is missing."""
    language = (language or get_language() or "en").partition("-")[0]
    return names.get(language) or names["en"]


@dataclass(frozen=True, slots=True)
class Rounding:
    places: int
    mode: str

    @property
    def exponent(self) -> Decimal:
        return Decimal(1).scaleb(-self.places)

    def __call__(self, amount: Decimal) -> Decimal:
        return amount.quantize(self.exponent, MODES[self.mode])

    @classmethod
    def from_json(cls, data: Json) -> "Rounding":
        return cls(data["places"], data["mode"])


@dataclass(frozen=True, slots=True)
class Condition:
    """What a listed item must meet: one of some values, or a number in `[low, high)`.

    kind: value, years_since, years_nearest or year_age, as for an `Input`.
    """

    field: str
    kind: str
    values: frozenset[str] | None
    low: Decimal | None
    high: Decimal | None

    @classmethod
    def from_json(cls, data: Json) -> "Condition":
        low, high = data.get("from"), data.get("to")
        return cls(
            field=data["field"],
            kind=data.get("kind", "value"),
            values=frozenset(data["is"]) if "is" in data else None,
            low=None if low is None else Decimal(low),
            high=None if high is None else Decimal(high),
        )


@dataclass(frozen=True, slots=True)
class Input:
    """What a step looks up.

    value: the field as it is. prefix: its first `length` characters. years_since: full years
    from a date to the first day of the term. years_nearest: the same to the nearest birthday.
    year_age: years from a year to that of the term. Both years count `until` a
    date instead, where the risk states it.

    count: the number of listed items. sum: the total of `field` over them. mean: its mean,
    weighted by another field, rounded as stated. rank: the place of the item among them by
    `field`, the lowest first, from 1; 0 for an item that is not among them. Only the items that
    meet every condition of `where` are looked at.
    """

    kind: str
    of: str
    length: int = 0
    field: str = ""
    default: str | None = None
    until: str = ""
    weight: str = ""
    rounding: Rounding | None = None
    where: tuple[Condition, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of listed items that it reads."""
        named = (self.field, self.weight, *(one.field for one in self.where))
        return tuple(dict.fromkeys(name for name in named if name))

    @classmethod
    def from_json(cls, data: Json | str) -> "Input":
        if isinstance(data, str):
            return cls("value", data)
        plain = {name: value for name, value in data.items() if name not in ("round", "where")}
        return cls(
            **plain,
            rounding=Rounding.from_json(data["round"]) if "round" in data else None,
            where=tuple(Condition.from_json(one) for one in data.get("where", ())),
        )


@dataclass(frozen=True, slots=True)
class Link:
    """An item that another one names by key: a vehicle's main driver."""

    list: str
    by: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of keys and a value. kind: exact, banded (from, to) or interpolated (point)."""

    name: str
    version: str
    kind: str
    keys: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Decimal | None, ...], Decimal], ...]
    rounding: Rounding | None = None

    @classmethod
    def from_json(cls, name: str, data: Json) -> "Table":
        numbers = {"exact": 0, "banded": 2, "interpolated": 1}[data["kind"]]
        rows = []
        for row in data["rows"]:
            *keys, value = row
            bounds = keys[len(keys) - numbers :] if numbers else []
            rows.append(
                (
                    tuple(str(key) for key in keys[: len(keys) - numbers]),
                    tuple(None if bound is None else Decimal(bound) for bound in bounds),
                    Decimal(value),
                )
            )
        rounding = Rounding.from_json(data["round"]) if "round" in data else None
        keys = tuple(data["keys"])
        return cls(name, data["version"], data["kind"], keys, tuple(rows), rounding)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table and the inputs that find a row in it, in the order of the table's keys."""

    table: str
    inputs: tuple[str, ...]
    names: Names


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan.

    base, add: value × (exposure ÷ per). factor: running × value. discount: running × (1 − the
    sum of the parts, at most the cap). minimum: the running amount, or the value if greater.

    `over` names a list: a base or an add is then the sum over its items, each rounded, or over
    those whose `where` is one of `among`. With the scope `policy` a step works on the cents of
    all its coverages together, after their chains, and shares the change out among them.
    """

    code: str
    names: Names
    kind: str
    lookups: tuple[Lookup, ...]
    rounding: Rounding
    coverages: frozenset[str] | None = None
    jurisdictions: frozenset[str] | None = None
    except_jurisdictions: frozenset[str] = frozenset()
    exposure: str = ""
    per: Decimal = Decimal(1)
    cap: Decimal | None = None
    scope: str = COVERAGE
    over: str = ""
    where: str = ""
    among: tuple[str, ...] = ()

    def applies(self, jurisdiction: str, coverage: str) -> bool:
        if self.coverages is not None and coverage not in self.coverages:
            return False
        return self.applies_in(jurisdiction)

    def applies_in(self, jurisdiction: str) -> bool:
        if self.jurisdictions is not None and jurisdiction not in self.jurisdictions:
            return False
        return jurisdiction not in self.except_jurisdictions

    @classmethod
    def from_json(cls, data: Json, default: Rounding) -> "Step":
        parts = data.get("parts") or [data]
        exposure, where = data.get("exposure", {}), data.get("where", {})
        return cls(
            code=data["code"],
            names=data["name"],
            kind=data["kind"],
            lookups=tuple(Lookup(p["table"], tuple(p["inputs"]), p["name"]) for p in parts),
            rounding=Rounding.from_json(data["round"]) if "round" in data else default,
            coverages=frozenset(data["coverages"]) if "coverages" in data else None,
            jurisdictions=frozenset(data["jurisdictions"]) if "jurisdictions" in data else None,
            except_jurisdictions=frozenset(data.get("except_jurisdictions", ())),
            exposure=exposure.get("input", ""),
            per=Decimal(exposure.get("per", "1")),
            cap=Decimal(data["cap"]) if "cap" in data else None,
            scope=data.get("scope", COVERAGE),
            over=data.get("over", ""),
            where=where.get("input", ""),
            among=tuple(where.get("in", ())),
        )


@dataclass(frozen=True, slots=True)
class LevyRule:
    """A tax (a rate on the premium) or a fee (an amount a policy, or for each listed item)."""

    code: str
    kind: str
    names: Names
    rate: Decimal | None
    amount: Decimal | None
    per: str
    source: str

    @classmethod
    def from_json(cls, data: Json) -> "LevyRule":
        return cls(
            code=data["code"],
            kind=data["kind"],
            names=data["name"],
            rate=Decimal(data["rate"]) if "rate" in data else None,
            amount=Decimal(data["amount"]) if "amount" in data else None,
            per=data.get("per", POLICY),
            source=data["source"],
        )


@dataclass(frozen=True, slots=True)
class RatingPlan:
    version: str
    term_factor: Decimal
    rounding: Rounding
    inputs: Mapping[str, Input]
    links: Mapping[str, Link]
    tables: Mapping[str, Table]
    steps: tuple[Step, ...]
    coverages: Mapping[str, str]  # coverage code -> item list, or "policy"
    levies: Mapping[str, tuple[LevyRule, ...]]  # a jurisdiction without a row sells nothing
    labels: Mapping[str, Names]  # risk path without keys -> the field's name

    @classmethod
    def from_json(
        cls, data: Json, *, coverages: Mapping[str, str], levies: Json, labels: Json
    ) -> "RatingPlan":
        rounding = Rounding.from_json(data["round"])
        return cls(
            version=data["version"],
            term_factor=Decimal(data["term_factor"]),
            rounding=rounding,
            inputs={name: Input.from_json(spec) for name, spec in data["inputs"].items()},
            links={name: Link(**spec) for name, spec in data.get("links", {}).items()},
            tables={name: Table.from_json(name, spec) for name, spec in data["tables"].items()},
            steps=tuple(Step.from_json(step, rounding) for step in data["steps"]),
            coverages=dict(coverages),
            levies={
                place: tuple(LevyRule.from_json(rule) for rule in rules)
                for place, rules in levies.items()
            },
            labels=dict(labels),
        )
