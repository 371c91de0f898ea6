"""The claim's file as pages show it: its papers, its steps, its money."""

from typing import Any

from django.db.models import Sum

from accounting.enums import PaymentState
from claims.enums import STEPS, TURN
from claims.models import Claim
from claims.models.amounts import worked_out
from claims.models.cover import definition_of
from claims.models.guards import demands_of
from customers.models import Customer
from office.enums import DepartmentCode
from office.money import ZERO


def document_names(claim: Claim, kind: str) -> dict[str, str]:
    """The names of a paper: the product's if it knows the code, else what was typed."""
    for row in definition_of(claim).documents:
        if row.document == kind:
            return dict(row.names)
    return {"en": kind, "es": kind}


def documents_demanded(claim: Claim) -> list:
    """`evidence.Demand`s of the product for this cause and amount."""
    return demands_of(claim)


def settlement_preview(claim: Claim, claimant: Customer) -> list:
    """[(exposure, adjudication.Item)]: what would be owed if it were determined now."""
    return worked_out(claim, claimant)


def steps_of(claim: Claim) -> list[dict[str, Any]]:
    """The eight steps for the stepper: done (who, when), current, or ahead."""
    return [
        {
            "number": number,
            "act": act,
            "state": state,
            "department": DepartmentCode(TURN[state]),
            "done_at": getattr(claim, f"{stamp}_at"),
            "done_by_id": getattr(claim, f"{stamp}_by_id"),
            "is_current": claim.state == state,
        }
        for number, (state, act, stamp) in enumerate(STEPS, 1)
    ]


def money_of(claim: Claim) -> dict[str, Any]:
    """The figures on top of the record; `drafted` waits for an accountant."""
    drafted = claim.payouts.filter(payment__state=PaymentState.DRAFTED)
    return {
        "reserve": claim.reserve_total,
        "paid": claim.paid_total,
        "recovered": claim.recovered_total,
        "incurred": claim.incurred,
        "drafted": drafted.aggregate(sum=Sum("payment__amount"))["sum"] or ZERO,
    }
