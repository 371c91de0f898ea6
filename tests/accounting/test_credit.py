"""Credit of an account: it meets the open invoices by itself, and no cent of it is lost.

The bill of `scenes.billed()`: premium 1,200.00, tax 28.20, fees 25.00, in twelve parts of which
the first is 270.64 and the second 89.34 (87.28 + 2.06).
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from random import Random

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting import selectors, services
from accounting.enums import InvoiceState
from accounting.models import Allocation, BillingAccount, CreditNote, Invoice, Payment, Receipt
from office import clock
from office.exceptions import Refused
from tests import factories
from tests.accounting import scenes
from tests.figures import figure

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


def broken():
    return [one for one in selectors.invariants() if not one.ok]


def credit():
    return BillingAccount.objects.get().credit


def overpaid(by, by_how_much="100.00"):
    """The first invoice is paid with too much; nothing else is invoiced yet."""
    scenes.billed(plan=MONTHLY)
    first = Invoice.objects.get()
    return scenes.pay(first, str(first.total + D(by_how_much)), by)


def test_credit_pays_the_next_invoice_as_it_is_made(alma):
    receipt = overpaid(alma)

    scenes.invoices_of(date(2026, 12, 1))

    second = Invoice.objects.get(number="INV-000002")
    assert (second.state, second.paid) == (InvoiceState.PAID, D("89.34"))
    assert credit() == D("10.66")  # 100.00 - 89.34
    assert second.allocations.get().receipt == receipt
    assert selectors.account_balance("2600", clock.today()) == D("-10.66")
    assert not broken()


def test_what_is_left_pays_a_part_of_the_one_after(alma):
    overpaid(alma)

    scenes.invoices_of(date(2026, 12, 1))
    scenes.invoices_of(date(2027, 1, 1))

    third = Invoice.objects.get(number="INV-000003")
    # 87.28 + 2.05 = 89.33, of which 10.66 is paid.
    assert (third.state, third.owed) == (InvoiceState.OPEN, D("78.67"))
    assert credit() == 0
    assert not broken()


def test_returned_premium_is_spent_after_the_older_money(alma):
    overpaid(alma, "50.00")
    # 960.00 premium and 22.56 tax lie ahead: all of it goes back, and 100.00 more is credit.
    with clock.travel(START + timedelta(days=1)):
        scenes.rebilled("-1082.56")
        note = CreditNote.objects.get()
        assert (note.amount, credit()) == (D("100.00"), D("150.00"))

        scenes.rebilled("120.00", before="117.44")

    second = Invoice.objects.get(number="INV-000002")
    assert [
        (str(one.receipt or one.credit_note), one.amount) for one in second.allocations.all()
    ] == [
        ("RC-000001", D("50.00")),
        (str(note), D("70.00")),
    ]
    assert (second.state, credit()) == (InvoiceState.PAID, D("30.00"))
    assert not broken()


def test_a_receipt_that_is_returned_opens_what_its_credit_paid(alma):
    receipt = overpaid(alma)
    scenes.invoices_of(date(2026, 12, 1))

    services.return_receipt(receipt=receipt, reason="Bounced.", by=alma)

    assert [one.paid for one in Invoice.objects.all()] == [0, 0]
    assert credit() == 0
    assert selectors.account_balance("2600", clock.today()) == 0
    assert not broken()


def test_a_receipt_whose_credit_was_paid_out_is_not_returned(alma):
    receipt = overpaid(alma)
    scenes.bank_account(receipt.customer)
    services.draft_refund(account=receipt.billing_account, amount=D("60.00"), by=alma)

    with pytest.raises(Refused, match="paid out already"), transaction.atomic():
        services.return_receipt(receipt=receipt, reason="Bounced.", by=alma)

    assert not broken()


def test_a_refund_that_is_called_off_pays_what_was_invoiced_meanwhile(alma):
    receipt = overpaid(alma)
    refund = services.draft_refund(account=receipt.billing_account, amount=D("100.00"), by=alma)
    scenes.invoices_of(date(2026, 12, 1))
    assert Invoice.objects.get(number="INV-000002").paid == 0

    services.cancel_payment(payment=refund, by=alma)

    assert Invoice.objects.get(number="INV-000002").state == InvoiceState.PAID
    assert credit() == D("10.66")
    assert not broken()


def test_the_invoice_says_what_credit_is_left_and_what_it_paid(client, settings, alma):
    settings.DEMO = True
    overpaid(alma)
    scenes.invoices_of(date(2026, 12, 1))
    client.force_login(alma)

    page = client.get("/accounting/invoices/INV-000002/").content.decode()

    assert "RC-000001" in page
    assert "$10.66" in page
    assert "Credit pays the next invoices by itself" in page


def test_policyholders_see_their_credit_and_what_it_paid():
    payer = factories.customer(login=True)
    scenes.billed(plan=MONTHLY, payer=payer)
    scenes.rebilled("-1082.56")
    assert credit() == 0  # 100.00 has paid a part of the first, 270.64
    page = factories.signed_in(payer.login).get("/portal/billing/INV-000001/").content.decode()
    assert "Paid from your credit" in page
    assert "$100.00" in page

    scenes.rebilled("-117.44", before="117.44")
    scenes.pay(Invoice.objects.get(), "100.00", scenes.accountant())

    # 270.64 - 100.00 - 117.44 = 53.20 was owed: 46.80 is left.
    assert (
        "You have $46.80 of credit."
        in factories.signed_in(payer.login).get("/portal/billing/").content.decode()
    )


# Random books


class Office:
    """One account, to which random things happen."""

    def __init__(self, random):
        self.random, self.alma = random, scenes.accountant()
        self.account = scenes.billed(plan=random.choice([MONTHLY, {}]), payer=scenes.customer())
        self.today, self.premium = START, D("1200.00")

    def cents(self, most):
        return D(self.random.randint(1, most)).scaleb(-2)

    def change(self):
        amount = self.cents(60_000) * self.random.choice([1, -1, -1])
        amount = max(amount, -self.premium)
        if amount:
            scenes.rebilled(str(amount), account=self.account, before=str(self.premium))
            self.premium += amount

    def pay(self):
        invoice = Invoice.objects.open().first()
        if invoice:
            amount = invoice.owed + self.cents(30_000) * self.random.choice([0, 1])
            scenes.pay(invoice, str(amount), self.alma, method="check")

    def bounce(self):
        kept = list(Receipt.objects.filter(returned_at=None).order_by("pk"))
        if kept:
            receipt = self.random.choice(kept)
            services.return_receipt(receipt=receipt, reason="Bounced.", by=self.alma)

    def refund(self):
        if credit():
            amount = min(credit(), self.cents(20_000))
            services.draft_refund(account=self.account, amount=amount, by=self.alma)

    def call_off(self):
        refund = Payment.objects.filter(state="drafted").first()
        if refund:
            services.cancel_payment(payment=refund, by=self.alma)

    def wait(self):
        self.today += timedelta(days=self.random.randint(5, 60))

    def step(self):
        act = self.random.choice(
            [
                self.change,
                self.change,
                self.pay,
                self.pay,
                self.bounce,
                self.refund,
                self.call_off,
                self.wait,
            ]
        )
        with clock.travel(self.today):
            try:
                with transaction.atomic():
                    act()
            except Refused:
                pass
            for instalment in selectors.instalments_ahead(self.account.policy_number):
                if instalment.due_on <= clock.today() + timedelta(days=20):
                    services.issue_invoice(instalment=instalment, by=scenes.office())


@settings(max_examples=figure(50), deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_cent_is_lost_whatever_is_billed_paid_bounced_and_paid_back(seed):
    with transaction.atomic():
        office = Office(Random(seed))
        for _step in range(10):
            office.step()
            assert not broken()
            assert not (credit() and Invoice.objects.open().exists())
        assert_every_cent_is_somewhere()
        transaction.set_rollback(True)


def assert_every_cent_is_somewhere():
    """What came in and what went back to the customer is on an invoice, credit, or paid out."""
    received = sum((r.amount for r in Receipt.objects.filter(returned_at=None)), D(0))
    returned = sum((n.amount for n in CreditNote.objects.all()), D(0))
    refunds = sum((p.amount for p in Payment.objects.exclude(state="cancelled")), D(0))
    taken = sum((a.amount for a in Allocation.objects.all()), D(0))
    assert received + returned == taken + credit() + refunds
