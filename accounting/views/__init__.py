"""The doors of accounting: thin, they carry to a service and back."""

from accounting.views.billing import (
    invoice_document,
    invoice_list,
    invoice_page,
    pay_invoice,
    receipt_page,
    refund_credit,
    return_receipt,
)
from accounting.views.ledger import (
    account_page,
    act_on_period,
    entry_list,
    entry_page,
    trial_balance,
)
from accounting.views.payments import act_on_payment, payment_list, payment_page, webhook

__all__ = [
    "account_page",
    "act_on_payment",
    "act_on_period",
    "entry_list",
    "entry_page",
    "invoice_document",
    "invoice_list",
    "invoice_page",
    "pay_invoice",
    "payment_list",
    "payment_page",
    "receipt_page",
    "refund_credit",
    "return_receipt",
    "trial_balance",
    "webhook",
]
