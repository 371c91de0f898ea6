"""What is owed for a loss, figure by figure: pure, every amount with its reason.

The order is that of the settlement letter: loss, less what is excluded, depreciation and
betterment; the coinsurance penalty; the deductible; the limit, then what others left of the limits
they share; what was paid before; salvage the claimant keeps. Nothing falls below zero and every
figure is a whole number of cents.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office.exceptions import Refused
from office.money import ZERO
from office.money import format as show
from office.money import round as to_cents

FIGURES = {
    "loss": gettext_lazy("Loss"),
    "exclusion": gettext_lazy("Not covered"),
    "depreciation": gettext_lazy("Depreciation"),
    "betterment": gettext_lazy("Betterment"),
    "coinsurance": gettext_lazy("Coinsurance"),
    "deductible": gettext_lazy("Deductible"),
    "limit": gettext_lazy("Above the limit"),
    "occurrence": gettext_lazy("Above the limit each occurrence"),
    "aggregate": gettext_lazy("Above the aggregate limit"),
    "prior_payments": gettext_lazy("Paid before"),
    "salvage": gettext_lazy("Salvage"),
}


@dataclass(frozen=True)
class Exclusion:
    """What the policy does not pay for, by which clause. `amount` None excludes the whole loss."""

    code: str
    clause: str
    text: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Shared:
    """A limit that others draw on too: the claimants of an occurrence, or the losses of a term."""

    name: str
    limit: Decimal
    taken: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.limit - self.taken, ZERO)

    @property
    def because(self) -> str:
        told = {"limit": show(self.limit), "taken": show(self.taken)}
        if self.name == "occurrence":
            return (
                _("The limit each occurrence is %(limit)s; %(taken)s of it went to others.") % told
            )
        return _("The aggregate limit is %(limit)s; other losses took %(taken)s of it.") % told


@dataclass(frozen=True)
class Terms:
    """Cover of one coverage on the day of the loss. `limit` None means no limit of its own."""

    coverage: str
    limit: Decimal | None
    deductible: Decimal = ZERO
    coinsurance_percent: Decimal = Decimal(0)
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True)
class Loss:
    """What the findings say about one exposure, in money of the policy.

    `value` is the value at risk, which only a coinsurance clause asks for.
    """

    loss: Decimal
    depreciation: Decimal = ZERO
    betterment: Decimal = ZERO
    salvage: Decimal = ZERO
    value: Decimal = ZERO


@dataclass(frozen=True)
class Figure:
    """One line of the settlement: what it changes, the sum after it, and why."""

    name: str
    change: Decimal
    amount: Decimal
    because: str
    clause: str = ""

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return str(FIGURES[self.name])

    def to_json(self) -> dict[str, str]:
        return {key: str(value) for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, plain: dict[str, str]) -> "Figure":
        change, amount = Decimal(plain["change"]), Decimal(plain["amount"])
        return cls(plain["name"], change, amount, plain["because"], plain["clause"])


@dataclass(frozen=True)
class Item:
    """The settlement of one exposure. Its last figure is what is owed."""

    coverage: str
    figures: tuple[Figure, ...]

    @property
    def amount(self) -> Decimal:
        return self.figures[-1].amount

    def change(self, name: str) -> Decimal:
        """What the figures of that name took away, as a positive amount."""
        return -sum((figure.change for figure in self.figures if figure.name == name), ZERO)


class _Worksheet:
    """Figures one below the other, each taking no more than what is left."""

    def __init__(self, loss: Decimal, because: str) -> None:
        self.figures = [Figure("loss", loss, loss, because)]

    @property
    def amount(self) -> Decimal:
        return self.figures[-1].amount

    def less(self, name: str, deduction: Decimal, because: str, clause: str = "") -> None:
        taken = min(max(to_cents(deduction), ZERO), self.amount)
        if taken:
            left = self.amount - taken
            self.figures.append(Figure(name, -taken, left, because, clause))


def settle(
    terms: Terms, loss: Loss, *, prior: Decimal = ZERO, exclusions: Iterable[Exclusion] = ()
) -> Item:
    """Work out what is owed on one exposure. Raises Refused where the figures contradict."""
    _check(loss, prior)
    sheet = _Worksheet(loss.loss, _("The loss as it was assessed."))
    for exclusion in exclusions:
        part = sheet.amount if exclusion.amount is None else exclusion.amount
        sheet.less("exclusion", part, exclusion.text, exclusion.clause)
    sheet.less("depreciation", loss.depreciation, _("Wear and age of what was damaged."))
    sheet.less("betterment", loss.betterment, _("The repair leaves it better than it was."))
    _coinsure(sheet, terms, loss)
    sheet.less("deductible", terms.deductible, _("The deductible of this coverage."))
    if terms.limit is not None:
        over = sheet.amount - terms.limit
        sheet.less("limit", over, _("The limit is %(limit)s.") % {"limit": show(terms.limit)})
    for shared in terms.shared:
        sheet.less(shared.name, sheet.amount - shared.left, shared.because)
    sheet.less("prior_payments", prior, _("Paid before for the same loss."))
    sheet.less("salvage", loss.salvage, _("The value of what the claimant keeps."))
    return Item(terms.coverage, tuple(sheet.figures))


def _coinsure(sheet: _Worksheet, terms: Terms, loss: Loss) -> None:
    """Pay only carried ÷ required where the sum insured is below the agreed share of the value."""
    if not terms.coinsurance_percent or terms.limit is None or not sheet.amount:
        return
    if not loss.value:
        raise Refused(
            _("“%(coverage)s” has a coinsurance clause: record what the insured property is worth.")
            % {"coverage": terms.coverage},
            field="value",
        )
    required = to_cents(loss.value * terms.coinsurance_percent / 100)
    if required <= terms.limit:
        return
    owed = to_cents(sheet.amount * terms.limit / required)
    because = _("%(carried)s was insured where %(required)s was required.") % {
        "carried": show(terms.limit),
        "required": show(required),
    }
    sheet.less("coinsurance", sheet.amount - owed, because)


def _check(loss: Loss, prior: Decimal) -> None:
    if min(loss.loss, loss.depreciation, loss.betterment, loss.salvage, loss.value, prior) < 0:
        raise Refused(_("An amount of a settlement cannot be negative."), field="loss")
    if loss.depreciation + loss.betterment > loss.loss:
        raise Refused(
            _("Depreciation and betterment together are more than the loss."), field="depreciation"
        )


@dataclass(frozen=True)
class Reading:
    """What the policy says about one coverage and this loss, before a person gives an opinion."""

    coverage: str
    name: str
    responds: bool
    limit: Decimal | None
    deductible: Decimal
    exclusions: tuple[Exclusion, ...]
    waits_until: date | None
    because: str
    coinsurance_percent: Decimal

    def to_json(self) -> dict[str, Any]:
        return {
            "coverage": self.coverage,
            "name": self.name,
            "responds": self.responds,
            "limit": None if self.limit is None else str(self.limit),
            "deductible": str(self.deductible),
            "waits_until": self.waits_until.isoformat() if self.waits_until else None,
            "because": self.because,
            "coinsurance_percent": str(self.coinsurance_percent),
            "exclusions": [
                {"code": exclusion.code, "clause": exclusion.clause, "text": exclusion.text}
                for exclusion in self.exclusions
            ],
        }


def read(
    *,
    terms: Terms,
    name: str,
    insures_cause: bool,
    exclusions: tuple[Exclusion, ...],
    lost_on: date,
    waits_until: date | None,
) -> Reading:
    """Read one coverage against the loss: cause, waiting period, then the exclusions it raises."""
    is_waiting = waits_until is not None and lost_on < waits_until
    if not insures_cause:
        because = _("This coverage does not insure the cause of the loss.")
    elif is_waiting:
        because = _("The loss happened within the waiting period.")
    elif exclusions:
        because = _("The cause calls for a look at the exclusions.")
    else:
        because = _("The coverage insures the cause and no exclusion is raised by it.")
    return Reading(
        coverage=terms.coverage,
        name=name,
        responds=insures_cause and not is_waiting,
        limit=terms.limit,
        deductible=terms.deductible,
        exclusions=exclusions,
        waits_until=waits_until if is_waiting else None,
        because=because,
        coinsurance_percent=terms.coinsurance_percent,
    )


def end_of_waiting(valid_from: date, waiting_days: int) -> date | None:
    """The first day that a coverage with a waiting period pays for; None without one."""
    return valid_from + timedelta(days=waiting_days) if waiting_days else None
