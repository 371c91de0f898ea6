"""Recommendations: made on a survey, answered by the policyholder, verified, chased."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from customers.services import queue_message
from office import clock, numbering, workflow
from office.exceptions import Refused
from office.models import Upload, User
from underwriting import selectors
from underwriting.models import (
    Recommendation,
    RecommendationEvidence,
    Survey,
    SurveyFinding,
)


@transaction.atomic
def recommend_survey(
    *,
    survey: Survey,
    grade: str,
    title: str,
    text: str,
    due_on: date,
    finding: SurveyFinding | None = None,
    by: User,
) -> Recommendation:
    """Recommend one thing on a survey; the policyholder reads it with the report."""
    survey = workflow.move(survey, "recommend", by=by, facts={"grade": grade, "title": title})
    recommendation = Recommendation(
        survey=survey, finding=finding, grade=grade, title=title, text=text, due_on=due_on
    )
    numbering.number_record(recommendation)
    facts = {"grade": grade, "due_on": due_on.isoformat()}
    return workflow.begin(recommendation, "make", by=by, facts=facts)


@transaction.atomic
def complete_recommendation(
    *, recommendation: Recommendation, answer: str, uploads: Iterable[Upload] = (), by: User
) -> Recommendation:
    """It is said to be done; the files are its evidence."""
    uploads = list(uploads)
    facts = {"answer": answer, "uploads": [str(one.pk) for one in uploads]}
    recommendation = workflow.move(recommendation, "complete", by=by, facts=facts, answer=answer)
    at = clock.now()
    RecommendationEvidence.objects.bulk_create(
        RecommendationEvidence(
            recommendation=recommendation, upload=one, attached_at=at, attached_by=by
        )
        for one in uploads
    )
    return recommendation


def plan_recommendation(
    *, recommendation: Recommendation, answer: str, planned_on: date, by: User
) -> Recommendation:
    """It will be done on a day. The day by which it is wanted stays."""
    facts = {"answer": answer, "planned_on": planned_on.isoformat()}
    return workflow.move(
        recommendation, "plan", by=by, facts=facts, answer=answer, planned_on=planned_on
    )


def refuse_recommendation(
    *, recommendation: Recommendation, answer: str, by: User
) -> Recommendation:
    """It will not be done, and why. It stays outstanding."""
    return workflow.move(recommendation, "refuse", by=by, facts={"answer": answer}, answer=answer)


def verify_recommendation(
    *, recommendation: Recommendation, by: User, note: str = ""
) -> Recommendation:
    """Somebody of loss control has seen that it is done."""
    return workflow.move(recommendation, "verify", by=by, note=note)


@transaction.atomic
def send_back_recommendation(
    *, recommendation: Recommendation, by: User, note: str
) -> Recommendation:
    """What was sent does not show that it is done; the policyholder reads why."""
    recommendation = workflow.move(recommendation, "send_back", by=by, note=note)
    key = f"{recommendation.source}:sent_back:{recommendation.event_count}"
    _write(recommendation, "recommendation_sent_back", key, reason=note, by=by)
    return recommendation


def postpone_recommendation(
    *, recommendation: Recommendation, due_on: date, by: User, note: str
) -> Recommendation:
    facts = {"due_on": due_on.isoformat(), "before": recommendation.due_on.isoformat()}
    return workflow.move(recommendation, "postpone", by=by, note=note, facts=facts, due_on=due_on)


def waive_recommendation(*, recommendation: Recommendation, by: User, note: str) -> Recommendation:
    """An underwriter does without it; the reason is kept."""
    return workflow.move(recommendation, "waive", by=by, note=note)


@transaction.atomic
def chase_recommendation(*, recommendation: Recommendation, by: User) -> Recommendation:
    """Remind the policyholder of what is past its day."""
    recommendation = workflow.move(recommendation, "chase", by=by)
    key = f"{recommendation.source}:chased:{recommendation.chased_on}"
    _write(recommendation, "recommendation_due", key, by=by)
    return recommendation


def chase_overdue(*, on: date, by: User) -> int:
    """The daily run: each overdue recommendation whose reminder has come; how many."""
    found = selectors.recommendations_to_chase(on)
    for recommendation in found:
        try:
            with transaction.atomic():
                chase_recommendation(recommendation=recommendation, by=by)
        except Refused:
            continue  # it was answered or reminded of meanwhile
    return len(found)


def _write(
    recommendation: Recommendation, template: str, key: str, *, by: User, reason: str = ""
) -> None:
    survey = recommendation.survey
    queue_message(
        customer=survey.customer,
        template=template,
        context={
            "title": recommendation.title,
            "location": survey.location,
            "due_on": recommendation.due_on,
            "link": selectors.link_to_recommendations(),
            **({"reason": reason} if reason else {}),
        },
        reference=recommendation.source,
        idempotency_key=key,
        by=by,
    )
