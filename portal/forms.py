"""What a policyholder fills in, mostly on a phone: few fields, plain words."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.enums import ReporterKind
from claims.forms.acts import area
from claims.forms.notice import NoticeForm
from office.forms import FilesField, day_input
from policies.enums import REASONS_OF, CancelledBy
from underwriting.forms import AcceptRenewalForm, plans_to_pay


class ReportForm(NoticeForm):
    """The notice of loss in the policyholder's own words. They report it themselves."""

    field_order = [
        "lost_on",
        "lost_time",
        "cause",
        "place",
        "description",
        "uploads",
        "estimate",
        "is_injured",
        "injuries",
        "other_parties",
        "witnesses",
        "police_report",
        "is_another_loss",
    ]
    reported_by = None
    reporter_kind = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wording = {
            "lost_on": _("On which day did it happen?"),
            "lost_time": _("At about what time?"),
            "cause": _("What caused it?"),
            "place": _("Where did it happen?"),
            "description": _("What happened? In your own words."),
            "uploads": _("Photos, receipts, other papers"),
            "estimate": _("What will it cost, as far as you know?"),
            "is_injured": _("Somebody was injured"),
            "injuries": _("Who was injured, and how?"),
            "other_parties": _("Who else was involved?"),
            "witnesses": _("Who saw it?"),
            "police_report": _("Number of the police report"),
            "is_another_loss": _("I reported another loss before; this is a new one"),
        }
        for name, words in wording.items():
            self.fields[name].label = words

    def arguments(self, uploads):
        told = super().arguments(uploads)
        name = self.policy.customer.display_name
        return told | {"reported_by": name, "reporter_kind": ReporterKind.POLICYHOLDER}


class FilesForm(forms.Form):
    document = forms.ChoiceField(label=_("What is it?"), required=False)
    uploads = FilesField(
        label=_("Photos or PDF"), help_text=_("You can choose several, up to 25 MB each.")
    )

    def __init__(self, *args, awaited, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(str(row["pk"]), row["name"]) for row in awaited]
        self.fields["document"].choices = [*choices, ("", _("Something else"))]


class AcceptForm(forms.Form):
    sha256 = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.BooleanField(label=_("I have read the offer and accept it."))


class DisputeForm(forms.Form):
    sha256 = forms.CharField(widget=forms.HiddenInput)
    reason = area(
        _("What do you not agree with?"),
        help_text=_("Disputing costs you nothing and takes no right from you."),
    )


class WithdrawForm(forms.Form):
    reason = area(_("Why do you withdraw the claim?"))


class PayForm(forms.Form):
    """Pays the whole invoice. Card numbers never reach us: the provider's token stands for them."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class BankAccountForm(forms.Form):
    holder = forms.CharField(label=_("Name of the account holder"), max_length=120)
    iban_or_account = forms.CharField(
        label=_("Account number or IBAN"),
        max_length=42,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    routing = forms.CharField(
        label=_("Routing number"),
        required=False,
        max_length=9,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("Nine digits; not needed with an IBAN."),
    )


class PayPlanForm(AcceptRenewalForm):
    """How the policyholder wants to pay the next term."""

    note = None


class PayRenewalForm(forms.Form):
    """How the next term is paid: the first instalment of it now."""

    pay_plan = forms.ChoiceField(label=_("How do you want to pay?"), widget=forms.RadioSelect)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, renewal, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pay_plan"].choices = plans_to_pay(renewal)
        self.fields["pay_plan"].initial = renewal.pay_plan
        self.fields["key"].initial = uuid4


class DeclineForm(forms.Form):
    note = forms.CharField(
        label=_("Why"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, renewal, **kwargs):
        super().__init__(*args, **kwargs)


class EndForm(forms.Form):
    """The policyholder's own wish: from when on, and why."""

    effective_on = forms.DateField(label=_("First day without cover"), widget=day_input())
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(one.value, one.label) for one in REASONS_OF[CancelledBy.INSURED]],
    )
