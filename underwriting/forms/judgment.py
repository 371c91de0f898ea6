"""Credits and debits, one field for each characteristic that is judged."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from office.exceptions import Refused
from policies.catalogue import label
from policies.selectors import product_definition
from underwriting.judgment import schedule_for


class JudgeForm(forms.Form):
    """Per cent by characteristic: below 0 is a credit, above 0 a debit; empty is as usual."""

    note = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea)

    def __init__(self, *args, version, jurisdiction, on, judgment, **kwargs):
        super().__init__(*args, **kwargs)
        self.refusal = ""
        self.characteristics = ()
        try:
            schedule = schedule_for(product_definition(version).kind, jurisdiction, on)
        except Refused as refusal:
            self.refusal = str(refusal)
            return
        self.characteristics = schedule.characteristics
        for one in schedule.characteristics:
            self.fields[one.code] = forms.IntegerField(
                label=label(one.names),
                required=False,
                min_value=-one.most,
                max_value=one.most,
                initial=judgment.parts.get(one.code) if judgment else None,
                help_text=_("From -%(most)s to %(most)s per cent.") % {"most": one.most},
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.order_fields([one.code for one in schedule.characteristics])

    def clean(self):
        given = super().clean()
        if self.refusal:
            raise forms.ValidationError(self.refusal)
        parts = {one.code: given.get(one.code) or 0 for one in self.characteristics}
        return {"parts": parts, "note": given.get("note", "")}

    @classmethod
    def of_quote(cls, quote, data=None):
        submission = quote.submission
        return cls(
            data,
            version=quote.version,
            jurisdiction=submission.jurisdiction,
            on=submission.effective_on,
            judgment=quote.judgment,
        )

    @staticmethod
    def options_of_renewal(renewal):
        return {
            "version": renewal.version,
            "jurisdiction": renewal.policy.jurisdiction,
            "on": renewal.valid_from,
            "judgment": renewal.judgment,
        }
