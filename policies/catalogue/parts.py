"""The parts of a product: coverages and their options, causes of loss, documents, plans, forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from policies import charges
from policies.rating.plan import POLICY, Names

# A carrier that cancels on its own account returns the days.
MINIMUM_EARNED_FROM = ("insured", "nonpayment")


@dataclass(frozen=True, slots=True)
class Option:
    """A limit or deductible to choose. `amount` is per occurrence; `percent` is of a sum.

    `each_person` is the most for one person, `aggregate` the most for all losses of a term. An
    option that is no sum of money has names: "Statutory".
    """

    code: str
    amount: Decimal | None
    each_person: Decimal | None
    percent: Decimal | None
    aggregate: Decimal | None = None
    names: Names | None = None


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
class Indemnity:
    """What the law of a place pays for lost wages, in money a week.

    Nothing for the first `waiting_days` of disability, unless it lasts beyond
    `retroactive_after_days`.
    """

    waiting_days: int
    retroactive_after_days: int
    share_of_wage: Decimal
    weekly_minimum: Decimal
    weekly_maximum: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What can be bought. `coinsurance` is the path of the percentage of the value to insure.

    `waiting_days` run from the beginning of cover; `indemnity` says, by place, what the law pays
    for lost wages.
    """

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
    coinsurance: str = ""
    indemnity: Mapping[str, Indemnity] = field(default_factory=dict)

    @property
    def is_per_policy(self) -> bool:
        return self.per == POLICY


@dataclass(frozen=True, slots=True)
class Chosen:
    """A coverage with the options that a package takes of it; "" where there is none."""

    coverage: str
    limit: str
    deductible: str


@dataclass(frozen=True, slots=True)
class Package:
    """Coverages that are offered together for each item of one list of the risk."""

    code: str
    names: Names
    per: str
    coverages: tuple[Chosen, ...]


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
    """`down_payment` is a share of the total; the rest falls in equal instalments.

    `renews_on`: an offered renewal becomes a term by its `acceptance`, or only by the `payment` of
    its first instalment.
    """

    code: str
    names: Names
    down_payment: Decimal
    instalments: int
    interval_months: int
    instalment_fee: Decimal
    renews_on: str = "acceptance"


@dataclass(frozen=True, slots=True)
class Reinstatement:
    """How long after a cancellation cover may be taken up again, in days from its date.

    `without_lapse_days` is how long the gap may be closed as if it had never been.
    """

    within_days: int = 30
    without_lapse_days: int = 30


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What a cancelled term keeps: the method by who cancels, or by why where it says so.

    `minimum_earned` and its share of the premium hold against those in `minimum_earned_from`.
    From the first day of a term every cancellation is flat.
    """

    insured: str
    carrier: str
    nonpayment: str
    short_rate_factor: Decimal
    minimum_earned: Decimal
    fully_earned_fees: tuple[str, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)
    short_rate_table: tuple[tuple[int, Decimal], ...] = ()
    wheel: charges.Wheel | None = None
    minimum_earned_share: Decimal = Decimal(0)
    minimum_earned_from: tuple[str, ...] = MINIMUM_EARNED_FROM
    holdback: Decimal = Decimal(0)
    reinstatement: Reinstatement = Reinstatement()

    def method(self, *, side: str, reason: str, is_from_first_day: bool) -> str:
        if is_from_first_day:
            return charges.FLAT
        who = "nonpayment" if reason == "nonpayment" else side
        chosen: str = getattr(self, who)
        return self.reasons.get(reason, chosen)

    def terms(self, *, side: str, reason: str, is_from_first_day: bool) -> charges.Terms:
        who = "nonpayment" if reason == "nonpayment" else side
        has_minimum = who in self.minimum_earned_from
        return charges.Terms(
            method=self.method(side=side, reason=reason, is_from_first_day=is_from_first_day),
            factor=self.short_rate_factor,
            table=self.short_rate_table,
            wheel=self.wheel,
            minimum_amount=self.minimum_earned if has_minimum else Decimal("0.00"),
            minimum_share=self.minimum_earned_share if has_minimum else Decimal(0),
            holdback=self.holdback,
            fully_earned_fees=frozenset(self.fully_earned_fees),
        )


@dataclass(frozen=True, slots=True)
class Renewal:
    """When the work on a renewal begins and is due, in days before the term ends.

    `remarket_above` is the increase (a share of the expiring premium) beyond which the renewal
    is put to other carriers; none where it never is. `claims` and `tier` name the fields of the
    risk by which a change of premium is told apart from one of exposure. `losses_into` is the
    field that counts losses; `losses_of` the coverages whose claims count (none: all).
    """

    work_days: tuple[int, ...] = (90, 60, 45)
    offer_days: int = 45
    remarket_above: Decimal | None = Decimal("0.15")
    claims: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    losses_into: str = ""
    losses_of: tuple[str, ...] = ()


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
