from django import forms
from django.utils.translation import gettext_lazy as _

from claims.enums import ClaimState
from office.enums import Line


class FilterForm(forms.Form):
    """The filters of the list, as they stand in its address."""

    q = forms.CharField(label=_("Claim or policy number"), max_length=40)
    state = forms.ChoiceField(label=_("Status"), choices=[("", _("Any")), *ClaimState.choices])
    line = forms.ChoiceField(label=_("Line"), choices=[("", _("Any")), *Line.choices])
