from underwriting.forms.application import ApplicationForm, with_row_changed
from underwriting.forms.changes import (
    ChangeDayForm,
    ChangeForm,
    ItemForm,
    OptionForm,
)
from underwriting.forms.negotiation import NegotiationForm
from underwriting.forms.referrals import AssignForm
from underwriting.forms.rule_sets import (
    PublishRulesForm,
    RuleDraftForm,
    RuleForm,
    RuleFormSet,
    TrialForm,
    TryForm,
)
from underwriting.forms.small import (
    AcceptRenewalForm,
    BindForm,
    ConnectionForm,
    EditForm,
    LossRunForm,
    NewForm,
    NoteForm,
    PayRenewalForm,
    ReasonForm,
    StartForm,
    plans_to_pay,
)

__all__ = [
    "AcceptRenewalForm",
    "ApplicationForm",
    "AssignForm",
    "BindForm",
    "ChangeDayForm",
    "ChangeForm",
    "ConnectionForm",
    "EditForm",
    "ItemForm",
    "LossRunForm",
    "NegotiationForm",
    "NewForm",
    "NoteForm",
    "OptionForm",
    "PayRenewalForm",
    "PublishRulesForm",
    "ReasonForm",
    "RuleDraftForm",
    "RuleForm",
    "RuleFormSet",
    "StartForm",
    "TrialForm",
    "TryForm",
    "plans_to_pay",
    "with_row_changed",
]
