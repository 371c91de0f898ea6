"""Accepted work is never lost and never done twice (G4), whatever dies after the commit."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone

from accounting.models import Payment
from office.models import InboxReceipt, OutboxMessage
from tests.accounting import scenes
from tests.figures import figure
from tests.proof import money
from tests.proof.office import ROOT, invariants, running, until

pytestmark = pytest.mark.django_db(transaction=True)

COMMITS = figure(500)
SECONDS_WITHOUT_BROKER = figure(60)
CRASHES = figure(20)
DIES_BETWEEN_COMMIT_AND_DOORBELL = """
import os, signal, sys
import django
django.setup()
from accounting.models import Payment
from accounting.services import approve_payment
from office import outbox
from office.models import User
outbox.ring = lambda: os.kill(os.getpid(), signal.SIGKILL)
approve_payment(
    payment=Payment.objects.get(number=sys.argv[1]), by=User.objects.get(email=sys.argv[2])
)
"""


def approve_by_browser(office, cookies, payments):
    """Approve each in the web process; the status of every answer."""
    headers = {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": f"127.0.0.1:{office.port}",
    }
    body = f"csrfmiddlewaretoken={money.SECRET}&pay_on=&note="

    def approve(payment):
        address = f"/accounting/payments/{payment.number}/approve/"
        return office.ask("POST", address, body, headers)[0]

    with ThreadPoolExecutor(4) as browsers:
        return list(browsers.map(approve, payments))


def approve_and_die(office, payments, by):
    for payment in payments:
        died = subprocess.run(
            [sys.executable, "-c", DIES_BETWEEN_COMMIT_AND_DOORBELL, payment.number, by.email],
            cwd=ROOT,
            env=office.environment,
            timeout=120,
            check=False,
        )
        assert died.returncode == -9


def all_paid_an_hour_later():
    """The sweeper gives a published message a minute and more; the test does not wait for it."""
    waiting = OutboxMessage.objects.filter(done_at=None).exclude(published_at=None)
    waiting.update(published_at=timezone.now() - timedelta(hours=1))
    return money.unpaid() == 0


def test_work_is_done_once_though_the_broker_dies_forgets_and_callers_crash(office_environment):
    accountant = scenes.accountant(up_to="1000000.00")
    payments = money.drafted(COMMITS + CRASHES)
    crashing, ordinary = payments[:CRASHES], payments[CRASHES:]
    third = COMMITS // 3

    with running(office_environment, DUMMY_BANK_MILLISECONDS="20") as office:
        bank = money.Bank(office.var)
        office.start("web", "worker", "beat")
        cookies = money.cookies_of(accountant)
        statuses = approve_by_browser(office, cookies, ordinary[:third])

        office.kill_valkey()
        down_since = timezone.now()
        statuses += approve_by_browser(office, cookies, ordinary[third : 2 * third])
        approve_and_die(office, crashing, accountant)
        without = timedelta(seconds=SECONDS_WITHOUT_BROKER)
        until(lambda: timezone.now() - down_since > without, "the broker was away long enough")
        assert money.unpaid() > 0
        office.start_valkey()

        rest = iter(ordinary[2 * third :])
        statuses += approve_by_browser(office, cookies, [next(rest)])
        office.queue.flushall()
        statuses += approve_by_browser(office, cookies, rest)
        office.queue.flushall()
        assert not Payment.objects.filter(state="drafted").exists()
        until(all_paid_an_hour_later, money.all_confirmed, pause=2)
        sent = sorted(bank.sent(payments))
        proof = invariants(office.environment)

    assert statuses == [302] * COMMITS
    assert sent == sorted(payment.number for payment in payments)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    sends = OutboxMessage.objects.filter(task="accounting.send_payment")
    assert sends.filter(done_at=None).count() == 0
    assert InboxReceipt.objects.filter(message_id__in=sends.values("pk")).count() == len(payments)
    assert Payment.objects.filter(state="confirmed").count() == len(payments)
