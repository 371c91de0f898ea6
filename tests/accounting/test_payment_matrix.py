"""Every state of a payment × every act × every kind of person: who may do what, when (G2, G19)."""

import itertools
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounting import services
from accounting.enums import PaymentState
from accounting.models import Payment, PaymentEvent
from accounting.providers import PAYOUT_LOST
from office import clock, workflow
from office.exceptions import Refused
from office.models import User
from tests.accounting import scenes

pytestmark = pytest.mark.django_db
S = PaymentState
LEADS_TO = {
    "approve": {S.DRAFTED: S.APPROVED},
    "cancel": {S.DRAFTED: S.CANCELLED},
    "release": {S.APPROVED: S.DUE},
    "send": {S.DUE: S.SENDING},
    "doubt": {S.SENDING: S.UNKNOWN},
    "requeue": {S.UNKNOWN: S.DUE},
    "confirm": {S.SENDING: S.CONFIRMED, S.UNKNOWN: S.CONFIRMED},
    "bounce": {S.SENDING: S.RETURNED, S.UNKNOWN: S.RETURNED, S.CONFIRMED: S.RETURNED},
}
ACCOUNTANT, OFFICE, DRAFTER = "accountant", "office", "drafter"
ROLES = [ACCOUNTANT, OFFICE, DRAFTER, "claims_supervisor", "compliance", "agent", "policyholder"]
MAY = {
    "approve": {ACCOUNTANT},
    "cancel": {ACCOUNTANT, OFFICE, DRAFTER},
    **{act: {OFFICE} for act in ("release", "send", "doubt", "requeue", "confirm", "bounce")},
}


def payment_at(state):
    """A payment that walked to its state by the acts that lead there."""
    payment = scenes.drafted()
    office = scenes.office()
    if state == S.CANCELLED:
        return services.cancel_payment(payment=payment, by=scenes.accountant())
    if state == S.DRAFTED:
        return payment
    payment = services.approve_payment(payment=payment, by=scenes.accountant(name="Bruno Kay"))
    walks = {
        S.APPROVED: [],
        S.DUE: ["release"],
        S.SENDING: ["release", "send"],
        S.UNKNOWN: ["release", "send", "doubt"],
    }
    for act in walks.get(state, ["release", "send"]):
        payment = workflow.move(payment, act, by=office)
    if state in (S.CONFIRMED, S.RETURNED):
        payment = services.confirm_payment(payment=payment, by=office)
    if state == S.RETURNED:
        payment = services.bounce_payment(payment=payment, reason="closed", by=office)
    return payment


def _somebody(role, payment):
    if role == OFFICE:
        return User.objects.service()
    if role == DRAFTER:
        return User.objects.get(pk=payment.drafted_by_id)
    if role == ACCOUNTANT:
        return scenes.accountant()
    return scenes.person(role, is_staff=role != "policyholder")


def _try(payment, act, by):
    extra = {"bank_account": payment.bank_account} if act == "approve" else {}
    extra |= {"reason": "closed"} if act == "bounce" else {}
    try:
        with transaction.atomic():
            return workflow.move(payment, act, by=by, **extra).state
    except Refused:
        return "refused"
    except PermissionDenied:
        return "forbidden"


@pytest.mark.parametrize("state", S)
def test_every_act_by_everybody(state):
    payment = payment_at(state)
    people = {role: _somebody(role, payment) for role in ROLES}

    for act, role in itertools.product(LEADS_TO, ROLES):
        savepoint = transaction.savepoint()
        found = _try(payment, act, people[role])
        transaction.savepoint_rollback(savepoint)
        if state not in LEADS_TO[act]:
            expected = "refused"
        elif role not in MAY[act]:
            expected = "forbidden"
        else:
            expected = LEADS_TO[act][state]
        assert (act, role, found) == (act, role, expected)


@pytest.mark.parametrize("state", S)
def test_no_state_is_reached_but_by_a_declared_edge(state, as_owner):
    """All pairs minus the legal edges, by update() and by raw SQL as the owner: none passes."""
    payment = payment_at(state)
    legal = {edges[state] for edges in LEADS_TO.values() if state in edges} | {state}

    for target in set(S) - legal:
        with pytest.raises(IntegrityError, match="no way from"), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(state=target)
        with (
            as_owner(),
            pytest.raises(IntegrityError, match="no way from"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE accounting_payment SET state = %s WHERE id = %s", [target, payment.pk]
            )

    assert Payment.objects.get().state == state


def test_a_payment_is_not_born_approved():
    payment = scenes.drafted()
    copy = Payment.objects.get(pk=payment.pk)
    copy.pk, copy.number = None, "PM-2026-999999"
    copy.idempotency_key, copy.leased_until = uuid.uuid4(), timezone.now()
    copy.__dict__["state"] = S.APPROVED
    copy.approved_at, copy.approved_by = clock.now(), scenes.accountant()

    with pytest.raises(IntegrityError, match="no way from"), transaction.atomic():
        copy.save(force_insert=True)


def test_the_history_of_a_payment_cannot_be_rewritten(as_owner):
    payment = scenes.approved(amount=str(PAYOUT_LOST))

    with (
        as_owner(),
        pytest.raises(IntegrityError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounting_paymentevent SET note = 'never'")

    assert PaymentEvent.objects.filter(record=payment, note="").count() == 2
