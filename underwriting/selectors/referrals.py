"""Referrals: who could decide them, and what their page shows."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from customers.names import words_of
from office import authority, clock, money
from office.exceptions import Refused
from office.models import User
from office.workflow import label_of
from policies import segments
from policies import selectors as cover
from policies.catalogue import label
from policies.models import Policy
from underwriting import conditions, rules
from underwriting.enums import Blocks, ReferralKind, ReferralState
from underwriting.models import Referral, ReferralEvent
from underwriting.selectors.changes import ChangeReview


def who_could_decide(referral: Referral) -> list[User]:
    """Those who may, whose authority covers the amount, and who did not write or sell it."""
    able = authority.who_could(
        kind=referral.authority_kind,
        amount=referral.amount,
        on=clock.today(),
        besides=referral.authors,
        **referral.scope,
    )
    return [user for user in able if user.may("underwriting.approve_quote")]


def referral_rows(user: User) -> QuerySet[Referral]:
    """The referrals that a person may see; the amount only where the price may be seen."""
    rows = Referral.objects.for_user(user)
    if user.may("underwriting.approve_quote"):
        return rows.annotate(shown=F("amount"))
    held = Q(blocks=Blocks.QUOTE) & ~Q(state=ReferralState.APPROVED)
    return rows.annotate(shown=Case(When(~held, then=F("amount"))))


def referrals_for_desk(user: User, limit: int) -> list[Referral]:
    """Those that this person has taken or has the authority for, the most urgent first."""
    open_ = Referral.objects.for_user(user)
    rows = open_.assigned_to(user) | open_.routed_to(user)
    return list(rows.select_related("customer").order_by("effective_on", "pk")[:limit])


def referrals_to_answer(user: User, limit: int) -> list[Referral]:
    """Those that wait for this person's answer."""
    rows = Referral.objects.for_user(user).asked_of(user)
    return list(rows.select_related("customer").order_by("effective_on", "pk")[:limit])


def fired_of(referral: Referral) -> list[dict[str, Any]]:
    """The rules that fired, in the reader's words, each with the facts that it read."""
    known = facts_of(referral)
    return [
        {
            **row,
            "text": label(row["messages"]),
            "holds": Blocks(row["blocks"]).label,
            "read": conditions.read_by(row["when"], known) if row["when"] else [],
        }
        for row in referral.trace
    ]


def facts_of(referral: Referral) -> dict[str, Any]:
    """What was referred as its rules saw it, as far as it is kept with its subject."""
    known: dict[str, Any] = {
        "jurisdiction": referral.jurisdiction,
        "on": referral.effective_on.isoformat(),
        "year": referral.effective_on.year,
    }
    if referral.kind == ReferralKind.QUOTE:
        known["risk"] = referral.of_quote.submission.application
        known["coverages"] = referral.of_quote.coverages
    elif referral.kind == ReferralKind.RENEWAL:
        known["risk"] = referral.of_renewal.risk
        known["coverages"] = referral.of_renewal.coverages
    else:
        known |= _changed_state(referral)
    return known


def _changed_state(referral: Referral) -> dict[str, Any]:
    """The state that the change would make; as it is where the change no longer fits."""
    try:
        _term, state = cover.state_of(referral.of_policy, referral.effective_on)
    except Refused:
        return {}
    try:
        return dict(segments.apply(state, referral.asked_change["patch"]))
    except (Refused, KeyError):
        return dict(state)


def told_change(referral: Referral) -> list[Any]:
    """What a referred change would change, in words; nothing where it no longer fits."""
    if referral.kind != ReferralKind.CHANGE:
        return []
    try:
        term, before = cover.state_of(referral.of_policy, referral.effective_on)
        after = segments.apply(before, referral.asked_change["patch"])
    except (Refused, KeyError):
        return []
    return list(cover.told_changes(cover.product_definition(term.version), before, after))


def subject_of(referral: Referral) -> dict[str, str]:
    """What it is about: its number and its page."""
    if referral.kind == ReferralKind.QUOTE:
        quote = referral.of_quote
        return {"number": quote.number, "href": quote.submission.get_absolute_url()}
    subject = referral.policy or referral.of_renewal
    return {"number": subject.number, "href": subject.get_absolute_url()}


def referral_figures(referral: Referral, *, shows_amount: bool) -> list[dict[str, Any]]:
    amount = money.format(referral.amount) if shows_amount else _("Held back")
    return [
        {"label": _("Amount to be approved"), "value": amount},
        {"label": _("What is blocked"), "value": referral.get_blocks_display()},
        {"label": _("Rules that fired"), "value": str(len(referral.trace))},
    ]


def referral_history(referral: Referral) -> list[ReferralEvent]:
    """What was done with it, the latest first."""
    events = list(referral.events.select_related("by").order_by("-seq"))
    for event in events:
        event.label = label_of(referral, event.kind)
    return events


def referrals_by_words(rows: QuerySet[Referral], text: str) -> QuerySet[Referral]:
    """Those whose number, or the customer's name, holds every word."""
    for word in words_of(text):
        matches = Q(customer__folded__contains=word)
        if any(sign.isdigit() for sign in word):
            matches |= Q(number__contains=word.upper())
        rows = rows.filter(matches)
    return rows


def shows_amount(referral: Referral, user: User) -> bool:
    """A rule that holds back the price holds it back from everybody but underwriters."""
    if referral.blocks != Blocks.QUOTE or referral.state == ReferralState.APPROVED:
        return True
    return user.may("underwriting.approve_quote")


def is_withdrawn_itself(referral: Referral) -> bool:
    """A quote or a renewal is withdrawn, not its referral."""
    return referral.kind == ReferralKind.CHANGE


def may_refer_change(policy: Policy, reviews: Iterable[ChangeReview], user: User) -> bool:
    """Whether a change that is held up is for somebody else to decide: then it is referred."""
    held = [review for review in reviews if review.is_held and review.blocks != Blocks.REJECT]
    return bool(held) and not rules.may_approve_change(policy, user)
