from portal.views.billing import bank_account, billing, invoice, invoice_document
from portal.views.claims import (
    accept,
    claim,
    claim_file,
    claim_letter,
    claims,
    dispute,
    send_files,
    withdraw,
)
from portal.views.home import home
from portal.views.policies import policies, policy, policy_document
from portal.views.report import report, report_choose

__all__ = [
    "accept",
    "bank_account",
    "billing",
    "claim",
    "claim_file",
    "claim_letter",
    "claims",
    "dispute",
    "home",
    "invoice",
    "invoice_document",
    "policies",
    "policy",
    "policy_document",
    "report",
    "report_choose",
    "send_files",
    "withdraw",
]
