"""Invoices, payments and the ledger through the API."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounting.models import Entry, Invoice, Receipt
from office import clock
from tests import factories
from tests.accounting import scenes as money_scenes
from tests.api.callers import is_problem, program, session
from tests.claims import scenes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 18, 0, tzinfo=UTC)
LEDGER = ["ledger/entries/", "ledger/lines/", "ledger/accounts/", "ledger/trial-balance/"]


@pytest.fixture(autouse=True)
def noon(settings, tmp_path):
    settings.OFFICE_VAR = tmp_path  # the dummy bank keeps its calls there
    with clock.travel(NOW):
        yield


def holder_with_invoice():
    policy = scenes.policy_in_force()
    return scenes.with_login(policy.customer), Invoice.objects.order_by("due_on").first()


def test_a_policyholder_pays_their_invoice_once():
    holder, invoice = holder_with_invoice()
    caller = session(holder)
    body = {"amount": str(invoice.total), "method": "card", "token": "tok_visa"}

    first, again = (
        caller.post(f"invoices/{invoice.number}/pay/", body, key="pay-once") for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["invoice"]["state"] == "paid"
    assert first.json()["invoice"]["owed"] == "0.00"
    assert Receipt.objects.get().amount == invoice.total


def test_the_same_key_of_two_people_is_two_payments():
    holder, invoice = holder_with_invoice()
    body = {"amount": "1.00", "method": "card", "token": "tok_visa"}

    answers = [
        caller.post(f"invoices/{invoice.number}/pay/", body, key="the-same-key")
        for caller in (session(holder), program(scenes.accountant()))
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert Receipt.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"amount": "10.005"}, 400, "amount"),
        ({"amount": "0.00"}, 409, "amount"),
        ({"amount": "ten"}, 400, "amount"),
        ({"method": "cowrie"}, 400, "method"),
        ({"method": "check"}, 400, "method"),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused(change, status, field):
    holder, invoice = holder_with_invoice()
    body = {"amount": "10.00", "method": "card", "token": "tok_visa"} | change

    answer = session(holder).post(f"invoices/{invoice.number}/pay/", body)

    assert is_problem(answer, status)
    assert list(answer.json()["errors"]) == [field]
    assert not Receipt.objects.exists()


def test_somebody_elses_invoice_is_none():
    _holder, invoice = holder_with_invoice()
    neighbour = session(scenes.with_login(scenes.customer("Boris Quill")))

    assert is_problem(neighbour.get(f"invoices/{invoice.number}/"), 404)
    assert is_problem(neighbour.post(f"invoices/{invoice.number}/pay/", {}), 404)
    assert neighbour.get("invoices/").json()["results"] == []


def test_the_trial_balance_is_that_of_the_books():
    """A policy is written: what is receivable equals premium, tax and fees."""
    holder_with_invoice()

    rows = program(scenes.accountant()).get("ledger/trial-balance/").json()["rows"]

    debits = sum(Decimal(row["debit"] or 0) for row in rows)
    credits = sum(Decimal(row["credit"] or 0) for row in rows)
    assert debits == credits > 0


def test_an_entry_shows_its_lines():
    holder_with_invoice()
    entry = Entry.objects.first()
    caller = program(scenes.accountant())

    body = caller.get(f"ledger/entries/{entry.number}/").json()
    rows = caller.get("ledger/lines/", entry=entry.number).json()["results"]

    assert sum(Decimal(line["amount"]) for line in body["lines"]) == 0
    assert sorted(map(str, rows)) == sorted(map(str, body["lines"]))
    assert len(rows) == entry.lines.count()


@pytest.mark.parametrize("path", LEDGER)
def test_the_ledger_is_for_those_who_keep_or_check_it(path):
    holder, _invoice = holder_with_invoice()
    seen = {
        "accountant": program(scenes.accountant()).get(path).status_code,
        "compliance": program(factories.person("compliance")).get(path).status_code,
        "handler": program(scenes.handler()).get(path).status_code,
        "policyholder": session(holder).get(path).status_code,
    }

    assert seen == {"accountant": 200, "compliance": 200, "handler": 403, "policyholder": 403}


def test_payments_are_seen_by_accountants_and_their_payee():
    payment = money_scenes.drafted(amount="250.00")
    neighbour = session(scenes.with_login(scenes.customer("Boris Quill")))

    for caller in (program(scenes.accountant()), session(scenes.with_login(payment.payee))):
        rows = caller.get("payments/").json()["results"]
        assert [(row["number"], row["amount"]) for row in rows] == [(payment.number, "250.00")]
        assert caller.get(f"payments/{payment.number}/").json()["bank_account"] == "•••• 6789"
    assert neighbour.get("payments/").json()["results"] == []
    assert is_problem(neighbour.get(f"payments/{payment.number}/"), 404)
