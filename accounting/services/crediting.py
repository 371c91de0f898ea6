"""Credit of an account meets its open invoices: by itself, the earliest due first.

Money is credit when nothing was there to be paid: a receipt that was more than was owed, premium
that went back. It pays whatever is invoiced later; what no invoice takes can be paid back.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db.models import Sum

from accounting import selectors
from accounting.enums import InvoiceState
from accounting.models import Allocation, BillingAccount, CreditNote, Invoice, Receipt
from accounting.services.posting import post_allocation
from office import clock, money
from office.models import User

Share = tuple[Invoice, Decimal]


def shares_of(
    account: BillingAccount, amount: Decimal, *, first: Invoice | None = None
) -> list[Share]:
    """Which open invoices an amount pays: the one it is meant for, then the earliest due."""
    rows = account.invoices.open().order_by("due_on", "pk")
    others = list(rows.exclude(pk=first.pk) if first else rows)
    shares = []
    for invoice in [first, *others] if first else others:
        share = min(amount, invoice.owed)
        if share:
            shares.append((invoice, share))
            amount -= share
    return shares


def pay_invoices(shares: Sequence[Share]) -> None:
    """Write down what is paid of each invoice; below zero it is taken back."""
    for invoice, share in shares:
        invoice.paid += share
        invoice.state = InvoiceState.PAID if invoice.paid == invoice.total else InvoiceState.OPEN
        invoice.save(update_fields=["paid", "state"])


def allocate(source: Receipt | CreditNote, shares: Sequence[Share], *, by: User) -> None:
    """Write down what a receipt or a credit note paid of each invoice."""
    at = clock.now()
    name = "receipt" if isinstance(source, Receipt) else "credit_note"
    Allocation.objects.bulk_create(
        Allocation(**{name: source}, invoice=invoice, amount=share, at=at, by=by)
        for invoice, share in shares
    )


def spend_credit(account: BillingAccount, *, by: User) -> None:
    """Pay the open invoices of an account from its credit; under the account's lock.

    The oldest credit is spent first, so that each invoice names the money that paid it.
    """
    if not account.credit:
        return
    shares = shares_of(account, account.credit)
    spent = sum((share for _invoice, share in shares), money.ZERO)
    if not spent:
        return
    for source, parts in _drawn(account, shares):
        allocate(source, parts, by=by)
        amount = sum((share for _invoice, share in parts), money.ZERO)
        post_allocation(paid_by=source, amount=amount, by=by)
    pay_invoices(shares)
    account.credit -= spent
    account.save(update_fields=["credit"])


def left_of(source: Receipt | CreditNote) -> Decimal:
    """What a receipt or a credit note has not paid of any invoice."""
    paid = source.allocations.aggregate(sum=Sum("amount"))["sum"] or money.ZERO
    return source.amount - paid


def _drawn(
    account: BillingAccount, shares: Sequence[Share]
) -> Iterator[tuple[Receipt | CreditNote, list[Share]]]:
    """The shares by where their money came from: what is left of all sources is enough."""
    waiting = list(shares)
    for source, left in selectors.credit_of(account):
        parts: list[Share] = []
        while left and waiting:
            invoice, share = waiting.pop(0)
            part = min(left, share)
            parts.append((invoice, part))
            left -= part
            if share > part:
                waiting.insert(0, (invoice, share - part))
        if parts:
            yield source, parts
