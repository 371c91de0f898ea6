"""States and kinds of claims, and whose turn each state is."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.enums import DepartmentCode


class ClaimState(TextChoices):
    RECEIVED = "received", _("Received")
    DOCUMENTING = "documenting", _("Collecting documents")
    INVESTIGATING = "investigating", _("Being investigated")
    COVERAGE_REVIEW = "coverage_review", _("Coverage review")
    EVALUATING = "evaluating", _("Being evaluated")
    SETTLEMENT_NOTICE = "settlement_notice", _("Settlement to be notified")
    OFFERED = "offered", _("Offered")
    PAYABLE = "payable", _("To be paid")
    CLOSED = "closed", _("Closed")
    DENIED = "denied", _("Denied")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    WITH_CARRIER = "with_carrier", _("With the carrier")


# The eight steps in their order. The claim stands in the state until its act ends the step.
STEPS = (
    (ClaimState.RECEIVED, "triage", "triaged"),
    (ClaimState.DOCUMENTING, "verify", "verified"),
    (ClaimState.INVESTIGATING, "investigate", "investigated"),
    (ClaimState.COVERAGE_REVIEW, "confirm_coverage", "coverage_confirmed"),
    (ClaimState.EVALUATING, "determine", "determined"),
    (ClaimState.SETTLEMENT_NOTICE, "offer", "offered"),
    (ClaimState.OFFERED, "accept", "accepted"),
    (ClaimState.PAYABLE, "pay", "paid"),
)
PATH = tuple(state for state, _act, _stamp in STEPS)
STEP_OF = {act: number for number, (_state, act, _stamp) in enumerate(STEPS, 1)}
STAMP_OF = {act: stamp for _state, act, stamp in STEPS}

FINAL = frozenset({ClaimState.CLOSED, ClaimState.DENIED, ClaimState.WITHDRAWN})
OPEN = frozenset(ClaimState) - FINAL
OURS = OPEN - {ClaimState.WITH_CARRIER}
BEFORE_PAYABLE = OPEN - {ClaimState.PAYABLE}
WORKED = frozenset({ClaimState.INVESTIGATING, ClaimState.COVERAGE_REVIEW, ClaimState.EVALUATING})
DENIABLE = frozenset({ClaimState.COVERAGE_REVIEW, ClaimState.EVALUATING})
# From step 3 on a part of the loss may be paid ahead.
ADVANCEABLE = WORKED | {ClaimState.SETTLEMENT_NOTICE, ClaimState.OFFERED}
RESERVABLE = ADVANCEABLE | {ClaimState.PAYABLE}
ASSESSABLE = frozenset({ClaimState.DOCUMENTING}) | WORKED
EVIDENCED = frozenset({ClaimState.RECEIVED}) | ASSESSABLE
SETTLED = frozenset({ClaimState.SETTLEMENT_NOTICE, ClaimState.OFFERED, ClaimState.PAYABLE})
REOPENABLE = frozenset({ClaimState.CLOSED, ClaimState.DENIED})

# States that a stamp of their own goes with, beside the eight steps.
ENTERED = {
    ClaimState.CLOSED: "closed",
    ClaimState.DENIED: "denied",
    ClaimState.WITHDRAWN: "withdrawn",
    ClaimState.WITH_CARRIER: "handed_over",
}

# Whose turn it is; the policyholder's turn is chased by customer service.
TURN = {
    ClaimState.RECEIVED: DepartmentCode.CUSTOMER_SERVICE,
    ClaimState.DOCUMENTING: DepartmentCode.CLAIMS,
    ClaimState.INVESTIGATING: DepartmentCode.ADJUSTING,
    ClaimState.COVERAGE_REVIEW: DepartmentCode.UNDERWRITING,
    ClaimState.EVALUATING: DepartmentCode.CLAIMS,
    ClaimState.SETTLEMENT_NOTICE: DepartmentCode.CUSTOMER_SERVICE,
    ClaimState.OFFERED: DepartmentCode.CUSTOMER_SERVICE,
    ClaimState.PAYABLE: DepartmentCode.ACCOUNTING,
    ClaimState.WITH_CARRIER: DepartmentCode.CLAIMS,
}


class Opinion(TextChoices):
    COVERED = "covered", _("Covered")
    PARTLY = "partly", _("Partly covered")
    NOT_COVERED = "not_covered", _("Not covered")


class ReserveKind(TextChoices):
    INDEMNITY = "indemnity", _("Indemnity")
    EXPENSE = "expense", _("Expense")


class ReserveReason(TextChoices):
    SET = "set", _("Set")
    PAYMENT = "payment", _("Payment")
    RELEASE = "release", _("Released")
    RETURN = "return", _("Payment returned")
    IMPORT = "import", _("Imported")


class FindingKind(TextChoices):
    DAMAGE = "damage", _("Damage assessed")
    INSPECTION = "inspection", _("Inspection")
    INTERVIEW = "interview", _("Interview")
    PHONE = "phone", _("Phone call")
    LIABILITY = "liability", pgettext_lazy("who is at fault", "Liability")
    OTHER = "other", _("Other")


# What was asked of the people themselves before a denial may rest on it.
HEARD = frozenset({FindingKind.INTERVIEW, FindingKind.PHONE})


class DocumentState(TextChoices):
    REQUESTED = "requested", _("Requested")
    RECEIVED = "received", _("Received")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Refused")
    WAIVED = "waived", _("Waived")


DONE_DOCUMENTS = frozenset({DocumentState.VERIFIED, DocumentState.WAIVED})
# From which states a document may come to each.
DOCUMENT_FROM = {
    DocumentState.RECEIVED: frozenset({DocumentState.REQUESTED, DocumentState.REFUSED}),
    DocumentState.VERIFIED: frozenset({DocumentState.RECEIVED}),
    DocumentState.REFUSED: frozenset({DocumentState.RECEIVED}),
    DocumentState.WAIVED: frozenset(
        {DocumentState.REQUESTED, DocumentState.RECEIVED, DocumentState.REFUSED}
    ),
}
AWAITED_DOCUMENTS = frozenset({DocumentState.REQUESTED, DocumentState.REFUSED})


class HoldKind(TextChoices):
    SPECIAL_INVESTIGATION = "special_investigation", _("Special investigation")
    LITIGATION = "litigation", _("Litigation")
    SANCTIONS = "sanctions", _("Sanctions")


class DuplicateState(TextChoices):
    FOUND = "found", _("To be looked at")
    LINKED = "linked", _("Same loss")
    DISMISSED = "dismissed", _("Another loss")


class PayoutKind(TextChoices):
    SETTLEMENT = "settlement", _("Settlement")
    ADVANCE = "advance", _("Advance")


class OfferState(TextChoices):
    OPEN = "open", pgettext_lazy("offer", "Open")
    ACCEPTED = "accepted", _("Accepted")
    DISPUTED = "disputed", _("Disputed")
    LAPSED = "lapsed", _("No longer open")


class LetterKind(TextChoices):
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    DOCUMENT_REQUEST = "document_request", _("Request for documents")
    OFFER = "offer", _("Offer")
    DENIAL = "denial", _("Denial")
    PAYMENT = "payment", _("Payment")
    STATUS = "status", _("How the claim stands")
    DELAY = "delay", _("Why it takes longer")
    DISPUTE = "dispute", _("Dispute received")
    CLOSED = "closed", _("Closed without payment")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REOPENED = "reopened", _("Reopened")
    HANDED_OVER = "handed_over", _("Handed over")


# Short messages that go out without a letter in PDF.
WITHOUT_PDF = frozenset(
    {
        LetterKind.DISPUTE,
        LetterKind.CLOSED,
        LetterKind.WITHDRAWN,
        LetterKind.REOPENED,
        LetterKind.HANDED_OVER,
    }
)


class NoteDirection(TextChoices):
    TO_CARRIER = "to_carrier", _("To the carrier")
    FROM_CARRIER = "from_carrier", _("From the carrier")


class ReporterKind(TextChoices):
    POLICYHOLDER = "policyholder", _("Policyholder")
    AGENT = "agent", _("Agent")
    CLAIMANT = "claimant", _("Claimant")
    OTHER = "other", _("Somebody else")


class Rung(TextChoices):
    HANDLER = "handler", _("Handler")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    COMPLIANCE = "compliance", _("Compliance")


# What a role may be granted on claims; office/roles.py says which role has which.
PERMISSIONS: list[tuple[str, Any]] = [
    ("view_every_claim", _("See all claims, not only one's own")),
    ("notify_claim", _("Can report a loss for anybody")),
    ("triage_claim", _("Can triage a notice of loss")),
    ("verify_claim", _("Can collect and verify documents")),
    ("assign_claim", _("Can assign an adjuster")),
    ("investigate_claim", _("Can investigate a claim")),
    ("reserve_claim", _("Can set reserves")),
    ("confirm_coverage", _("Can confirm the coverage of a claim")),
    ("determine_claim", _("Can determine a settlement")),
    ("advance_claim", _("Can grant an advance")),
    ("offer_claim", _("Can send an offer")),
    ("answer_offer", _("Can answer an offer made to them")),
    ("record_answer", _("Can write down a claimant's answer")),
    ("pay_claim", _("Can pay a claim")),
    ("pay_above_limit", _("Can pay above the limit of a coverage")),
    ("deny_claim", _("Can deny a claim")),
    ("reopen_claim", _("Can reopen a claim")),
    ("hand_over_claim", _("Can hand a claim over to its carrier")),
    ("hold_claim", _("Can put a claim on hold")),
    ("supervise_claim", _("Can release holds and answer for deadlines")),
    ("escalate_claim", _("Can escalate what is due")),
    ("keep_adjusters", _("Can keep adjusters and their licences")),
    ("view_internals", _("Can see how reserves came to be and who could decide a claim")),
]
