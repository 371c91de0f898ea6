"""Bills and receipts: instalments become invoices, and invoices are paid once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounting import selectors, services
from accounting.enums import InvoiceState, PaymentState
from accounting.models import BillingAccount, Entry, Instalment, Invoice, Receipt
from office import clock, documents
from office.exceptions import Refused
from office.models import AuthorityLimit
from tests.accounting import scenes

pytestmark = pytest.mark.django_db
MONTHLY = {"code": "monthly", "down_payment": "0.20", "instalments": 11, "interval_months": 1}
START = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _november():
    with clock.travel(START):
        yield


@pytest.fixture
def alma():
    return scenes.accountant()


def _broken():
    return [i for i in selectors.invariants() if not i.ok]


def _credit(account):
    return BillingAccount.objects.get(pk=account.pk).credit


def test_paid_in_full_is_one_invoice_with_its_charges():
    """1,200.00 premium + 28.20 tax + 25.00 fees = 1,253.20."""
    account = scenes.billed()

    (invoice,) = Invoice.objects.all()
    assert (invoice.number, invoice.state) == ("INV-000001", InvoiceState.OPEN)
    assert (invoice.total, invoice.due_on) == (Decimal("1253.20"), date(2026, 11, 21))
    assert [(line.kind, line.amount) for line in invoice.lines.all()] == [
        ("premium", Decimal("1200.00")),
        ("tax", Decimal("28.20")),
        ("fee", Decimal("25.00")),
    ]
    assert account.dims == scenes.DIMS


def test_a_monthly_plan_bills_a_fifth_down_and_the_rest_in_eleven_parts():
    """Premium 1,200.00: 240.00 down, 960.00 / 11 = 87.27 with 3 cents over, one each to the first
    three; tax 28.20: 5.64 down, 22.56 / 11 = 2.05 with 1 cent over; fees 25.00 all at first."""
    scenes.billed(plan=MONTHLY)

    parts = list(Instalment.objects.order_by("sequence"))
    assert [p.due_on for p in parts[:3]] == [
        date(2026, 11, 21),
        date(2026, 12, 21),
        date(2027, 1, 21),
    ]
    assert [p.premium for p in parts] == [Decimal("240.00")] + [Decimal("87.28")] * 3 + [
        Decimal("87.27")
    ] * 8
    assert [p.tax for p in parts] == [Decimal("5.64"), Decimal("2.06")] + [Decimal("2.05")] * 10
    assert [p.fees for p in parts] == [Decimal("25.00")] + [Decimal("0.00")] * 11
    assert Invoice.objects.count() == 1  # the next is due in 30 days, and 20 are the horizon


def test_an_instalment_is_invoiced_twenty_days_before_it_is_due_and_once():
    scenes.billed(plan=MONTHLY | {"instalment_fee": "5.00"})

    assert scenes.invoices_of(date(2026, 11, 30)) == 0
    assert scenes.invoices_of(date(2026, 12, 1)) == 1
    assert scenes.invoices_of(date(2026, 12, 1)) == 0

    second = Invoice.objects.get(number="INV-000002")
    assert second.due_on == date(2026, 12, 21)
    assert second.total == Decimal("94.34")  # 87.28 + 2.06 + 5.00
    fee = Entry.objects.get(kind="fee")
    assert scenes.lines_of(fee) == [("1200", "5.00"), ("4200", "-5.00")]


def test_a_policy_whose_premium_is_not_posted_is_not_billed():
    with pytest.raises(Refused, match="premium of PA-2026-000009 is not posted"):
        services.bill_policy(
            policy_number="PA-2026-000009",
            customer=scenes.customer(),
            premium=Decimal("1.00"),
            tax=Decimal(0),
            fees=Decimal(0),
            pay_plan={},
            from_on=date(2026, 11, 21),
            to_on=date(2027, 11, 21),
            by=scenes.office(),
        )


def test_an_invoice_becomes_a_pdf_in_the_customers_language_once():
    scenes.billed(payer=scenes.customer(language="es"))
    scenes.do_outbox()

    invoice = Invoice.objects.get()
    assert invoice.document.language == "es"
    assert documents.open(invoice.document).read(5) == b"%PDF-"
    again = services.issue_invoice_document(invoice=invoice, by=scenes.office())
    assert again == invoice.document


def test_a_payment_in_full_pays_the_invoice_and_reaches_the_bank(alma, bank):
    scenes.billed()
    invoice = Invoice.objects.get()

    receipt = scenes.pay(invoice, "1253.20", alma)
    scenes.do_outbox()

    assert receipt.number == "RC-000001"
    assert Invoice.objects.get().state == InvoiceState.PAID
    assert Receipt.objects.get().captured_at == START
    assert list(bank.calls("capture").values()) == [1]
    assert selectors.account_balance("1000", clock.today()) == Decimal("1253.20")
    assert selectors.account_balance("1200", clock.today()) == Decimal("0.00")
    assert selectors.account_balance("2600", clock.today()) == Decimal("0.00")
    assert not _broken()


def test_less_than_is_owed_leaves_the_rest_open(alma):
    scenes.billed()

    scenes.pay(Invoice.objects.get(), "1000.00", alma)

    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.owed) == (InvoiceState.OPEN, Decimal("253.20"))
    scenes.pay(invoice, "253.20", alma)
    assert Invoice.objects.get().state == InvoiceState.PAID
    assert not _broken()


def test_more_than_is_owed_pays_the_next_invoice_and_then_stays_as_credit(alma):
    """First 270.64 (240.00 + 5.64 + 25.00), second 89.34 (87.28 + 2.06): 400.00 leaves 40.02."""
    account = scenes.billed(plan=MONTHLY)
    scenes.invoices_of(date(2026, 12, 1))
    first, second = Invoice.objects.order_by("pk")
    assert (first.total, second.total) == (Decimal("270.64"), Decimal("89.34"))

    receipt = scenes.pay(first, "400.00", alma)

    assert [i.state for i in Invoice.objects.order_by("pk")] == [InvoiceState.PAID] * 2
    assert (receipt.unapplied, _credit(account)) == (Decimal("40.02"), Decimal("40.02"))
    assert selectors.account_balance("2600", clock.today()) == Decimal("-40.02")
    assert not _broken()


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("40.02", "bank declined"),
        ("40.51", "not enough money"),
        ("40.54", "card has expired"),
        ("0.00", "more than nothing"),
        ("10.001", "at most two decimals"),
    ],
)
def test_what_cannot_be_paid_says_why_and_leaves_nothing(alma, amount, sentence):
    scenes.billed()

    with pytest.raises(Refused, match=sentence):
        scenes.pay(Invoice.objects.get(), amount, alma)

    assert not Receipt.objects.exists()
    assert Invoice.objects.get().paid == Decimal("0.00")


def test_a_paid_invoice_is_not_paid_again_and_the_hold_is_released(alma, bank):
    scenes.billed()
    invoice = Invoice.objects.get()
    scenes.pay(invoice, "1253.20", alma, key="first")

    with pytest.raises(Refused, match="INV-000001 is paid; there is nothing to pay"):
        scenes.pay(invoice, "1253.20", alma, key="second")  # a stale page: it was open there

    assert bank.calls("refund") == {"second": 1}
    assert Receipt.objects.count() == 1


def test_the_same_key_gives_the_same_receipt_and_another_amount_is_refused(alma):
    scenes.billed()
    invoice = Invoice.objects.get()

    first = scenes.pay(invoice, "100.00", alma, key="k")

    assert scenes.pay(invoice, "100.00", alma, key="k") == first
    with pytest.raises(Refused, match="sent before with other figures"):
        scenes.pay(invoice, "200.00", alma, key="k")
    assert Receipt.objects.count() == 1


def test_a_policyholder_pays_their_own_invoice_and_nobody_elses():
    mine = scenes.customer()
    scenes.billed(payer=mine)
    mine.login = scenes.person("policyholder", name="Elena Vargas", is_staff=False)
    mine.save()
    invoice = Invoice.objects.get()
    stranger = scenes.person("policyholder", name="Noor Haddad", is_staff=False)

    with pytest.raises(PermissionDenied):
        scenes.pay(invoice, "10.00", stranger)
    with pytest.raises(PermissionDenied, match="written down by the accountants"):
        scenes.pay(invoice, "10.00", mine.login, method="check")

    assert scenes.pay(invoice, "10.00", mine.login).amount == Decimal("10.00")
    assert list(Invoice.objects.for_user(mine.login)) == [invoice]
    assert not Invoice.objects.for_user(stranger).exists()


def test_a_check_is_written_down_without_the_provider(alma, bank):
    scenes.billed()

    receipt = scenes.pay(Invoice.objects.get(), "1253.20", alma, method="check")

    assert receipt.captured_at == START
    assert bank.calls("authorise") == {}


def test_a_capture_that_fails_opens_the_invoice_again(alma):
    scenes.billed()
    scenes.pay(Invoice.objects.get(), "40.91", alma)  # held, and gone when it is captured

    scenes.do_outbox()

    receipt = Receipt.objects.get()
    assert receipt.return_reason == "The bank no longer holds the money."
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.paid) == (InvoiceState.OPEN, Decimal("0.00"))
    assert selectors.account_balance("1000", clock.today()) == Decimal("0.00")
    assert selectors.account_balance("1200", clock.today()) == Decimal("1253.20")
    assert not _broken()


def test_a_check_that_bounces_is_returned_once(alma):
    scenes.billed()
    receipt = scenes.pay(Invoice.objects.get(), "1300.00", alma, method="check")

    returned = services.return_receipt(receipt=receipt, reason="No funds", by=alma)
    again = services.return_receipt(receipt=receipt, reason="No funds", by=alma)

    assert returned == again
    assert Entry.objects.filter(kind="reversal").count() == 2
    assert _credit(receipt.billing_account) == Decimal("0.00")
    assert not _broken()


def test_another_carriers_premium_is_trust_money():
    """Premium 1,200.00 at 12 %: commission 144.00; owed to the carrier 1,253.20 - 144.00."""
    account = scenes.billed(is_own=False)

    entry = Entry.objects.get(kind="premium_written")
    assert account.holds_trust_money
    assert scenes.lines_of(entry) == [
        ("1200", "1253.20"),
        ("2400", "-1109.20"),
        ("4300", "-144.00"),
    ]
    scenes.pay(Invoice.objects.get(), "1253.20", scenes.accountant())
    assert selectors.account_balance("1050", clock.today()) == Decimal("1253.20")
    assert selectors.account_balance("1000", clock.today()) == Decimal("0.00")


def test_our_own_premium_is_written_and_unearned():
    scenes.billed()

    assert scenes.lines_of(Entry.objects.get(kind="premium_written")) == [
        ("1200", "1253.20"),
        ("4000", "-1200.00"),
        ("2300", "-28.20"),
        ("4200", "-25.00"),
        ("4050", "1200.00"),
        ("2000", "-1200.00"),
        ("5200", "144.00"),
        ("2500", "-144.00"),
    ]


def test_credit_is_paid_back_and_never_more_than_there_is(alma, bank):
    payer = scenes.customer()
    account = scenes.billed(payer=payer)
    scenes.bank_account(payer)
    scenes.pay(Invoice.objects.get(), "1353.20", alma)  # 100.00 too much

    with (
        pytest.raises(Refused, match=r"is \$100\.00; no more can be paid back"),
        transaction.atomic(),
    ):
        services.draft_refund(account=account, amount=Decimal("100.01"), by=alma)
    refund = services.draft_refund(account=account, amount=Decimal("60.00"), by=alma)
    services.approve_payment(payment=refund, by=scenes.accountant(name="Bruno Kay"))
    scenes.do_outbox()

    assert _credit(account) == Decimal("40.00")
    assert bank.payouts() == [(refund.number, Decimal("60.00"))]
    assert selectors.account_balance("2600", clock.today()) == Decimal("-40.00")
    assert selectors.account_balance("2650", clock.today()) == Decimal("0.00")
    assert not _broken()


def test_a_cancelled_refund_is_credit_again(alma):
    account = scenes.billed()
    scenes.pay(Invoice.objects.get(), "1353.20", alma)
    refund = services.draft_refund(account=account, amount=Decimal("60.00"), by=alma)
    assert _credit(account) == Decimal("40.00")

    refund = services.cancel_payment(payment=refund, by=alma)

    assert refund.state == PaymentState.CANCELLED
    assert _credit(account) == Decimal("100.00")
    assert not _broken()


def test_a_refund_needs_the_authority_for_refunds(alma):
    payer = scenes.customer()
    account = scenes.billed(payer=payer)
    scenes.bank_account(payer)
    scenes.pay(Invoice.objects.get(), "1353.20", alma)
    refund = services.draft_refund(account=account, amount=Decimal("60.00"), by=alma)
    bruno = scenes.accountant(name="Bruno Kay")
    AuthorityLimit.objects.filter(user=bruno, kind="refund").delete()

    with pytest.raises(Refused, match="no authority for “Refund a premium”"):
        services.approve_payment(payment=refund, by=bruno)


def test_the_database_holds_an_invoice_to_its_state():
    scenes.billed()

    with (
        pytest.raises(IntegrityError, match="accounting_invoice_state_agrees_with_paid"),
        transaction.atomic(),
    ):
        Invoice.objects.update(state=InvoiceState.PAID)


def test_an_invoice_is_overdue_the_day_after_it_was_due():
    scenes.billed()
    due = date(2026, 11, 21)

    assert not Invoice.objects.overdue(on=due).exists()
    assert Invoice.objects.overdue(on=due + timedelta(days=1)).count() == 1
    assert Invoice.objects.owed() == Decimal("1253.20")
