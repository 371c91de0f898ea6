"""Referring to whoever has the authority; what is edited afterwards is void."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Agent, Customer
from office import numbering, workflow
from office.exceptions import Refused
from office.models import User
from policies import selectors as cover
from policies.models import Policy
from underwriting import selectors
from underwriting.enums import Blocks, ReferralKind
from underwriting.models import Quote, Referral, Renewal, RuleSetVersion, Submission


def refer_quote(quote: Quote, *, by: User) -> Referral:
    """Put a quote that its rules hold up before an underwriter, in the caller's transaction."""
    submission = quote.submission
    assert quote.rule_version is not None
    assert quote.total is not None
    return _refer(
        Referral(
            kind=ReferralKind.QUOTE,
            quote=quote,
            line=submission.line,
            product=quote.version.product_id,
            jurisdiction=submission.jurisdiction,
            effective_on=submission.effective_on,
            amount=quote.total,
        ),
        rule_version=quote.rule_version,
        fired=[row for row in quote.trace if row["fired"]],
        blocks=quote.blocks,
        customer=submission.customer,
        agent=submission.agent,
        authors=_authors_of(submission),
        by=by,
    )


def _authors_of(submission: Submission) -> list[int]:
    people = [submission.created_by_id, submission.edited_by_id, submission.agent.user_id]
    return [pk for pk in dict.fromkeys(people) if pk]


def refer_renewal(renewal: Renewal, *, by: User) -> Referral:
    """Put a renewal that the rules hold up before an underwriter, in the caller's transaction."""
    policy = renewal.policy
    assert renewal.rule_version is not None
    agent = policy.agent
    return _refer(
        Referral(
            kind=ReferralKind.RENEWAL,
            renewal=renewal,
            line=policy.product.line,
            product=policy.product_id,
            jurisdiction=policy.jurisdiction,
            effective_on=renewal.valid_from,
            amount=renewal.total,
        ),
        rule_version=renewal.rule_version,
        fired=renewal.trace,
        blocks=renewal.blocks,
        customer=policy.customer,
        agent=agent,
        authors=[agent.user_id] if agent and agent.user_id else [],
        by=by,
    )


@transaction.atomic
def refer_change(
    *,
    policy: Policy,
    effective_on: date,
    patch: Sequence[Mapping[str, Any]],
    by: User,
    decisions: Mapping[str, str] | None = None,
    recorded: int | None = None,
    note: str,
) -> Referral:
    """Put a change that the rules hold up before an underwriter, who issues it by approving it.

    Raises `Refused` where nothing holds it up, and where the rules reject it.
    """
    workflow.demand_open(policy, "endorse", by=by)
    asked = [dict(one) for one in patch]
    change = cover.plan_change(policy, effective_on=effective_on, patch=asked, decisions=decisions)
    review = selectors.review_change(change)
    if review.blocks == Blocks.REJECT:
        said = " ".join(review.said)
        raise Refused(_("The rules do not allow this: %(said)s") % {"said": said})
    if not review.is_held:
        raise Refused(_("Nothing holds this change up. It can be issued."))
    seen = change.term.transactions.count() if recorded is None else recorded
    agent = policy.agent
    return _refer(
        Referral(
            kind=ReferralKind.CHANGE,
            policy=policy,
            line=policy.product.line,
            product=policy.product_id,
            jurisdiction=policy.jurisdiction,
            effective_on=effective_on,
            amount=change.after.total,
            change={
                "effective_on": effective_on.isoformat(),
                "patch": asked,
                "decisions": dict(decisions or {}),
                "recorded": seen,
            },
        ),
        rule_version=review.version,
        fired=[finding.as_json() for finding in review.raised],
        blocks=review.blocks,
        customer=policy.customer,
        agent=agent,
        authors=[pk for pk in dict.fromkeys([by.pk, agent.user_id if agent else None]) if pk],
        by=by,
        note=note,
    )


def _refer(
    referral: Referral,
    *,
    rule_version: RuleSetVersion,
    fired: Sequence[Mapping[str, Any]],
    blocks: str,
    customer: Customer,
    agent: Agent | None,
    authors: list[int],
    by: User,
    note: str = "",
) -> Referral:
    referral.rule_version, referral.blocks = rule_version, blocks
    referral.trace = [dict(row) for row in fired]
    referral.customer, referral.agent = customer, agent
    referral.authors = authors
    referral.routed_to = [user.pk for user in selectors.who_could_decide(referral)]
    numbering.number_record(referral)
    facts = {"rules": str(rule_version), "fired": [row["rule"] for row in fired]}
    return workflow.begin(referral, "refer", by=by, note=note, facts=facts)


def void_for(quotes: Iterable[Quote], *, because: str) -> None:
    """Referrals of quotes that are no longer as they were, and their approvals, are void.

    The office writes it down: whoever edits an application need not be who decides.
    """
    standing = Referral.objects.standing().filter(quote__in=list(quotes)).order_by("pk")
    _void(standing, because)


def void_for_renewal(renewal: Renewal, *, because: str) -> None:
    _void(Referral.objects.standing().filter(renewal=renewal).order_by("pk"), because)


def void_for_policy(policy: Policy, *, because: str) -> None:
    """A change that waits was worked out on a term that is another now."""
    _void(Referral.objects.open().filter(policy=policy).order_by("pk"), because)


def _void(referrals: Iterable[Referral], because: str) -> None:
    standing = list(referrals)
    office = User.objects.service() if standing else None
    for referral in standing:
        workflow.move(referral, "void", by=office, note=because, reason=because)
