"""Changes of a policy in force: the rules are asked about them as they are about an application."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from office import authority, clock
from office.enums import AuthorityKind
from office.exceptions import Refused
from office.models import User
from policies import selectors as cover
from policies import services as policies
from policies.catalogue.application import judged_fields
from policies.models import Policy, TermTransaction
from underwriting import rules, selectors
from underwriting.enums import Blocks
from underwriting.selectors import ChangeReview
from underwriting.services.referrals import void_for_policy


@transaction.atomic
def endorse_policy(
    *,
    policy: Policy,
    effective_on: date,
    patch: Sequence[Mapping[str, Any]],
    by: User,
    decisions: Mapping[str, str] | None = None,
    recorded: int | None = None,
    note: str = "",
) -> TermTransaction:
    """Ask the rules about what would be insured, then have the change issued at once.

    What a change makes a rule refer needs the authority of an underwriter, and a reason; what
    a rule rejects nobody issues. A rule that spoke of the policy before the change was answered
    when it was bound, and is not asked again.
    """
    change = cover.plan_change(
        policy, effective_on=effective_on, patch=[dict(one) for one in patch], decisions=decisions
    )
    _refuse_judgment(change)
    review = selectors.review_change(change)
    under = _require_approval(review, change, by=by, note=note) if review.is_held else None
    written = policies.endorse_policy(
        policy=policy,
        effective_on=effective_on,
        patch=[dict(one) for one in patch],
        decisions=decisions,
        recorded=recorded,
        by=by,
        note=note,
        facts=review.as_facts() | ({"approved_under": under.pk} if under else {}),
    )
    void_for_policy(policy, because=_("Another change was issued meanwhile."))
    return written


def _refuse_judgment(change: cover.Change) -> None:
    """What an underwriter judged of a term holds until its end; no change adds or moves it."""
    for field in judged_fields(cover.product_definition(change.term.version)):
        given = {one.state["risk"].get(field, 0) for one in change.before.segments}
        if {one.state["risk"].get(field, 0) for one in change.after.segments} - given:
            raise Refused(
                _("Judgment rating is decided for a whole term, not by a change."),
                field=f"risk.{field}",
            )


def _require_approval(review: ChangeReview, change: cover.Change, *, by: User, note: str) -> Any:
    """The limit under which this person may issue what the rules hold up."""
    said = " ".join(review.said)
    if review.blocks == Blocks.REJECT:
        raise Refused(_("The rules do not allow this: %(said)s") % {"said": said})
    if not rules.may_approve_change(change.term.policy, by):
        raise Refused(
            _("An underwriter has to look at this: %(said)s Ask one to issue the change.")
            % {"said": said}
        )
    if not note.strip():
        raise Refused(
            _("The rules refer this to you: %(said)s Write down why you issue it.")
            % {"said": said},
            field="note",
        )
    product = change.term.policy.product
    return authority.require(
        by=by,
        kind=AuthorityKind.UNDERWRITING,
        amount=change.after.total,
        on=clock.today(),
        line=product.line,
        product=product.code,
        jurisdiction=change.term.policy.jurisdiction,
    )
