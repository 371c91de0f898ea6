"""Payments that a decision drafts, and what becomes of them when the decision is undone."""

from collections.abc import Iterable
from decimal import Decimal

from accounting.services import cancel_payment, draft_payment
from claims.enums import OfferState, PayoutKind, ReserveKind
from claims.models import Claim, Exposure, Offer, Payout, PayoutPart, ReserveLine, Settlement
from claims.services.reserves import dims_of, line_of, release
from customers.models import Customer
from office import clock
from office.models import User


def draft_payout(
    *,
    claim: Claim,
    payee: Customer,
    parts: Iterable[tuple[Exposure, Decimal]],
    memo: str,
    by: User,
    settlement: Settlement | None = None,
) -> Payout:
    """Draft one payment out of the indemnity lines of these exposures."""
    parts = [(exposure, amount) for exposure, amount in parts if amount]
    payment = draft_payment(
        payee=payee,
        payee_name=payee.display_name,
        bank_account=None,
        amount=sum((amount for _exposure, amount in parts), Decimal(0)),
        source=claim.source,
        memo=memo,
        on_confirmed="claims.record_payment_confirmed",
        on_returned="claims.record_payment_returned",
        dims=dims_of(claim),
        by=by,
    )
    payout = Payout.objects.create(
        claim=claim,
        payment=payment,
        kind=PayoutKind.SETTLEMENT if settlement else PayoutKind.ADVANCE,
        settlement=settlement,
    )
    PayoutPart.objects.bulk_create(
        PayoutPart(payout=payout, line=line_of(exposure, ReserveKind.INDEMNITY), amount=amount)
        for exposure, amount in parts
    )
    return payout


def cancel_drafts(*, claim: Claim, by: User, settlement: Settlement | None = None) -> None:
    """Take back drafted payments: those of one settlement, or all of them."""
    drafts = claim.payouts.drafted().select_related("payment")
    if settlement:
        drafts = drafts.filter(settlement=settlement)
    for payout in drafts:
        cancel_payment(payment=payout.payment, by=User.objects.service())


def undo_settlement(*, claim: Claim, settlement: Settlement | None, by: User) -> None:
    """A settlement that is disputed or overtaken: no payment, no open offer, and it says so."""
    if settlement is None:
        return
    cancel_drafts(claim=claim, by=by, settlement=settlement)
    at = clock.now()
    Settlement.objects.filter(pk=settlement.pk).update(undone_at=at, undone_by=by)
    Offer.objects.filter(settlement=settlement, state=OfferState.OPEN).update(
        state=OfferState.LAPSED, answered_at=at, answered_by=by
    )


def close_exposures(*, exposures: Iterable[Exposure], note: str, by: User) -> None:
    """Release what is left of their reserves and close them."""
    closing = [exposure.pk for exposure in exposures]
    release(
        lines=ReserveLine.objects.filter(exposure__in=closing).select_related("exposure__claim"),
        note=note,
        by=by,
    )
    Exposure.objects.filter(pk__in=closing, closed_at=None).update(
        closed_at=clock.now(), closed_by=by
    )


def close_all_exposures(*, claim: Claim, note: str, by: User) -> None:
    """The claim ends without more to pay."""
    close_exposures(exposures=claim.open_exposures(), note=note, by=by)


def reopen_exposures(*, exposures: Iterable[Exposure]) -> None:
    Exposure.objects.filter(pk__in=[one.pk for one in exposures]).update(
        closed_at=None, closed_by=None
    )
