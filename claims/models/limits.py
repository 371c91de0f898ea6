"""Limits that others draw on too: those of an occurrence, and the aggregate of a term."""

from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from accounting.enums import PaymentState
from claims.adjudication import Shared
from claims.enums import ReserveKind
from office.money import ZERO
from policies.models import Term


def shared_by(terms, term) -> list[dict[str, Any]]:
    """The shared limits of one coverage in a term, as plain values to keep with a reading."""
    found = []
    if terms.limit is not None:
        found.append({"name": "occurrence", "limit": str(terms.limit), "term": term.pk})
    if terms.aggregate is not None:
        found.append({"name": "aggregate", "limit": str(terms.aggregate), "term": term.pk})
    return found


def drawn(exposure, plain: list[dict[str, Any]]) -> tuple[Shared, ...]:
    """How much of each shared limit others have taken, or were promised, beside this exposure."""
    if not plain:
        return ()
    taken = _taken_by_others(exposure, plain[0]["term"])
    return tuple(Shared(one["name"], Decimal(one["limit"]), taken[one["name"]]) for one in plain)


def hold(plain: list[dict[str, Any]]) -> None:
    """Two losses of one term that draw on its aggregate at once: the second waits."""
    terms = sorted({one["term"] for one in plain if one["name"] == "aggregate"})
    for term in terms:
        Term.objects.select_for_update(no_key=True).get(pk=term)


def _taken_by_others(exposure, term: int) -> dict[str, Decimal]:
    span = Term.objects.filter(pk=term)
    drafted = Sum(
        "payout_parts__amount", filter=Q(payout_parts__payout__payment__state=PaymentState.DRAFTED)
    )
    lines = exposure.reserve_lines.model.objects.filter(
        kind=ReserveKind.INDEMNITY,
        exposure__coverage=exposure.coverage,
        exposure__item=exposure.item,
        exposure__claim__policy=exposure.claim.policy_id,
        exposure__claim__lost_on__gte=span.values("valid_from"),
        exposure__claim__lost_on__lt=span.values("valid_to"),
    ).exclude(exposure=exposure)
    return lines.annotate(
        of_claim=F("exposure__claim_id"), drawn=F("paid") + Coalesce(drafted, ZERO)
    ).aggregate(
        occurrence=Coalesce(Sum("drawn", filter=Q(of_claim=exposure.claim_id)), ZERO),
        aggregate=Coalesce(Sum("drawn"), ZERO),
    )
