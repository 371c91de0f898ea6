"""The parts of a product: coverages and their options, causes of loss, documents, plans, forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from policies.rating.plan import POLICY, Names


@dataclass(frozen=True, slots=True)
class Option:
    """A limit or deductible to choose. `amount` is per occurrence; `percent` is of a sum."""

    code: str
    amount: Decimal | None
    each_person: Decimal | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of a limit or a deductible, from low to high.

    `of` is the path of the sum that percentages are taken of; `minimum` is the lowest option
    that the law of a jurisdiction allows.
    """

    options: tuple[Option, ...]
    default: str
    of: str
    minimum: Mapping[str, str]

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)

    def allowed(self, jurisdiction: str) -> tuple[Option, ...]:
        """The options from the legal minimum upwards."""
        codes = [option.code for option in self.options]
        lowest = self.minimum.get(jurisdiction)
        return self.options[codes.index(lowest) :] if lowest else self.options


@dataclass(frozen=True, slots=True)
class Exclusion:
    code: str
    texts: Names
    clause: str


@dataclass(frozen=True, slots=True)
class Coverage:
    code: str
    names: Names
    per: str
    mandatory: frozenset[str]
    jurisdictions: frozenset[str]
    usual: bool
    limit: Choice | None
    deductible: Choice | None
    exclusions: tuple[Exclusion, ...]
    waiting_days: int

    @property
    def is_per_policy(self) -> bool:
        return self.per == POLICY


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of loss: the coverages it may hit and the exclusions to look at."""

    code: str
    names: Names
    coverages: tuple[str, ...]
    exclusions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentRequirement:
    """A document that a claim needs for these causes (none: for all).

    With a condition it is needed when the amount is over `amount_over`, or, if `injury`, when
    somebody was hurt.
    """

    document: str
    names: Names
    causes: tuple[str, ...]
    amount_over: Decimal | None
    injury: bool

    def applies(self, *, cause: str, amount: Decimal, injured: bool) -> bool:
        if self.causes and cause not in self.causes:
            return False
        if self.amount_over is None and not self.injury:
            return True
        if self.injury and injured:
            return True
        return self.amount_over is not None and amount > self.amount_over


@dataclass(frozen=True, slots=True)
class PayPlan:
    """`down_payment` is a share of the total; the rest falls in equal instalments."""

    code: str
    names: Names
    down_payment: Decimal
    instalments: int
    interval_months: int
    instalment_fee: Decimal


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The method by who cancels: flat, pro_rata or short_rate."""

    insured: str
    carrier: str
    nonpayment: str
    short_rate_factor: Decimal
    minimum_earned: Decimal
    fully_earned_fees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commission:
    new: Decimal
    renewal: Decimal


@dataclass(frozen=True, slots=True)
class Form:
    """A form to issue with these coverages; without any it is issued with every policy."""

    number: str
    edition: str
    names: Names
    coverages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppetiteRule:
    """What the carrier does not write, or only after a look. `when` is a CEL condition."""

    code: str
    blocks: str
    when: str
    messages: Names
