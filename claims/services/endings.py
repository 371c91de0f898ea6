"""Ways a claim ends without settlement, comes back, or goes to the carrier whose risk it is."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from claims.enums import LetterKind, NoteDirection
from claims.models import Claim, Exposure, Handover, NegotiationNote
from claims.selectors.cover import clauses_of
from claims.services.drafts import (
    cancel_drafts,
    close_all_exposures,
    reopen_exposures,
    undo_settlement,
)
from claims.services.letters import write_letter
from customers.places import regulator_of
from office import clock, money
from office.exceptions import Refused
from office.models import User
from office.workflow import move


@transaction.atomic
def deny_claim(
    *, claim: Claim, clauses: Sequence[str], reasons: str, by: User, note: str = ""
) -> Claim:
    """Deny, citing exclusions of the policy by code; the letter carries the regulator's address."""
    cited = _cited(claim, clauses)
    regulator_of(claim.jurisdiction)
    outcome: dict = {"clauses": [clause for clause, _text in cited], "reasons": reasons}
    claim = move(
        claim,
        "deny",
        by=by,
        note=note or reasons,
        facts=outcome,
        clauses=cited,
        reasons=reasons,
        outcome=outcome,
    )
    cancel_drafts(claim=claim, by=by)
    close_all_exposures(claim=claim, note=reasons, by=by)
    write_letter(
        claim=claim,
        kind=LetterKind.DENIAL,
        customer=claim.customer,
        facts={"reasons": reasons, "codes": list(clauses)},
        by=by,
    )
    return claim


def _cited(claim: Claim, codes: Sequence[str]) -> list[tuple[str, str]]:
    known = clauses_of(claim) if codes else {}
    if unknown := [code for code in codes if code not in known]:
        raise Refused(
            _("The policy has no exclusion “%(code)s”.") % {"code": unknown[0]}, field="clauses"
        )
    return [known[code] for code in codes]


@transaction.atomic
def withdraw_claim(*, claim: Claim, reason: str, by: User, note: str = "") -> Claim:
    """The claimant does not pursue it. What was paid ahead stays paid."""
    settlement = claim.pending_settlement()
    claim = move(
        claim, "withdraw", by=by, note=note or reason, facts={"reason": reason}, reason=reason
    )
    undo_settlement(claim=claim, settlement=settlement, by=by)
    cancel_drafts(claim=claim, by=by)
    close_all_exposures(claim=claim, note=reason, by=by)
    claim.handovers.filter(ended_at=None).update(ended_at=clock.now(), ended_by=by, outcome=reason)
    write_letter(claim=claim, kind=LetterKind.WITHDRAWN, customer=claim.customer, facts={}, by=by)
    return claim


@transaction.atomic
def reopen_claim(
    *,
    claim: Claim,
    reason: str,
    exposures: Iterable[Exposure] | None = None,
    by: User,
    note: str = "",
) -> Claim:
    """Back to step 3 in a new round; without a choice, all exposures are open again."""
    chosen = list(claim.exposures.all() if exposures is None else exposures)
    facts = {"reason": reason, "exposures": [exposure.pk for exposure in chosen]}
    claim = move(
        claim,
        "reopen",
        by=by,
        note=note or reason,
        facts=facts,
        reason=reason,
        exposures=chosen,
    )
    reopen_exposures(exposures=chosen)
    write_letter(claim=claim, kind=LetterKind.REOPENED, customer=claim.customer, facts={}, by=by)
    return claim


@transaction.atomic
def hand_over_claim(*, claim: Claim, carrier_number: str = "", by: User, note: str = "") -> Claim:
    """The risk is another carrier's: it settles the claim, we chase and negotiate."""
    facts = {"carrier": claim.carrier, "carrier_number": carrier_number}
    claim = move(claim, "hand_over", by=by, note=note, facts=facts)
    Handover.objects.create(
        claim=claim,
        carrier_id=claim.carrier,
        carrier_number=carrier_number.strip(),
        handed_over_at=clock.now(),
        handed_over_by=by,
    )
    write_letter(claim=claim, kind=LetterKind.HANDED_OVER, customer=claim.customer, facts={}, by=by)
    return claim


@transaction.atomic
def note_negotiation(
    *,
    claim: Claim,
    direction: str,
    summary: str,
    amount: Decimal | None = None,
    carrier_number: str | None = None,
    carrier_status: str | None = None,
    by: User,
) -> NegotiationNote:
    """Keep what passed between the carrier and us; its number and status where they changed."""
    if direction not in NoteDirection:
        raise Refused(_("Say who wrote or called."), field="direction")
    facts = {"direction": direction, "amount": amount, "status": carrier_status}
    claim = move(claim, "note_negotiation", by=by, note=summary, facts=facts, summary=summary)
    handover = claim.handovers.get(ended_at=None)
    handover.carrier_number = carrier_number or handover.carrier_number
    handover.carrier_status = carrier_status or handover.carrier_status
    handover.save(update_fields=["carrier_number", "carrier_status"])
    return NegotiationNote.objects.create(
        handover=handover,
        direction=direction,
        summary=summary.strip(),
        amount=None if amount is None else money.exact(amount),
        noted_at=clock.now(),
        noted_by=by,
    )


@transaction.atomic
def take_back_claim(*, claim: Claim, reason: str, by: User, note: str = "") -> Claim:
    """The carrier returned it: step 2 again."""
    claim = move(
        claim, "take_back", by=by, note=note or reason, facts={"reason": reason}, reason=reason
    )
    _end_handover(claim, reason, by)
    return claim


@transaction.atomic
def conclude_claim(*, claim: Claim, summary: str, by: User, note: str = "") -> Claim:
    """The carrier has settled or refused it; our file closes."""
    claim = move(
        claim, "conclude", by=by, note=note or summary, facts={"summary": summary}, summary=summary
    )
    _end_handover(claim, summary, by)
    return claim


def _end_handover(claim: Claim, outcome: str, by: User) -> None:
    claim.handovers.filter(ended_at=None).update(ended_at=clock.now(), ended_by=by, outcome=outcome)
