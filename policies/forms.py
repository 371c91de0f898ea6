from django import forms
from django.utils.translation import gettext_lazy as _

from office import clock
from office.forms import day_input
from policies import selectors
from policies.enums import REASONS_OF, CancellationReason, CancelledBy
from policies.models import ProductDraft, ProductVersion
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
