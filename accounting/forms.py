"""What people type into accounting's pages; nothing here saves."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.enums import ONLINE_METHODS, PaymentMethod
from office.forms import day_input
from office.money import MoneyFormField


class DayForm(forms.Form):
    on = forms.DateField(label=_("At the end of"), required=False, widget=day_input())


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class ApproveForm(NoteForm):
    pay_on = forms.DateField(
        label=_("Pay on"),
        required=False,
        help_text=_("Leave it empty to pay at once."),
        widget=day_input(),
    )
    field_order = ["pay_on", "note"]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the question."""


class RefundForm(forms.Form):
    amount = MoneyFormField(label=_("Amount"))


class PayForm(forms.Form):
    """The key is drawn with the form, so that a double click is one payment."""

    amount = MoneyFormField(label=_("Amount"))
    method = forms.ChoiceField(label=_("Method"))
    token = forms.CharField(
        label=_("Token"),
        required=False,
        max_length=120,
        help_text=_("What the payment provider gave for the card or account."),
    )
    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=120)

    def __init__(self, *args, may_write_down=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].initial = uuid.uuid4
        self.fields["method"].choices = payment_methods(may_write_down=may_write_down)


def payment_methods(*, may_write_down):
    """How somebody may say that a payment comes; checks and transfers are for accountants."""
    return [
        (method.value, method.label)
        for method in PaymentMethod
        if may_write_down or method in ONLINE_METHODS
    ]
