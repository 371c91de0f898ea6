"""Reads of advice: the latest record, what may be refused, the statement, what a bind wants."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from office import clock, money
from office.models import User
from policies.catalogue import label
from policies.selectors import product_definition
from underwriting.enums import SubmissionState
from underwriting.models import Advice, Quote, Submission
from underwriting.needs import Demand, Question, needs


def latest_advice(submission: Submission) -> Advice | None:
    return advice_of(submission).first()


def advice_of(submission: Submission) -> QuerySet[Advice]:
    """Every version, the newest first."""
    rows = submission.advice.select_related(
        "recorded_by", "recommended__carrier", "document", "acknowledgement"
    )
    return rows.order_by("-version")


def declinable(submission: Submission) -> dict[str, dict[str, str]]:
    """code → names of the coverages that the carriers offer there and need not be bought."""
    found: dict[str, dict[str, str]] = {}
    place = submission.jurisdiction
    for quote in submission.quotes.select_related("version"):
        for coverage in product_definition(quote.version).coverages:
            if place in coverage.jurisdictions and place not in coverage.mandatory:
                found.setdefault(coverage.code, dict(coverage.names))
    return found


def answers_told(submission: Submission, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Question and answer in the reader's words; what was not answered is left out."""
    return [
        (label(question.names), _told(question, answers[question.code]))
        for question in needs().questions_of(submission.product_kind)
        if answers.get(question.code) not in (None, "")
    ]


def _told(question: Question, answer: Any) -> str:
    if question.type == "choice":
        return label(dict(question.options)[answer])
    if question.type == "yes_no":
        return _("Yes") if answer == "yes" else _("No")
    if question.type == "amount":
        return money.format(Decimal(answer))
    return str(answer)


def advice_page(submission: Submission) -> dict[str, Any]:
    """The card of a submission: the latest record in words, the versions before it."""
    versions = list(advice_of(submission))
    latest = versions[0] if versions else None
    return {
        "advice": latest,
        "advice_versions": versions[1:],
        "advice_answers": answers_told(submission, latest.answers) if latest else [],
        "advice_declined": declined_told(latest) if latest else [],
        "advice_is_stale": latest is not None and latest.revision != submission.revision,
        "advice_is_usual": submission.product_kind in needs().personal,
    }


def declined_told(advice: Advice) -> list[tuple[str, str]]:
    return [(label(row["names"]), row["reason"]) for row in advice.declined]


def statement_paper(
    submission: Submission,
    *,
    version: int,
    answers: Mapping[str, Any],
    recommended: Quote | None,
    reasons: str,
    declined: list[dict[str, Any]],
) -> dict[str, Any]:
    """The data of `templates/documents/advice.typ`, in the active language."""
    return {
        "title": _("Your needs and our advice"),
        "number": f"{submission.number} · {version}",
        "issued": clock.today(submission.address.time_zone),
        "customer": submission.customer.display_name,
        "agent": submission.agent.name,
        "from": submission.effective_on,
        "answers": [list(row) for row in answers_told(submission, answers)],
        "recommended": _quote_told(recommended) if recommended else _("No offer"),
        "reasons": reasons,
        "declined": [[label(row["names"]), row["reason"]] for row in declined],
        "commission": _earned(recommended),
    }


def _quote_told(quote: Quote) -> str:
    until = date_format(quote.expires_on) if quote.expires_on else "—"
    return _("%(carrier)s, %(total)s, quote %(number)s, until %(day)s") % {
        "carrier": quote.carrier.name,
        "total": money.format(quote.total or money.ZERO),
        "number": quote.number,
        "day": until,
    }


def _earned(quote: Quote | None) -> str:
    if quote is None or not quote.commission:
        return _("The office earns no commission on it.")
    amount = money.format(quote.commission)
    return _("The office earns a commission of %(amount)s on it.") % {"amount": amount}


def unmet_demands(submission: Submission, quote: Quote, advice: Advice | None) -> list[Demand]:
    """What the law wants on record before this quote is bound, and is not there."""
    bought = {chosen["coverage"] for chosen in quote.coverages}
    demands = needs().demands(
        submission.product_kind, submission.jurisdiction, submission.application, bought
    )
    return [one for one in demands if not _is_met(one, advice)]


def _is_met(demand: Demand, advice: Advice | None) -> bool:
    if advice is None:
        return False
    if not demand.declined:
        return True
    refused = {row["coverage"] for row in advice.declined}
    return demand.declined in refused and advice.acknowledged is not None


def demand_told(demand: Demand, quote: Quote) -> str:
    """The sentence about what is missing, with its law."""
    if not demand.declined:
        return _("The needs and the advice have to be on record first (%(law)s).") % {
            "law": demand.law
        }
    names = {one.code: one.names for one in product_definition(quote.version).coverages}
    return _(
        "%(coverage)s is not bought: the customer has to refuse it and acknowledge that (%(law)s)."
    ) % {"coverage": label(names.get(demand.declined, {"en": demand.declined})),
         "law": demand.law}  # fmt: skip


def bind_warnings(submission: Submission, quote: Quote) -> dict[str, Any]:
    """For the page of a bind: whether the record is missing, and what that stops."""
    advice = latest_advice(submission)
    unmet = unmet_demands(submission, quote, advice)
    return {
        "no_advice": advice is None and submission.product_kind in needs().personal,
        "unmet": [demand_told(one, quote) for one in unmet],
    }


def link_to_advice(submission: Submission) -> str:
    return f"{settings.OFFICE_URL}{reverse('portal:advice', args=[submission.number])}"


def advice_to_read(user: User) -> QuerySet[Advice]:
    """The latest version of each open application that its customer has not acknowledged."""
    later = Advice.objects.filter(
        submission=OuterRef("submission"), version__gt=OuterRef("version")
    )
    return own_advice(user).filter(
        ~Exists(later), acknowledgement=None, submission__state=SubmissionState.OPEN
    )


def own_advice(user: User) -> QuerySet[Advice]:
    """Every version of a policyholder's own record, the newest of each application first."""
    rows = Advice.objects.filter(submission__customer__login=user)
    related = rows.select_related("submission__customer", "document", "acknowledgement",
                                  "recommended__carrier", "recorded_by")  # fmt: skip
    return related.order_by("-submission", "-version")
