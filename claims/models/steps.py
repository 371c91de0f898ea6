"""The acts that move a claim through its eight steps, and the money acts beside them.

An act only checks (in `guards`) and stamps; `act` does what is the same for all.
"""

from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE

from claims import enums, rules
from claims.enums import ClaimState
from claims.models import amounts, clocks, guards
from claims.models.acts import act

RECEIVED, DOCUMENTING, INVESTIGATING, COVERAGE_REVIEW, EVALUATING, NOTICE, OFFERED, PAYABLE = (
    enums.PATH
)
CLOSED = ClaimState.CLOSED
EVERY_STATE = frozenset(ClaimState)


class Steps:
    """Notice, the eight steps, advances, and what the bank says."""

    # Notice

    @act([""], RECEIVED, rules.may_notify, _("Report a loss"), "siren")
    def notify(self, *, by, at):
        self.notified_at, self.notified_by = at, by

    @act([""], RETURN_VALUE(*ClaimState), rules.may_import, _("Import"), "import", guarded=True)
    def import_claim(self, *, by, at, state):
        guards.stamp_imported(self, state, by)
        return state

    @act([RECEIVED], None, rules.may_resolve_duplicates, _("Same loss"), "link")
    def link_duplicate(self, *, by, at, duplicate):
        guards.check_duplicate(self, duplicate)

    @act([RECEIVED], None, rules.may_resolve_duplicates, _("Another loss"), "unlink")
    def dismiss_duplicate(self, *, by, at, duplicate):
        guards.check_duplicate(self, duplicate)

    @act([RECEIVED], DOCUMENTING, rules.may_triage, _("Triage"), "list-checks", primary=True)
    def triage(self, *, by, at):
        guards.check_triage(self)
        clocks.pause(self, guards.DOCUMENTS, clocks.day(self, at))

    @act(
        [DOCUMENTING],
        INVESTIGATING,
        rules.may_verify,
        _("File is complete"),
        "folder-check",
        primary=True,
    )
    def verify(self, *, by, at):
        guards.check_documents(self)
        guards.note_all_items(self, at)

    # Investigation

    @act(
        [INVESTIGATING],
        COVERAGE_REVIEW,
        rules.may_investigate,
        _("Finish the investigation"),
        "search-check",
        primary=True,
    )
    def investigate(self, *, by, at):
        guards.check_investigation(self)

    @act(
        [COVERAGE_REVIEW],
        EVALUATING,
        rules.may_confirm_coverage,
        _("Give the opinion"),
        "shield-check",
        primary=True,
    )
    def confirm_coverage(self, *, by, at, review):
        guards.check_review(self, review)
        self.opinion = review.opinion

    # Settlement

    @act(
        [EVALUATING],
        RETURN_VALUE(NOTICE, INVESTIGATING, CLOSED),
        rules.may_determine,
        _("Determine the settlement"),
        "scale",
        primary=True,
    )
    def determine(self, *, by, at, claimant, outcome):
        items = amounts.check_settlement(self, claimant, outcome, by=by, at=at)
        self.decided_on = self.decided_on or clocks.day(self, at)
        if any(item.amount for _exposure, item in items):
            return NOTICE
        return amounts.close_exposures(self, [exposure for exposure, _item in items])

    @act([NOTICE], OFFERED, rules.may_offer, _("Send the offer"), "send", primary=True)
    def offer(self, *, by, at, reasons, outcome):
        amounts.check_offer(self, reasons, outcome)

    @act([OFFERED], PAYABLE, rules.may_answer, _("Accept the offer"), "handshake", primary=True)
    def accept(self, *, by, at, sha256, evidence):
        amounts.check_answer(self, sha256, evidence, by=by)

    @act(
        [OFFERED],
        EVALUATING,
        rules.may_answer,
        _("Dispute the offer"),
        "message-square-warning",
        goes_back=True,
    )
    def dispute(self, *, by, at, sha256, reason, evidence):
        guards.demand_text(reason, _("Say what you do not agree with."), "reason")
        amounts.check_answer(self, sha256, evidence, by=by)

    @act(enums.ADVANCEABLE, None, rules.may_advance, _("Grant an advance"), "hand-coins")
    def advance(self, *, by, at, exposure, amount, outcome):
        amounts.check_advance(self, exposure, amount, outcome, by=by, at=at)

    # Payment

    @act(
        [PAYABLE],
        RETURN_VALUE(INVESTIGATING, CLOSED),
        rules.may_pay,
        _("Pay"),
        "banknote",
        primary=True,
    )
    def pay(self, *, by, at):
        settlement = self.pending_settlement()
        payout = settlement.payout()
        amounts.check_payout(self, payout, by=by)
        amounts.book_payout(self, payout)
        if settlement.is_partial:
            return INVESTIGATING
        exposures = [item.exposure for item in settlement.all_items()]
        return amounts.close_exposures(self, exposures, payout)

    @act(
        enums.ADVANCEABLE | {DOCUMENTING, PAYABLE},
        None,
        rules.may_pay_advance,
        _("Pay the advance"),
        "banknote",
    )
    def pay_advance(self, *, by, at, payout):
        amounts.check_payout(self, payout, by=by)
        amounts.book_payout(self, payout)

    @act(EVERY_STATE, None, rules.is_office, _("Payment confirmed"), "circle-check")
    def confirm_payment(self, *, by, at, payout):
        """The bank said so; the letter goes out."""

    @act(EVERY_STATE - {CLOSED}, None, rules.is_office, _("Payment returned"), "undo-2")
    def return_payment(self, *, by, at, payout):
        amounts.book_return(self, payout)

    @act(
        [CLOSED],
        RETURN_VALUE(PAYABLE, INVESTIGATING),
        rules.is_office,
        _("Payment returned"),
        "undo-2",
        goes_back=True,
    )
    def reopen_payment(self, *, by, at, payout):
        amounts.book_return(self, payout)
        latest = self.latest_settlement()
        return PAYABLE if latest and latest.pk == payout.settlement_id else INVESTIGATING
