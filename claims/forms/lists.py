from django import forms
from django.utils.translation import gettext_lazy as _

from claims.enums import ClaimState
from office.enums import Line


class FilterForm(forms.Form):
    """The filters of the list, as they stand in its address."""

    q = forms.CharField(label=_("Claim or policy number"), required=False, max_length=40)
    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any")), *ClaimState.choices]
    )
    line = forms.ChoiceField(
        label=_("Line"), required=False, choices=[("", _("Any")), *Line.choices]
    )

    def narrow(self, claims):
        """The claims that pass the filters in use; a filter that makes no sense narrows nothing."""
        found = self.cleaned_data if self.is_valid() else {}
        if found.get("q"):
            text = found["q"].strip().upper()
            claims = claims.filter(number=text) | claims.filter(policy__number=text)
        for name in ("state", "line"):
            if found.get(name):
                claims = claims.filter(**{name: found[name]})
        return claims
