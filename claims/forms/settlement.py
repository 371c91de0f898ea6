"""Determination, offer, answer, advance."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import selectors
from claims.forms.acts import ActForm, ExposureChoice, area
from customers.models import Customer
from office.money import MoneyFormField


class DetermineForm(ActForm):
    claimant = forms.ModelChoiceField(label=_("Claimant"), queryset=None, empty_label=None)
    reasons = area(_("Reasons"), required=False, help_text=_("The offer's letter begins with it."))
    is_partial = forms.BooleanField(
        label=_("Partial: more is to follow on these exposures"), required=False
    )

    def prepare(self):
        keys = [one.pk for one in selectors.claimants_of(self.claim)]
        field = self.fields["claimant"]
        field.queryset = Customer.objects.filter(pk__in=keys)
        field.label_from_instance = lambda customer: customer.display_name


class OfferForm(ActForm):
    reasons = area(
        _("Why this amount"),
        rows=6,
        help_text=_("Stands in the letter. It may not call a partial payment final."),
    )

    def prepare(self):
        settlement = self.claim.pending_settlement()
        if settlement:
            self.fields["reasons"].initial = settlement.reasons


class _AnswerForm(ActForm):
    """The answer quotes the offer that its writer saw: an offer made anew is another one."""

    sha256 = forms.CharField(widget=forms.HiddenInput)

    def prepare(self):
        offer = self.claim.open_offer()
        self.fields["sha256"].initial = offer.sha256 if offer else ""


class AcceptForm(_AnswerForm):
    evidence = area(
        _("How we know that they accept"),
        help_text=_("The letter, e-mail or call in which the claimant said so."),
    )


class DisputeForm(_AnswerForm):
    reason = area(_("What they do not agree with"))
    evidence = area(_("How we know it"), rows=2)


class AdvanceForm(ActForm):
    exposure = ExposureChoice()
    amount = MoneyFormField(label=_("Amount"))
    reason = area(_("Reason"), required=False, rows=2)

    def prepare(self):
        self.fields["exposure"].of(self.claim)


class PayAdvanceForm(ActForm):
    payout = forms.ModelChoiceField(label=_("Advance"), queryset=None, empty_label=None)

    def prepare(self):
        field = self.fields["payout"]
        waiting = self.claim.payouts.drafted().filter(settlement=None)
        field.queryset = waiting.select_related("payment")
        field.label_from_instance = lambda payout: str(payout.payment)
