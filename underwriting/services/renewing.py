"""Renewal of the book: worked out, offered, answered; each policy once, whoever dies meanwhile."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from office import clock, jobs, outbox, workflow
from office.exceptions import Refused
from office.models import Job, User
from policies import selectors as cover
from policies.catalogue.application import unjudged
from policies.models import Policy, Term
from underwriting import selectors
from underwriting.enums import RenewalState
from underwriting.models import Renewal
from underwriting.services.referrals import refer_renewal, void_for_renewal
from underwriting.services.submissions import take_application

log = structlog.get_logger(__name__)
CHUNK = 20  # policies a task works out in one transaction


@transaction.atomic
def start_renewal_run(*, by: User, on: date | None = None) -> Job:
    """Have every policy worked out whose time has come; the job shows how far it is.

    In chunks, each a message of its own: what a worker leaves undone when it dies is done by
    the next, and what it has done is not done again.
    """
    due = selectors.policies_to_renew(on or clock.today())
    job = jobs.start(kind="underwriting.renewal_run", title=_("Renewal run"), total=len(due), by=by)
    for start in range(0, len(due), CHUNK):
        chunk = due[start : start + CHUNK]
        outbox.put(
            "underwriting.prepare_renewals", job_id=str(job.pk), policy_ids=chunk, by_id=by.pk
        )
    if not due:
        jobs.finish(job.pk)
    return job


def prepare_renewals(*, policies: Sequence[Policy], job: Job, by: User) -> None:
    """One chunk of a run, in the caller's transaction; a policy that cannot holds up no other."""
    for policy in policies:
        try:
            with transaction.atomic():
                prepare_renewal(policy=policy, by=by, job=job)
        except Refused as refusal:
            log.info("underwriting.renewal_refused", policy_id=policy.pk, why=str(refusal))
    jobs.advance(job.pk, by=len(policies))
    job = Job.objects.get(pk=job.pk)
    if job.done >= job.total:
        jobs.finish(job.pk, {"prepared": Renewal.objects.filter(job=job).count()})


@transaction.atomic(savepoint=False)
def prepare_renewal(*, policy: Policy, by: User, job: Job | None = None) -> Renewal:
    """Work out the next term of a policy: what it would cost and why; once for each term."""
    term = locked_last_term(policy)
    known = Renewal.objects.filter(policy=policy, sequence=term.sequence + 1).first()
    if known:
        return known
    workflow.demand_open(term.policy, "renew", by=by)
    if hasattr(term, "nonrenewal"):
        raise Refused(_("It was decided that this policy is not renewed."))
    proposal = selectors.propose(term)
    renewal = Renewal(
        number=f"{term.policy.number}-{term.sequence + 1}",
        policy=term.policy,
        sequence=term.sequence + 1,
        valid_from=term.valid_to,
        pay_plan=selectors.pay_plan_of(term.policy),
        job=job,
        **proposal.as_columns(),
    )
    renewal = workflow.begin(renewal, "prepare", by=by, facts=_facts(renewal))
    if renewal.is_held:
        refer_renewal(renewal, by=by)
    if selectors.asks_other_carriers(renewal) and term.policy.agent_id:
        outbox.put("underwriting.remarket_renewal", renewal_id=renewal.pk)
    return renewal


@transaction.atomic(savepoint=False)
def rework_renewal(
    *,
    renewal: Renewal,
    by: User,
    risk: dict[str, Any] | None = None,
    coverages: list[dict[str, Any]] | None = None,
    afresh: bool = False,
    note: str = "",
) -> Renewal:
    """Work a renewal out again: with today's losses, and what is to be insured from then on.

    risk, coverages: what somebody wants insured; it stays until it is said otherwise, or `afresh`:
    then what the policy insures on its last day.
    """
    term = locked_last_term(renewal.policy)
    stored = Renewal.objects.get(pk=renewal.pk)
    is_edited = risk is not None or (stored.is_edited and not afresh)
    if risk is None and is_edited:
        risk, coverages = selectors.edited_risk(stored), stored.coverages
    proposal = selectors.propose(term, risk=risk, coverages=coverages)
    columns = proposal.as_columns() | {"is_edited": is_edited}
    renewal = workflow.move(renewal, "rework", by=by, note=note, proposal=columns)
    void_for_renewal(renewal, because=_("The renewal was worked out again."))
    if renewal.is_held:
        refer_renewal(renewal, by=by)
    return renewal


@transaction.atomic
def remarket_renewal(*, renewal: Renewal, by: User, note: str = "") -> Renewal:
    """Put the renewal to every carrier that sells the line there, as an application of its own."""
    policy = renewal.policy
    workflow.demand_open(renewal, "remarket", by=by)
    if policy.agent is None:
        raise Refused(_("Other carriers are asked through an agent, and this policy has none."))
    submission = take_application(
        customer=policy.customer,
        agent=policy.agent,
        product_kind=policy.product.kind,
        effective_on=renewal.valid_from,
        application=unjudged(cover.product_definition(renewal.version), renewal.risk),
        coverages=renewal.coverages,
        by=by,
    )
    return workflow.move(
        renewal,
        "remarket",
        by=by,
        note=note,
        facts={"submission": submission.number},
        submission=submission,
    )


@transaction.atomic
def offer_renewal(*, renewal: Renewal, by: User, note: str = "") -> Renewal:
    """Offer the next term to the policyholder, by letter and in the portal."""
    renewal = workflow.move(renewal, "offer", by=by, note=note, facts=_facts(renewal))
    outbox.put("underwriting.issue_renewal_offer", renewal_id=renewal.pk)
    return renewal


def revise_renewal(*, renewal: Renewal, by: User, note: str = "") -> Renewal:
    """Take an offer back to work on it: what is to be insured has changed."""
    return workflow.move(renewal, "revise", by=by, note=note)


@transaction.atomic
def decline_renewal(*, renewal: Renewal, by: User, note: str = "") -> Renewal:
    """The policyholder does not want the next term: the policy ends with this one."""
    renewal = workflow.move(renewal, "decline", by=by, note=note)
    void_for_renewal(renewal, because=_("The next term is not wanted."))
    return renewal


@transaction.atomic
def lapse_renewal(*, renewal: Renewal, by: User) -> Renewal:
    """Nobody answered, or paid, before the first day: the policyholder is told what that means."""
    was_offered = renewal.state == RenewalState.OFFERED
    renewal = workflow.move(renewal, "lapse", by=by)
    if was_offered:
        outbox.put("underwriting.issue_renewal_lapse", renewal_id=renewal.pk)
    void_for_renewal(renewal, because=_("Nobody answered before the first day."))
    return renewal


@transaction.atomic
def renew_by_the_clock(*, on: date, by: User) -> Job:
    """The day of the renewals: begin what is due, offer what must go out, let go what is over."""
    job = start_renewal_run(by=by, on=on)
    _tell("underwriting.offer_renewal", selectors.offers_due(on))
    over = selectors.renewals_over(on).values_list("pk", flat=True)
    _tell("underwriting.lapse_renewal", over)
    return job


def _tell(task: str, ids: Iterable[int]) -> None:
    for pk in ids:
        outbox.put(task, renewal_id=pk)


def locked_last_term(policy: Policy) -> Term:
    """The policy's last term under the policy's lock, which its own acts take first as well."""
    rows = Policy.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("product", "agent", "customer").get(pk=policy.pk)
    term = locked.terms.select_related("version").latest("sequence")
    term.policy = locked
    return term


def _facts(renewal: Renewal) -> dict[str, Any]:
    return {
        "premium": str(renewal.premium),
        "expiring": str(renewal.expiring),
        "version": renewal.version.version,
        "losses": renewal.loss_count,
    }
