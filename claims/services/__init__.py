"""The acts of the claims department, and the only writers of its tables. One module a stage."""

from claims.services.clocks import escalate_claim, escalate_claims, write_status
from claims.services.coverage import confirm_coverage
from claims.services.documents import (
    receive_document,
    refuse_document,
    request_documents,
    require_document,
    verify_claim,
    verify_document,
    waive_document,
)
from claims.services.endings import (
    conclude_claim,
    deny_claim,
    hand_over_claim,
    note_negotiation,
    reopen_claim,
    take_back_claim,
    withdraw_claim,
)
from claims.services.files import attach_files
from claims.services.history import import_claim
from claims.services.holds import place_hold, release_hold
from claims.services.investigation import (
    add_exposure,
    assign_adjuster,
    investigate_claim,
    license_adjuster,
    record_finding,
    register_adjuster,
    set_reserve,
)
from claims.services.letters import issue_letter
from claims.services.notice import dismiss_duplicate, link_duplicate, notify_claim, triage_claim
from claims.services.payment import (
    advance_claim,
    pay_advance,
    pay_claim,
    record_payment_confirmed,
    record_payment_returned,
)
from claims.services.screening import screen_payee
from claims.services.settlement import accept_claim, determine_claim, dispute_claim, offer_claim

__all__ = [
    "accept_claim",
    "add_exposure",
    "advance_claim",
    "assign_adjuster",
    "attach_files",
    "conclude_claim",
    "confirm_coverage",
    "deny_claim",
    "determine_claim",
    "dismiss_duplicate",
    "dispute_claim",
    "escalate_claim",
    "escalate_claims",
    "hand_over_claim",
    "import_claim",
    "investigate_claim",
    "issue_letter",
    "license_adjuster",
    "link_duplicate",
    "note_negotiation",
    "notify_claim",
    "offer_claim",
    "pay_advance",
    "pay_claim",
    "place_hold",
    "receive_document",
    "record_finding",
    "record_payment_confirmed",
    "record_payment_returned",
    "refuse_document",
    "register_adjuster",
    "release_hold",
    "reopen_claim",
    "request_documents",
    "require_document",
    "screen_payee",
    "set_reserve",
    "take_back_claim",
    "triage_claim",
    "verify_claim",
    "verify_document",
    "waive_document",
    "withdraw_claim",
    "write_status",
]
