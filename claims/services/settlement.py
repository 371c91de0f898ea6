"""Steps 5 to 7: what is owed is determined, offered, and accepted or disputed."""

from django.db import transaction

from claims.enums import ClaimState, LetterKind, OfferState
from claims.models import Claim, Offer, Settlement, SettlementItem
from claims.models.offering import offer_content
from claims.services.drafts import close_exposures, draft_payout, undo_settlement
from claims.services.letters import write_letter
from claims.services.screening import screen_payee
from customers.models import Customer
from office import clock
from office.models import User
from office.workflow import move


@transaction.atomic
def determine_claim(
    *,
    claim: Claim,
    claimant: Customer,
    reasons: str = "",
    is_partial: bool = False,
    by: User,
    note: str = "",
) -> Claim:
    """End step 5 for one claimant's open exposures: settle, draft the payment, or close on zero.

    `is_partial` says that more is to follow on these exposures (recoverable depreciation): they
    stay open after the payment.
    """
    outcome: dict = {"claimant": claimant.number, "is_partial": is_partial}
    claim = move(
        claim,
        "determine",
        by=by,
        note=note or reasons,
        facts=outcome,
        claimant=claimant,
        outcome=outcome,
    )
    settlement = _keep_settlement(claim, claimant, reasons, is_partial, outcome, by)
    if settlement.amount:
        draft_payout(
            claim=claim,
            payee=claimant,
            parts=[(item.exposure, item.amount) for item in settlement.all_items()],
            memo=claim.number,
            settlement=settlement,
            by=by,
        )
        return claim
    exposures = [item.exposure for item in settlement.all_items()]
    close_exposures(exposures=exposures, note=reasons, by=by)
    if claim.state == ClaimState.CLOSED:
        _tell_closed(claim, reasons, by)
    return claim


def _keep_settlement(
    claim: Claim, claimant: Customer, reasons: str, is_partial: bool, outcome: dict, by: User
) -> Settlement:
    """The rows of what the transition worked out a moment ago, under the lock it still holds."""
    settlement = Settlement.objects.create(
        claim=claim,
        cycle=outcome["cycle"],
        claimant=claimant,
        amount=outcome["amount"],
        is_partial=is_partial,
        reasons=reasons.strip(),
        rule=outcome["rule"],
        determined_at=clock.now(),
        determined_by=by,
    )
    SettlementItem.objects.bulk_create(
        SettlementItem(
            settlement=settlement,
            exposure_id=item["exposure"],
            figures=item["figures"],
            amount=item["figures"][-1]["amount"],
        )
        for item in outcome["items"]
    )
    return settlement


def _tell_closed(claim: Claim, reasons: str, by: User) -> None:
    write_letter(
        claim=claim,
        kind=LetterKind.CLOSED,
        customer=claim.customer,
        facts={"reasons": reasons},
        by=by,
    )


@transaction.atomic
def offer_claim(*, claim: Claim, reasons: str, by: User, note: str = "") -> Claim:
    """End step 6: the letter goes out, and the offer it makes is kept word for word."""
    reasons = reasons.strip()
    outcome: dict = {"reasons": reasons}
    claim = move(claim, "offer", by=by, note=note, facts=outcome, reasons=reasons, outcome=outcome)
    settlement = claim.pending_settlement()
    Offer.objects.create(
        claim=claim,
        settlement=settlement,
        claimant=settlement.claimant,
        content=offer_content(claim, settlement, reasons),
        sha256=outcome["sha256"],
        amount=settlement.amount,
        offered_at=clock.now(),
        offered_by=by,
    )
    facts = {"offer": settlement.offer.pk}
    write_letter(
        claim=claim, kind=LetterKind.OFFER, customer=settlement.claimant, facts=facts, by=by
    )
    return claim


@transaction.atomic
def accept_claim(
    *, claim: Claim, sha256: str, evidence: str = "", by: User, note: str = ""
) -> Claim:
    """End step 7. `sha256` is the hash of the offer that the person has read."""
    facts = {"sha256": sha256, "evidence": evidence}
    offer = claim.open_offer()
    claim = move(claim, "accept", by=by, note=note, facts=facts, sha256=sha256, evidence=evidence)
    _answer(offer, OfferState.ACCEPTED, by, evidence=evidence)
    screen_payee(claim=claim, name=offer.claimant.display_name)
    return claim


@transaction.atomic
def dispute_claim(
    *, claim: Claim, sha256: str, reason: str, evidence: str = "", by: User, note: str = ""
) -> Claim:
    """The claimant does not agree: back to step 5 with the reason, in a new round."""
    facts = {"sha256": sha256, "reason": reason, "evidence": evidence}
    offer = claim.open_offer()
    claim = move(
        claim,
        "dispute",
        by=by,
        note=note or reason,
        facts=facts,
        sha256=sha256,
        reason=reason,
        evidence=evidence,
    )
    _answer(offer, OfferState.DISPUTED, by, evidence=evidence, reason=reason)
    undo_settlement(claim=claim, settlement=offer.settlement, by=by)
    write_letter(claim=claim, kind=LetterKind.DISPUTE, customer=offer.claimant, facts={}, by=by)
    return claim


def _answer(offer: Offer, state: OfferState, by: User, **words: str) -> None:
    Offer.objects.filter(pk=offer.pk).update(
        state=state, answered_at=clock.now(), answered_by=by, **words
    )
