"""The acts beside the eight steps: papers, findings, reserves, holds, other endings, letters."""

from django.utils.translation import gettext_lazy as _

from claims import enums, rules
from claims.enums import ClaimState
from claims.models import amounts, clocks, guards
from claims.models.acts import act

DOCUMENTING, INVESTIGATING = ClaimState.DOCUMENTING, ClaimState.INVESTIGATING
CLOSED, DENIED = ClaimState.CLOSED, ClaimState.DENIED
WITHDRAWN, WITH_CARRIER = ClaimState.WITHDRAWN, ClaimState.WITH_CARRIER
EVERY_STATE = frozenset(ClaimState)


class SideActs:
    """Acts that end no step. Those that go back raise the claim's cycle."""

    # Documents

    @act(enums.ASSESSABLE, None, rules.may_attend_documents, _("Ask for a document"), "file-plus")
    def require_document(self, *, by, at, kind):
        guards.check_new_document(self, kind)
        clocks.pause(self, guards.DOCUMENTS, clocks.day(self, at))
        self.reckon()

    @act(enums.EVIDENCED, None, rules.may_send_documents, _("Receive a document"), "file-down")
    def receive_document(self, *, by, at, document):
        guards.check_document(self, document, to=enums.DocumentState.RECEIVED)
        guards.note_document_in(self, document, at)
        self.reckon()

    @act(enums.ASSESSABLE, None, rules.may_attend_documents, _("Verify a document"), "file-check")
    def verify_document(self, *, by, at, document):
        guards.check_document(self, document, to=enums.DocumentState.VERIFIED)

    @act(enums.ASSESSABLE, None, rules.may_attend_documents, _("Refuse a document"), "file-x")
    def refuse_document(self, *, by, at, document, reason):
        guards.check_document(self, document, to=enums.DocumentState.REFUSED)
        guards.demand_text(reason, _("Say what is wrong with the document."), "reason")
        clocks.pause(self, guards.DOCUMENTS, clocks.day(self, at))
        self.reckon()

    @act(enums.ASSESSABLE, None, rules.may_verify, _("Waive a document"), "file-minus")
    def waive_document(self, *, by, at, document, reason):
        guards.check_document(self, document, to=enums.DocumentState.WAIVED)
        guards.demand_text(reason, _("Say why the file can do without it."), "reason")
        guards.note_document_in(self, document, at)
        self.reckon()

    @act(
        enums.WORKED,
        DOCUMENTING,
        rules.may_request_documents,
        _("Request documents"),
        "files",
        goes_back=True,
    )
    def request_documents(self, *, by, at, kinds):
        guards.check_requests(self, kinds)
        clocks.pause(self, guards.DOCUMENTS, clocks.day(self, at))
        self.all_items_on = None

    @act(enums.OPEN, None, rules.may_send_documents, _("Add files"), "paperclip")
    def attach(self, *, by, at):
        """Photos and papers that nobody asked for are kept as well."""

    # Investigation

    @act(enums.ASSESSABLE, None, rules.may_assign, _("Assign an adjuster"), "user-check")
    def assign_adjuster(self, *, by, at, adjuster):
        guards.check_adjuster(self, adjuster, at)
        self.adjuster, self.assigned_at, self.assigned_by = adjuster, at, by
        self.reckon()

    @act([DOCUMENTING, INVESTIGATING], None, rules.may_add_exposure, _("Add an exposure"), "plus")
    def add_exposure(self, *, by, at, coverage, item, claimant):
        guards.check_exposure(self, coverage, item, claimant)

    @act(enums.ASSESSABLE, None, rules.may_record_finding, _("Record a finding"), "clipboard-pen")
    def record_finding(self, *, by, at, finding):
        guards.check_finding(self, finding)

    @act(enums.RESERVABLE, None, rules.may_set_reserve, _("Set a reserve"), "piggy-bank")
    def set_reserve(self, *, by, at, exposure, kind, amount, outcome, expected=None):
        change = amounts.check_reserve(
            self, exposure, kind, amount, outcome, expected, by=by, at=at
        )
        self.book(kind, change)

    # Ending otherwise, and coming back

    @act(enums.DENIABLE, DENIED, rules.may_deny, _("Deny"), "ban")
    def deny(self, *, by, at, clauses, reasons, outcome):
        amounts.check_denial(self, clauses, reasons, outcome, by=by, at=at)
        self.decided_on = self.decided_on or clocks.day(self, at)
        amounts.release_totals(self)

    @act(enums.BEFORE_PAYABLE, WITHDRAWN, rules.may_withdraw, _("Withdraw"), "log-out")
    def withdraw(self, *, by, at, reason):
        guards.demand_text(reason, _("Say why the claim is withdrawn."), "reason")
        amounts.release_totals(self)

    @act(
        enums.REOPENABLE, INVESTIGATING, rules.may_reopen, _("Reopen"), "rotate-ccw", goes_back=True
    )
    def reopen(self, *, by, at, reason, exposures):
        guards.check_reopening(self, reason, exposures)

    @act([DOCUMENTING], WITH_CARRIER, rules.may_hand_over, _("Hand over to the carrier"), "forward")
    def hand_over(self, *, by, at):
        guards.check_hand_over(self)

    @act([WITH_CARRIER], None, rules.may_hand_over, _("Note a negotiation"), "messages-square")
    def note_negotiation(self, *, by, at, summary):
        guards.demand_text(summary, _("Write down what was said."), "summary")

    @act([WITH_CARRIER], DOCUMENTING, rules.may_hand_over, _("Take back"), "reply", goes_back=True)
    def take_back(self, *, by, at, reason):
        guards.demand_text(reason, _("Say why the carrier gave it back."), "reason")

    @act([WITH_CARRIER], CLOSED, rules.may_hand_over, _("Carrier is done"), "flag")
    def conclude(self, *, by, at, summary):
        guards.demand_text(summary, _("Write down how the carrier settled it."), "summary")

    # Holds, letters and clocks

    @act(enums.OPEN, None, rules.may_place_hold, _("Place a hold"), "hand")
    def place_hold(self, *, by, at, kind, reason):
        guards.check_hold(self, kind, reason)
        self.hold_count += 1
        self.is_fraud_suspected |= kind == enums.HoldKind.SPECIAL_INVESTIGATION
        self.reckon()

    @act(EVERY_STATE, None, rules.may_release_hold, _("Release a hold"), "circle-play")
    def release_hold(self, *, by, at, hold, reason):
        guards.check_release(self, hold, reason)
        self.hold_count -= 1
        self.is_fraud_suspected &= hold.kind != enums.HoldKind.SPECIAL_INVESTIGATION
        self.reckon()

    @act(enums.OURS, None, rules.may_verify, _("Write how it stands"), "mail")
    def write_status(self, *, by, at, reasons, is_delay):
        amounts.check_status(reasons)
        field = "delay_letter_on" if is_delay else "status_letter_on"
        setattr(self, field, clocks.day(self, at))
        self.reckon()

    @act(EVERY_STATE, None, rules.is_office, _("Acknowledged"), "mail-check")
    def acknowledge(self, *, by, at):
        self.acknowledged_on = clocks.day(self, at)
        self.reckon()

    @act(enums.OPEN, None, rules.is_office, _("Escalate"), "bell-ring")
    def escalate(self, *, by, at, rung):
        """The ladder's next rung was told; the row of the rung proves it."""
