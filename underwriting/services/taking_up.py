"""An offered renewal becomes the next term: accepted, or by the payment of its first instalment."""

from django.db import transaction

from accounting.models import Instalment, Invoice
from accounting.services import issue_invoice, pay_when_billed
from office import outbox, workflow
from office.models import User
from policies import services as policies
from underwriting import selectors
from underwriting.models import Renewal


@transaction.atomic
def accept_renewal(*, renewal: Renewal, by: User, pay_plan: str = "", note: str = "") -> Renewal:
    """Take the offer up: the next term is written at the price that was offered.

    Refused for a pay plan by which a term begins with its first payment.
    """
    plan = selectors.plan_of(renewal, pay_plan)
    facts = {"pay_plan": plan.code}
    renewal = workflow.move(renewal, "accept", by=by, note=note, facts=facts, plan=plan)
    _write_term(renewal, plan.code, by=by)
    return renewal


def pay_renewal(
    *,
    renewal: Renewal,
    pay_plan: str,
    method: str,
    token: str = "",
    idempotency_key: str,
    by: User,
    note: str = "",
) -> Renewal:
    """Take the offer up by paying its first instalment: term and receipt, or neither.

    What the account holds as credit pays first. Raises `Refused` with the provider's sentence
    when it declines; then nothing is renewed.
    """
    workflow.demand_open(renewal, "pay", by=by)
    plan = selectors.plan_of(renewal, pay_plan)
    amount = selectors.first_payment(renewal, plan)

    def take_up() -> Invoice:
        facts = {"pay_plan": plan.code, "amount": str(amount)}
        taken = workflow.move(renewal, "pay", by=by, note=note, facts=facts)
        _write_term(taken, plan.code, by=by)
        return _first_invoice(taken, by=by)

    if amount:
        pay_when_billed(
            bill=take_up,
            amount=amount,
            reference=renewal.number,
            method=method,
            token=token,
            idempotency_key=idempotency_key,
            by=by,
        )
    else:
        with transaction.atomic():
            take_up()
    return Renewal.objects.get(pk=renewal.pk)


def _write_term(renewal: Renewal, pay_plan: str, *, by: User) -> None:
    policies.renew_policy(
        policy=renewal.policy,
        sequence=renewal.sequence,
        version=renewal.version,
        risk=renewal.risk,
        coverages=renewal.coverages,
        pay_plan=pay_plan,
        agreed=renewal.total,
        by=by,
    )
    outbox.put("underwriting.order_surveys", policy_id=renewal.policy_id)


def _first_invoice(renewal: Renewal, *, by: User) -> Invoice:
    """The bill of the new term's first day, made now although its time may not have come."""
    own = Instalment.objects.filter(billing_account__policy_number=renewal.policy.number)
    invoice = issue_invoice(instalment=own.get(due_on=renewal.valid_from), by=by)
    assert invoice is not None, "The first instalment of a term is never nothing."
    return invoice
