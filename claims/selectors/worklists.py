"""Lists of claims as plain rows, each read by the index that was made for it."""

from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from claims.enums import OPEN, TURN, ClaimState
from claims.models import Claim, Escalation
from claims.models.claim import ClaimQuerySet
from office import clock
from office.enums import DepartmentCode
from office.lists import Figure
from office.models import User
from policies.models import Policy

PAGE = 50
SOON_DAYS = 3
# A saved view: which claims, and the column they are read by (ascending unless it says "-").
VIEWS = ("mine", "my_turn", "overdue", "open", "held", "with_carrier", "newest")
COLUMNS = (
    "id",
    "number",
    "state",
    "line",
    "product",
    "cause",
    "lost_on",
    "due_on",
    "due_what",
    "reserve_indemnity",
    "reserve_expense",
    "paid_total",
    "hold_count",
    "cycle",
    "notified_at",
    "jurisdiction",
    "customer__display_name",
    "policy__number",
    "adjuster__name",
)


def view(user: User, name: str, *, on: date | None = None) -> QuerySet[Claim]:
    """The claims of a saved view that this person may see, in the order of its page."""
    claims = in_view(Claim.objects.for_user(user), user, name, on=on)
    order = ("-notified_at", "-id") if name == "newest" else ("due_on", "id")
    return claims.order_by(*order)


def in_view(
    claims: ClaimQuerySet, user: User, name: str, *, on: date | None = None
) -> QuerySet[Claim]:
    """Those of `claims` that a saved view shows, each by the partial index made for it."""
    on = on or clock.today(user.time_zone)
    match name:
        case "mine":
            return claims.filter(adjuster=user, due_on__isnull=False)
        case "my_turn":
            return claims.for_turn(user.department_id).filter(due_on__isnull=False)
        case "overdue":
            return claims.filter(due_on__lt=on)
        case "open":
            return claims.filter(due_on__isnull=False)
        case "held":
            return claims.filter(hold_count__gt=0, due_on__isnull=False)
        case "with_carrier":
            return claims.filter(state=ClaimState.WITH_CARRIER, due_on__isnull=False)
    return claims


def _overdue(user: User) -> Count:
    return Count("pk", filter=Q(due_on__lt=clock.today(user.time_zone)))


def _due_soon(user: User) -> Count:
    today = clock.today(user.time_zone)
    soon = clock.add_days(today, SOON_DAYS)
    return Count("pk", filter=Q(due_on__gte=today, due_on__lte=soon))


def _without_adjuster(user: User) -> Count:
    return Count("pk", filter=Q(due_on__isnull=False, adjuster=None))


# Above the list of claims: of the whole filter, loaded after the page.
LIST_FIGURES = (
    Figure(_("Overdue"), _overdue, tone="bad"),
    Figure(_("Due within 3 days"), _due_soon, tone="warn"),
    Figure(_("Open without an adjuster"), _without_adjuster),
    Figure(_("Outstanding reserves"), lambda user: Sum("reserved"), kind="money"),
    Figure(_("Paid"), lambda user: Sum("paid_total"), kind="money"),
)


def listed(user: User) -> QuerySet[Claim]:
    """Every claim that this person may see, with its reserves added up, for the list."""
    reserved = F("reserve_indemnity") + F("reserve_expense")
    return Claim.objects.for_user(user).annotate(reserved=reserved)


def found_by_number(claims: QuerySet[Claim], text: str) -> QuerySet[Claim]:
    """The claim of that number, or the claims on the policy of that number."""
    number = text.strip().upper()
    policy = Policy.objects.filter(number=number).values("pk")
    return claims.filter(Q(number=number) | Q(policy_id=Subquery(policy)))


def rows(claims: QuerySet[Claim]) -> QuerySet[Claim, dict[str, Any]]:
    """The cells of a list as plain values: one query, no model objects."""
    return claims.values(*COLUMNS)


def waiting_by_state(user: User) -> dict[str, int]:
    """How many open claims stand in each state: the workflow map's figures."""
    found = Claim.objects.for_user(user).filter(due_on__isnull=False)
    counted = found.values_list("state").annotate(n=Count("id")).order_by()
    return {str(state): 0 for state in sorted(OPEN)} | dict(counted)


def desk(user: User, limit: int = 10) -> list[dict[str, Any]]:
    """What is this person's turn or their department's, the most urgent first."""
    states = [state for state, turn in TURN.items() if turn == user.department_id]
    mine = Claim.objects.for_user(user).filter(due_on__isnull=False, state__in=states)
    if user.department_id == DepartmentCode.ADJUSTING:
        mine = mine.filter(Q(adjuster=user) | Q(adjuster=None))
    return list(rows(mine.order_by("due_on", "id"))[:limit])


def escalations_for(user: User, limit: int = 20) -> QuerySet[Escalation]:
    """The rungs told to this person or their department, for claims that are still late or near."""
    return (
        Escalation.objects.filter(Q(person=user) | Q(person=None, department=user.department_id))
        .filter(claim__due_on__isnull=False, claim__due_on__lte=F("due_on"))
        .select_related("claim")
        .order_by("-id")[:limit]
    )


def breaches(*, since: date, until: date) -> QuerySet[Escalation]:
    """The register of missed dates: every one that compliance was told of."""
    return (
        Escalation.objects.filter(rung="compliance", due_on__range=(since, until))
        .select_related("claim")
        .order_by("due_on", "id")
    )
