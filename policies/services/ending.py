"""How a policy ends, and begins again: cancelled, rescinded, reinstated, not renewed, expired.

An end is announced and takes effect on its day; the transaction is written then, so that the
premium is returned when the cover ends and not when somebody says that it will.
"""

from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounting.services import Way
from office import clock, money, outbox, workflow
from office.exceptions import Refused
from office.models import User
from policies import notices, selectors
from policies.enums import CancellationReason, CancelledBy, PolicyState, TransactionKind
from policies.models import Cancellation, NonRenewal, Policy, TermTransaction
from policies.services.booking import book_changes
from policies.services.transactions import record_transaction


def expire_policy(*, policy: Policy, by: User, note: str = "") -> Policy:
    """Let a policy end with its last term."""
    return workflow.move(policy, "expire", by=by, note=note)


@transaction.atomic
def cancel_policy(
    *,
    policy: Policy,
    side: str,
    reason: str,
    effective_on: date,
    by: User,
    noticed_on: date | None = None,
    proof: str = "",
    note: str = "",
) -> Policy:
    """End a policy before its last day: at once, or on a day that is announced by notice.

    side: who ends it (`CancelledBy`); reason: why (`CancellationReason`). effective_on: the first
    day without cover; the first day of a term voids the term. noticed_on: the day of the wish or
    of the notice, today unless told. proof: what shows an end before the day of the wish.
    Refused with its citation where the notice falls short or the law does not know the reason.
    """
    cancellation = Cancellation(
        policy=policy,
        term=selectors.term_on(policy, effective_on),
        side=side,
        reason=reason,
        noticed_on=noticed_on or clock.today(policy.time_zone),
        effective_on=effective_on,
        proof=proof,
        note=note,
        served_at=clock.now(),
        served_by=by,
    )
    facts = {"side": side, "reason": reason, "effective_on": effective_on.isoformat()}
    policy = workflow.move(
        policy, "cancel", by=by, note=note, facts=facts, cancellation=cancellation
    )
    cancellation.save()
    if policy.state == PolicyState.CANCELLED:
        _end_cover(cancellation, by=by)
    outbox.put("policies.issue_cancellation", cancellation_id=cancellation.pk)
    return policy


@transaction.atomic
def take_effect(*, cancellation: Cancellation, by: User) -> Policy:
    """Let an announced end come, once its day has; a premium that was paid meanwhile undoes it."""
    cancellation = _locked(cancellation)
    if cancellation.transaction_id or cancellation.rescinded_at:
        return cancellation.policy
    unpaid = cancellation.reason == CancellationReason.NONPAYMENT
    if unpaid and not selectors.is_overdue(cancellation.policy):
        return rescind_cancellation(policy=cancellation.policy, note=_("Paid in time."), by=by)
    policy = workflow.move(cancellation.policy, "take_effect", by=by, cancellation=cancellation)
    _end_cover(cancellation, by=by)
    outbox.put("policies.issue_cancellation", cancellation_id=cancellation.pk)
    return policy


@transaction.atomic
def rescind_cancellation(*, policy: Policy, by: User, note: str = "") -> Policy:
    """Take back a notice before its day has come; the cover goes on."""
    policy = workflow.move(policy, "rescind", by=by, note=note)
    cancellation = _locked(policy.cancellations.announced().get())
    cancellation.rescinded_at, cancellation.rescinded_by = clock.now(), by
    cancellation.save(update_fields=["rescinded_at", "rescinded_by"])
    outbox.put("policies.issue_rescission", cancellation_id=cancellation.pk)
    return policy


@transaction.atomic
def reinstate_policy(
    *, policy: Policy, from_on: date, by: User, statement: str = "", note: str = ""
) -> Policy:
    """Let a cancelled policy cover again: without a gap from the day it ended, or with one.

    from_on: the first day of cover again. statement: who states that nothing has happened since,
    demanded when cover reaches back. A policy that was cancelled for an unpaid premium wants
    that premium first.
    """
    ended = selectors.last_cancellation(policy)
    definition = selectors.product_definition(ended.term.version)
    if ended.reason == CancellationReason.NONPAYMENT and selectors.is_overdue(policy):
        raise Refused(
            _("%(amount)s is overdue; the policy can be reinstated once it is paid.")
            % {"amount": money.format(selectors.owed_on(policy))}
        )
    policy = workflow.move(
        policy,
        "reinstate",
        by=by,
        note=note,
        facts={"from_on": from_on.isoformat(), "statement": statement},
        ended_on=ended.effective_on,
        from_on=from_on,
        statement=statement,
        window=definition.cancellation.reinstatement,
    )
    written = _begin_cover(ended, from_on, by=by)
    outbox.put("policies.issue_reinstatement", transaction_id=written.pk)
    return policy


@transaction.atomic
def nonrenew_policy(
    *,
    policy: Policy,
    reason: str,
    by: User,
    noticed_on: date | None = None,
) -> Policy:
    """Decide that the last term is not renewed; refused once the day for saying so has passed."""
    if not reason.strip():
        raise Refused(_("Say why the policy is not renewed: the notice names it."), field="reason")
    noticed_on = noticed_on or clock.today(policy.time_zone)
    term = policy.terms.latest("sequence")
    policy = workflow.move(policy, "nonrenew", by=by, note=reason, term=term, noticed_on=noticed_on)
    notice = notices.check_nonrenewal(
        selectors.place_of(policy), noticed_on=noticed_on, ends_on=term.valid_to
    )
    decided = NonRenewal.objects.create(
        policy=policy,
        term=term,
        reason=reason,
        noticed_on=noticed_on,
        days=notice.days,
        citation=notice.citation,
        decided_at=clock.now(),
        decided_by=by,
    )
    outbox.put("policies.issue_nonrenewal", nonrenewal_id=decided.pk)
    return policy


@transaction.atomic
def cancel_for_nonpayment(*, policy: Policy, by: User) -> Policy:
    """Give notice for an unpaid premium, to end the policy as soon as the law lets it.

    Nothing happens where it was paid meanwhile, or where the policy ends anyway.
    """
    if policy.state != PolicyState.IN_FORCE or not selectors.is_overdue(policy):
        return policy
    notice = selectors.earliest_end(policy, reason=CancellationReason.NONPAYMENT)
    if not selectors.runs_until(policy) > notice.earliest_on:
        return policy
    return cancel_policy(
        policy=policy,
        side=CancelledBy.CARRIER,
        reason=CancellationReason.NONPAYMENT,
        effective_on=notice.earliest_on,
        by=by,
    )


def _locked(cancellation: Cancellation) -> Cancellation:
    rows = Cancellation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("policy__product", "term__version").get(pk=cancellation.pk)


def _end_cover(cancellation: Cancellation, *, by: User) -> None:
    """Write the end into its term and void the later ones; return what they had written."""
    terms = [(cancellation.term, cancellation.effective_on)]
    terms += [(one, one.valid_from) for one in selectors.later_terms(cancellation.term)]
    written = [
        record_transaction(
            term=term,
            kind=TransactionKind.CANCELLATION,
            effective_on=day,
            patch=[],
            facts=cancellation.facts,
            by=by,
        )
        for term, day in terms
    ]
    cancellation.transaction = written[0]
    cancellation.save(update_fields=["transaction"])
    _book(written, _("Cancelled on %(day)s"), cancellation.effective_on, way=Way.SETTLE, by=by)


def _begin_cover(ended: Cancellation, from_on: date, *, by: User) -> TermTransaction:
    """Write the cover's new beginning, and that of the later terms that fell with it."""
    terms = [(ended.term, from_on)]
    terms += [(one, one.valid_from) for one in selectors.later_terms(ended.term)]
    written = [
        record_transaction(
            term=term,
            kind=TransactionKind.REINSTATEMENT,
            effective_on=day,
            patch=[],
            by=by,
        )
        for term, day in terms
    ]
    _book(written, _("Reinstated from %(day)s"), from_on, way=Way.RESUME, by=by)
    return written[0]


def _book(written: list[TermTransaction], memo: str, day: date, *, way: Way, by: User) -> None:
    """Each term is billed by itself: settled where it ended, resumed where it goes on."""
    for change in written:
        book_changes([change], by=by, memo=memo % {"day": date_format(day)}, way=way)
