"""What must hold at any time, whatever happened: each function returns sentences, none is good."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from accounting.enums import PaymentState
from claims.enums import OPEN, ClaimState, ReserveKind
from claims.models import Claim, ClaimEvent, Exposure, Payout, ReserveLine
from office.money import ZERO

SHOWN = 5


def each_step_once() -> list[str]:
    """No step of a cycle was ended twice."""
    twice = (
        ClaimEvent.objects.filter(step__isnull=False)
        .values("record__number", "step", "cycle")
        .annotate(n=Count("id"))
        .filter(n__gt=1)
        .order_by()
    )
    return [
        f"{row['record__number']}: step {row['step']} of cycle {row['cycle']} ended {row['n']} ×"
        for row in twice
    ]


def reserve_lines_add_up() -> list[str]:
    """Every line is the sum of its changes, and not below zero."""
    wrong = ReserveLine.objects.annotate(
        changed=Coalesce(Sum("changes__change"), ZERO), spent=Coalesce(Sum("changes__paid"), ZERO)
    ).filter(~Q(reserve=F("changed")) | ~Q(paid=F("spent")) | Q(reserve__lt=0) | Q(paid__lt=0))
    return [
        f"Reserve line {line.pk}: {line.reserve} is not the sum of its changes {line.changed}"
        for line in wrong
    ]


def totals_add_up() -> list[str]:
    """The totals on the claim are the sums of its lines."""
    lines = "exposures__reserve_lines"
    indemnity = Q(**{f"{lines}__kind": ReserveKind.INDEMNITY})
    expense = Q(**{f"{lines}__kind": ReserveKind.EXPENSE})
    wrong = Claim.objects.annotate(
        indemnity=Coalesce(Sum(f"{lines}__reserve", filter=indemnity), ZERO),
        expense=Coalesce(Sum(f"{lines}__reserve", filter=expense), ZERO),
        paid=Coalesce(Sum(f"{lines}__paid"), ZERO),
    ).exclude(reserve_indemnity=F("indemnity"), reserve_expense=F("expense"), paid_total=F("paid"))
    return [f"{claim.number}: its totals differ from its reserve lines" for claim in wrong]


def payouts_are_paid_once() -> list[str]:
    """What lines paid equals the payments that were approved and not returned."""
    gone = ~Q(
        payouts__payment__state__in=[
            PaymentState.DRAFTED,
            PaymentState.CANCELLED,
            PaymentState.RETURNED,
        ]
    )
    wrong = Claim.objects.annotate(
        sent=Coalesce(Sum("payouts__payment__amount", filter=gone), ZERO)
    ).exclude(paid_total=F("sent"))
    found = [f"{claim.number}: paid {claim.paid_total}, sent {claim.sent}" for claim in wrong]
    doubled = (
        Payout.objects.standing()
        .filter(settlement__isnull=False)
        .values("settlement_id")
        .annotate(n=Count("id"))
        .filter(n__gt=1)
        .order_by()
    )
    return found + [f"Settlement {row['settlement_id']} has {row['n']} payments" for row in doubled]


def final_claims_expect_nothing() -> list[str]:
    """A final claim has no reserve, no open exposure, no clock; an open one has a date."""
    final = Claim.objects.exclude(state__in=OPEN)
    reserved = final.exclude(reserve_indemnity=0, reserve_expense=0)
    open_exposures = Exposure.objects.filter(
        closed_at=None, claim__state__in=[ClaimState.DENIED, ClaimState.WITHDRAWN]
    )
    dateless = Claim.objects.filter(state__in=OPEN, due_on=None)
    return (
        [f"{claim.number}: final, and still reserved" for claim in reserved]
        + [f"{row.claim.number}: final, and an exposure is open" for row in open_exposures]
        + [f"{claim.number}: open, and nothing is due" for claim in dateless]
    )


INVARIANTS = (
    each_step_once,
    reserve_lines_add_up,
    totals_add_up,
    payouts_are_paid_once,
    final_claims_expect_nothing,
)


def invariants() -> Iterator[tuple[str, bool, str]]:
    """(what must hold, whether it does, what is broken), for `manage.py invariants`."""
    for proof in INVARIANTS:
        found = proof()
        yield str(proof.__doc__).partition(".")[0], not found, "; ".join(found[:SHOWN])
