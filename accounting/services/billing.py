"""Bills: a policy's instalments, and the invoices made of them when their time comes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from accounting.enums import AccountCode, ChargeKind, EntryKind
from accounting.instalments import Instalment as Bill
from accounting.instalments import Plan, schedule
from accounting.models import BillingAccount, Instalment, Invoice, InvoiceLine, Line
from accounting.services.crediting import spend_credit
from accounting.services.locking import locked
from accounting.services.posting import post_fee
from customers.models import Customer
from office import clock, documents, money, outbox
from office.exceptions import Refused
from office.models import Document, User
from office.numbering import next_gapless

DAYS_AHEAD = 20  # an invoice goes out this long before it is due


def bill_policy(
    *,
    policy_number: str,
    customer: Customer,
    premium: Decimal,
    tax: Decimal,
    fees: Decimal,
    pay_plan: Mapping[str, Any],
    from_on: date,
    to_on: date,
    by: User,
) -> BillingAccount:
    """Spread a policy's charges over its pay plan, and invoice what is due by now.

    Call it after `post_premium_written` (whose codes it takes over) and late in the transaction:
    the invoice's number is held until the commit.
    """
    bills = schedule(
        premium=premium,
        tax=tax,
        fees=fees,
        plan=Plan.read(pay_plan),
        from_on=from_on,
        to_on=to_on,
    )
    with transaction.atomic(savepoint=False):
        account = BillingAccount.objects.create(
            policy_number=policy_number,
            customer=customer,
            pay_plan=dict(pay_plan),
            created_at=clock.now(),
            created_by=by,
            **_codes_of(policy_number),
        )
        invoice_what_is_due(account, write_instalments(account, bills), by=by)
    return account


def bill_renewal(
    *,
    policy_number: str,
    premium: Decimal,
    tax: Decimal,
    fees: Decimal,
    pay_plan: Mapping[str, Any],
    from_on: date,
    to_on: date,
    by: User,
) -> BillingAccount:
    """Bill a further term on the policy's own account: its instalments follow the earlier ones."""
    bills = schedule(
        premium=premium,
        tax=tax,
        fees=fees,
        plan=Plan.read(pay_plan),
        from_on=from_on,
        to_on=to_on,
    )
    with transaction.atomic(savepoint=False):
        found = BillingAccount.objects.filter(policy_number=policy_number)
        account = locked(BillingAccount, found.values_list("pk", flat=True)[0])
        account.pay_plan = dict(pay_plan)
        account.save(update_fields=["pay_plan"])
        last = account.instalments.aggregate(last=Max("sequence"))["last"] or 0
        written = write_instalments(account, bills, after=last)
        invoice_what_is_due(account, written, by=by)
    return account


def invoice_what_is_due(
    account: BillingAccount, instalments: Sequence[Instalment], *, by: User
) -> None:
    """Invoice those of the account's instalments whose time has come, under its lock."""
    horizon = _horizon(clock.today())
    for instalment in instalments:
        if instalment.due_on <= horizon and instalment.total:
            _issue_invoice(instalment, account, by)
    spend_credit(account, by=by)


def announce_due_invoices(*, on: date) -> int:
    """Put one message a due instalment; each is invoiced in a transaction of its own."""
    waiting = Instalment.objects.ahead().filter(due_on__lte=_horizon(on))
    ids = list(waiting.order_by("due_on", "pk").values_list("pk", flat=True))
    for pk in ids:
        outbox.put("accounting.issue_invoice", instalment_id=pk)
    return len(ids)


def issue_invoice(*, instalment: Instalment, by: User) -> Invoice | None:
    """The invoice of an instalment, made once; None where returned premium has emptied it.

    Under the lock of the account, so that nothing is spread anew meanwhile.
    """
    with transaction.atomic():
        account = locked(BillingAccount, instalment.billing_account_id)
        instalment = Instalment.objects.get(pk=instalment.pk)
        issued = Invoice.objects.filter(instalment=instalment).first()
        if issued or not instalment.total:
            return issued
        issued = _issue_invoice(instalment, account, by)
        spend_credit(account, by=by)
        return Invoice.objects.get(pk=issued.pk)


def issue_invoice_document(*, invoice: Invoice, by: User) -> Document:
    """The invoice as PDF in the customer's language, made once."""
    with transaction.atomic():
        invoice = locked(Invoice, invoice.pk)
        if invoice.document:
            return invoice.document
        language = invoice.customer.language
        with translation.override(language):
            invoice.document = documents.issue(
                template="invoice",
                data=_invoice_data(invoice, language),
                language=language,
                kind="invoice",
                title=_invoice_title(invoice),
                source=invoice.source,
                by=by,
            )
        invoice.save(update_fields=["document"])
    return invoice.document


def _codes_of(policy_number: str) -> dict[str, Any]:
    """The codes of the policy's premium, and whether the money belongs to another carrier."""
    legs = Line.objects.filter(
        entry__source=f"policy:{policy_number}", entry__kind=EntryKind.PREMIUM_WRITTEN
    )
    names = ("product", "line", "carrier", "jurisdiction")
    rows = list(legs.values("account_id", *names))
    if not rows:
        raise Refused(_("The premium of %(policy)s is not posted.") % {"policy": policy_number})
    codes = {name: rows[0][name] for name in names}
    in_trust = any(row["account_id"] == AccountCode.CARRIER_PAYABLE for row in rows)
    return codes | {"holds_trust_money": in_trust}


def as_bill(row: Instalment) -> Bill:
    """A stored instalment as the engine spreads it."""
    return Bill(row.due_on, row.premium, row.tax, row.fees, row.instalment_fee)


def write_instalments(
    account: BillingAccount, bills: Sequence[Bill], *, after: int = 0
) -> list[Instalment]:
    """Store bills as the account's instalments that follow number `after`."""
    return Instalment.objects.bulk_create(
        Instalment(
            billing_account=account,
            sequence=sequence,
            due_on=bill.due_on,
            premium=bill.premium,
            tax=bill.tax,
            fees=bill.fees,
            instalment_fee=bill.instalment_fee,
        )
        for sequence, bill in enumerate(bills, start=after + 1)
    )


def _horizon(on: date) -> date:
    return on + timedelta(days=DAYS_AHEAD)


def _issue_invoice(instalment: Instalment, account: BillingAccount, by: User) -> Invoice:
    """Charge the instalment fee, then take the number: the last thing that can wait."""
    today = clock.today()
    invoice = Invoice(
        billing_account=account,
        instalment=instalment,
        customer_id=account.customer_id,
        issued_on=today,
        due_on=max(instalment.due_on, today),
        currency=account.currency,
        total=instalment.total,
        created_at=clock.now(),
        created_by=by,
    )
    if instalment.instalment_fee:
        reference = f"instalment:{account.policy_number}/{instalment.sequence}"
        post_fee(account=account, amount=instalment.instalment_fee, reference=reference, by=by)
    invoice.number = next_gapless("invoice")
    invoice.save(force_insert=True)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, kind=kind, amount=amount)
        for kind, amount in instalment.charges
    )
    outbox.put("accounting.issue_invoice_document", invoice_id=invoice.pk)
    return invoice


def _invoice_data(invoice: Invoice, language: str) -> dict[str, Any]:
    """What templates/documents/invoice.typ prints: amounts and labels as ready text."""
    customer = invoice.customer
    address = customer.addresses.filter(is_current=True).first()
    town = f"{address.city}, {address.jurisdiction} {address.postal_code}" if address else ""
    return {
        "title": _invoice_title(invoice),
        "number": invoice.number,
        "policy": invoice.billing_account.policy_number,
        "customer": customer.display_name,
        "address": [address.street, town] if address else [],
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "charges": [
            [ChargeKind(line.kind).label, money.format(line.amount, invoice.currency, language)]
            for line in invoice.lines.all()
        ],
        "total": money.format(invoice.total, invoice.currency, language),
        "is_paid_in_part": invoice.paid > 0,
        "paid": money.format(invoice.paid, invoice.currency, language),
        "owed": money.format(invoice.total - invoice.paid, invoice.currency, language),
    }


def _invoice_title(invoice: Invoice) -> str:
    return _("Invoice %(number)s") % {"number": invoice.number}
