"""Claims that come from another system, in the state they have there."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from claims.enums import ReporterKind
from claims.models import Claim
from claims.models.guards import demand_text
from claims.services.notice import demand_cover, file_for
from office import money
from office.models import User
from office.workflow import begin
from policies.models import Policy


@transaction.atomic
def import_claim(
    *,
    policy: Policy,
    state: str,
    lost_at: datetime,
    notified_at: datetime,
    cause: str,
    description: str,
    place: str,
    reported_by: str,
    estimate: Decimal = money.ZERO,
    reference: str,
    by: User,
) -> Claim:
    """Take over a claim with its state. `reference` is its number in the other system."""
    demand_text(reference, _("Give the number in the other system."), "reference")
    cover = demand_cover(policy, lost_at, cause)
    claim = file_for(
        policy=policy,
        cover=cover,
        lost_at=lost_at,
        cause=cause,
        place=place,
        description=description,
        reporter=reported_by,
        reporter_kind=ReporterKind.OTHER,
        estimate=estimate,
        notified_at=notified_at,
        notified_by=by,
    )
    facts = {"reference": reference, "state": state}
    return begin(claim, "import_claim", by=by, facts=facts, state=state)
