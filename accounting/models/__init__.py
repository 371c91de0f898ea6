from accounting.models.billing import (
    Allocation,
    BillingAccount,
    CreditNote,
    Instalment,
    Invoice,
    InvoiceLine,
    Receipt,
)
from accounting.models.ledger import Account, Balance, Entry, Line, Period
from accounting.models.payments import Payment, PaymentEvent

__all__ = [
    "Account",
    "Allocation",
    "Balance",
    "BillingAccount",
    "CreditNote",
    "Entry",
    "Instalment",
    "Invoice",
    "InvoiceLine",
    "Line",
    "Payment",
    "PaymentEvent",
    "Period",
    "Receipt",
]
