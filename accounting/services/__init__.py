"""The acts of accounting, and the only writers of its tables.

A claim's money goes through `draft_payment` and `approve_payment`: they post by themselves what
an approval, a confirmation and a return mean for the ledger. What a caller posts is premium
(`post_premium_written`) and changes of case reserves (`post_reserve_change`).
"""

from accounting.services.billing import (
    announce_due_invoices,
    bill_policy,
    bill_renewal,
    issue_invoice,
    issue_invoice_document,
)
from accounting.services.crediting import left_of, spend_credit
from accounting.services.ledger import (
    Leg,
    Posting,
    close_period,
    credit,
    debit,
    post_entries_bulk,
    post_entry,
    reopen_period,
    reverse_entry,
)
from accounting.services.payments import (
    approve_payment,
    ask_bank,
    bounce_payment,
    cancel_payment,
    confirm_payment,
    draft_payment,
    draft_refund,
    send_payment,
    sweep_payments,
)
from accounting.services.posting import (
    post_allocation,
    post_claim_payment_approved,
    post_claim_payment_confirmed,
    post_claim_payment_returned,
    post_credit,
    post_fee,
    post_premium_written,
    post_receipt,
    post_reserve_change,
)
from accounting.services.rebilling import Way, rebill_policy
from accounting.services.receipts import (
    capture_receipt,
    pay_invoice,
    pay_when_billed,
    return_receipt,
)

__all__ = [
    "Leg",
    "Posting",
    "Way",
    "announce_due_invoices",
    "approve_payment",
    "ask_bank",
    "bill_policy",
    "bill_renewal",
    "bounce_payment",
    "cancel_payment",
    "capture_receipt",
    "close_period",
    "confirm_payment",
    "credit",
    "debit",
    "draft_payment",
    "draft_refund",
    "issue_invoice",
    "issue_invoice_document",
    "left_of",
    "pay_invoice",
    "pay_when_billed",
    "post_allocation",
    "post_claim_payment_approved",
    "post_claim_payment_confirmed",
    "post_claim_payment_returned",
    "post_credit",
    "post_entries_bulk",
    "post_entry",
    "post_fee",
    "post_premium_written",
    "post_receipt",
    "post_reserve_change",
    "rebill_policy",
    "reopen_period",
    "return_receipt",
    "reverse_entry",
    "send_payment",
    "spend_credit",
    "sweep_payments",
]
