"""A notice of loss, for staff here and for policyholders in the portal."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import selectors
from claims.enums import ReporterKind
from claims.forms.acts import area
from office.exceptions import Refused
from office.forms import FilesField, add_refusal, day_input
from office.money import ZERO, MoneyFormField


class PolicyForm(forms.Form):
    """Which policy the notice is about."""

    policy = forms.CharField(label=_("Policy number"), max_length=24)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_policy(self):
        try:
            return selectors.policy_for_notice(number=self.cleaned_data["policy"], user=self.user)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class NoticeForm(forms.Form):
    """What happened. Day and time are those of the place where the insured lives."""

    lost_on = forms.DateField(label=_("Day of the loss"), widget=day_input())
    lost_time = forms.TimeField(
        label=_("Time of the loss"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    cause = forms.ChoiceField(label=_("Cause"))
    place = forms.CharField(label=_("Place"), max_length=200)
    description = area(_("What happened"))
    estimate = MoneyFormField(label=_("Estimated loss"), required=False, min_value=ZERO)
    reported_by = forms.CharField(label=_("Reported by"), max_length=120)
    reporter_kind = forms.ChoiceField(label=_("Who is that"), choices=ReporterKind.choices)
    is_injured = forms.BooleanField(label=_("Somebody was injured"), required=False)
    injuries = area(_("Injuries"), required=False, rows=2)
    other_parties = area(_("Other parties"), required=False, rows=2)
    witnesses = area(_("Witnesses"), required=False, rows=2)
    police_report = forms.CharField(label=_("Police report"), required=False, max_length=120)
    uploads = FilesField(
        label=_("Photos and papers"),
        required=False,
        help_text=_("Pictures or PDF, up to 25 MB each."),
    )
    is_another_loss = forms.BooleanField(
        label=_("This is another loss than one that was reported before"), required=False
    )

    def __init__(self, *args, policy, **kwargs):
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.fields["cause"].choices = [("", _("Choose")), *selectors.causes_of(policy)]

    def arguments(self, uploads):
        """The arguments of `notify_claim`; `uploads` are the files taken in."""
        told = dict(self.cleaned_data)
        zone = ZoneInfo(self.policy.time_zone)
        told["lost_at"] = datetime.combine(told.pop("lost_on"), told.pop("lost_time"), zone)
        told["estimate"] = told["estimate"] or ZERO
        return {**told, "policy": self.policy, "uploads": uploads}

    def refuse(self, refusal):
        field = {"lost_at": "lost_on"}.get(refusal.field, refusal.field)
        add_refusal(self, Refused(str(refusal), field=field))
