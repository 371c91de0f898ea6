"""HTTP in, clean values out. A form never saves; what it cannot know the service refuses."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import places
from customers.enums import ContactKind, CustomerKind
from customers.models import Carrier
from office import clock
from office.enums import Channel, Language, Line
from office.forms import day_input
from office.models import User

ADDRESS = ("street", "city", "jurisdiction", "postal_code", "time_zone")


class JurisdictionField(forms.CharField):
    """A state by choice; a code of ISO 3166-2 from elsewhere is accepted as it is typed."""

    def __init__(self, **options):
        options.setdefault("label", _("State"))
        options.setdefault("max_length", 8)
        super().__init__(**options)

    def to_python(self, value):
        return super().to_python(value).upper()

    def validate(self, value):
        super().validate(value)
        if value and not places.is_known(value):
            raise forms.ValidationError(_("Write a code like US-CA."), code="unknown")


class AddressForm(forms.Form):
    street = forms.CharField(label=_("Street and number"), max_length=160)
    city = forms.CharField(label=_("City"), max_length=80)
    jurisdiction = JurisdictionField(
        widget=forms.TextInput(attrs={"list": "jurisdictions", "autocomplete": "off"}),
        help_text=_("US-CA for California; codes of other countries too, such as ES-M."),
    )
    postal_code = forms.CharField(label=_("Postal code"), max_length=16)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
        help_text=_("Leave it empty and the state and postal code decide."),
    )

    def clean_time_zone(self):
        zone = self.cleaned_data["time_zone"]
        if zone and zone not in clock.zones():
            raise forms.ValidationError(_("Write a time zone like America/Denver."))
        return zone

    def address(self):
        return {name: self.cleaned_data[name] for name in ADDRESS}


class WhoFields(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind.choices)
    given_name = forms.CharField(label=_("Given name"), max_length=80, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=80, required=False)
    organisation_name = forms.CharField(
        label=_("Name of the organisation"), max_length=160, required=False
    )
    born_on = forms.DateField(label=_("Date of birth"), required=False, widget=day_input())
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    channel = forms.ChoiceField(label=_("Preferred channel"), choices=Channel.choices)

    def clean(self):
        """A person has names, an organisation its own; what belongs to the other is dropped."""
        values = super().clean()
        if values.get("kind") == CustomerKind.ORGANISATION:
            values |= {"given_name": "", "family_name": "", "born_on": None}
            if not values.get("organisation_name"):
                self.add_error("organisation_name", _("An organisation needs its name."))
        else:
            values["organisation_name"] = ""
            if not (values.get("given_name") or values.get("family_name")):
                self.add_error("family_name", _("A person needs a name."))
        return values

    def who(self):
        return {name: self.cleaned_data[name] for name in WhoFields.base_fields}


class EditCustomerForm(WhoFields):
    note = forms.CharField(label=_("Why"), max_length=200, required=False)


class NewCustomerForm(WhoFields, AddressForm):
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False)

    field_order = [*WhoFields.base_fields, "email", "phone", *ADDRESS]


class ContactForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind.choices)
    value = forms.CharField(label=_("E-mail address or phone number"), max_length=254)


class BankAccountForm(forms.Form):
    holder = forms.CharField(label=_("Account holder"), max_length=140)
    account = forms.CharField(
        label=_("Account number or IBAN"),
        max_length=42,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-no-draft": ""}),
    )
    routing = forms.CharField(
        label=_("Routing number"),
        max_length=11,
        required=False,
        help_text=_("For an account in the United States: nine digits."),
    )


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button says yes."""


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class MergeForm(NoteForm):
    into = forms.CharField(
        label=_("Merge into"), max_length=20, help_text=_("The number of the record to keep.")
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. A few words that only you know are best."),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self):
        values = super().clean()
        password, again = values.get("password"), values.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", _("The two passwords are not the same."))
        return values


class SearchField(forms.CharField):
    def __init__(self):
        hint = {"type": "search", "placeholder": _("Name, number, e-mail or phone")}
        super().__init__(label=_("Search"), max_length=100, widget=forms.TextInput(attrs=hint))


class ReferenceField(forms.CharField):
    def __init__(self):
        hint = {"placeholder": "CL-2026-000042"}
        super().__init__(label=_("About"), max_length=60, widget=forms.TextInput(attrs=hint))


def any_of(label, words):
    """A filter by one of the words, or by none."""
    return forms.ChoiceField(label=label, choices=[("", _("Any")), *words.choices])


class PeriodFields(forms.Form):
    valid_from = forms.DateField(label=_("From"), widget=day_input())
    valid_to = forms.DateField(
        label=_("Until"),
        required=False,
        widget=day_input(),
        help_text=_("The first day that is no longer covered."),
    )


class AgentForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=16)
    name = forms.CharField(label=_("Name"), max_length=120)
    agency = forms.CharField(label=_("Agency"), max_length=120, required=False)
    user = forms.ModelChoiceField(
        label=_("Login"),
        empty_label=_("None"),
        queryset=User.objects.filter(is_active=True, department="agency"),
        required=False,
    )


class LicenceForm(PeriodFields):
    jurisdiction = JurisdictionField()
    line = forms.ChoiceField(label=_("Line"), choices=Line.choices)
    number = forms.CharField(label=_("Licence number"), max_length=32)

    field_order = ["jurisdiction", "line", "number", "valid_from", "valid_to"]


class AppointmentForm(PeriodFields):
    carrier = forms.ModelChoiceField(
        label=_("Carrier"), queryset=Carrier.objects.all(), empty_label=_("Choose")
    )
    line = forms.ChoiceField(label=_("Line"), choices=Line.choices)

    field_order = ["carrier", "line", "valid_from", "valid_to"]


class CourseForm(forms.Form):
    title = forms.CharField(label=_("Course"), max_length=120)
    provider = forms.CharField(label=_("Provider"), max_length=120, required=False)
    jurisdiction = JurisdictionField()
    certificate = forms.CharField(label=_("Certificate number"), max_length=40)
    hours = forms.DecimalField(
        label=_("Hours"), min_value=Decimal("0.5"), max_value=60, max_digits=3, decimal_places=1
    )
    is_ethics = forms.BooleanField(label=_("In ethics or law"), required=False)
    completed_on = forms.DateField(label=_("Completed"), widget=day_input())
