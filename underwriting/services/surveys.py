"""Surveys: ordered by a person or a rule, visited, reported."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from customers.services import queue_message
from office import clock, documents, numbering, workflow
from office.exceptions import Refused
from office.models import Document, Upload, User
from policies.catalogue import label
from policies.models import Policy
from underwriting import selectors
from underwriting.models import Submission, Survey, SurveyFinding, SurveyPhoto


@transaction.atomic
def order_survey(
    *,
    policy: Policy | None = None,
    submission: Submission | None = None,
    kind: str,
    location: str,
    reason: str,
    due_on: date,
    item: str = "",
    rule: str = "",
    assignee: User | None = None,
    by: User,
) -> Survey:
    """Have a place of a policy, or of an application, looked at by `due_on`."""
    of = policy or submission
    if of is None:
        raise ValueError("A survey is of a policy or of an application.")
    zone = of.address.time_zone
    if due_on < clock.today(zone):
        raise Refused(_("The day for the visit lies in the past."), field="due_on")
    survey = Survey(
        customer=of.customer,
        policy=policy,
        submission=submission,
        line=of.product.line if isinstance(of, Policy) else of.line,
        time_zone=zone,
        kind=kind,
        item=item,
        location=location,
        reason=reason,
        rule=rule,
        due_on=due_on,
    )
    numbering.number_record(survey)
    survey = workflow.begin(survey, "order", by=by, facts={"kind": kind, "rule": rule})
    if assignee:
        survey = assign_survey(survey=survey, assignee=assignee, by=by)
    return survey


@transaction.atomic
def order_surveys_by_rule(*, policy: Policy, by: User) -> list[Survey]:
    """Order what the survey rules want of the policy's last term; each rule asks once."""
    known = set(Survey.objects.filter(policy=policy).values_list("rule", flat=True))
    term = policy.terms.latest("sequence")
    first = max(term.valid_from, clock.today(policy.time_zone))
    address = policy.address
    return [
        order_survey(
            policy=policy,
            kind=rule.kind,
            location=f"{address.street}, {address.city}",
            reason=label(rule.reasons),
            due_on=first + timedelta(days=rule.days),
            rule=rule.code,
            by=by,
        )
        for rule in selectors.survey_rules_met(term)
        if rule.code not in known
    ]


def assign_survey(*, survey: Survey, assignee: User, by: User, note: str = "") -> Survey:
    """Give it to somebody who carries out surveys."""
    facts = {"assignee": assignee.pk}
    return workflow.move(survey, "assign", by=by, note=note, facts=facts, assignee=assignee)


def schedule_survey(*, survey: Survey, scheduled_on: date, by: User, note: str = "") -> Survey:
    """Arrange the visit, or arrange it anew; whoever does takes a survey that nobody has."""
    facts = {"scheduled_on": scheduled_on.isoformat()}
    return workflow.move(
        survey, "schedule", by=by, note=note, facts=facts, scheduled_on=scheduled_on
    )


def visit_survey(*, survey: Survey, visited_on: date, summary: str, by: User) -> Survey:
    """Write down that somebody was there, and what they saw as a whole."""
    return workflow.move(
        survey,
        "visit",
        by=by,
        facts={"visited_on": visited_on.isoformat()},
        visited_on=visited_on,
        summary=summary,
    )


@transaction.atomic
def find_survey(
    *,
    survey: Survey,
    hazard: str,
    grade: str,
    text: str,
    uploads: Iterable[Upload] = (),
    by: User,
) -> Survey:
    """Write a finding down: one hazard and how well it is controlled."""
    survey = workflow.move(survey, "find", by=by, facts={"hazard": hazard, "grade": grade})
    SurveyFinding.objects.create(
        survey=survey, hazard=hazard, grade=grade, text=text, found_at=clock.now(), found_by=by
    )
    _join(survey, uploads, caption=text[:200], by=by)
    return survey


@transaction.atomic
def attach_survey(
    *, survey: Survey, uploads: Iterable[Upload], caption: str = "", by: User
) -> Survey:
    """Keep photos of the visit."""
    uploads = list(uploads)
    survey = workflow.move(
        survey, "attach", by=by, facts={"uploads": [str(one.pk) for one in uploads]}
    )
    _join(survey, uploads, caption=caption, by=by)
    return survey


def _join(survey: Survey, uploads: Iterable[Upload], *, caption: str, by: User) -> None:
    at = clock.now()
    SurveyPhoto.objects.bulk_create(
        SurveyPhoto(survey=survey, upload=one, caption=caption, attached_at=at, attached_by=by)
        for one in uploads
    )


@transaction.atomic
def report_survey(*, survey: Survey, by: User, note: str = "") -> Survey:
    """Set the report in the customer's language, keep it, and send it with what is recommended."""
    workflow.demand_open(survey, "report", by=by)
    if not survey.findings.exists():
        raise Refused(_("Write down at least one finding before you send the report."))
    customer = survey.customer
    with translation.override(customer.language):
        document = documents.issue(
            template="survey_report",
            data=selectors.survey_paper(survey),
            language=customer.language,
            kind="survey_report",
            title=_("Survey report %(number)s") % {"number": survey.number},
            source=survey.source,
            by=by,
        )
        survey = workflow.move(survey, "report", by=by, note=note, document=document)
        _tell(survey, document, by=by)
    return survey


def _tell(survey: Survey, document: Document, *, by: User) -> None:
    wanted = [row.title for row in survey.recommendations.order_by("due_on", "pk")]
    context: dict[str, Any] = {
        "survey_number": survey.number,
        "location": survey.location,
        "visited_on": survey.visited_on,
        "recommendations": wanted or [_("Nothing: what we saw is in good order.")],
        "link": selectors.link_to_recommendations(),
    }
    queue_message(
        customer=survey.customer,
        template="survey_report",
        context=context,
        reference=survey.source,
        documents=[document],
        idempotency_key=f"{survey.source}:report",
        by=by,
    )


def cancel_survey(*, survey: Survey, by: User, note: str) -> Survey:
    """It is not needed any more, or cannot be had; the reason is kept."""
    return workflow.move(survey, "cancel", by=by, note=note)
