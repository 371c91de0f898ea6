"""Rules as somebody edits them in the admin, and the risk that they are tried on."""

import json

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from underwriting.enums import Blocks
from underwriting.forms.small import NoteForm

MOST_RULES = 200


class RuleForm(forms.Form):
    """One rule. It may be saved with faults; they stand next to their fields."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    blocks = forms.ChoiceField(
        label=gettext_lazy("What it blocks"),
        choices=Blocks.choices,
        initial=Blocks.BIND,
        widget=UnfoldAdminSelectWidget,
    )
    when = forms.CharField(
        label=gettext_lazy("Condition"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminExpandableTextareaWidget(attrs={"rows": 2, "spellcheck": "false"}),
    )
    en = forms.CharField(
        label=gettext_lazy("Message in English"),
        required=False,
        max_length=400,
        widget=UnfoldAdminTextInputWidget,
    )
    es = forms.CharField(
        label=gettext_lazy("Message in Spanish"),
        required=False,
        max_length=400,
        widget=UnfoldAdminTextInputWidget,
    )

    @classmethod
    def initial_of(cls, rule):
        messages = rule.get("messages", {})
        plain = {name: rule.get(name, "") for name in ("code", "blocks", "when")}
        return {**plain, "en": messages.get("en", ""), "es": messages.get("es", "")}

    @property
    def rule(self):
        """The rule as it is kept; None where the row was left empty."""
        given = self.cleaned_data
        if not any(given.get(name) for name in ("code", "when", "en", "es")):
            return None
        return {
            "code": given["code"],
            "blocks": given["blocks"],
            "when": given["when"].replace("\r\n", "\n"),
            "messages": {"en": given["en"], "es": given["es"]},
        }


_RuleFormSet = forms.formset_factory(
    RuleForm, extra=1, can_delete=True, max_num=MOST_RULES, validate_max=True
)


class RuleFormSet(_RuleFormSet):
    """All rules of a draft, in their order, with one empty row to add another."""

    deletion_widget = forms.CheckboxInput

    def kept(self):
        gone = self.deleted_forms
        return [form.rule for form in self.forms if form not in gone and form.rule]


class RuleDraftForm(forms.Form):
    """What holds for all rules of a draft."""

    quote_days = forms.IntegerField(
        label=gettext_lazy("Days that a quote stands"),
        min_value=1,
        max_value=365,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=gettext_lazy("What you changed, and why"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class TryForm(forms.Form):
    """A stored risk by its number, or facts that somebody writes down."""

    number = forms.CharField(
        label=gettext_lazy("Number of a submission, a quote or a policy"),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    facts = forms.CharField(
        label=gettext_lazy("Or facts, as JSON"),
        required=False,
        max_length=50_000,
        strip=False,
        widget=UnfoldAdminExpandableTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def clean_facts(self):
        text = self.cleaned_data["facts"].strip()
        if not text:
            return None
        try:
            # No float: conditions are asked about whole numbers and texts, as in life.
            found = json.loads(text, parse_float=str)
        except ValueError as error:
            raise forms.ValidationError(_("This is no JSON: %(why)s.") % {"why": error}) from error
        if not isinstance(found, dict):
            raise forms.ValidationError(_("Write the facts as one object: {…}."))
        return found

    def clean(self):
        given = super().clean()
        if not given.get("number") and not given.get("facts") and not self.errors:
            raise forms.ValidationError(_("Give a number, or write the facts down."))
        return given


class TrialForm(forms.Form):
    """On which day the book is asked."""

    day = forms.DateField(
        label=gettext_lazy("Policies in force on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PublishRulesForm(NoteForm):
    effective_from = forms.DateField(
        label=gettext_lazy("Applications are asked about it from"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    field_order = ["effective_from", "note"]
