"""Money leaves once (G3), even if the worker dies at the worst moment: done, and not yet known."""

import random

import pytest

from accounting.models import Payment
from accounting.services import approve_payment
from tests.accounting import scenes
from tests.figures import figure
from tests.proof import money
from tests.proof.office import invariants, running, until

pytestmark = pytest.mark.django_db(transaction=True)

PAYMENTS = figure(100)
KILLS_OF_CHILDREN = figure(20)
KILLS_OF_WORKERS = figure(6)
KILLS_OF_VALKEY = figure(3)
SEED = 20261121


def at_the_worst_moment(bank, payments, struck):
    """The bank has paid one of these since the last kill, and the office does not know it yet."""
    done = set(bank.sent(payments)) - struck
    return Payment.objects.filter(number__in=done, state="sending").exists()


def faults():
    found = (
        ["child"] * KILLS_OF_CHILDREN + ["worker"] * KILLS_OF_WORKERS + ["valkey"] * KILLS_OF_VALKEY
    )
    random.Random(SEED).shuffle(found)
    return found


def strike(office, fault):
    if fault == "child":
        until(lambda: office.kill_child("worker"), "a child of the worker is there to be killed")
    elif fault == "worker":
        office.kill("worker")
        office.start("worker")
    else:
        office.kill_valkey()
        office.start_valkey()


def test_every_payment_leaves_once_through_all_kills(office_environment):
    accountant = scenes.accountant(up_to="1000000.00")
    payments = money.drafted(PAYMENTS)

    with running(office_environment, DUMMY_BANK_MILLISECONDS="700") as office:
        bank = money.Bank(office.var)
        office.start("worker", "beat")
        waiting, struck = iter(payments), set()
        for fault in faults():
            for payment in (next(waiting, None), next(waiting, None)):
                if payment:
                    approve_payment(payment=payment, by=accountant)
            until(
                lambda: at_the_worst_moment(bank, payments, struck) or not under_way(),
                "a payment is sent",
            )
            struck.update(bank.sent(payments))
            strike(office, fault)
        for payment in waiting:
            approve_payment(payment=payment, by=accountant)
        until(lambda: money.unpaid() == 0, money.all_confirmed, seconds=60)
        sent, repeats = sorted(bank.sent(payments)), bank.repeats()
        proof = invariants(office.environment)

    assert sent == sorted(payment.number for payment in payments)
    assert repeats > 0
    assert proof.returncode == 0, proof.stdout + proof.stderr


def under_way():
    return Payment.objects.filter(state__in=["approved", "due", "sending", "unknown"]).exists()
