"""Asking the carriers, and what becomes of their quotes before one is bound."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from office import clock, jobs, numbering, outbox, workflow
from office.exceptions import Refused
from office.models import Job, User
from policies import selectors as cover
from policies.models import ProductVersion
from underwriting import carriers
from underwriting.enums import ASK_AGAIN, REQUOTABLE, WITHDRAWABLE, Blocks, QuoteState
from underwriting.models import Quote, RuleSetVersion, Submission
from underwriting.selectors import standing_of_submission
from underwriting.services.connections import carrier_of
from underwriting.services.referrals import refer_quote, void_for

# What of an answer the event keeps: each round of a negotiation can be read again.
ROUND = ("coverages", "premium", "tax", "fees", "total", "commission", "blocks")

log = structlog.get_logger(__name__)


@transaction.atomic(savepoint=False)
def request_quotes(*, submission: Submission, by: User, note: str = "") -> Submission:
    """Put the application to every carrier that sells the line there, each by a task of its own."""
    sold = versions_sold_to(
        submission.product_kind, submission.jurisdiction, submission.effective_on
    )
    job = _start_job(submission, len(sold), by)
    submission = workflow.move(submission, "quote", by=by, note=note, job=job)
    asked = {quote.carrier_id: quote for quote in submission.quotes.all()}
    to_ask = [
        _ask_for(submission, version, asked.get(version.product.carrier_id), by=by)
        for version in sold
        if version.product.carrier_id not in asked
        or asked[version.product.carrier_id].state in ASK_AGAIN
    ]
    if not to_ask:
        raise Refused(_("Every carrier has been asked already."))
    send_to_carriers(job, to_ask)
    return submission


def _start_job(submission: Submission, total: int, by: User) -> Job:
    title = _("Quotes for %(number)s") % {"number": submission.number}
    return jobs.start(
        kind="underwriting.quote", title=title, total=total, by=by, reference=submission.number
    )


def _ask_for(
    submission: Submission, version: ProductVersion, quote: Quote | None, *, by: User
) -> Quote:
    if quote is not None:
        void_for([quote], because=_("The application was edited."))
        return workflow.move(quote, "requote", by=by, version=version, revision=submission.revision)
    quote = Quote(
        submission=submission,
        carrier=version.product.carrier,
        version=version,
        revision=submission.revision,
    )
    numbering.number_record(quote)
    return workflow.begin(quote, "request", by=by)


def send_to_carriers(job: Job, quotes: Sequence[Quote]) -> None:
    """One message a carrier, so that a slow or failing one holds up nobody else."""
    if job.total != len(quotes):
        job.total = len(quotes)
        job.save(update_fields=["total"])
    outbox.put_all(
        [
            outbox.message(
                "underwriting.quote_at_carrier", quote_id=quote.pk, revision=quote.revision
            )
            for quote in quotes
        ]
    )


def quote_at_carrier(*, quote: Quote, revision: int, by: User) -> Quote:
    """Ask one carrier and record its answer. Asking again about an answered quote does nothing."""
    if quote.state != QuoteState.PENDING or quote.revision != revision:
        return quote
    stamps: dict[str, Any]
    try:
        rule_version = _rules_for(quote)
        answer = _ask_carrier(quote, rule_version)
    except (Refused, carriers.Unreachable) as refusal:
        act, stamps = "fail", {"reason": str(refusal)}
    except Exception:
        log.exception("underwriting.carrier_failed", quote_id=quote.pk)
        act, stamps = "fail", {"reason": _("The carrier's system gave no usable answer.")}
    else:
        act, stamps = answer.act, {"answer": _stamps(answer, rule_version)}
    facts = {name: stamps["answer"][name] for name in ROUND} if "answer" in stamps else stamps
    try:
        with transaction.atomic():
            quote = workflow.move(quote, act, by=by, revision=revision, facts=facts, **stamps)
            if act == "refer":
                refer_quote(quote, by=by)
            jobs.advance(quote.submission.job_id)
            _finish_job(quote.submission)
    except Refused:
        log.info("underwriting.answer_too_late", quote_id=quote.pk)
        return Quote.objects.get(pk=quote.pk)
    return quote


def _rules_for(quote: Quote) -> RuleSetVersion:
    code = cover.product_definition(quote.version).underwriting_rule_set
    found = RuleSetVersion.objects.in_force(code=code, on=quote.submission.effective_on)
    if found is None:
        raise Refused(_("There are no underwriting rules for this product on that day."))
    return found


def _ask_carrier(quote: Quote, rule_version: RuleSetVersion) -> carriers.Answer:
    submission = quote.submission
    question = carriers.Question(
        key=f"{quote.number}-{quote.event_count}",
        risk=quote.risk,
        wanted=quote.asked,
        jurisdiction=submission.jurisdiction,
        effective_on=submission.effective_on,
        standing=standing_of_submission(submission),
    )
    return carrier_of(quote, rule_version).answer(question)


def _stamps(answer: carriers.Answer, rule_version: RuleSetVersion) -> dict[str, Any]:
    days = timedelta(days=rule_version.quote_days)
    stamps = {name: getattr(answer, name) for name in answer.__dataclass_fields__}
    return {
        **stamps,
        "rule_version": rule_version,
        "expires_on": clock.today() + days,
    }


def lock_quotes(submission: Submission) -> list[Quote]:
    """The quotes of a submission that is locked already: none of them moves until the commit."""
    quotes = submission.quotes.select_for_update(of=("self",), no_key=True).order_by("pk")
    related = quotes.select_related("carrier", "version__product")
    return list(related.defer("version__definition"))


def _finish_job(submission: Submission) -> None:
    """Of carriers that answer at once, the last finds nobody pending: the job's row is locked."""
    if submission.job_id and not submission.quotes.pending().exists():
        jobs.finish(submission.job_id)


def versions_sold_to(kind: str, jurisdiction: str, on: date) -> list[ProductVersion]:
    sold = cover.versions_sold(kind=kind, jurisdiction=jurisdiction, on=on)
    if not sold:
        raise Refused(
            _("No carrier of the office sells this in %(place)s on that day.")
            % {"place": jurisdiction},
            field="effective_on",
        )
    return sold


def requote(submission: Submission, sold: list[ProductVersion], *, by: User) -> Submission:
    """Ask every carrier again that was asked already, on the version that is in force now."""
    quotes = list(submission.quotes.filter(state__in=REQUOTABLE).order_by("pk"))
    if not quotes:
        return submission
    if submission.job_id:
        jobs.finish(submission.job_id)
    versions = {version.product.carrier_id: version for version in sold}
    job = _start_job(submission, len(quotes), by)
    submission = workflow.move(submission, "quote", by=by, job=job)
    asked = [
        _ask_for(submission, versions[quote.carrier_id], quote, by=by)
        for quote in quotes
        if quote.carrier_id in versions
    ]
    gone = [q for q in quotes if q.carrier_id not in versions and q.state in WITHDRAWABLE]
    reason = _("The carrier does not sell this on the new first day of cover.")
    for quote in gone:
        workflow.move(quote, "withdraw", by=by, reason=reason)
    void_for(gone, because=reason)
    send_to_carriers(job, asked)
    return submission


@transaction.atomic
def negotiate_quote(
    *, quote: Quote, wanted: Sequence[dict[str, Any]], by: User, note: str
) -> Quote:
    """Ask one carrier for other terms. Its price and any approval are void until it answers."""
    submission, job = ask_one_again(quote, by=by, note=note)
    asked = {"wanted": list(wanted)}
    quote = workflow.move(quote, "negotiate", by=by, note=note, facts=asked, **asked)
    void_for([quote], because=_("Other terms are asked of the carrier."))
    quote.submission = submission
    send_to_carriers(job, [quote])
    return quote


def ask_one_again(quote: Quote, *, by: User, note: str) -> tuple[Submission, Job]:
    """The submission locked, and the job of asking one of its carriers instead of the last one."""
    job = _start_job(quote.submission, 1, by)
    before = quote.submission.job_id
    submission = workflow.move(quote.submission, "quote", by=by, note=note, job=job)
    if before:
        jobs.finish(before)
    return submission, job


@transaction.atomic
def withdraw_quote(*, quote: Quote, by: User, note: str) -> Quote:
    quote = workflow.move(quote, "withdraw", by=by, note=note, reason=note)
    void_for([quote], because=note)
    _finish_job(quote.submission)
    return quote


@transaction.atomic
def expire_quote(*, quote: Quote, by: User) -> Quote:
    quote = workflow.move(quote, "expire", by=by)
    void_for([quote], because=_("The quote has expired."))
    return quote


def withdraw_open(
    submission: Submission, quotes: Iterable[Quote], *, by: User, reason: str
) -> None:
    """Withdraw what can still be bound or is still asked; nobody is waited for after that."""
    gone = [quote for quote in quotes if quote.state in WITHDRAWABLE]
    for quote in gone:
        workflow.move(quote, "withdraw", by=by, reason=reason)
    held = [quote for quote in gone if quote.blocks != Blocks.INFO]  # nobody refers the others
    void_for(held, because=reason)
    if submission.job_id:
        jobs.finish(submission.job_id)
