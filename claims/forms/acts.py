"""What the forms of all acts have in common."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ActForm(forms.Form):
    """A form that knows its claim; `cleaned_data` are the arguments of the act's service."""

    def __init__(self, *args, claim, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.claim, self.user = claim, user
        self.prepare()

    def prepare(self):
        """Fill choices from the claim."""

    def arguments(self):
        return self.cleaned_data


class ConfirmForm(ActForm):
    """An act that needs nothing but a decision, and takes a note."""

    note = forms.CharField(
        label=_("Note for the file"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def area(label, *, required=True, rows=4, **options):
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, widget=widget, **options)


class ExposureChoice(forms.ModelChoiceField):
    """The open exposures of the claim, by coverage, item and claimant."""

    def __init__(self, **options):
        options = {"label": _("Exposure"), "empty_label": _("Choose")} | options
        super().__init__(queryset=None, **options)

    def of(self, claim):
        self.queryset = claim.open_exposures().select_related("claimant")

    def label_from_instance(self, exposure):
        return f"{exposure} · {exposure.claimant.display_name}"
