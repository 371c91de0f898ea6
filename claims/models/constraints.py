"""What the database refuses about a claim's row: stamps that disagree with the state."""

from django.db.models import CheckConstraint, F, Q

from claims.enums import ENTERED, PATH, STEPS, ClaimState

STAMPS = (*(name for _state, _act, name in STEPS), *ENTERED.values(), "assigned", "notified")


def _pair(name):
    return CheckConstraint(
        name=f"claim_{name}_at_goes_with_{name}_by",
        condition=Q(**{f"{name}_at": None, f"{name}_by": None})
        | Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False}),
    )


def _step(number, state, name):
    """Undone while the claim stands at or before the step, done once it stands behind it."""
    before = [str(value) for value in PATH[: number + 1]]
    after = [str(value) for value in PATH[number + 1 :]]
    return CheckConstraint(
        name=f"claim_is_{name}_only_after_{state}",
        condition=(~Q(state__in=before) | Q(**{f"{name}_at": None}))
        & (~Q(state__in=after) | Q(**{f"{name}_at__isnull": False})),
    )


def _entered(state, name):
    return CheckConstraint(
        name=f"claim_is_{name}_where_{state}",
        condition=Q(state=state, **{f"{name}_at__isnull": False})
        | (~Q(state=state) & Q(**{f"{name}_at": None})),
    )


_FINAL = [str(state) for state in (ClaimState.CLOSED, ClaimState.DENIED, ClaimState.WITHDRAWN)]

CLAIM_CONSTRAINTS = [
    *(_pair(name) for name in STAMPS),
    *(_step(number, state, name) for number, (state, _act, name) in enumerate(STEPS)),
    *(_entered(state, name) for state, name in ENTERED.items() if state != ClaimState.WITH_CARRIER),
    CheckConstraint(
        name="claim_is_handed_over_where_with_carrier",
        condition=Q(state=ClaimState.WITH_CARRIER, handed_over_at__isnull=False)
        | Q(state=ClaimState.CLOSED)
        | (~Q(state__in=[ClaimState.WITH_CARRIER, ClaimState.CLOSED]) & Q(handed_over_at=None)),
    ),
    CheckConstraint(
        name="claim_denial_follows_the_investigation",
        condition=~Q(state=ClaimState.DENIED) | Q(investigated_at__isnull=False),
    ),
    CheckConstraint(
        name="claim_open_has_a_due_date",
        condition=Q(state__in=_FINAL) | Q(due_on__isnull=False),
    ),
    CheckConstraint(
        name="claim_totals_are_not_negative",
        condition=Q(
            reserve_indemnity__gte=0, reserve_expense__gte=0, paid_total__gte=0, hold_count__gte=0
        ),
    ),
    CheckConstraint(
        name="claim_of_another_carrier_costs_us_nothing",
        condition=Q(is_ours=True) | Q(reserve_indemnity=0, reserve_expense=0, paid_total=0),
    ),
    CheckConstraint(
        name="claim_loss_precedes_its_notice", condition=Q(lost_at__lte=F("notified_at"))
    ),
    CheckConstraint(
        name="claim_decider_is_not_the_adjuster",
        condition=Q(determined_by=None) | Q(adjuster=None) | ~Q(determined_by=F("adjuster")),
    ),
    CheckConstraint(
        name="claim_payer_is_not_the_decider",
        condition=Q(paid_by=None) | Q(determined_by=None) | ~Q(paid_by=F("determined_by")),
    ),
]
