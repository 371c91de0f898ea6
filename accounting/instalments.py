"""Instalments of a bill: when each falls due and how much it is, to the cent.

Pure: dates and amounts in, dates and amounts out. Every charge is shared out by the same
weights and by largest remainder, so that the instalments of each charge sum to it exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from office import money
from office.clock import add_months
from office.exceptions import Refused

ZERO = money.ZERO


@dataclass(frozen=True)
class Plan:
    """How a bill is paid: a share down on the first day, the rest in equal instalments after it.

    down_payment: share of the bill due on the first day, from 0 to 1.
    instalments: how many bills follow the first.
    interval_months: months from one due date to the next.
    instalment_fee: charged with each bill but the first.
    """

    down_payment: Decimal = Decimal(1)
    instalments: int = 0
    interval_months: int = 0
    instalment_fee: Decimal = ZERO

    def __post_init__(self) -> None:
        if not 0 <= self.down_payment <= 1:
            raise Refused(_("The down payment is a share of the bill, from nothing to all."))
        if self.instalments < 0 or (self.instalments and self.interval_months < 1):
            raise Refused(_("Instalments are at least a month apart."))
        if self.down_payment < 1 and not self.instalments:
            raise Refused(_("What is not paid down is paid in at least one instalment."))
        if self.instalment_fee < 0:
            raise Refused(_("An instalment fee is not negative."))

    @classmethod
    def read(cls, plan: Mapping[str, Any]) -> "Plan":
        """The plan as the product's definition writes it; an empty one is paid in full."""
        return cls(
            down_payment=Decimal(str(plan.get("down_payment", 1))),
            instalments=int(plan.get("instalments", 0)),
            interval_months=int(plan.get("interval_months", 0)),
            instalment_fee=money.exact(Decimal(str(plan.get("instalment_fee", 0)))),
        )


@dataclass(frozen=True)
class Instalment:
    due_on: date
    premium: Decimal
    tax: Decimal
    fees: Decimal
    instalment_fee: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.premium + self.tax + self.fees + self.instalment_fee


def schedule(
    *, premium: Decimal, tax: Decimal, fees: Decimal, plan: Plan, from_on: date, to_on: date
) -> list[Instalment]:
    """The instalments of a term `[from_on, to_on)`, in the order of their due dates.

    Fees are due with the first. No instalment falls due on or after the end of the term: a plan
    of twelve months on a term of six has six bills. Bills of nothing are left out.
    """
    if to_on <= from_on:
        raise Refused(_("A term ends after it begins."))
    if min(premium, tax, fees) < 0:
        raise Refused(_("A bill has no negative charges; return premium is a credit."))
    days = due_dates(from_on, to_on, plan)
    weights = _weights(plan, len(days))
    first_only = [1] + [0] * (len(days) - 1)
    columns = zip(
        days,
        money.allocate(premium, weights),
        money.allocate(tax, weights),
        money.allocate(fees, first_only),
        strict=True,
    )
    bills = [Instalment(*column) for column in columns]
    return _with_instalment_fees([bill for bill in bills if bill.total], plan.instalment_fee)


class Respread(NamedTuple):
    """The open bills after a change of the charges, and what was returned beyond them."""

    bills: list[Instalment]
    credit: Decimal


def respread(
    open_bills: Sequence[Instalment], *, premium: Decimal, tax: Decimal, fees: Decimal, on: date
) -> Respread:
    """Spread a change of the charges, up or down, over the bills that have no invoice yet.

    premium, tax, fees: what is charged more, or less where below zero.
    on: when a charge falls due that no open bill can take.

    The bills come back in their order; one more follows where there was none to take a charge.
    A bill of nothing may remain. Sums are exact: bills after − bills before + credit taken off =
    the change.
    """
    rest = [
        sum((bill.premium for bill in open_bills), premium),
        sum((bill.tax for bill in open_bills), tax),
        sum((bill.fees for bill in open_bills), fees),
    ]
    rest, credit = _without_debts(rest)
    bills = list(open_bills)
    if not bills:
        new = Instalment(on, *rest)
        return Respread([new] if new.total else [], credit)
    equal = [1] * len(bills)
    columns = zip(
        bills,
        money.allocate(rest[0], equal),
        money.allocate(rest[1], equal),
        money.allocate(rest[2], [1] + [0] * (len(bills) - 1)),
        strict=True,
    )
    return Respread([_refilled(*column) for column in columns], credit)


def gathered(open_bills: Sequence[Instalment], *, on: date) -> list[Instalment]:
    """The open bills of a term that has ended: one of them stands, due at once, for what is left.

    The others stay in their order with nothing in them.
    """
    if not open_bills:
        return []
    columns = ("premium", "tax", "fees")
    sums = [sum((getattr(bill, name) for bill in open_bills), ZERO) for name in columns]
    empty = [Instalment(bill.due_on, ZERO, ZERO, ZERO) for bill in open_bills[1:]]
    return [Instalment(on, *sums), *empty]


def resumed(plan: Plan, *, from_on: date, to_on: date, on: date) -> list[Instalment]:
    """The bills that a plan has left from a day on, empty: for a term that is taken up again."""
    days = [day for day in due_dates(from_on, to_on, plan) if day >= on]
    return [Instalment(day, ZERO, ZERO, ZERO, plan.instalment_fee) for day in days]


def _without_debts(amounts: list[Decimal]) -> tuple[list[Decimal], Decimal]:
    """Let the charges above zero make up for those below; what they cannot is credit."""
    credit = sum((-amount for amount in amounts if amount < 0), ZERO)
    left = []
    for amount in (max(amount, ZERO) for amount in amounts):
        taken = min(amount, credit)
        left.append(amount - taken)
        credit -= taken
    return left, credit


def _refilled(bill: Instalment, premium: Decimal, tax: Decimal, fees: Decimal) -> Instalment:
    """The bill with other charges; one of nothing has no fee for being sent either."""
    fee = bill.instalment_fee if premium + tax + fees else ZERO
    return Instalment(bill.due_on, premium, tax, fees, fee)


def due_dates(from_on: date, to_on: date, plan: Plan) -> list[date]:
    """The first day of the term, then the same day of every nth month, as many as fit."""
    numbers = range(plan.instalments + 1)
    days = [add_months(from_on, number * plan.interval_months) for number in numbers]
    return [day for day in days if day < to_on]


def _weights(plan: Plan, count: int) -> list[Decimal]:
    """A down payment of d leaves (1 - d) for the others, in equal parts.

    In numbers of the same proportion: the first weighs d × (count − 1), each other 1 − d.
    """
    if count == 1:
        return [Decimal(1)]
    others = 1 - plan.down_payment
    return [plan.down_payment * (count - 1)] + [others] * (count - 1)


def _with_instalment_fees(bills: list[Instalment], fee: Decimal) -> list[Instalment]:
    if not fee:
        return bills
    return bills[:1] + [
        Instalment(bill.due_on, bill.premium, bill.tax, bill.fees, fee) for bill in bills[1:]
    ]
