"""Many at once: one receipt, one approval, no overdraft, and balances that stay right (G3, G6)."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounting import selectors, services
from accounting.enums import PaymentState
from accounting.models import BillingAccount, Entry, Invoice, Payment, PaymentEvent, Receipt
from office import clock
from office.exceptions import Refused
from office.models import User
from tests.accounting import scenes
from tests.figures import figure

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 50
ROUNDS = range(figure(20))


def at_once(act, times=THREADS):
    """Run `act(n)` in that many threads that start together; what each returned or was refused."""
    gate = threading.Barrier(times)

    def run(number):
        try:
            gate.wait(timeout=30)
            return act(number)
        except (Refused, PermissionDenied) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def _done(results):
    return [result for result in results if not isinstance(result, Exception)]


def _broken():
    return [i for i in selectors.invariants() if not i.ok]


@pytest.mark.parametrize("_round", ROUNDS)
def test_fifty_payments_of_one_invoice_are_one_receipt(_round, bank):
    scenes.billed()
    invoice = Invoice.objects.get()
    alma = scenes.accountant()

    results = at_once(lambda n: scenes.pay(invoice, "1253.20", alma, key=f"key-{n}"))

    (receipt,) = _done(results)
    assert Receipt.objects.get() == receipt
    assert Invoice.objects.get().paid == Decimal("1253.20")
    scenes.do_outbox()
    assert bank.calls("capture") == {receipt.idempotency_key: 1}
    released = set(bank.calls("refund"))
    assert set(bank.calls("authorise")) - released == {receipt.idempotency_key}
    assert not _broken()


def test_fifty_repeats_of_one_payment_are_one_receipt(bank):
    scenes.billed()
    invoice = Invoice.objects.get()
    alma = scenes.accountant()
    key = str(uuid.uuid4())

    results = at_once(lambda n: scenes.pay(invoice, "1253.20", alma, key=key))

    assert len(_done(results)) == THREADS
    assert Receipt.objects.count() == 1
    assert Entry.objects.filter(kind="receipt").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_fifty_approvals_of_one_payment_are_one(_round):
    payment = scenes.drafted()
    alma = scenes.accountant()

    results = at_once(lambda n: services.approve_payment(payment=payment, by=alma))

    (approved,) = _done(results)
    assert all("is “Approved” now" in str(r) for r in results if isinstance(r, Refused))
    assert Payment.objects.get().idempotency_key == approved.idempotency_key
    assert PaymentEvent.objects.filter(kind="approve").count() == 1
    assert Entry.objects.filter(reference=approved.reference).count() == 1
    assert not _broken()


def test_twenty_workers_with_one_payment_send_it_once(bank):
    payment = scenes.approved()
    office = User.objects.service()

    at_once(lambda n: services.send_payment(payment=payment, by=office), times=20)

    assert Payment.objects.get().state == PaymentState.CONFIRMED
    assert bank.calls("payout") == {str(payment.idempotency_key): 1}
    assert not _broken()


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_credit_of_ten_spends_is_spent_ten_times(_round):
    account = scenes.billed()
    alma = scenes.accountant()
    scenes.pay(Invoice.objects.get(), "1353.20", alma)  # 100.00 above what is owed

    results = at_once(
        lambda n: services.draft_refund(account=account, amount=Decimal("10.00"), by=alma)
    )

    assert len(_done(results)) == 10
    assert all("no more can be paid back" in str(r) for r in results if isinstance(r, Refused))
    assert BillingAccount.objects.get().credit == Decimal("0.00")
    assert Payment.objects.count() == 10
    assert not _broken()


def test_postings_from_many_threads_leave_the_balances_right():
    """16 threads × 25 entries of 1.00: the bank stands at 400.00, by lines and by balances."""
    alma = scenes.person("accountant", name="Alma Ortiz")

    at_once(lambda n: [scenes.entry(alma, "1.00") for _ in range(25)], times=16)

    assert selectors.account_balance("1000", clock.today()) == Decimal("400.00")
    assert not _broken()


def test_a_month_closed_while_others_post_takes_nothing_afterwards():
    alma = scenes.person("accountant", name="Alma Ortiz")
    today = clock.today()
    month = f"{today:%Y-%m}"
    scenes.entry(alma, "1.00")
    count_at_closing = []

    def act(number):
        if number == 0:
            services.close_period(code=month, by=alma)
            count_at_closing.append(Entry.objects.count())
        else:
            for _ in range(20):
                scenes.entry(alma, "1.00", booked_on=today)

    at_once(act, times=8)

    assert count_at_closing == [Entry.objects.count()]
    assert not _broken()
