"""Step 8, advances, and what the bank says afterwards."""

from decimal import Decimal

from django.db import transaction

from accounting.models import Payment
from accounting.services import approve_payment
from claims.enums import ClaimState, LetterKind
from claims.models import Claim, Exposure, Payout
from claims.services.drafts import close_exposures, draft_payout, reopen_exposures
from claims.services.letters import write_letter
from claims.services.reserves import give_back_payment, take_payment
from claims.services.screening import screen_payee
from customers.models import Customer
from office.models import User
from office.workflow import move


def pay_claim(*, claim: Claim, by: User, note: str = "") -> Claim:
    """End step 8: approve the drafted payment; one posting, one instruction, once.

    The payee is screened first, in a transaction of its own: a hit stays as a hold although the
    payment is refused.
    """
    settlement = claim.latest_settlement()
    if settlement and claim.state == ClaimState.PAYABLE:
        screen_payee(claim=claim, name=settlement.claimant.display_name)
    return _pay(claim, by, note)


@transaction.atomic
def _pay(claim: Claim, by: User, note: str) -> Claim:
    settlement = claim.latest_settlement()
    facts = {"settlement": settlement and settlement.pk, "amount": settlement and settlement.amount}
    claim = move(claim, "pay", by=by, note=note, facts=facts)
    _approve(settlement.payout(), by)
    if not settlement.is_partial:
        exposures = [item.exposure for item in settlement.all_items()]
        close_exposures(exposures=exposures, note=claim.number, by=by)
    return claim


@transaction.atomic
def advance_claim(
    *,
    claim: Claim,
    exposure: Exposure,
    amount: Decimal,
    reason: str = "",
    by: User,
    note: str = "",
) -> Payout:
    """Draft a part of what is expected, to be paid ahead; the state stays."""
    outcome: dict = {"exposure": exposure.pk, "reason": reason}
    claim = move(
        claim,
        "advance",
        by=by,
        note=note or reason,
        facts=outcome,
        exposure=exposure,
        amount=amount,
        outcome=outcome,
    )
    payee: Customer = exposure.claimant
    parts = [(exposure, outcome["amount"])]
    return draft_payout(claim=claim, payee=payee, parts=parts, memo=claim.number, by=by)


def pay_advance(*, claim: Claim, payout: Payout, by: User, note: str = "") -> Claim:
    """Approve an advance, or the payment that takes the place of a returned one."""
    if claim.state in ClaimState:
        screen_payee(claim=claim, name=payout.payment.payee_name)
    return _pay_advance(claim, payout, by, note)


@transaction.atomic
def _pay_advance(claim: Claim, payout: Payout, by: User, note: str) -> Claim:
    facts = {"payment": payout.payment.number, "amount": payout.payment.amount}
    claim = move(claim, "pay_advance", by=by, note=note, facts=facts, payout=payout)
    _approve(payout, by)
    return claim


def _approve(payout: Payout, by: User) -> None:
    for part in payout.parts.select_related("line__exposure__claim").order_by("line_id"):
        take_payment(line=part.line, amount=part.amount, note=payout.payment.number, by=by)
    approve_payment(payment=payout.payment, by=by)


@transaction.atomic
def record_payment_confirmed(*, payment: Payment, by: User) -> Claim:
    """The bank has paid: the event, and the letter that says so."""
    payout = _payout_of(payment)
    facts = {"payment": payment.number, "amount": payment.amount}
    claim = move(payout.claim, "confirm_payment", by=by, facts=facts, payout=payout)
    write_letter(
        claim=claim,
        kind=LetterKind.PAYMENT,
        customer=payment.payee,
        facts={"payout": payout.pk},
        by=by,
    )
    return claim


@transaction.atomic
def record_payment_returned(*, payment: Payment, by: User) -> Claim:
    """The bank sent it back: the reserve stands again, and so does what is left to do.

    A closed claim opens again: to be paid, if it was the last settlement's payment; otherwise to
    be looked at. An open one gets a new draft by the same maker.
    """
    payout = _payout_of(payment)
    claim = payout.claim
    act = "reopen_payment" if claim.state == ClaimState.CLOSED else "return_payment"
    facts = {"payment": payment.number, "amount": payment.amount, "reason": payment.reason}
    claim = move(claim, act, by=by, facts=facts, payout=payout)
    ended = claim.state in (ClaimState.DENIED, ClaimState.WITHDRAWN)
    parts = list(payout.parts.select_related("line__exposure__claim").order_by("line_id"))
    for part in parts:
        give_back_payment(
            line=part.line, amount=part.amount, note=payment.number, is_kept=not ended, by=by
        )
    if not ended:
        reopen_exposures(exposures=[part.line.exposure for part in parts])
        _draft_again(claim, payout, parts)
    return claim


def _draft_again(claim: Claim, payout: Payout, parts: list) -> None:
    payment = payout.payment
    settlement = payout.settlement if claim.state == ClaimState.PAYABLE else None
    draft_payout(
        claim=claim,
        payee=payment.payee,
        parts=[(part.line.exposure, part.amount) for part in parts],
        memo=claim.number,
        settlement=settlement,
        by=payment.drafted_by,
    )


def _payout_of(payment: Payment) -> Payout:
    return Payout.objects.select_related("claim", "payment", "settlement").get(payment=payment)
