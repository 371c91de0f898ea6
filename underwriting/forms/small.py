"""The small forms: filters, who and what a submission is for, reasons, pay plans."""

import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.forms import payment_methods
from customers.models import Agent, Customer
from customers.selectors import search_customers
from office import money
from office.forms import day_input
from policies.catalogue import label
from underwriting.models import CarrierConnection
from underwriting.practice import practice
from underwriting.selectors import first_payment, kinds_sold, pay_plans, plans_of

FOUND_AT_MOST = 8


class NewForm(forms.Form):
    """Who wants to be insured, what, from when, and who sells it."""

    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        help_text=gettext_lazy("Number, name, whole e-mail or phone."),
        max_length=120,
    )
    kind = forms.ChoiceField(label=gettext_lazy("What to insure"))
    effective_on = forms.DateField(label=gettext_lazy("First day of cover"), widget=day_input())
    agent = forms.ModelChoiceField(
        label=gettext_lazy("Agent"),
        queryset=Agent.objects.all(),
        empty_label=gettext_lazy("Choose"),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["kind"].choices = list(kinds_sold().items())
        own = Agent.objects.filter(user=user).first()
        if own:
            self.fields["agent"].queryset = Agent.objects.filter(pk=own.pk)
            self.fields["agent"].initial = own.pk

    def clean_customer(self):
        """One customer; when the words fit several, their numbers are named."""
        text = self.cleaned_data["customer"]
        found = list(search_customers(text, FOUND_AT_MOST, user=self.user))
        exact = [customer for customer in found if customer.number == text.strip().upper()]
        found = exact or found
        if not found:
            raise forms.ValidationError(_("Nobody in the address book fits these words."))
        if len(found) > 1:
            names = "; ".join(f"{one.number} {one.display_name}" for one in found)
            raise forms.ValidationError(
                _("Several customers fit. Enter one number: %(names)s.") % {"names": names}
            )
        return found[0]


class StartForm(forms.Form):
    """What the address of the application page says, checked."""

    customer = forms.ModelChoiceField(
        queryset=Customer.objects.none(), to_field_name="number", widget=forms.HiddenInput
    )
    agent = forms.ModelChoiceField(
        queryset=Agent.objects.all(), to_field_name="code", widget=forms.HiddenInput
    )
    kind = forms.CharField(widget=forms.HiddenInput)
    effective_on = forms.DateField(label=gettext_lazy("First day of cover"), widget=day_input())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = Customer.objects.for_user(user)


class LossRunForm(forms.Form):
    """How many years of losses are shown."""

    years = forms.TypedChoiceField(
        label=gettext_lazy("Years"),
        coerce=int,
        choices=[(years, str(years)) for years in (3, 5, 10)],
    )

    @property
    def chosen(self) -> int:
        """What was asked for; as far as underwriters look back where nothing was."""
        if self.is_bound and self.is_valid():
            return self.cleaned_data["years"]
        return practice().look_back_years


class EditForm(forms.Form):
    effective_on = forms.DateField(label=gettext_lazy("First day of cover"), widget=day_input())
    revision = forms.IntegerField(widget=forms.HiddenInput)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=500, widget=forms.Textarea
    )


class ReasonForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea)


class BindForm(forms.Form):
    pay_plan = forms.ChoiceField(
        label=gettext_lazy("How the customer pays"), widget=forms.RadioSelect
    )

    def __init__(self, *args, quote, **kwargs):
        super().__init__(*args, **kwargs)
        plans = [(plan.code, label(plan.names)) for plan in pay_plans(quote)]
        self.fields["pay_plan"].choices = plans
        self.fields["pay_plan"].initial = plans[0][0]


class ConnectionForm(forms.ModelForm):
    """How a carrier's system is reached; what the service keeps is not shown again."""

    new_key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=400,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The one that the carrier gave to the office. Empty keeps it."),
    )

    class Meta:
        model = CarrierConnection
        fields = [
            "carrier",
            "url",
            "connect_seconds",
            "read_seconds",
            "attempts",
            "failures",
            "rest_seconds",
            "is_active",
        ]

    def clean_new_key(self):
        key = self.cleaned_data["new_key"]
        if not key and self.instance.changed_at is None:
            raise forms.ValidationError(_("Write the key that the carrier gave to the office."))
        return key


class AcceptRenewalForm(forms.Form):
    """How the next term is paid: by the plan of the last one, unless told.

    Only plans by which a term begins with the answer; the others begin with a payment.
    """

    pay_plan = forms.ChoiceField(
        label=gettext_lazy("How the customer pays"), widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("How the policyholder said so."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, renewal, **kwargs):
        super().__init__(*args, **kwargs)
        plans = plans_of(renewal, renews_on="acceptance")
        self.fields["pay_plan"].choices = [(plan.code, label(plan.names)) for plan in plans]
        self.fields["pay_plan"].initial = renewal.pay_plan


class PayRenewalForm(forms.Form):
    """What is paid now by each plan, and with what. The key makes a double click one payment."""

    pay_plan = forms.ChoiceField(
        label=gettext_lazy("How the customer pays"), widget=forms.RadioSelect
    )
    method = forms.ChoiceField(label=gettext_lazy("Method"))
    token = forms.CharField(
        label=gettext_lazy("Token"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("What the payment provider gave for the card or account."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=500, widget=forms.Textarea
    )
    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=120)

    def __init__(self, *args, renewal, may_write_down=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pay_plan"].choices = plans_to_pay(renewal)
        self.fields["pay_plan"].initial = renewal.pay_plan
        self.fields["idempotency_key"].initial = uuid.uuid4
        self.fields["method"].choices = payment_methods(may_write_down=may_write_down)


def plans_to_pay(renewal):
    """Each pay plan with what is due now, which begins the next term."""
    return [
        (
            plan.code,
            _("%(plan)s: %(amount)s now")
            % {"plan": label(plan.names), "amount": money.format(first_payment(renewal, plan))},
        )
        for plan in plans_of(renewal)
    ]
