"""Needs and advice: recorded version by version, sent with the quotes, acknowledged."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Message
from customers.services import queue_message
from office import clock, documents, workflow
from office.exceptions import Refused
from office.models import Document, User
from policies.catalogue import label
from underwriting import needs, rules, selectors
from underwriting.models import Advice, AdviceAcknowledgement, Quote, Submission


@transaction.atomic
def record_advice(
    *,
    submission: Submission,
    answers: Mapping[str, Any],
    reasons: str,
    recommended: Quote | None = None,
    declined: Mapping[str, str] | None = None,
    by: User,
) -> Advice:
    """Write the next version down, with its statement in the customer's language.

    declined: why the customer refuses each coverage, by its code. Refuses an unanswered question
    by its code, a coverage that nobody offers, a quote of another application, and a version
    that says what the last one says.
    """
    submission = workflow.move(submission, "advise", by=by)
    refused = _refused(submission, declined or {})
    _refuse_gaps(submission, answers, reasons, recommended)
    last = selectors.latest_advice(submission)
    content = {
        "answers": {code: value for code, value in answers.items() if value not in (None, "")},
        "reasons": reasons,
        "recommended": recommended,
        "declined": refused,
    }
    is_same = last and all(getattr(last, name) == value for name, value in content.items())
    if is_same and last and last.revision == submission.revision:
        raise Refused(_("The last version says the same. Change something, or leave it."))
    version = last.version + 1 if last else 1
    return Advice.objects.create(
        submission=submission,
        version=version,
        revision=submission.revision,
        document=_statement(submission, version, content, by=by),
        recorded_at=clock.now(),
        recorded_by=by,
        **content,
    )


def _refused(submission: Submission, declined: Mapping[str, str]) -> list[dict[str, Any]]:
    known = selectors.declinable(submission)
    for code in declined:
        if code not in known:
            raise Refused(
                _("“%(coverage)s” cannot be refused here.") % {"coverage": code},
                field=f"declined.{code}",
            )
    return [
        {"coverage": code, "names": known[code], "reason": reason.strip()}
        for code, reason in declined.items()
        if reason.strip()
    ]


def _refuse_gaps(
    submission: Submission, answers: Mapping[str, Any], reasons: str, recommended: Quote | None
) -> None:
    for question in needs.missing(submission.product_kind, answers):
        raise Refused(
            _("Please answer: %(question)s") % {"question": label(question.names)},
            field=f"needs.{question.code}",
        )
    if not reasons.strip():
        raise Refused(_("Write down why."), field="reasons")
    if recommended and recommended.submission_id != submission.pk:
        raise Refused(_("This quote is of another application."), field="recommended")


def _statement(
    submission: Submission, version: int, content: Mapping[str, Any], *, by: User
) -> Document:
    language = submission.customer.language
    with translation.override(language):
        return documents.issue(
            template="advice",
            data=selectors.statement_paper(submission, version=version, **content),
            language=language,
            kind="advice",
            title=_("Needs and advice %(number)s") % {"number": submission.number},
            source=f"submission:{submission.number}",
            by=by,
        )


@transaction.atomic
def send_advice(*, advice: Advice, by: User) -> Message:
    """Send the statement to the customer, with the quotes side by side where there are any."""
    submission = advice.submission
    if not rules.may_edit(submission, by):
        raise PermissionDenied(_("You may not send this."))
    customer = submission.customer
    papers = [advice.document]
    with translation.override(customer.language):
        quotes = selectors.quotes_of(submission, by)
        if selectors.comparable(quotes):
            papers.append(_comparison(submission, quotes, by=by))
    return queue_message(
        customer=customer,
        template="advice",
        context={
            "subject_number": submission.number,
            "link": selectors.link_to_advice(submission),
        },
        reference=f"submission:{submission.number}",
        documents=papers,
        idempotency_key=advice.source,
        by=by,
    )


def _comparison(submission: Submission, quotes: list[Quote], *, by: User) -> Document:
    return documents.issue(
        template="comparison",
        data=selectors.comparison_paper(submission, quotes),
        language=submission.customer.language,
        kind="comparison",
        title=_("Quotes %(number)s") % {"number": submission.number},
        source=f"submission:{submission.number}",
        by=by,
    )


@transaction.atomic
def acknowledge_advice(
    *, advice: Advice, name: str, evidence: str = "", by: User
) -> AdviceAcknowledgement:
    """The customer's own signature, or what somebody writes down for them with its evidence."""
    submission = workflow.move(
        advice.submission, "acknowledge", by=by, facts={"advice": advice.version, "name": name}
    )
    latest = selectors.latest_advice(submission)
    if latest is None or latest.pk != advice.pk:
        raise Refused(_("There is a newer version. Read that one, please."))
    if latest.acknowledged:
        raise Refused(_("This version is acknowledged already."))
    is_customer = submission.customer.login_id == by.pk
    if not is_customer and not evidence.strip():
        raise Refused(_("Write down how the customer said so."), field="evidence")
    return AdviceAcknowledgement.objects.create(
        advice=advice,
        name=name,
        evidence=evidence,
        acknowledged_at=clock.now(),
        acknowledged_by=by,
    )
