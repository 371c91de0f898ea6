from underwriting.views.acts import act, negotiate, quote_act
from underwriting.views.advice import acknowledge_advice, advice_paper, advise, send_advice
from underwriting.views.application import apply, edit, new
from underwriting.views.changes import add_item, endorse
from underwriting.views.loss_control import (
    certificate,
    certificate_file,
    evidence,
    order_survey,
    policy_panel,
    recommendation,
    recommendation_act,
    record_certificate,
    survey,
    survey_act,
    survey_paper,
    survey_photo,
    withdraw_certificate,
)
from underwriting.views.loss_control_lists import certificates, recommendations, surveys
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
    "acknowledge_advice",
    "act",
    "add_item",
    "advice_paper",
    "advise",
    "apply",
    "certificate",
    "certificate_file",
    "certificates",
    "compare",
    "compare_paper",
    "detail",
    "edit",
    "endorse",
    "evidence",
    "insure_renewal",
    "loss_run",
    "loss_run_paper",
    "negotiate",
    "new",
    "order_survey",
    "policy_panel",
    "progress",
    "quote_act",
    "recommendation",
    "recommendation_act",
    "recommendations",
    "record_certificate",
    "referral",
    "referral_act",
    "referral_list",
    "renewal",
    "renewal_act",
    "renewal_list",
    "rule_trial",
    "rule_trial_lines",
    "run_renewals",
    "send_advice",
    "submission_list",
    "survey",
    "survey_act",
    "survey_paper",
    "survey_photo",
    "surveys",
    "withdraw_certificate",
    "worksheet",
    "worksheet_paper",
]
