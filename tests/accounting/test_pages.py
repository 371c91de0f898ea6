"""The pages of accounting: who sees them, what they say, how many queries they cost."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounting import services
from accounting.enums import InvoiceState, PaymentState
from accounting.models import Entry, Invoice, Payment, Period, Receipt
from tests.accounting import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def alma(settings, client):
    settings.DEMO = True
    user = scenes.accountant()
    client.force_login(user)
    return user


def _page(client, name, *args, **query):
    response = client.get(reverse(f"accounting:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


# What a list costs: session, user, roles and the rows; no more for three rows than for one.


@pytest.mark.parametrize("count", [1, 3])
def test_the_ledger_takes_four_queries(client, alma, django_assert_num_queries, count):
    for _ in range(count):
        scenes.entry(alma, "125.50")

    with django_assert_num_queries(4):
        page = _page(client, "ledger")

    assert page.count("Capital paid in") == count
    assert f"{125.5 * count:.2f}" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_invoices_take_four_queries(client, alma, django_assert_num_queries, count):
    for number in range(count):
        scenes.billed(policy_number=f"PA-2026-00000{number}")

    with django_assert_num_queries(4):
        page = _page(client, "invoices")

    assert page.count("Elena Vargas") == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_payments_take_four_queries(client, alma, django_assert_num_queries, count):
    for _ in range(count):
        scenes.drafted()

    with django_assert_num_queries(4):
        page = _page(client, "payments")

    assert page.count("CL-2026-000042") == count


@pytest.mark.parametrize("count", [1, 3])
def test_an_account_takes_seven_queries(client, alma, django_assert_num_queries, count):
    for _ in range(count):
        scenes.entry(alma, "10.00")

    with django_assert_num_queries(7):
        page = _page(client, "account", "1000")

    assert page.count("Journal entry") == count
    assert f"${10 * count}.00 debit" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_trial_balance_takes_six_queries(client, alma, django_assert_num_queries, count):
    for number in range(count):
        scenes.entry(alma, "10.00", booked_on=date(2026, number + 1, 1))

    with django_assert_num_queries(6):
        page = _page(client, "trial_balance")

    assert page.count(f"{10 * count}.00") == 4  # bank, capital, and the two totals


# What the pages say and do.


def test_an_entry_shows_its_lines_and_leads_to_its_source(client, alma):
    payment = scenes.approved()
    entry = Entry.objects.get(reference=payment.reference)

    page = _page(client, "entry", entry.number)

    assert "2100 Case reserve, loss" in page
    assert "2200 Claims payable" in page
    assert payment.get_absolute_url() in page
    assert client.get(reverse("accounting:entry", args=["JE-2019-000001"])).status_code == 404
    assert client.get(reverse("accounting:entry", args=["JE-2026-x"])).status_code == 404


def test_a_claims_number_finds_its_entries(client, alma):
    scenes.approved()
    scenes.entry(alma)

    page = _page(client, "ledger", q="cl-2026-000042")

    assert "Capital paid in" not in page
    assert page.count("CL-2026-000042") >= 2


def test_the_balance_of_an_earlier_day(client, alma):
    scenes.entry(alma, "10.00", booked_on=date(2026, 1, 31))
    scenes.entry(alma, "99.00", booked_on=date(2026, 2, 1))

    page = _page(client, "trial_balance", on="2026-01-31")

    assert "10.00" in page
    assert "109.00" not in page


@pytest.mark.parametrize("name", ["ledger", "trial_balance", "invoices", "payments"])
def test_every_list_is_exported(client, alma, name):
    scenes.billed()
    scenes.drafted()

    sheet = client.get(reverse(f"accounting:{name}"), {"format": "csv", "view": "all"})

    assert sheet.status_code == 200
    assert sheet["Content-Type"].startswith("text/csv")
    lines = b"".join(sheet.streaming_content).decode().splitlines()
    assert len(lines) >= 2


def test_a_month_is_closed_and_opened_by_another(client, alma):
    scenes.entry(alma, booked_on=date(2026, 10, 5))
    address = reverse("accounting:act_on_period", args=["2026-10", "close"])

    assert "Nothing can be booked into a closed month." in client.get(address).content.decode()
    client.post(address)
    assert Period.objects.get(code="2026-10").closed_by == alma

    again = client.post(reverse("accounting:act_on_period", args=["2026-10", "reopen"]))
    assert "Ask a colleague" in again.content.decode()
    client.force_login(scenes.accountant(name="Bruno Kay"))
    client.post(reverse("accounting:act_on_period", args=["2026-10", "reopen"]))
    assert Period.objects.get(code="2026-10").closed_by is None


def test_an_invoice_is_paid_from_its_page_and_a_double_click_is_one_payment(client, alma):
    scenes.billed()
    invoice = Invoice.objects.get()
    assert "Elena Vargas owes $1,253.20" in _page(client, "invoice", invoice.number)
    form = client.get(reverse("accounting:pay_invoice", args=[invoice.number])).context["form"]
    typed = {
        "amount": "1,253.20",
        "method": "card",
        "token": "tok_visa",
        "idempotency_key": str(form["idempotency_key"].value()),
    }

    for _ in range(2):
        answer = client.post(reverse("accounting:pay_invoice", args=[invoice.number]), typed)
        assert answer.status_code == 302

    receipt = Receipt.objects.get()
    assert Invoice.objects.get().state == InvoiceState.PAID
    page = _page(client, "invoice", invoice.number)
    assert "Elena Vargas owes nothing" in page
    assert receipt.number in page
    assert "$1,253.20 from Elena Vargas" in _page(client, "receipt", receipt.number)


def test_a_declined_card_says_so_next_to_the_amount_and_keeps_what_was_typed(client, alma):
    scenes.billed()
    invoice = Invoice.objects.get()

    page = client.post(
        reverse("accounting:pay_invoice", args=[invoice.number]),
        {"amount": "40.51", "method": "card", "idempotency_key": "k"},
    ).content.decode()

    assert "The account has not enough money." in page
    assert 'value="40.51"' in page


def test_credit_is_paid_back_from_the_invoice(client, alma):
    scenes.billed()
    invoice = Invoice.objects.get()
    scenes.pay(invoice, "1353.20", alma)

    client.post(reverse("accounting:refund_credit", args=[invoice.number]), {"amount": "100.00"})

    assert Payment.objects.get().amount == Decimal("100.00")


def test_a_returned_check_is_booked_from_the_receipt(client, alma):
    scenes.billed()
    receipt = scenes.pay(Invoice.objects.get(), "1253.20", alma, method="check")

    client.post(reverse("accounting:return_receipt", args=[receipt.number]), {"reason": "No funds"})

    assert "No funds" in _page(client, "receipt", receipt.number)
    assert Invoice.objects.get().state == InvoiceState.OPEN


def test_the_printed_invoice_is_downloaded(client, alma):
    scenes.billed()
    number = Invoice.objects.get().number
    assert client.get(reverse("accounting:invoice_document", args=[number])).status_code == 404

    scenes.do_outbox()

    answer = client.get(reverse("accounting:invoice_document", args=[number]))
    assert b"".join(answer.streaming_content)[:5] == b"%PDF-"


def test_a_payment_is_approved_from_its_page(client, alma):
    payment = scenes.drafted(amount="250.00")
    page = _page(client, "payment", payment.number)
    assert "$250.00 to Elena Vargas" in page
    assert "Approve" in page

    client.post(reverse("accounting:act_on_payment", args=[payment.number, "approve"]))

    assert Payment.objects.get().state == PaymentState.APPROVED
    page = _page(client, "payment", payment.number)
    assert Entry.objects.get(reference=payment.reference).number in page
    assert reverse("accounting:act_on_payment", args=[payment.number, "approve"]) not in page


def test_a_refused_approval_says_why(client, alma):
    payee = scenes.customer()
    payment = scenes.drafted(payee=payee, account=scenes.bank_account(payee, verified=False))

    page = client.post(reverse("accounting:act_on_payment", args=[payment.number, "approve"]))

    assert "Elena Vargas has no verified bank account." in page.content.decode()


@pytest.mark.parametrize("act", ["confirm", "send", "draft", "bounce"])
def test_what_the_bank_says_cannot_be_typed(client, alma, act):
    payment = scenes.drafted()

    address = reverse("accounting:act_on_payment", args=[payment.number, act])

    assert client.post(address).status_code == 404


@pytest.mark.parametrize("name", ["ledger", "trial_balance", "payments", "invoices"])
def test_who_has_no_grant_sees_nothing(client, settings, name):
    settings.DEMO = True
    client.force_login(scenes.person("adjuster"))

    assert client.get(reverse(f"accounting:{name}")).status_code == 403


def test_an_agent_sees_the_invoices_of_their_own_customers_only(client, settings):
    settings.DEMO = True
    scenes.billed()
    client.force_login(scenes.person("agent", name="Theo Marsh"))

    assert "Elena Vargas" not in _page(client, "invoices")
    number = Invoice.objects.get().number
    assert client.get(reverse("accounting:invoice", args=[number])).status_code == 404


def test_the_bank_tells_of_a_late_return_by_a_signed_webhook(client, bank):
    payment = services.send_payment(payment=scenes.approved(), by=scenes.office())
    body, signature = bank.late_return(key=str(payment.idempotency_key), reason="account closed")
    address = reverse("accounting:webhook", args=["dummy"])

    def tell(body, signature):
        return client.post(
            address, body, content_type="application/json", headers={"X-Signature": signature}
        ).status_code

    assert tell(body, "1,forged") == 403
    assert tell(body + b" ", signature) == 403
    assert Payment.objects.get().state == PaymentState.CONFIRMED
    assert tell(body, signature) == 204
    assert Payment.objects.get().state == PaymentState.RETURNED
    assert tell(body, signature) == 204  # told twice, written once
    assert Payment.objects.get().events.filter(kind="bounce").count() == 1


def test_an_old_webhook_is_not_believed(client, bank, monkeypatch):
    payment = services.send_payment(payment=scenes.approved(), by=scenes.office())
    body, signature = bank.late_return(key=str(payment.idempotency_key), reason="account closed")
    sent_at = int(signature.partition(",")[0])
    monkeypatch.setattr("accounting.providers.time.time", lambda: sent_at + 301)

    answer = client.post(
        reverse("accounting:webhook", args=["dummy"]),
        body,
        content_type="application/json",
        headers={"X-Signature": signature},
    )

    assert answer.status_code == 403
