"""Binding: one quote of a submission becomes a policy, exactly once."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.selectors import missing_credentials
from office import clock, outbox, workflow
from office.exceptions import Refused
from office.models import User
from policies.models import Policy
from policies.services import issue_policy
from underwriting import selectors
from underwriting.enums import RENEWAL_OPEN, RenewalState
from underwriting.models import Quote, Submission
from underwriting.practice import practice
from underwriting.services.quotes import lock_quotes, withdraw_open


@transaction.atomic(savepoint=False)
def bind_quote(*, quote: Quote, pay_plan: str, by: User) -> Policy:
    """Make one quote a policy, exactly once, where licence and appointment allow it.

    The submission is locked first and leaves its open state: whoever comes second finds it bound.
    """
    facts = {"quote": quote.number, "pay_plan": pay_plan}
    submission = workflow.move(quote.submission, "bind", by=by, facts=facts, outcome=facts)
    quotes = {found.pk: found for found in lock_quotes(submission)}
    quote = quotes.pop(quote.pk)
    quote.refuse_unless_bindable(at=clock.now())
    _refuse_unlicensed(submission, quote)
    _refuse_backdated(submission)
    _refuse_unadvised(submission, quote)
    policy = issue_policy(
        version=quote.version,
        customer=submission.customer,
        agent=submission.agent,
        risk=quote.risk,
        coverages=quote.coverages,
        valid_from=submission.effective_on,
        jurisdiction=submission.jurisdiction,
        address=submission.address,
        pay_plan=pay_plan,
        by=by,
        agreed=quote.total,
    )
    workflow.move(quote, "bind", by=by, policy=policy)
    _end_renewal(submission, quote, policy, by=by)
    if practice().surveys_of(submission.line):
        outbox.put("underwriting.order_surveys", policy_id=policy.pk)
    withdraw_open(submission, quotes.values(), by=by, reason=_("Another quote was bound."))
    return policy


def _end_renewal(submission: Submission, quote: Quote, policy: Policy, *, by: User) -> None:
    """What was to be renewed ends with its term where another carrier goes on from that day."""
    renewal = submission.renewals.first()
    if renewal is None:
        return
    if renewal.state == RenewalState.ACCEPTED:
        raise Refused(
            _("%(policy)s is renewed already: two policies would cover the same.")
            % {"policy": renewal.policy.number}
        )
    if renewal.state in RENEWAL_OPEN:
        facts = {"quote": quote.number, "policy": policy.number}
        workflow.move(renewal, "move", by=by, facts=facts, policy=policy)


def _refuse_unadvised(submission: Submission, quote: Quote) -> None:
    """Where a law wants the record, or a refusal signed, the quote is not bound without it."""
    unmet = selectors.unmet_demands(submission, quote, submission.advised)
    if unmet:
        raise Refused(" ".join(selectors.demand_told(one, quote) for one in unmet))


def _refuse_unlicensed(submission: Submission, quote: Quote) -> None:
    missing = missing_credentials(
        agent=submission.agent,
        carrier=quote.carrier,
        line=submission.line,
        jurisdiction=submission.jurisdiction,
        on=submission.effective_on,
    )
    if missing:
        raise Refused(" ".join(missing))


def _refuse_backdated(submission: Submission) -> None:
    if submission.effective_on < clock.today(submission.address.time_zone):
        raise Refused(
            _("Cover cannot begin in the past. Edit the application and choose a new first day."),
            field="effective_on",
        )
