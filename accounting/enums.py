from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountType(TextChoices):
    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EQUITY = "equity", _("Equity")
    INCOME = "income", _("Income")
    EXPENSE = "expense", _("Expense")


# Where a debit makes the balance grow; elsewhere a credit does.
DEBIT_TYPES = frozenset({AccountType.ASSET, AccountType.EXPENSE})


class AccountCode(TextChoices):
    """The chart of accounts; the first digit is the type (docs/accounting.md)."""

    BANK = "1000", _("Bank")
    TRUST_BANK = "1050", _("Premium trust bank")
    PREMIUM_RECEIVABLE = "1200", _("Premium receivable")
    AGENCY_RECEIVABLE = "1250", _("Premium receivable from agencies")
    REINSURANCE_RECOVERABLE = "1300", _("Reinsurance recoverable on losses")
    RECOVERIES_RECEIVABLE = "1350", _("Salvage and subrogation recoverable")
    CEDED_UNEARNED_PREMIUM = "1400", _("Ceded unearned premium")
    DEFERRED_ACQUISITION_COST = "1450", _("Deferred acquisition cost")

    UNEARNED_PREMIUM = "2000", _("Unearned premium")
    CASE_RESERVE_LOSS = "2100", _("Case reserve, loss")
    CASE_RESERVE_EXPENSE = "2110", _("Case reserve, adjustment expense")
    IBNR_RESERVE = "2150", _("Reserve for losses incurred but not reported")
    CLAIMS_PAYABLE = "2200", _("Claims payable")
    PREMIUM_TAX_PAYABLE = "2300", _("Premium tax payable")
    CARRIER_PAYABLE = "2400", _("Carrier payable")
    COMMISSION_PAYABLE = "2500", _("Commission payable")
    UNAPPLIED_CASH = "2600", _("Unapplied cash")
    REFUNDS_PAYABLE = "2650", _("Refunds payable")
    SUSPENSE = "2690", _("Suspense")
    CEDED_PREMIUM_PAYABLE = "2700", _("Ceded premium payable")

    CAPITAL = "3000", _("Capital")
    RETAINED_EARNINGS = "3900", _("Retained earnings")

    WRITTEN_PREMIUM = "4000", _("Written premium")
    CHANGE_IN_UNEARNED_PREMIUM = "4050", _("Change in unearned premium")
    CEDED_WRITTEN_PREMIUM = "4100", _("Ceded written premium")
    FEE_INCOME = "4200", _("Policy fees")
    COMMISSION_INCOME = "4300", _("Commission income")
    CEDING_COMMISSION = "4350", _("Ceding commission")

    INCURRED_LOSS = "5000", _("Incurred loss")
    INCURRED_EXPENSE = "5010", _("Incurred adjustment expense")
    CHANGE_IN_IBNR = "5050", _("Change in losses incurred but not reported")
    COMMISSION_EXPENSE = "5200", _("Commission expense")
    BAD_DEBT = "5300", _("Bad debt")
    CLAIM_INTEREST = "5400", _("Interest on late claim payments")
    OPERATING_EXPENSE = "5500", _("Operating expense")

    @property
    def type(self) -> AccountType:
        return _TYPE_OF_DIGIT[self.value[0]]


_TYPE_OF_DIGIT = {
    "1": AccountType.ASSET,
    "2": AccountType.LIABILITY,
    "3": AccountType.EQUITY,
    "4": AccountType.INCOME,
    "5": AccountType.EXPENSE,
}


class PeriodState(TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class EntryKind(TextChoices):
    """The posting rule that made the entry."""

    PREMIUM_WRITTEN = "premium_written", _("Premium written")
    RECEIPT = "receipt", _("Receipt")
    ALLOCATION = "allocation", _("Allocation to an invoice")
    RESERVE_CHANGE = "reserve_change", _("Case reserve change")
    PAYMENT_APPROVED = "payment_approved", _("Payment approved")
    PAYMENT_CONFIRMED = "payment_confirmed", _("Payment confirmed by the bank")
    FEE = "fee", _("Fee")
    CREDIT = "credit", _("Credit for returned premium")
    REVERSAL = "reversal", _("Reversal")
    JOURNAL = "journal", _("Journal entry")


# A payment has at most one entry of each of these (accounting_entry_once_a_payment).
ONCE_A_PAYMENT = (EntryKind.PAYMENT_APPROVED, EntryKind.PAYMENT_CONFIRMED)


class ReserveKind(TextChoices):
    INDEMNITY = "indemnity", _("Loss")
    EXPENSE = "expense", _("Adjustment expense")


class InvoiceState(TextChoices):
    OPEN = "open", pgettext_lazy("invoice", "Open")
    PAID = "paid", pgettext_lazy("invoice", "Paid")
    VOID = "void", _("Void")


class ChargeKind(TextChoices):
    PREMIUM = "premium", _("Premium")
    TAX = "tax", _("Premium tax")
    FEE = "fee", _("Policy fees")
    INSTALMENT_FEE = "instalment_fee", _("Instalment fee")


class PaymentMethod(TextChoices):
    CARD = "card", _("Card")
    BANK_DEBIT = "bank_debit", _("Bank debit")
    CHECK = "check", _("Check")
    TRANSFER = "transfer", _("Bank transfer")


# These go through the payment provider; the others staff write down when the money is here.
ONLINE_METHODS = frozenset({PaymentMethod.CARD, PaymentMethod.BANK_DEBIT})


class PaymentPurpose(TextChoices):
    """What a payment out is for; it decides which accounts the payment moves."""

    CLAIM_LOSS = "claim_loss", _("Claim")
    CLAIM_EXPENSE = "claim_expense", _("Claim adjustment expense")
    CLAIM_INTEREST = "claim_interest", _("Interest on a late claim payment")
    PREMIUM_REFUND = "premium_refund", _("Premium refund")


class PaymentState(TextChoices):
    DRAFTED = "drafted", _("Drafted")
    APPROVED = "approved", _("Approved")
    DUE = "due", pgettext_lazy("payment", "Due")
    SENDING = "sending", _("Sending")
    UNKNOWN = "unknown", _("Unknown at the bank")
    CONFIRMED = "confirmed", _("Confirmed")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


# The states in which the money is promised to the payee.
UNDER_WAY = frozenset(
    {PaymentState.APPROVED, PaymentState.DUE, PaymentState.SENDING, PaymentState.UNKNOWN}
)
ASKABLE = frozenset({PaymentState.SENDING, PaymentState.UNKNOWN})
NEVER_APPROVED = frozenset({PaymentState.DRAFTED, PaymentState.CANCELLED})
# Counted against the approver's authority: what is decided or waits to be.
COMMITTED = UNDER_WAY | {PaymentState.DRAFTED, PaymentState.CONFIRMED}
CLAIM_PURPOSES = frozenset(
    {PaymentPurpose.CLAIM_LOSS, PaymentPurpose.CLAIM_EXPENSE, PaymentPurpose.CLAIM_INTEREST}
)
