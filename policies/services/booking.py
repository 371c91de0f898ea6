"""What transactions of a term mean for the books: premium posted, bills written or spread anew."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounting.services import Way, bill_policy, bill_renewal, post_premium_written, rebill_policy
from office import money
from office.models import User
from policies import catalogue, selectors
from policies.models import Term, TermTransaction


def bill_term(written: TermTransaction, *, pay_plan: str, by: User) -> None:
    """Post the first transaction of a term and bill it by a pay plan of its product.

    The first term opens the policy's billing account; later ones are billed on it.
    """
    term, policy = written.term, written.term.policy
    plan = selectors.product_definition(term.version).pay_plan(pay_plan)
    post_changes([written], by=by)
    terms_of_bill: dict[str, Any] = {
        "policy_number": policy.number,
        "premium": written.premium,
        "tax": written.tax,
        "fees": written.fees,
        "pay_plan": _plan_as_json(plan),
        "from_on": term.valid_from,
        "to_on": term.valid_to,
        "by": by,
    }
    if term.sequence == 1:
        bill_policy(customer=policy.customer, **terms_of_bill)
    else:
        bill_renewal(**terms_of_bill)


def book_changes(
    changes: Sequence[TermTransaction], *, by: User, memo: str, way: Way = Way.SPREAD
) -> None:
    """Post and bill what transactions of one act have changed, up or down, in one posting."""
    term = changes[-1].term
    premium, fees, tax = sums_of(changes)
    if not (premium or fees or tax):
        return
    post_changes(changes, by=by, memo=memo)
    rebill_policy(
        policy_number=term.policy.number,
        premium=premium,
        tax=tax,
        fees=fees,
        from_on=term.valid_from,
        to_on=term.valid_to,
        memo=memo,
        by=by,
        way=way,
    )


def post_changes(changes: Sequence[TermTransaction], *, by: User, memo: str = "") -> None:
    """Post the premium, tax and fees of transactions of one term; the term is as after them."""
    term, policy = changes[-1].term, changes[-1].term.policy
    product, definition = policy.product, selectors.product_definition(term.version)
    premium, fees, tax = sums_of(changes)
    post_premium_written(
        policy_number=policy.number,
        premium=premium,
        tax=tax,
        fees=fees,
        carrier_code=product.carrier_id,
        is_own=definition.carrier_is_own,
        commission_rate=_commission_rate(definition, term),
        product=product.code,
        line=product.line,
        jurisdiction=policy.jurisdiction,
        by=by,
        memo=memo,
        written_before=term.written - premium,
    )


def sums_of(changes: Sequence[TermTransaction]) -> tuple[Decimal, Decimal, Decimal]:
    """Premium, fees and tax of transactions together."""
    return (
        sum((change.premium for change in changes), money.ZERO),
        sum((change.fees for change in changes), money.ZERO),
        sum((change.tax for change in changes), money.ZERO),
    )


def _commission_rate(definition: catalogue.ProductDefinition, term: Term) -> Decimal:
    if definition.commission is None:
        return Decimal(0)
    return definition.commission.new if term.sequence == 1 else definition.commission.renewal


def _plan_as_json(plan: catalogue.PayPlan) -> dict[str, Any]:
    """The plan as the billing account keeps it: amounts as text, since JSON has only doubles."""
    return {
        "code": plan.code,
        "down_payment": str(plan.down_payment),
        "instalments": plan.instalments,
        "interval_months": plan.interval_months,
        "instalment_fee": str(plan.instalment_fee),
    }
