from django import forms
from django.utils.translation import gettext_lazy as _


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
