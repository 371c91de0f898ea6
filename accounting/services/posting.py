"""The posting rules: what each event of the business means in debits and credits.

One function a rule; docs/accounting.md shows each with figures.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from accounting.enums import AccountCode as A
from accounting.enums import EntryKind, PaymentPurpose, ReserveKind
from accounting.models import BillingAccount, CreditNote, Entry, Payment, Receipt
from accounting.services.ledger import Leg, credit, debit, post_entry, reverse_entry
from office import money
from office.exceptions import Refused
from office.models import User

# Indemnity or adjustment expense: (what the loss account is, what the reserve account is).
RESERVES = {
    ReserveKind.INDEMNITY: (A.INCURRED_LOSS, A.CASE_RESERVE_LOSS),
    ReserveKind.EXPENSE: (A.INCURRED_EXPENSE, A.CASE_RESERVE_EXPENSE),
}
# A payment out: (where the amount was waiting, what the office owes once it is approved).
PAYABLES = {
    PaymentPurpose.CLAIM_LOSS: (A.CASE_RESERVE_LOSS, A.CLAIMS_PAYABLE),
    PaymentPurpose.CLAIM_EXPENSE: (A.CASE_RESERVE_EXPENSE, A.CLAIMS_PAYABLE),
    PaymentPurpose.CLAIM_INTEREST: (A.CLAIM_INTEREST, A.CLAIMS_PAYABLE),
    PaymentPurpose.PREMIUM_REFUND: (A.UNAPPLIED_CASH, A.REFUNDS_PAYABLE),
}


def post_premium_written(
    *,
    policy_number: str,
    premium: Decimal,
    tax: Decimal,
    fees: Decimal,
    carrier_code: str,
    is_own: bool,
    commission_rate: Decimal,
    product: str,
    line: str,
    jurisdiction: str,
    by: User,
    memo: str = "",
    written_before: Decimal = money.ZERO,
) -> Entry:
    """Premium written, or returned where the amounts are below zero.

    Own carrier: the receivable against written premium, tax and fees; the premium is unearned
    until time passes. Another carrier: the receivable against what is owed to it, less the
    office's commission.

    written_before: what the term had written before a change of it. The commission of a change is
    that of the whole less that of before, each rounded once, so that it always adds up:
    commission_rate × (written_before + premium) − commission_rate × written_before.
    """
    dims = {
        "product": product,
        "line": line,
        "carrier": carrier_code,
        "jurisdiction": jurisdiction,
    }
    commission = money.round((written_before + premium) * commission_rate) - money.round(
        written_before * commission_rate
    )
    share = _own_premium if is_own else _premium_of_another
    receivable = debit(A.PREMIUM_RECEIVABLE, premium + tax + fees, **dims)
    legs = [receivable, *share(premium, tax, fees, commission, dims)]
    return post_entry(
        source=f"policy:{policy_number}",
        memo=memo or _("Premium written"),
        lines=[leg for leg in legs if leg.amount],
        by=by,
        kind=EntryKind.PREMIUM_WRITTEN,
    )


def _own_premium(
    premium: Decimal, tax: Decimal, fees: Decimal, commission: Decimal, dims: dict[str, str]
) -> list[Leg]:
    return [
        credit(A.WRITTEN_PREMIUM, premium, **dims),
        credit(A.PREMIUM_TAX_PAYABLE, tax, **dims),
        credit(A.FEE_INCOME, fees, **dims),
        debit(A.CHANGE_IN_UNEARNED_PREMIUM, premium, **dims),
        credit(A.UNEARNED_PREMIUM, premium, **dims),
        debit(A.COMMISSION_EXPENSE, commission, **dims),
        credit(A.COMMISSION_PAYABLE, commission, **dims),
    ]


def _premium_of_another(
    premium: Decimal, tax: Decimal, fees: Decimal, commission: Decimal, dims: dict[str, str]
) -> list[Leg]:
    return [
        credit(A.CARRIER_PAYABLE, premium + tax + fees - commission, **dims),
        credit(A.COMMISSION_INCOME, commission, **dims),
    ]


def post_fee(*, account: BillingAccount, amount: Decimal, reference: str, by: User) -> Entry:
    """A fee billed after the premium, such as an instalment fee: the carrier's, or our income."""
    owner = A.CARRIER_PAYABLE if account.holds_trust_money else A.FEE_INCOME
    return post_entry(
        source=account.source,
        reference=reference,
        memo=_("Instalment fee"),
        lines=[
            debit(A.PREMIUM_RECEIVABLE, amount, **account.dims),
            credit(owner, amount, **account.dims),
        ],
        by=by,
        kind=EntryKind.FEE,
    )


def post_receipt(*, receipt: Receipt, by: User) -> Entry:
    """Money came in: the bank, or the trust bank, against cash that no invoice has taken yet."""
    account = receipt.billing_account
    return post_entry(
        source=account.source,
        reference=receipt.source,
        memo=_("Receipt"),
        lines=[
            debit(bank_of(account), receipt.amount, **account.dims),
            credit(A.UNAPPLIED_CASH, receipt.amount, **account.dims),
        ],
        by=by,
        kind=EntryKind.RECEIPT,
    )


def post_allocation(*, paid_by: Receipt | CreditNote, amount: Decimal, by: User) -> Entry:
    """Unapplied cash pays what was receivable: money received, or premium that had gone back."""
    account = paid_by.billing_account
    return post_entry(
        source=account.source,
        reference=paid_by.source,
        memo=_("Allocated to invoices"),
        lines=[
            debit(A.UNAPPLIED_CASH, amount, **account.dims),
            credit(A.PREMIUM_RECEIVABLE, amount, **account.dims),
        ],
        by=by,
        kind=EntryKind.ALLOCATION,
    )


def post_credit(*, note: CreditNote, by: User) -> Entry:
    """Returned premium that no open bill takes: it lowered the receivable, and becomes credit."""
    account = note.billing_account
    return post_entry(
        source=account.source,
        reference=note.source,
        memo=note.memo,
        lines=[
            debit(A.PREMIUM_RECEIVABLE, note.unapplied, **account.dims),
            credit(A.UNAPPLIED_CASH, note.unapplied, **account.dims),
        ],
        by=by,
        kind=EntryKind.CREDIT,
    )


def post_reserve_change(
    *, source: str, change: Decimal, kind: str, dims: Mapping[str, str], by: User
) -> Entry:
    """Case reserve up (or down, below zero): Dr incurred, Cr case reserve.

    Never for a payment: approving one takes its amount out of the reserve by itself.
    """
    if not change:
        raise Refused(_("The reserve does not change."))
    incurred, reserve = RESERVES[ReserveKind(kind)]
    return post_entry(
        source=source,
        memo=_("Case reserve change"),
        lines=[debit(incurred, change, **dims), credit(reserve, change, **dims)],
        by=by,
        kind=EntryKind.RESERVE_CHANGE,
    )


def post_claim_payment_approved(*, payment: Payment, by: User) -> Entry:
    """Approved: Dr case reserve, Cr claims payable. Only `approve_payment` calls it."""
    waiting, payable = PAYABLES[PaymentPurpose(payment.purpose)]
    return _post_payment(payment, EntryKind.PAYMENT_APPROVED, waiting, payable, by)


def post_claim_payment_confirmed(*, payment: Payment, by: User) -> Entry:
    """The bank confirms: Dr claims payable, Cr bank."""
    _waiting, payable = PAYABLES[PaymentPurpose(payment.purpose)]
    return _post_payment(payment, EntryKind.PAYMENT_CONFIRMED, payable, payment.paid_from, by)


def post_claim_payment_returned(*, payment: Payment, by: User) -> list[Entry]:
    """The money came back: every entry of the payment is reversed, the last one first.

    The reserve stands again as before the approval, so that a new payment can be drafted.
    """
    posted = Entry.objects.filter(reference=payment.reference, reverses=None, reversal=None)
    memo = _("Returned by the bank")
    return [reverse_entry(entry=entry, memo=memo, by=by) for entry in posted.order_by("-id")]


def _post_payment(payment: Payment, kind: str, owed: str, owing: str, by: User) -> Entry:
    return post_entry(
        source=payment.source,
        reference=payment.reference,
        memo=payment.memo,
        lines=[
            debit(owed, payment.amount, currency=payment.currency, **payment.dims),
            credit(owing, payment.amount, currency=payment.currency, **payment.dims),
        ],
        by=by,
        kind=kind,
    )


def bank_of(account: BillingAccount) -> str:
    """Premium of another carrier is its money: it goes to the trust bank."""
    return A.TRUST_BANK if account.holds_trust_money else A.BANK
