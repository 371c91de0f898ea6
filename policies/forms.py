from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Carrier
from policies.enums import PolicyState


class FilterForm(forms.Form):
    """The filters of the list, as they stand in its address."""

    q = forms.CharField(label=_("Number or name"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any")), *PolicyState.choices]
    )
    carrier = forms.ModelChoiceField(
        label=_("Carrier"), required=False, queryset=Carrier.objects.all(), empty_label=_("Any")
    )
    jurisdiction = forms.CharField(label=_("State of risk"), required=False, max_length=8)


class AsOfForm(forms.Form):
    """What was believed about a day: both fields may stay empty and mean today and now."""

    on = forms.DateField(
        label=_("Cover on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    known = forms.DateTimeField(
        label=_("as known at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
