"""Loss experience: what a policy's claims have cost, for those who price it again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery

from claims.enums import OPEN, ClaimState, NoteDirection
from claims.models import Claim, Exposure, NegotiationNote
from office import clock, money
from policies.models import Policy


@dataclass(frozen=True)
class Losses:
    """Claims that cost something: how many, and what they are expected to cost in all."""

    count: int
    incurred: Decimal


def loss_experience(policy: Policy, *, since: date, coverages: Collection[str] = ()) -> Losses:
    """The claims of losses from `since` on that cost something, of these coverages or of all.

    incurred = paid + reserved - recovered, at this moment.
    """
    rows = Claim.objects.filter(policy=policy, lost_on__gte=since).annotate(
        cost=F("paid_total") + F("reserve_indemnity") + F("reserve_expense") - F("recovered_total")
    )
    if coverages:
        rows = rows.filter(exposures__coverage__in=coverages).distinct()
    found = list(rows.filter(cost__gt=0).values_list("cost", flat=True))
    return Losses(len(found), sum(found, money.ZERO))


@dataclass(frozen=True)
class LossRow:
    """One claim as a loss run and underwriting read it, at this moment.

    incurred = paid + reserve - recovered. `is_as_told`: another carrier settles it, and its cost
    is what that carrier last told, or the estimate of the notice.
    """

    number: str
    policy: str
    product: str
    kind: str
    line: str
    cause: str
    state: str
    lost_on: date
    reported_on: date
    coverages: frozenset[str]
    paid: Decimal
    reserve: Decimal
    recovered: Decimal
    is_as_told: bool

    @property
    def incurred(self) -> Decimal:
        return self.paid + self.reserve - self.recovered

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def loss_rows(claims: QuerySet[Claim], *, after: date, until: date) -> list[LossRow]:
    """Those of `claims` whose loss fell in (after, until], the latest first. What the claimant
    took back is no loss."""
    told = NegotiationNote.objects.filter(
        handover__claim=OuterRef("pk"),
        direction=NoteDirection.FROM_CARRIER,
        amount__isnull=False,
    ).order_by("-noted_at", "-pk")
    of_claim = Exposure.objects.filter(claim=OuterRef("pk")).order_by().values("coverage")
    found = (
        claims.filter(lost_on__gt=after, lost_on__lte=until)
        .exclude(state=ClaimState.WITHDRAWN)
        .annotate(
            kind=F("policy__product__kind"),
            policy_number=F("policy__number"),
            coverages=ArraySubquery(of_claim),
            told=Subquery(told.values("amount")[:1]),
        )
    )
    return [_loss_row(claim) for claim in found.order_by("-lost_on", "-pk")]


def _loss_row(claim: Any) -> LossRow:
    paid, reserve = claim.paid_total, claim.reserve_total
    is_as_told = claim.state == ClaimState.WITH_CARRIER
    if is_as_told:
        told = claim.estimate if claim.told is None else claim.told
        reserve = max(told - paid, money.ZERO)
    return LossRow(
        number=claim.number,
        policy=claim.policy_number,
        product=claim.product,
        kind=claim.kind,
        line=claim.line,
        cause=claim.cause,
        state=claim.state,
        lost_on=claim.lost_on,
        reported_on=clock.day_of(claim.notified_at, claim.time_zone),
        coverages=frozenset(claim.coverages),
        paid=paid,
        reserve=reserve,
        recovered=claim.recovered_total,
        is_as_told=is_as_told,
    )
