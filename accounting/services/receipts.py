"""Money that comes in: held first, written down under a lock, captured after the commit.

A worker that dies before the commit leaves a hold that lapses; after it, the outbox captures.
So no customer is charged for what the office does not know, and none is charged twice.
"""

from collections.abc import Callable
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounting.enums import ONLINE_METHODS, InvoiceState, PaymentMethod
from accounting.models import BillingAccount, Entry, Invoice, Receipt
from accounting.providers import Declined, provider
from accounting.rules import may_return_receipt, may_take_payment, may_write_down_receipt
from accounting.services.crediting import (
    allocate,
    left_of,
    pay_invoices,
    shares_of,
    spend_credit,
)
from accounting.services.ledger import reverse_entry
from accounting.services.locking import locked
from accounting.services.posting import post_allocation, post_receipt
from office import clock, money, outbox
from office.exceptions import Refused
from office.models import User
from office.numbering import next_gapless


def pay_invoice(
    *,
    invoice: Invoice,
    amount: Decimal,
    method: str,
    token: str = "",
    idempotency_key: str,
    by: User,
) -> Receipt:
    """Take a payment for an invoice. The same key again gives the same receipt.

    Less than is owed leaves the invoice open; more pays the account's other open invoices, the
    earliest due first, and stays on the account as credit.
    Raises `Refused` with the provider's sentence when it declines.
    """
    key, amount = str(idempotency_key), money.exact(amount)
    if not may_take_payment(invoice, by):
        raise PermissionDenied(_("Only the customer and the accountants pay this invoice."))
    if earlier := _receipt_of(key, invoice, amount):
        return earlier
    _demand_payable(invoice, amount)
    if method not in ONLINE_METHODS:
        if not may_write_down_receipt(by):
            raise PermissionDenied(_("A check or transfer is written down by the accountants."))
        return _take(invoice, amount, method, key, by)
    _hold(amount, invoice.currency, token, key, reference=invoice.number)
    try:
        return _take(invoice, amount, method, key, by)
    except Refused:
        provider().refund(key=key)
        raise


def pay_when_billed(
    *,
    bill: Callable[[], Invoice],
    amount: Decimal,
    reference: str,
    method: str,
    token: str = "",
    idempotency_key: str,
    currency: str = "USD",
    by: User,
) -> Receipt:
    """Take a payment for an invoice that `bill` makes, in one transaction: both or neither.

    reference: what is paid for, as the provider is told before the invoice has a number.
    Who pays must be allowed to pay that invoice; who may have it made, `bill` decides.
    """
    key, amount = str(idempotency_key), money.exact(amount)
    is_online = method in ONLINE_METHODS
    if not is_online and not may_write_down_receipt(by):
        raise PermissionDenied(_("A check or transfer is written down by the accountants."))
    if is_online:
        _hold(amount, currency, token, key, reference=reference)
    try:
        with transaction.atomic():
            invoice = bill()
            if not may_take_payment(invoice, by):
                raise PermissionDenied(_("Only the customer and the accountants pay this invoice."))
            return _take(invoice, amount, method, key, by)
    except (Refused, PermissionDenied):
        if is_online and not Receipt.objects.filter(idempotency_key=key).exists():
            provider().refund(key=key)
        raise


def capture_receipt(*, receipt: Receipt, by: User) -> Receipt:
    """Take the held money. A hold that is gone makes the receipt a returned one."""
    if receipt.captured_at or receipt.returned_at:
        return receipt
    try:
        provider().capture(key=receipt.idempotency_key)
    except Declined as declined:
        return return_receipt(receipt=receipt, reason=str(declined), by=by)
    captured = Receipt.objects.filter(pk=receipt.pk, captured_at=None)
    captured.update(captured_at=clock.now(), captured_by=by)
    return Receipt.objects.get(pk=receipt.pk)


def return_receipt(*, receipt: Receipt, reason: str, by: User) -> Receipt:
    """The money went back: what the receipt paid is owed again."""
    if not may_return_receipt(receipt, by):
        raise PermissionDenied(_("Booking a returned payment is not among your duties."))
    with transaction.atomic():
        account = locked(BillingAccount, receipt.billing_account_id)
        receipt = Receipt.objects.get(pk=receipt.pk)
        if receipt.returned_at:
            return receipt
        left = left_of(receipt)
        if account.credit < left:
            raise Refused(_("The credit of this receipt has been paid out already."))
        _take_back(receipt, by)
        account.credit -= left
        account.save(update_fields=["credit"])
        receipt.returned_at, receipt.returned_by = clock.now(), by
        receipt.return_reason, receipt.unapplied = reason[:200], money.ZERO
        receipt.save()
        spend_credit(account, by=by)
    return receipt


def _receipt_of(key: str, invoice: Invoice, amount: Decimal) -> Receipt | None:
    receipt = Receipt.objects.filter(idempotency_key=key).first()
    if receipt and (receipt.billing_account_id, receipt.amount) != (
        invoice.billing_account_id,
        amount,
    ):
        raise Refused(_("This payment was sent before with other figures. Start it again."))
    return receipt


def _demand_payable(invoice: Invoice, amount: Decimal) -> None:
    if amount <= 0:
        raise Refused(_("Pay more than nothing."), field="amount")
    if invoice.state != InvoiceState.OPEN:
        raise Refused(
            _("Invoice %(number)s is %(state)s; there is nothing to pay.")
            % {"number": invoice.number, "state": invoice.get_state_display().lower()}
        )


def _hold(amount: Decimal, currency: str, token: str, key: str, *, reference: str) -> None:
    try:
        provider().authorise(
            key=key, amount=amount, currency=currency, token=token, reference=reference
        )
    except Declined as declined:
        raise Refused(str(declined), field="amount") from declined


def _take(invoice: Invoice, amount: Decimal, method: str, key: str, by: User) -> Receipt:
    """Under the lock of the billing account: look again, then write everything, number last."""
    with transaction.atomic():
        account = locked(BillingAccount, invoice.billing_account_id)
        if earlier := _receipt_of(key, invoice, amount):
            return earlier
        invoice = Invoice.objects.get(pk=invoice.pk)
        _demand_payable(invoice, amount)
        shares = shares_of(account, amount, first=invoice)
        taken = sum((share for _invoice, share in shares), money.ZERO)
        pay_invoices(shares)
        account.credit += amount - taken
        account.save(update_fields=["credit"])
        receipt = _new_receipt(account, amount, amount - taken, method, key, by)
        allocate(receipt, shares, by=by)
        post_receipt(receipt=receipt, by=by)
        post_allocation(paid_by=receipt, amount=taken, by=by)
    return receipt


def _new_receipt(
    account: BillingAccount, amount: Decimal, unapplied: Decimal, method: str, key: str, by: User
) -> Receipt:
    at = clock.now()
    online = method in ONLINE_METHODS
    receipt = Receipt.objects.create(
        number=next_gapless("receipt"),
        billing_account=account,
        customer_id=account.customer_id,
        received_on=clock.day_of(at),
        method=PaymentMethod(method),
        currency=account.currency,
        amount=amount,
        unapplied=unapplied,
        idempotency_key=key,
        captured_at=None if online else at,
        captured_by=None if online else by,
        created_at=at,
        created_by=by,
    )
    if online:
        outbox.put("accounting.capture_receipt", receipt_id=receipt.pk)
    return receipt


def _take_back(receipt: Receipt, by: User) -> None:
    """The mirror of each allocation and of the ledger entries; invoices are open again."""
    sums = receipt.allocations.order_by("invoice").values_list("invoice").annotate(Sum("amount"))
    paid = {pk: amount for pk, amount in sums if amount}
    invoices = Invoice.objects.in_bulk(paid)
    back = [(invoices[pk], -amount) for pk, amount in paid.items()]
    pay_invoices(back)
    allocate(receipt, back, by=by)
    for entry in Entry.objects.filter(reference=receipt.source, reverses=None).order_by("-id"):
        reverse_entry(entry=entry, memo=_("Returned payment"), by=by)
