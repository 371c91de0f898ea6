from portal.views.advice import advice, advice_paper
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
from portal.views.loss_runs import loss_run, loss_run_paper
from portal.views.policies import cancel_policy, policies, policy, policy_document
from portal.views.renewals import answer_renewal, renewal
from portal.views.report import report, report_choose
from portal.views.safety import (
    answer_recommendation,
    evidence,
    recommendation,
    safety,
    survey_report,
)

__all__ = [
    "accept",
    "advice",
    "advice_paper",
    "answer_recommendation",
    "answer_renewal",
    "bank_account",
    "billing",
    "cancel_policy",
    "claim",
    "claim_file",
    "claim_letter",
    "claims",
    "dispute",
    "evidence",
    "home",
    "invoice",
    "invoice_document",
    "loss_run",
    "loss_run_paper",
    "policies",
    "policy",
    "policy_document",
    "recommendation",
    "renewal",
    "report",
    "report_choose",
    "safety",
    "send_files",
    "survey_report",
    "withdraw",
]
