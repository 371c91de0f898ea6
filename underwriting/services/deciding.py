"""Deciding on referrals: taken, asked about, approved or declined, each once and with a reason."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from office import workflow
from office.exceptions import Refused
from office.models import User
from underwriting import selectors
from underwriting.enums import ReferralKind
from underwriting.models import Quote, Referral, Renewal
from underwriting.services.endorsing import endorse_policy


@transaction.atomic
def assign_referral(*, referral: Referral, to: User, by: User, note: str = "") -> Referral:
    """Give a referral to somebody, or take it; only somebody who could decide on it."""
    if to.pk not in {user.pk for user in selectors.who_could_decide(referral)}:
        raise Refused(_("%(name)s has no authority over this.") % {"name": to.name}, field="to")
    facts = {"to": to.pk}
    return workflow.move(referral, "assign", by=by, note=note, facts=facts, to=to)


def ask_referral(*, referral: Referral, by: User, note: str) -> Referral:
    """Ask whoever wrote it for something that the decision needs."""
    return workflow.move(referral, "ask", by=by, note=note, question=note)


def reply_referral(*, referral: Referral, by: User, note: str) -> Referral:
    return workflow.move(referral, "reply", by=by, note=note, answer=note)


@transaction.atomic
def approve_referral(*, referral: Referral, by: User, note: str) -> Referral:
    """Approve within authority. The quote can be bound after it; a change is issued by it."""
    if referral.kind == ReferralKind.QUOTE:
        approve_quote(quote=referral.of_quote, by=by, note=note)
    elif referral.kind == ReferralKind.CHANGE:
        _issue_change(referral, by=by, note=note)
    else:
        approve_renewal(renewal=referral.of_renewal, by=by, note=note)
    return Referral.objects.get(pk=referral.pk)


@transaction.atomic
def decline_referral(*, referral: Referral, by: User, note: str) -> Referral:
    """Decline it, with the reason that its author reads."""
    if referral.kind == ReferralKind.QUOTE:
        decline_quote(quote=referral.of_quote, by=by, note=note)
    else:
        workflow.move(referral, "decline", by=by, note=note, reason=note)
    return Referral.objects.get(pk=referral.pk)


@transaction.atomic
def void_referral(*, referral: Referral, by: User, note: str) -> Referral:
    """Withdraw a change that was referred. A quote or a renewal is withdrawn itself."""
    if referral.kind != ReferralKind.CHANGE:
        raise Refused(_("Withdraw the quote or the renewal itself."))
    return workflow.move(referral, "void", by=by, note=note, reason=note)


@transaction.atomic
def approve_quote(*, quote: Quote, by: User, note: str) -> Quote:
    """Approve a referred quote within the person's authority; the reason is kept."""
    quote = workflow.move(quote, "approve", by=by, note=note)
    for referral in Referral.objects.open().filter(quote=quote):
        workflow.move(referral, "approve", by=by, note=note, reason=note)
    return quote


@transaction.atomic
def decline_quote(*, quote: Quote, by: User, note: str) -> Quote:
    quote = workflow.move(quote, "decline", by=by, note=note, reason=note)
    for referral in Referral.objects.open().filter(quote=quote):
        workflow.move(referral, "decline", by=by, note=note, reason=note)
    return quote


@transaction.atomic
def approve_renewal(*, renewal: Renewal, by: User, note: str) -> Renewal:
    """Let a renewal that the rules hold up be offered, within authority; the reason is kept."""
    facts = {"rules": str(renewal.rule_version), "raised": [r["rule"] for r in renewal.trace]}
    renewal = workflow.move(renewal, "approve", by=by, note=note, facts=facts)
    for referral in Referral.objects.open().filter(renewal=renewal):
        workflow.move(referral, "approve", by=by, note=note, reason=note)
    return renewal


def _issue_change(referral: Referral, *, by: User, note: str) -> None:
    referral = workflow.move(referral, "approve", by=by, note=note, reason=note)
    asked = referral.asked_change
    endorse_policy(
        policy=referral.of_policy,
        effective_on=date.fromisoformat(asked["effective_on"]),
        patch=asked["patch"],
        decisions=asked["decisions"],
        recorded=asked["recorded"],
        by=by,
        note=note,
    )
