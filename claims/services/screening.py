"""A payee whose name is on a sanctions list: the hit is a hold, placed by the office itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from claims.enums import HoldKind
from claims.models import Claim
from claims.services.holds import place_hold
from customers.selectors import sanctions_matches
from office.models import User


@transaction.atomic
def screen_payee(*, claim: Claim, name: str) -> Claim:
    """Place a hold if the name is listed and nobody has looked at it yet."""
    matches = sanctions_matches(name)
    kind = HoldKind.SANCTIONS
    if not matches or claim.holds.filter(kind=kind, released_at=None).exists():
        return claim
    lists = ", ".join(sorted({match.source for match in matches}))
    reason = _("The payee's name is on a sanctions list: %(lists)s.") % {"lists": lists}
    return place_hold(claim=claim, kind=kind, reason=reason, by=User.objects.service())
