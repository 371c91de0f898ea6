from underwriting.views.acts import act, negotiate, quote_act
from underwriting.views.application import apply, edit, new
from underwriting.views.changes import add_item, endorse
from underwriting.views.loss_runs import loss_run, loss_run_paper
from underwriting.views.pages import (
    compare,
    compare_paper,
    detail,
    progress,
    submission_list,
    worksheet,
    worksheet_paper,
)
from underwriting.views.referrals import referral, referral_act, referral_list
from underwriting.views.renewals import (
    insure_renewal,
    renewal,
    renewal_act,
    renewal_list,
    run_renewals,
)
from underwriting.views.rule_trials import rule_trial, rule_trial_lines

__all__ = [
    "act",
    "add_item",
    "apply",
    "compare",
    "compare_paper",
    "detail",
    "edit",
    "endorse",
    "insure_renewal",
    "loss_run",
    "loss_run_paper",
    "negotiate",
    "new",
    "progress",
    "quote_act",
    "referral",
    "referral_act",
    "referral_list",
    "renewal",
    "renewal_act",
    "renewal_list",
    "rule_trial",
    "rule_trial_lines",
    "run_renewals",
    "submission_list",
    "worksheet",
    "worksheet_paper",
]
