"""The acts of underwriting: open, quote, edit, approve, decline, withdraw, expire, bind."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Address, Agent, Customer
from customers.selectors import missing_credentials
from office import clock, jobs, numbering, outbox, workflow
from office.exceptions import Refused
from office.models import Job, User
from policies import selectors as cover
from policies.catalogue.application import risk_errors
from policies.models import Policy, ProductVersion
from policies.services import issue_policy
from underwriting import appetite, carriers, rules
from underwriting.enums import REQUOTABLE, WITHDRAWABLE, QuoteState
from underwriting.models import Quote, RuleSet, RuleSetVersion, Submission

log = structlog.get_logger(__name__)

ASK_AGAIN = frozenset({QuoteState.FAILED, QuoteState.EXPIRED})


@transaction.atomic
def publish_rule_set(
    *,
    code: str,
    name: str,
    effective_from: date,
    quote_days: int,
    rules_: Sequence[dict[str, Any]],
    by: User,
) -> RuleSetVersion | None:
    """Publish the next edition of a rule set; None when it says what the last one says."""
    if not rules.may_publish_rules(by):
        raise PermissionDenied(_("You may not publish underwriting rules."))
    if found := appetite.problems(rules_):
        raise Refused(" ".join(found), field="rules")
    content = {"from": effective_from.isoformat(), "days": quote_days, "rules": list(rules_)}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    rule_set, _created = RuleSet.objects.get_or_create(code=code, defaults={"name": name})
    RuleSet.objects.select_for_update(no_key=True).get(pk=code)
    last = rule_set.versions.order_by("-version").first()
    if last and last.sha256 == sha256:
        return None
    return RuleSetVersion.objects.create(
        rule_set=rule_set,
        version=last.version + 1 if last else 1,
        effective_from=effective_from,
        quote_days=quote_days,
        rules=list(rules_),
        sha256=sha256,
        published_at=clock.now(),
        published_by=by,
    )


@transaction.atomic
def open_submission(
    *,
    customer: Customer,
    agent: Agent,
    product_kind: str,
    effective_on: date,
    application: dict[str, Any],
    coverages: list[dict[str, Any]],
    by: User,
    address: Address | None = None,
) -> Submission:
    """Take an application. The address in use decides whose law, tax and time zone apply."""
    address = address or customer.addresses.filter(is_current=True).first()
    if address is None:
        raise Refused(_("This customer has no address, so nothing says where the risk lies."))
    sold = _versions_sold(product_kind, address.jurisdiction, effective_on)
    _refuse_application(sold[0], application)
    submission = Submission(
        number=numbering.next_number("submission"),
        customer=customer,
        agent=agent,
        address=address,
        line=sold[0].product.line,
        product_kind=product_kind,
        jurisdiction=address.jurisdiction,
        effective_on=effective_on,
        application=application,
        coverages=coverages,
    )
    return workflow.begin(submission, "open", by=by)


def _versions_sold(kind: str, jurisdiction: str, on: date) -> list[ProductVersion]:
    sold = cover.versions_sold(kind=kind, jurisdiction=jurisdiction, on=on)
    if not sold:
        raise Refused(
            _("No carrier of the office sells this in %(place)s on that day.")
            % {"place": jurisdiction},
            field="effective_on",
        )
    return sold


def _refuse_application(version: ProductVersion, application: dict[str, Any]) -> None:
    """Products of one kind share one risk schema, so any of them can judge the application."""
    errors = risk_errors(cover.product_definition(version), application)
    if errors:
        raise Refused(errors[0].message, field=errors[0].path)


@transaction.atomic
def request_quotes(*, submission: Submission, by: User) -> Submission:
    """Put the application to every carrier that sells the line there, each by a task of its own."""
    sold = _versions_sold(submission.product_kind, submission.jurisdiction, submission.effective_on)
    job = _start_job(submission, by)
    submission = workflow.move(submission, "quote", by=by, job=job)
    asked = {quote.carrier_id: quote for quote in submission.quotes.all()}
    to_ask = [
        _ask_for(submission, version, asked.get(version.product.carrier_id), by=by)
        for version in sold
        if version.product.carrier_id not in asked
        or asked[version.product.carrier_id].state in ASK_AGAIN
    ]
    if not to_ask:
        raise Refused(_("Every carrier has been asked already."))
    _send(job, to_ask)
    return submission


def _start_job(submission: Submission, by: User) -> Job:
    title = _("Quotes for %(number)s") % {"number": submission.number}
    return jobs.start(
        kind="underwriting.quote", title=title, total=0, by=by, reference=submission.number
    )


def _ask_for(
    submission: Submission, version: ProductVersion, quote: Quote | None, *, by: User
) -> Quote:
    if quote is not None:
        return workflow.move(quote, "requote", by=by, version=version, revision=submission.revision)
    quote = Quote(
        number=numbering.next_number("quote"),
        submission=submission,
        carrier=version.product.carrier,
        version=version,
        revision=submission.revision,
    )
    return workflow.begin(quote, "request", by=by)


def _send(job: Job, quotes: Iterable[Quote]) -> None:
    """One message a carrier, so that a slow or failing one holds up nobody else."""
    quotes = list(quotes)
    Job.objects.filter(pk=job.pk).update(total=len(quotes))
    for quote in quotes:
        outbox.put("underwriting.quote_at_carrier", quote_id=quote.pk, revision=quote.revision)


def quote_at_carrier(*, quote: Quote, revision: int, by: User) -> Quote:
    """Ask one carrier and record its answer. Asking again about an answered quote does nothing."""
    if quote.state != QuoteState.PENDING or quote.revision != revision:
        return quote
    try:
        answer = _ask_carrier(quote)
    except Refused as refusal:
        act, stamps = "fail", {"reason": str(refusal)}
    except Exception:
        log.exception("underwriting.carrier_failed", quote_id=quote.pk)
        act, stamps = "fail", {"reason": _("The carrier's system gave no usable answer.")}
    else:
        act, stamps = answer.act, {"answer": _stamps(quote, answer)}
    try:
        with transaction.atomic():
            quote = workflow.move(quote, act, by=by, revision=revision, **stamps)
            jobs.advance(quote.submission.job_id)
            _finish_job(quote.submission)
    except Refused:
        log.info("underwriting.answer_too_late", quote_id=quote.pk)
        return Quote.objects.get(pk=quote.pk)
    return quote


def _ask_carrier(quote: Quote) -> carriers.Answer:
    submission = quote.submission
    definition = cover.product_definition(quote.version)
    quote.rule_version = RuleSetVersion.objects.in_force(
        code=definition.underwriting_rule_set, on=submission.effective_on
    )
    if quote.rule_version is None:
        raise Refused(_("There are no underwriting rules for this product on that day."))
    return carriers.ask(
        definition,
        cover.rating_plan(quote.version),
        quote.rule_version.rules,
        carriers.Question(
            risk=submission.application,
            wanted=submission.coverages,
            jurisdiction=submission.jurisdiction,
            effective_on=submission.effective_on,
        ),
    )


def _stamps(quote: Quote, answer: carriers.Answer) -> dict[str, Any]:
    days = timedelta(days=quote.rule_version.quote_days)
    stamps = {name: getattr(answer, name) for name in answer.__dataclass_fields__}
    return {
        **stamps,
        "rule_version": quote.rule_version,
        "expires_on": clock.today() + days,
    }


def _finish_job(submission: Submission) -> None:
    """Of carriers that answer at once, the last finds nobody pending: the job's row is locked."""
    if submission.job_id and not submission.quotes.pending().exists():
        jobs.finish(submission.job_id)


@transaction.atomic
def edit_application(
    *,
    submission: Submission,
    application: dict[str, Any],
    coverages: list[dict[str, Any]],
    effective_on: date,
    revision: int,
    by: User,
    note: str = "",
) -> Submission:
    """Change the application. Its quotes go back to be rated and their approvals are void."""
    sold = _versions_sold(submission.product_kind, submission.jurisdiction, effective_on)
    _refuse_application(sold[0], application)
    submission = workflow.move(
        submission,
        "edit",
        by=by,
        note=note,
        application=application,
        coverages=coverages,
        effective_on=effective_on,
        revision=revision,
    )
    quotes = list(submission.quotes.filter(state__in=REQUOTABLE).order_by("pk"))
    if not quotes:
        return submission
    if submission.job_id:
        jobs.finish(submission.job_id)
    return _requote(submission, quotes, sold, by=by)


def _requote(
    submission: Submission, quotes: list[Quote], sold: list[ProductVersion], *, by: User
) -> Submission:
    versions = {version.product.carrier_id: version for version in sold}
    job = _start_job(submission, by)
    submission = workflow.move(submission, "quote", by=by, job=job)
    asked = [
        _ask_for(submission, versions[quote.carrier_id], quote, by=by)
        for quote in quotes
        if quote.carrier_id in versions
    ]
    gone = [q for q in quotes if q.carrier_id not in versions and q.state in WITHDRAWABLE]
    for quote in gone:
        reason = _("The carrier does not sell this on the new first day of cover.")
        workflow.move(quote, "withdraw", by=by, reason=reason)
    _send(job, asked)
    return submission


def approve_quote(*, quote: Quote, by: User, note: str) -> Quote:
    """Approve a referred quote within the person's authority; the reason is kept."""
    return workflow.move(quote, "approve", by=by, note=note)


def decline_quote(*, quote: Quote, by: User, note: str) -> Quote:
    return workflow.move(quote, "decline", by=by, note=note, reason=note)


@transaction.atomic
def withdraw_quote(*, quote: Quote, by: User, note: str) -> Quote:
    quote = workflow.move(quote, "withdraw", by=by, note=note, reason=note)
    _finish_job(quote.submission)
    return quote


def expire_quote(*, quote: Quote, by: User) -> Quote:
    return workflow.move(quote, "expire", by=by)


@transaction.atomic
def close_submission(*, submission: Submission, by: User, note: str) -> Submission:
    """The customer does not want the cover: nothing of it can be bound any more."""
    submission = workflow.move(submission, "close", by=by, note=note)
    _withdraw_open(submission, by=by, reason=note)
    return submission


def _withdraw_open(submission: Submission, *, by: User, reason: str) -> None:
    for quote in submission.quotes.filter(state__in=WITHDRAWABLE).order_by("pk"):
        workflow.move(quote, "withdraw", by=by, reason=reason)
    _finish_job(submission)


@transaction.atomic
def bind_quote(*, quote: Quote, pay_plan: str, by: User) -> Policy:
    """Make one quote a policy, exactly once, where licence and appointment allow it.

    The submission is locked first and leaves its open state: whoever comes second finds it bound.
    """
    submission = workflow.move(
        quote.submission, "bind", by=by, facts={"quote": quote.number, "pay_plan": pay_plan}
    )
    quote = submission.quotes.select_related("carrier", "version__product").get(pk=quote.pk)
    _refuse_unlicensed(submission, quote)
    _refuse_backdated(submission)
    policy = issue_policy(
        version=quote.version,
        customer=submission.customer,
        agent=submission.agent,
        risk=submission.application,
        coverages=quote.coverages,
        valid_from=submission.effective_on,
        jurisdiction=submission.jurisdiction,
        address=submission.address,
        pay_plan=pay_plan,
        by=by,
    )
    if policy.terms.get().total != quote.total:
        raise Refused(_("The price has changed since this quote. Ask the carrier again."))
    workflow.move(quote, "bind", by=by, policy=policy)
    _withdraw_open(submission, by=by, reason=_("Another quote was bound."))
    return policy


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
