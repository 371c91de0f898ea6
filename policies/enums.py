"""States and kinds of policies and their transactions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PolicyState(TextChoices):
    IN_FORCE = "in_force", _("In force")
    PENDING_CANCELLATION = "pending_cancellation", _("Ends early")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


# On risk. A cancelled policy may be reinstated; an expired one is renewed or written anew.
OPEN = frozenset({PolicyState.IN_FORCE, PolicyState.PENDING_CANCELLATION})
FINAL = frozenset({PolicyState.EXPIRED})
# A term can be corrected after it is over, by whoever may go back so far.
CHANGEABLE = OPEN | {PolicyState.EXPIRED}


class DraftState(TextChoices):
    OPEN = "open", pgettext_lazy("product draft", "Open")
    PUBLISHED = "published", pgettext_lazy("product draft", "Published")
    DISCARDED = "discarded", pgettext_lazy("product draft", "Discarded")


class TransactionKind(TextChoices):
    NEW_BUSINESS = "new_business", _("New business")
    ENDORSEMENT = "endorsement", _("Endorsement")
    CANCELLATION = "cancellation", _("Cancellation")
    REINSTATEMENT = "reinstatement", _("Reinstatement")
    RENEWAL = "renewal", _("Renewal")
    PREMIUM_AUDIT = "premium_audit", _("Premium audit")
    REVERSAL = "reversal", _("Reversal")


class CancelledBy(TextChoices):
    """Who ends the contract: with the reason it decides what is returned and what notice is due."""

    INSURED = "insured", _("The policyholder")
    CARRIER = "carrier", _("The carrier")


class CancellationReason(TextChoices):
    REQUEST = "request", _("The policyholder's wish")
    REPLACED = "replaced", _("Insured elsewhere")
    SOLD = "sold", _("The insured property was sold")
    NOT_TAKEN = "not_taken", _("The policy was not taken up")
    NONPAYMENT = "nonpayment", _("The premium was not paid")
    MISREPRESENTATION = "misrepresentation", _("A material fact was stated wrongly")
    FRAUD = "fraud", _("Fraud")
    LICENCE_SUSPENDED = "licence_suspended", _("The driving licence was suspended")
    HAZARD = "hazard", _("The hazard rose substantially")
    CONDITIONS = "conditions", _("Conditions of the policy were broken")
    UNDERWRITING = "underwriting", _("The risk does not meet the carrier's guidelines")
    REINSURANCE_LOST = "reinsurance_lost", _("The carrier lost its reinsurance")


REASONS_OF = {
    CancelledBy.INSURED: (
        CancellationReason.REQUEST,
        CancellationReason.REPLACED,
        CancellationReason.SOLD,
        CancellationReason.NOT_TAKEN,
    ),
    CancelledBy.CARRIER: (
        CancellationReason.NONPAYMENT,
        CancellationReason.MISREPRESENTATION,
        CancellationReason.FRAUD,
        CancellationReason.LICENCE_SUSPENDED,
        CancellationReason.HAZARD,
        CancellationReason.CONDITIONS,
        CancellationReason.UNDERWRITING,
        CancellationReason.REINSURANCE_LOST,
    ),
}


# What a reversal can take back; a term's beginning and end are cancelled and reinstated instead.
REVERSIBLE = frozenset({TransactionKind.ENDORSEMENT, TransactionKind.PREMIUM_AUDIT})


class Choice(TextChoices):
    """What a person decides about a conflict of a change with another."""

    MINE = "mine", _("This change stands")
    THEIRS = "theirs", _("The other change stands")
    KEEP = "keep", _("The later change stands from its day on")
    REACH = "reach", _("This change reaches past the later one")
    DROP = "drop", _("Leave this part out")


class DocumentKind(TextChoices):
    DECLARATIONS = "declarations", _("Declarations")
    ENDORSEMENT = "endorsement", _("Endorsement")
    ID_CARD = "id_card", _("ID card")
    CANCELLATION_NOTICE = "cancellation_notice", _("Notice of cancellation")
    CANCELLATION = "cancellation", _("Confirmation of cancellation")
    RESCISSION = "rescission", _("Withdrawal of a notice of cancellation")
    REINSTATEMENT = "reinstatement", _("Confirmation of reinstatement")
    NONRENEWAL = "nonrenewal", _("Notice of non-renewal")
    RENEWAL_OFFER = "renewal_offer", _("Renewal offer")
    RENEWAL_LAPSE = "renewal_lapse", _("End without renewal")
