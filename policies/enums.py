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


class FormEditionState(TextChoices):
    """Where the text of a form stands on its way past the legal department."""

    DRAFT = "draft", pgettext_lazy("form edition", "Draft")
    IN_REVIEW = "in_review", pgettext_lazy("form edition", "In legal review")
    APPROVED = "approved", pgettext_lazy("form edition", "Approved")
    REFUSED = "refused", pgettext_lazy("form edition", "Refused")


# The text may be changed only before it is looked at, or after it was refused.
EDITABLE_EDITIONS = frozenset({FormEditionState.DRAFT, FormEditionState.REFUSED})


class FilingKind(TextChoices):
    FORM = "form", pgettext_lazy("filing", "Forms")
    RATE = "rate", pgettext_lazy("filing", "Rates")


class FilingMethod(TextChoices):
    """When the law of a state lets a carrier use what it files."""

    PRIOR_APPROVAL = "prior_approval", pgettext_lazy("filing", "Prior approval")
    FILE_AND_USE = "file_and_use", pgettext_lazy("filing", "File and use")
    USE_AND_FILE = "use_and_file", pgettext_lazy("filing", "Use and file")


class FilingStatus(TextChoices):
    FILED = "filed", pgettext_lazy("filing", "Filed")
    APPROVED = "approved", pgettext_lazy("filing", "Approved")
    DISAPPROVED = "disapproved", pgettext_lazy("filing", "Disapproved")
    WITHDRAWN = "withdrawn", pgettext_lazy("filing", "Withdrawn")


class IssuanceState(TextChoices):
    """What becomes of the papers of a change that is bound."""

    AWAITING = "awaiting", _("Awaiting issue")
    RETURNED = "returned", _("Returned to the agent")
    ISSUED = "issued", pgettext_lazy("papers", "Issued")


class Lane(TextChoices):
    """How papers go out: by themselves where everything holds, or by a policy analyst."""

    STRAIGHT = "straight", _("Straight through")
    ANALYST = "analyst", _("Policy analyst")


class CertificateState(TextChoices):
    REQUESTED = "requested", pgettext_lazy("certificate", "Asked for")
    ISSUED = "issued", pgettext_lazy("certificate", "Issued")
    DECLINED = "declined", pgettext_lazy("certificate", "Declined")
    ENDED = "ended", pgettext_lazy("certificate", "Ended")


class CertificateEnd(TextChoices):
    """Why a certificate no longer speaks for the policy."""

    EXPIRED = "expired", _("The term is over")
    CANCELLED = "cancelled", _("The policy was cancelled")
    WITHDRAWN = "withdrawn", _("It was withdrawn")


class CertificateNotice(TextChoices):
    """What the holder hears when the policy is cancelled."""

    POLICY = "policy", _("Notice as the policy provides")
    COPY = "copy", _("The holder receives a copy of the notice")


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
    FORM = "form", _("Form")
    CERTIFICATE = "certificate", _("Certificate of insurance")
