"""What is asked before advice, and the advice: drawn from the questions of the kind of product."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.catalogue import label
from underwriting import selectors
from underwriting.enums import PRICED
from underwriting.needs import needs


class QuoteChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return f"{obj.carrier.name} · {obj.number}"


class AdviceForm(forms.Form):
    """Fields `needs.<code>` and `declined.<code>`; filled in from the last version."""

    recommended = QuoteChoice(
        queryset=None,
        required=False,
        label=gettext_lazy("What is recommended"),
        empty_label=gettext_lazy("No offer"),
    )
    reasons = forms.CharField(
        label=gettext_lazy("Why this carrier and this cover"),
        help_text=gettext_lazy("The customer reads this."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args, submission, last=None, **kwargs):
        super().__init__(*args, **kwargs)
        priced = submission.quotes.filter(state__in=sorted(PRICED)).select_related("carrier")
        self.fields["recommended"].queryset = priced.order_by("pk")
        self.questions = needs().questions_of(submission.product_kind)
        self.declinable = selectors.declinable(submission)
        for question in self.questions:
            self.fields[f"needs.{question.code}"] = _field_of(question)
        for code, names in self.declinable.items():
            self.fields[f"declined.{code}"] = forms.CharField(
                label=_("%(coverage)s refused because") % {"coverage": label(names)},
                required=False,
                max_length=400,
            )
        asked = [name for name in self.fields if name.startswith("needs.")]
        rest = [name for name in self.fields if name.startswith("declined.")]
        self.order_fields([*asked, "recommended", "reasons", *rest])
        if last:
            self._fill_from(last)

    def _fill_from(self, last):
        self.initial = {
            "recommended": last.recommended_id,
            "reasons": last.reasons,
            **{f"needs.{code}": value for code, value in last.answers.items()},
            **{f"declined.{row['coverage']}": row["reason"] for row in last.declined},
        }

    def arguments(self):
        """The arguments of `record_advice`."""
        found = self.cleaned_data
        return {
            "recommended": found["recommended"],
            "reasons": found["reasons"],
            "answers": {one.code: found[f"needs.{one.code}"] for one in self.questions},
            "declined": {code: found[f"declined.{code}"] for code in self.declinable},
        }


def _field_of(question):
    options = {"label": label(question.names), "required": question.is_required}
    if question.type == "amount":
        return forms.IntegerField(min_value=0, max_value=1_000_000_000, **options)
    if question.type == "text":
        area = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(max_length=2000, widget=area, **options)
    choices = [(code, label(names)) for code, names in question.options]
    if question.type == "yes_no":
        choices = [("yes", _("Yes")), ("no", _("No"))]
    if not question.is_required:
        choices = [("", "—"), *choices]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **options)


class AcknowledgeForm(forms.Form):
    """The customer's signature as somebody of the office writes it down."""

    name = forms.CharField(label=gettext_lazy("Name of who acknowledges"), max_length=120)
    evidence = forms.CharField(
        label=gettext_lazy("How the customer said so"),
        max_length=300,
        help_text=gettext_lazy("Such as: signed on paper on the visit."),
    )


class OwnAcknowledgeForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Your name, as your signature"), max_length=120)
    agrees = forms.BooleanField(
        label=gettext_lazy("I have read it, and I refuse what stands there as refused.")
    )
