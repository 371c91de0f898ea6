"""Loss experience: what a policy's claims have cost, for those who price it again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F

from claims.models import Claim
from office import money
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
