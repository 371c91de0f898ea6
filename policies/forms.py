from django import forms
from django.utils.translation import gettext_lazy as _

from customers import places
from customers.models import Carrier
from office import clock
from office.forms import day_input
from policies import selectors
from policies.enums import (
    REASONS_OF,
    CancellationReason,
    CancelledBy,
    CertificateNotice,
    FilingKind,
    FilingMethod,
    FilingStatus,
)
from policies.models import FormEdition, ProductDraft, ProductVersion
from policies.rules import may_cancel_as


def reasons_of(sides):
    """Reasons by the side that can have them."""
    return [
        (side.label, [(reason.value, reason.label) for reason in REASONS_OF[side]])
        for side in sides
    ]


class AsOfForm(forms.Form):
    """What was believed about a day: both fields may stay empty and mean today and now."""

    on = forms.DateField(label=_("Cover on"), required=False, widget=day_input())
    known = forms.DateTimeField(
        label=_("As known at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )


class DraftForm(forms.ModelForm):
    """The text of a draft. Saving is the service's; problems do not keep anybody from saving."""

    text = forms.CharField(
        label=_("Text of the product"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 40, "spellcheck": "false", "class": "font-mono"}),
    )
    note = forms.CharField(label=_("What you changed, and why"), required=False, max_length=500)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = ProductDraft
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "text" in self.fields:
            self.initial |= {"text": self.instance.text, "seen": self.instance.revision}

    def clean(self):
        cleaned = super().clean()
        if "seen" in cleaned and cleaned["seen"] != self.instance.revision:
            self.add_error(
                "text",
                _("Somebody else changed this draft. Copy your text, and look at it again."),
            )
        return cleaned


class NoteForm(forms.Form):
    """An act that needs no more than a reason."""

    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )


class PublishForm(NoteForm):
    effective_from = forms.DateField(
        label=_("New terms are rated on it from"),
        widget=day_input(),
    )

    field_order = ["effective_from", "note"]


class RateChangeForm(forms.Form):
    """Which rates, on the book of which day, and how far one premium may move."""

    rates = forms.ChoiceField(label=_("Draft or version"))
    day = forms.DateField(label=_("Policies in force on"), widget=day_input())
    cap_percent = forms.DecimalField(
        label=_("Most that one premium may move, in per cent"),
        help_text=_("Leave empty to measure without a cap."),
        required=False,
        min_value=0,
        max_value=999,
        decimal_places=2,
    )

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"day": clock.today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["rates"].choices = selectors.rates_to_measure()

    def clean(self):
        """The draft or the version itself, and the cap as a share: what the service asks for."""
        cleaned = super().clean()
        kind, _colon, pk = cleaned.pop("rates", "").partition(":")
        models = {"draft": ProductDraft, "version": ProductVersion}
        percent = cleaned.pop("cap_percent", None)
        cap = None if percent is None else percent / 100
        chosen = {kind: models[kind].objects.get(pk=pk)} if kind else {}
        return {**cleaned, "cap": cap, **chosen}


class ReverseForm(forms.Form):
    note = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea)


class PolicyForm(forms.Form):
    """The form of an act on a policy; `user` is who is about to do it."""

    def __init__(self, *args, policy, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.policy, self.user = policy, user
        self.prepare()

    def prepare(self):
        """Fill in what depends on the policy."""

    def arguments(self):
        return self.cleaned_data


class RescindForm(PolicyForm):
    note = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea)


class CancelForm(PolicyForm):
    side = forms.ChoiceField(
        label=_("Who ends it"), choices=CancelledBy.choices, widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=CancellationReason.choices)
    effective_on = forms.DateField(
        label=_("First day without cover"),
        help_text=_("The first day of a term voids the term."),
        widget=day_input(),
    )
    noticed_on = forms.DateField(
        label=_("Day of the wish, or on which notice was given"),
        required=False,
        help_text=_("Today unless told."),
        widget=day_input(),
    )
    proof = forms.CharField(
        label=_("Proof"),
        required=False,
        max_length=500,
        help_text=_("Only for an end that lies before the day of the wish: what shows it."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self):
        today = clock.today(self.policy.time_zone)
        own = [side for side in CancelledBy if may_cancel_as(self.policy, side, self.user)]
        sides = own or list(CancelledBy)  # who may for neither is told so by the act
        self.fields["side"].choices = [(side.value, side.label) for side in sides]
        self.fields["side"].initial = sides[0].value
        self.fields["reason"].choices = reasons_of(sides)
        self.fields["effective_on"].initial = today

    def as_asked(self):
        """The form itself where it was sent; else as it stands on the page, to be previewed."""
        if self.is_bound:
            return self
        shown = {name: self.get_initial_for_field(f, name) for name, f in self.fields.items()}
        shown["reason"] = REASONS_OF[CancelledBy(shown["side"])][0].value
        return CancelForm(shown, policy=self.policy, user=self.user)


class ReinstateForm(PolicyForm):
    from_on = forms.DateField(
        label=_("Cover again from"),
        help_text=_("The day it ended leaves no gap; a later day leaves one."),
        widget=day_input(),
    )
    statement = forms.CharField(
        label=_("Statement of no loss"),
        required=False,
        max_length=500,
        help_text=_("Who states that nothing has happened since, and how. Needed to reach back."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class NonrenewForm(PolicyForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Stands in the notice."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    noticed_on = forms.DateField(
        label=_("Day on which notice was given"),
        required=False,
        help_text=_("Today unless told."),
        widget=day_input(),
    )


# Papers and forms


class ConfirmForm(forms.Form):
    """Somebody stands for a line of the checklist."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label=_("What is missing"),
        max_length=500,
        help_text=_("The agent reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ResubmitForm(forms.Form):
    note = forms.CharField(
        label=_("What you have brought"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class EditionForm(forms.Form):
    """The words of an edition, in both languages."""

    in_use_from = forms.DateField(
        label=_("In use from"),
        help_text=_("Terms that begin on this day or later get it, where its filing is in effect."),
        widget=day_input(),
    )
    text_en = forms.CharField(
        label=_("Text in English"),
        help_text=_("Paragraphs with a blank line between; # begins a heading, - a point."),
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    text_es = forms.CharField(label=_("Text in Spanish"), widget=forms.Textarea(attrs={"rows": 14}))

    def arguments(self):
        cleaned = self.cleaned_data
        texts = {"en": cleaned["text_en"], "es": cleaned["text_es"]}
        return {"texts": texts, "in_use_from": cleaned["in_use_from"]}


class NewEditionForm(EditionForm):
    edition = forms.CharField(
        label=_("Edition"), max_length=12, help_text=_("Month and year, such as 03 27.")
    )

    field_order = ["edition", "in_use_from", "text_en", "text_es"]

    def arguments(self):
        return super().arguments() | {"edition": self.cleaned_data["edition"].strip()}


class ReviewForm(NoteForm):
    """The words of the legal department."""

    def arguments(self):
        return self.cleaned_data


class RetireForm(forms.Form):
    in_use_to = forms.DateField(
        label=_("First day on which it is no longer issued"), widget=day_input()
    )

    def arguments(self):
        return self.cleaned_data


class FilingForm(forms.Form):
    """What was put before a state's regulator."""

    kind = forms.ChoiceField(label=_("What was filed"), choices=FilingKind.choices)
    number = forms.CharField(
        label=_("Filing number"), max_length=32, help_text=_("As SERFF gives it.")
    )
    carrier = forms.ModelChoiceField(Carrier.objects.all(), label=_("Carrier"))
    jurisdiction = forms.ChoiceField(label=_("State"))
    method = forms.ChoiceField(label=_("Method"), choices=FilingMethod.choices)
    filed_on = forms.DateField(label=_("Filed"), widget=day_input())
    effective_on = forms.DateField(label=_("In effect from"), widget=day_input())
    editions = forms.ModelMultipleChoiceField(
        FormEdition.objects.none(), label=_("Forms"), required=False
    )
    version = forms.ModelChoiceField(
        ProductVersion.objects.none(), label=_("Version whose rates were filed"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        editions = FormEdition.objects.select_related("form").defer("texts")
        self.fields["editions"].queryset = editions.order_by("form__number", "-in_use_from")
        versions = ProductVersion.objects.defer("definition").order_by("product_id", "-version")
        self.fields["version"].queryset = versions
        self.fields["jurisdiction"].choices = places.choices()


class DecideFilingForm(forms.Form):
    status = forms.ChoiceField(
        label=_("What the regulator decided"),
        choices=[
            (one.value, one.label)
            for one in (FilingStatus.APPROVED, FilingStatus.DISAPPROVED, FilingStatus.WITHDRAWN)
        ],
    )
    decided_on = forms.DateField(label=_("Decided"), widget=day_input())
    effective_on = forms.DateField(
        label=_("In effect from"),
        required=False,
        help_text=_("Only where the decision moves the day."),
        widget=day_input(),
    )


class CertificateForm(forms.Form):
    """Who needs proof of the policy, and what it is to say."""

    name = forms.CharField(label=_("Who needs it"), max_length=120)
    email = forms.EmailField(
        label=_("Their e-mail"),
        required=False,
        help_text=_("Without one the certificate goes by post."),
    )
    street = forms.CharField(label=_("Street and number"), max_length=160)
    city = forms.CharField(label=_("City"), max_length=80)
    jurisdiction = forms.ChoiceField(label=_("State"))
    postal_code = forms.CharField(label=_("ZIP code"), max_length=10)
    operations = forms.CharField(
        label=_("What it is for"),
        max_length=500,
        help_text=_("The job, the place or the contract that it is asked for."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_additional_insured = forms.BooleanField(
        label=_("They have to be an additional insured"),
        required=False,
        help_text=_("Only where the policy names them already; a certificate adds no cover."),
    )
    notice = forms.ChoiceField(
        label=_("If the policy is cancelled"), choices=CertificateNotice.choices
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["jurisdiction"].choices = places.choices()

    def arguments(self):
        cleaned = dict(self.cleaned_data)
        names = ("name", "email", "street", "city", "jurisdiction", "postal_code")
        return {"holder": {name: cleaned.pop(name) for name in names}, **cleaned}


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The policyholder reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReissueForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is issued again"),
        max_length=200,
        help_text=_("Stands on the new paper, which names the one that it replaces."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
