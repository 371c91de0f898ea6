"""Reads of the books: balances, entries of a source, and the proofs that they are right."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounting.enums import AccountCode, EntryKind, PaymentState
from accounting.models import (
    Account,
    Balance,
    BillingAccount,
    CreditNote,
    Entry,
    Instalment,
    Invoice,
    Line,
    Payment,
    Receipt,
)
from customers.models import BankAccount
from office.models import User
from office.money import ZERO

LEFT = F("amount") - Coalesce(Sum("allocations__amount"), Value(ZERO))


class TrialRow(NamedTuple):
    account: Account
    currency: str
    amount: Decimal

    @property
    def debit(self) -> Decimal | None:
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        return -self.amount if self.amount < 0 else None


def trial_balance(on: date) -> list[TrialRow]:
    """Every account with a balance at the end of that day: debits above zero, credits below.

    Read from the balances that the posting statement keeps; an invariant proves them equal to
    the lines.
    """
    sums = (
        Balance.objects.filter(day__lte=on)
        .order_by("account_id", "currency")
        .values_list("account_id", "currency")
        .annotate(sum=Sum("amount"))
    )
    accounts = Account.objects.in_bulk()
    return [TrialRow(accounts[code], currency, total) for code, currency, total in sums if total]


def account_balance(code: str, on: date, currency: str = "USD") -> Decimal:
    """What the account stands at by the end of that day; a debit above zero."""
    days = Balance.objects.filter(account_id=code, currency=currency, day__lte=on)
    return days.aggregate(sum=Sum("amount"))["sum"] or ZERO


def entries_for(source: str) -> QuerySet[Entry]:
    """The entries of a claim, policy, payment or receipt, in the order they were posted."""
    return Entry.objects.about(source).select_related("by").prefetch_related("lines").order_by("id")


def source_balance(source: str, codes: Sequence[str], currency: str = "USD") -> Decimal:
    """What a source's lines on these accounts add up to: the open reserve of a claim, say."""
    lines = Line.objects.filter(entry__source=source, account_id__in=list(codes), currency=currency)
    return lines.aggregate(sum=Sum("amount"))["sum"] or ZERO


def invoices_for_user(user: User) -> QuerySet[Invoice]:
    """The invoices that this person may see, the earliest due first."""
    return Invoice.objects.for_user(user).select_related("billing_account").order_by("due_on", "pk")


def instalments_ahead(policy_number: str) -> QuerySet[Instalment]:
    """What will be billed and has no invoice yet."""
    return (
        Instalment.objects.ahead()
        .filter(billing_account__policy_number=policy_number)
        .order_by("due_on", "sequence")
    )


class Credit(NamedTuple):
    """A receipt or a credit note that invoices have not taken whole, and what is left of it."""

    source: Receipt | CreditNote
    left: Decimal


def credit_of(account: BillingAccount) -> list[Credit]:
    """Where the credit of an account came from, the oldest first.

    A refund comes out of the account's credit and names none of them: where one was paid they sum
    to more than that credit.
    """
    kept = account.receipts.filter(returned_at=None).annotate(left=LEFT)
    given = account.credit_notes.annotate(left=LEFT)
    found = [Credit(row, row.left) for row in kept if row.left]
    found += [Credit(row, row.left) for row in given if row.left]
    return sorted(found, key=lambda one: (one.source.created_at, one.source.pk))


def account_to_pay(payment: Payment) -> BankAccount | None:
    """The account that the payment names, or else the payee's verified one."""
    if payment.bank_account:
        return payment.bank_account
    accounts = BankAccount.objects.verified().filter(customer_id=payment.payee_id, is_current=True)
    return accounts.order_by("-verified_at").first()


class Invariant(NamedTuple):
    name: str
    ok: bool
    detail: str


# Each finds what is broken, as text; nothing found is the proof.
UNBALANCED = """
SELECT currency || ' is off by ' || sum(amount) FROM accounting_line
GROUP BY currency HAVING sum(amount) <> 0
"""
UNBALANCED_ENTRIES = """
SELECT 'entry ' || entry_id || ' ' || currency || ' is off by ' || sum(amount)
FROM accounting_line GROUP BY entry_id, currency HAVING sum(amount) <> 0 LIMIT 20
"""
BALANCES_DIFFER = """
SELECT account_id || ' ' || currency || ' ' || day || ': lines ' || coalesce(l.amount, 0)
    || ', balances ' || coalesce(b.amount, 0)
FROM (SELECT account_id, currency, booked_on AS day, sum(amount) AS amount
    FROM accounting_line JOIN accounting_entry e ON e.id = entry_id GROUP BY 1, 2, 3) AS l
FULL JOIN (SELECT account_id, currency, day, sum(amount) AS amount
    FROM accounting_balance GROUP BY 1, 2, 3) AS b USING (account_id, currency, day)
WHERE coalesce(l.amount, 0) <> coalesce(b.amount, 0) LIMIT 20
"""
# A reserve, and what the office owes, never turn into a debit: more was paid than was there.
OVERDRAWN = """
SELECT e.source || ' ' || l.account_id || ' is overdrawn by ' || sum(l.amount)
FROM accounting_line l JOIN accounting_entry e ON e.id = l.entry_id
WHERE l.account_id = ANY(%s) GROUP BY e.source, l.account_id, l.currency
HAVING sum(l.amount) > 0 LIMIT 20
"""
NOT_OVERDRAWN = [
    AccountCode.CASE_RESERVE_LOSS.value,
    AccountCode.CASE_RESERVE_EXPENSE.value,
    AccountCode.CLAIMS_PAYABLE.value,
    AccountCode.REFUNDS_PAYABLE.value,
    AccountCode.UNAPPLIED_CASH.value,
]
POSTED_WRONGLY = """
SELECT p.number || ' is ' || p.state || ' and has ' || count(e.id) || ' entries of its money'
FROM accounting_payment p LEFT JOIN accounting_entry e
    ON e.reference = 'payment:' || p.number AND e.kind = %s
    AND NOT EXISTS (SELECT FROM accounting_entry r WHERE r.reverses_id = e.id)
GROUP BY p.id HAVING count(e.id) <> (p.state = %s)::int LIMIT 20
"""
CREDIT_DIFFERS = """
SELECT a.policy_number || ': credit ' || a.credit || ', receipts and refunds leave ' || left_over
FROM accounting_billingaccount a,
LATERAL (SELECT
    coalesce((SELECT sum(amount) FROM accounting_receipt r
        WHERE r.billing_account_id = a.id AND r.returned_at IS NULL), 0)
    + coalesce((SELECT sum(amount) FROM accounting_creditnote n
        WHERE n.billing_account_id = a.id), 0)
    - coalesce((SELECT sum(x.amount) FROM accounting_allocation x
        JOIN accounting_invoice i ON i.id = x.invoice_id WHERE i.billing_account_id = a.id), 0)
    - coalesce((SELECT sum(amount) FROM accounting_payment p
        WHERE p.source = 'policy:' || a.policy_number AND p.purpose = 'premium_refund'
        AND p.state NOT IN ('cancelled', 'returned')), 0) AS left_over) AS found
WHERE a.credit <> left_over LIMIT 20
"""
# Of a policy's receivable is either invoiced and unpaid, or still to be invoiced.
RECEIVABLE_DIFFERS = """
SELECT a.policy_number || ': receivable ' || posted || ', billed or to be billed ' || billed
FROM accounting_billingaccount a,
LATERAL (SELECT
    (SELECT coalesce(sum(l.amount), 0) FROM accounting_line l
        JOIN accounting_entry e ON e.id = l.entry_id
        WHERE e.source = 'policy:' || a.policy_number AND l.account_id = %s) AS posted,
    (SELECT coalesce(sum(i.total - i.paid), 0) FROM accounting_invoice i
        WHERE i.billing_account_id = a.id AND i.state = 'open')
    + (SELECT coalesce(sum(p.premium + p.tax + p.fees), 0) FROM accounting_instalment p
        WHERE p.billing_account_id = a.id
        AND NOT EXISTS (SELECT FROM accounting_invoice v WHERE v.instalment_id = p.id)) AS billed
) AS found
WHERE posted <> billed LIMIT 20
"""
PAID_DIFFERS = """
SELECT i.number || ': paid ' || i.paid || ', allocated ' || coalesce(sum(a.amount), 0)
FROM accounting_invoice i LEFT JOIN accounting_allocation a ON a.invoice_id = i.id
GROUP BY i.id HAVING i.paid <> coalesce(sum(a.amount), 0) LIMIT 20
"""


def invariants() -> list[Invariant]:
    """What must hold of the books at every moment; `manage.py invariants` prints them."""
    return [
        _proof("every currency of the ledger balances", UNBALANCED),
        _proof("every entry balances", UNBALANCED_ENTRIES),
        _proof("the balances equal the lines", BALANCES_DIFFER),
        _proof("no reserve and nothing owed is overdrawn", OVERDRAWN, NOT_OVERDRAWN),
        _proof(
            "every confirmed payment has exactly one posting",
            POSTED_WRONGLY,
            EntryKind.PAYMENT_CONFIRMED.value,
            PaymentState.CONFIRMED.value,
        ),
        _proof(
            "credit equals receipts and returned premium that paid no invoice, less refunds",
            CREDIT_DIFFERS,
        ),
        _proof("invoices are paid by their allocations", PAID_DIFFERS),
        _proof(
            "what is receivable is billed, or will be",
            RECEIVABLE_DIFFERS,
            AccountCode.PREMIUM_RECEIVABLE.value,
        ),
    ]


def _proof(name: str, finder: str, *params: str | list[str]) -> Invariant:
    with connection.cursor() as cursor:
        cursor.execute(finder, params or None)
        found = [text for (text,) in cursor.fetchall()]
    return Invariant(name, not found, "; ".join(found))
