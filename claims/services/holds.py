"""Holds: who placed them, why, and who let the claim go on."""

from django.db import transaction

from claims.models import Claim, Hold
from office import clock
from office.models import User
from office.workflow import move


@transaction.atomic
def place_hold(*, claim: Claim, kind: str, reason: str, by: User, note: str = "") -> Claim:
    """Nothing is settled or paid until somebody releases it."""
    facts = {"kind": kind, "reason": reason}
    claim = move(
        claim, "place_hold", by=by, note=note or reason, facts=facts, kind=kind, reason=reason
    )
    Hold.objects.create(
        claim=claim, kind=kind, reason=reason.strip(), placed_at=clock.now(), placed_by=by
    )
    return claim


@transaction.atomic
def release_hold(*, claim: Claim, hold: Hold, reason: str, by: User, note: str = "") -> Claim:
    facts = {"kind": hold.kind, "reason": reason}
    claim = move(
        claim, "release_hold", by=by, note=note or reason, facts=facts, hold=hold, reason=reason
    )
    claim.holds.filter(pk=hold.pk).update(
        released_at=clock.now(), released_by=by, release_reason=reason.strip()
    )
    return claim
