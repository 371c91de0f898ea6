"""A repeated call has one effect (G7), also when the web worker was killed in the middle of it."""

import contextlib
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from http.client import HTTPException

import pytest

from accounting.models import Invoice, Receipt
from office.keys import make_key
from office.models import IdempotencyKey
from tests.accounting import scenes
from tests.figures import figure
from tests.proof.money import Bank
from tests.proof.office import invariants, running, until

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = figure(20)
SEED = 20261121
# The web server gives up when a worker dies within 5.5 s of its start: that would be a crash loop.
A_LIFE = 6


def test_a_call_killed_midway_and_repeated_has_one_effect(office_environment):
    moments = random.Random(SEED)
    scenes.billed()
    number = Invoice.objects.get().number
    _row, secret = make_key(
        user=scenes.accountant(), name="Till", scopes=["invoices:read", "invoices:write"]
    )

    with running(office_environment, DUMMY_BANK_MILLISECONDS="300") as office:
        bank = Bank(office.var)
        office.start("web")

        def pay(key):
            headers = {
                "Authorization": f"Bearer {secret}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            }
            body = json.dumps({"amount": "10.00", "method": "card", "token": "tok_visa"})
            with contextlib.suppress(OSError, HTTPException):
                return office.ask("POST", f"/api/invoices/{number}/pay/", body, headers)
            return 0, "nobody answered"

        for n in range(KILLS):
            key = f"killed-midway-{n}"
            time.sleep(A_LIFE if n else 0)
            with ThreadPoolExecutor(1) as caller:
                first = caller.submit(pay, key)
                until(lambda n=n: len(bank.book.calls("authorise")) > n, "the bank is called")
                time.sleep(moments.uniform(0, 0.4))
                office.kill_child("web")
                first.result()
            until(lambda key=key: pay(key)[0] == 201, "the repetition is answered")
        again = [pay(f"killed-midway-{n}") for n in range(KILLS)]
        authorised = bank.book.calls("authorise")
        proof = invariants(office.environment)

    assert [status for status, _body in again] == [201] * KILLS
    receipts = Receipt.objects.values_list("number", "amount")
    assert sorted(receipts) == sorted(
        (json.loads(body)["number"], Decimal("10.00")) for _status, body in again
    )
    assert len(authorised) == KILLS
    assert IdempotencyKey.objects.count() == KILLS
    assert proof.returncode == 0, proof.stdout + proof.stderr
