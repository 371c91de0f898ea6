"""Denial, withdrawal, reopening, other carriers, holds, status letters."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import selectors
from claims.enums import HoldKind, NoteDirection
from claims.forms.acts import ActForm, area
from office.money import MoneyFormField


class DenyForm(ActForm):
    clauses = forms.MultipleChoiceField(
        label=_("Clauses"), widget=forms.CheckboxSelectMultiple, help_text=_("At least one.")
    )
    reasons = area(_("Reasons"), rows=6, help_text=_("Stands in the letter."))

    def prepare(self):
        clauses = selectors.clauses_of(self.claim).items()
        self.fields["clauses"].choices = [
            (code, f"{clause}: {text}") for code, (clause, text) in clauses
        ]


class ReasonForm(ActForm):
    reason = area(_("Reason"))


class ReopenForm(ActForm):
    reason = area(_("Reason"))
    exposures = forms.ModelMultipleChoiceField(
        label=_("Exposures to open again"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen opens all of them."),
    )

    def prepare(self):
        self.fields["exposures"].queryset = self.claim.exposures.exclude(closed_at=None)

    def arguments(self):
        return self.cleaned_data | {"exposures": self.cleaned_data["exposures"] or None}


class HandOverForm(ActForm):
    carrier_number = forms.CharField(
        label=_("The carrier's claim number"), required=False, max_length=60
    )


class NegotiationForm(ActForm):
    direction = forms.ChoiceField(label=_("Direction"), choices=NoteDirection.choices)
    summary = area(_("What was said"))
    amount = MoneyFormField(label=_("Amount spoken of"), required=False)
    carrier_number = forms.CharField(
        label=_("The carrier's claim number"), required=False, max_length=60
    )
    carrier_status = forms.CharField(
        label=_("Status at the carrier"), required=False, max_length=120
    )

    def arguments(self):
        found = self.cleaned_data
        kept = ("carrier_number", "carrier_status")
        return found | {name: found[name] or None for name in kept}


class ConcludeForm(ActForm):
    summary = area(_("How the carrier settled it"))


class HoldForm(ActForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=HoldKind.choices)
    reason = area(_("Reason"))


class ReleaseForm(ActForm):
    hold = forms.ModelChoiceField(label=_("Hold"), queryset=None, empty_label=None)
    reason = area(_("Reason"))

    def prepare(self):
        field = self.fields["hold"]
        field.queryset = self.claim.holds.filter(released_at=None)
        field.label_from_instance = lambda hold: hold.get_kind_display()


class StatusForm(ActForm):
    reasons = area(_("How the claim stands"), help_text=_("Stands in the letter."))
    is_delay = forms.BooleanField(
        label=_("It will take longer than the law's term"), required=False
    )
