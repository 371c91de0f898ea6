"""What the policy covered at the loss, as it was known at a moment."""

from django.utils.translation import gettext as _

from office.exceptions import Refused
from policies import selectors as policies
from policies.models import ProductVersion


def known_at(claim, moment):
    """The cover on the day of the loss as `moment` knew it, or None where there was none."""
    return policies.cover_at(claim.policy, claim.lost_at, moment)


def at_notice(claim):
    """The cover as known when the loss was reported; a claim was only taken where there is one."""
    cover = known_at(claim, claim.notified_at)
    if cover is None:
        raise Refused(_("No cover was on record for this loss when it was reported."))
    return cover


def definition_of(claim):
    """The product version whose rules this claim follows: causes, exclusions, documents."""
    version_id = claim.cover_at_notice.get("version")
    if version_id is None:
        return at_notice(claim).definition
    version = ProductVersion.objects.defer("definition").get(pk=version_id)
    return policies.product_definition(version)


def changed_after_loss(claim):
    """Whether what was recorded between the loss and its notice changes the cover of the loss."""
    before = known_at(claim, claim.lost_at)
    now = at_notice(claim)
    return before is None or before.coverages != now.coverages


def decisive(claim, *, counts_later_change):
    """The cover that the claim is settled by, or None: as known at the loss, or at the notice."""
    if counts_later_change is False:
        return known_at(claim, claim.lost_at)
    return at_notice(claim)
