from claims.models.adjuster import Adjuster, AdjusterLicence
from claims.models.claim import Claim, ClaimEvent
from claims.models.evidence import Attachment, DocumentRequest, Duplicate, Finding
from claims.models.exposure import Exposure, ReserveChange, ReserveLine
from claims.models.settlement import (
    CoverageReview,
    Offer,
    Payout,
    PayoutPart,
    Settlement,
    SettlementItem,
)
from claims.models.watch import Escalation, Handover, Hold, Letter, NegotiationNote

__all__ = [
    "Adjuster",
    "AdjusterLicence",
    "Attachment",
    "Claim",
    "ClaimEvent",
    "CoverageReview",
    "DocumentRequest",
    "Duplicate",
    "Escalation",
    "Exposure",
    "Finding",
    "Handover",
    "Hold",
    "Letter",
    "NegotiationNote",
    "Offer",
    "Payout",
    "PayoutPart",
    "ReserveChange",
    "ReserveLine",
    "Settlement",
    "SettlementItem",
]
