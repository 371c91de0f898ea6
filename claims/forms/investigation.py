"""Duplicates, adjusters, exposures, findings, reserves, the opinion on coverage."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import selectors
from claims.enums import DuplicateState, FindingKind, Opinion, ReserveKind
from claims.forms.acts import ActForm, ExposureChoice, area
from claims.models import Adjuster
from customers.models import Customer
from office.models import User
from office.money import ZERO, MoneyFormField


class DuplicateForm(ActForm):
    duplicate = forms.ModelChoiceField(
        label=_("Other notice"), queryset=None, empty_label=_("Choose")
    )

    def prepare(self):
        field = self.fields["duplicate"]
        field.queryset = self.claim.duplicates.filter(state=DuplicateState.FOUND)
        field.label_from_instance = lambda one: f"{one.other.number}: {', '.join(one.alike)}"


class AssignForm(ActForm):
    adjuster = forms.ModelChoiceField(label=_("Adjuster"), queryset=None, empty_label=_("Choose"))
    note = area(_("Note for the file"), required=False, rows=2)

    def prepare(self):
        able = Adjuster.objects.filter(is_active=True).values("user")
        self.fields["adjuster"].queryset = User.objects.filter(pk__in=able, is_active=True)


class ExposureForm(ActForm):
    coverage = forms.ChoiceField(label=_("Coverage"))
    claimant = forms.ModelChoiceField(
        label=_("Claimant"),
        queryset=Customer.objects.all(),
        to_field_name="number",
        widget=forms.TextInput,
        help_text=_("The number of a customer, such as CU-2026-000042."),
    )

    def prepare(self):
        self.fields["coverage"].choices = [
            (f"{one['coverage']}|{one['item']}", one["name"])
            for one in selectors.proposed_exposures(self.claim)
        ]
        self.fields["claimant"].initial = self.claim.customer.number

    def arguments(self):
        coverage, _bar, item = self.cleaned_data["coverage"].partition("|")
        return {
            "coverage": coverage,
            "item": item,
            "claimant": self.cleaned_data["claimant"],
        }


class FindingForm(ActForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=FindingKind.choices)
    summary = area(_("What was found"))
    exposure = ExposureChoice(required=False, empty_label=_("None: it carries no amount"))
    loss = MoneyFormField(label=_("Loss"), required=False, min_value=ZERO)
    depreciation = MoneyFormField(label=_("Depreciation"), required=False, min_value=ZERO)
    betterment = MoneyFormField(label=_("Betterment"), required=False, min_value=ZERO)
    salvage = MoneyFormField(label=_("Salvage"), required=False, min_value=ZERO)
    value = MoneyFormField(
        label=_("Value of the insured property"),
        required=False,
        min_value=ZERO,
        help_text=_("Before the loss; a coinsurance clause asks for it."),
    )

    def prepare(self):
        self.fields["exposure"].of(self.claim)

    def arguments(self):
        amounts = ("loss", "depreciation", "betterment", "salvage", "value")
        return self.cleaned_data | {name: self.cleaned_data[name] or ZERO for name in amounts}


class ReserveForm(ActForm):
    exposure = ExposureChoice()
    kind = forms.ChoiceField(label=_("Kind"), choices=ReserveKind.choices)
    amount = MoneyFormField(
        label=_("Reserve"), min_value=ZERO, help_text=_("What is still expected to be paid.")
    )
    reason = area(_("Reason"), rows=2)

    def prepare(self):
        self.fields["exposure"].of(self.claim)


class CoverageForm(ActForm):
    opinion = forms.ChoiceField(
        label=_("Opinion"), choices=Opinion.choices, widget=forms.RadioSelect
    )
    reasons = area(_("Reasons"))
    excluded = forms.MultipleChoiceField(
        label=_("Exclusions that apply"), required=False, widget=forms.CheckboxSelectMultiple
    )
    amount = MoneyFormField(
        label=_("Amount excluded"),
        required=False,
        min_value=ZERO,
        help_text=_("Leave empty where the exclusion takes the whole loss."),
    )
    exposure = ExposureChoice(required=False, empty_label=_("All exposures"))
    reserves_rights = forms.BooleanField(label=_("Under reservation of rights"), required=False)
    counts_later_change = forms.NullBooleanField(
        label=_("Does a change recorded after the loss count"),
        required=False,
        help_text=_("Only where the policy was changed between the loss and its notice."),
    )
    no_loss_statement = forms.CharField(
        label=_("Statement of no loss"), required=False, max_length=200
    )

    def prepare(self):
        clauses = selectors.clauses_of(self.claim).items()
        self.fields["excluded"].choices = [
            (code, f"{clause}: {text}") for code, (clause, text) in clauses
        ]
        self.fields["exposure"].of(self.claim)

    def arguments(self):
        found = dict(self.cleaned_data)
        exposure, amount = found.pop("exposure"), found.pop("amount")
        found["excluded"] = [
            {"code": code, "exposure": exposure and exposure.pk, "amount": amount}
            for code in found["excluded"]
        ]
        return found
