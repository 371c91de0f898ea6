"""Reads of loss control: lists, pages, the report, what is to be chased."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from customers.names import words_of
from office import clock
from office.models import User
from office.workflow import label_of
from policies import wording
from policies.models import Policy, Segment, Term
from policies.selectors import product_definition
from underwriting import appetite
from underwriting.enums import (
    OUTSTANDING,
    HazardGrade,
    RecommendationGrade,
    RecommendationState,
    SurveyState,
)
from underwriting.models import (
    Certificate,
    Recommendation,
    Submission,
    Survey,
)
from underwriting.practice import SurveyRule, practice
from underwriting.selectors.standing import standing_of_policy

GRADE_TONES = {
    RecommendationGrade.ADVISORY: "",
    RecommendationGrade.IMPORTANT: "warn",
    RecommendationGrade.CRITICAL: "bad",
}
HAZARD_TONES = {
    HazardGrade.GOOD: "good",
    HazardGrade.FAIR: "info",
    HazardGrade.POOR: "warn",
    HazardGrade.UNACCEPTABLE: "bad",
}
SURVEY_TONES = {
    SurveyState.ORDERED: "warn",
    SurveyState.SCHEDULED: "info",
    SurveyState.VISITED: "info",
    SurveyState.REPORTED: "good",
}
RECOMMENDATION_TONES = {
    RecommendationState.OPEN: "warn",
    RecommendationState.PLANNED: "info",
    RecommendationState.DONE: "info",
    RecommendationState.REFUSED: "bad",
    RecommendationState.VERIFIED: "good",
}


def survey_rules_met(term: Term) -> list[SurveyRule]:
    """The survey rules whose condition holds for what the term insures at its end, as known."""
    segment = Segment.objects.filter(term=term).current().order_by("valid").last()
    if segment is None:
        return []
    policy = term.policy
    facts = appetite.facts(
        risk=segment.insured["risk"],
        coverages=segment.insured["coverages"],
        jurisdiction=policy.jurisdiction,
        on=term.valid_from,
        standing=standing_of_policy(policy),
    )
    rules = practice().surveys_of(policy.product.line)
    asked = [
        {"code": rule.code, "when": rule.when, "blocks": "info", "messages": rule.reasons}
        for rule in rules
    ]
    met = {
        found.rule for found in appetite.evaluate(asked, facts) if found.fired and not found.error
    }
    return [rule for rule in rules if rule.code in met]


def survey_rows(user: User) -> QuerySet[Survey]:
    """The surveys that a person may see, with how many recommendations are outstanding."""
    outstanding = Q(recommendations__state__in=OUTSTANDING)
    return Survey.objects.for_user(user).annotate(
        outstanding=Count("recommendations", filter=outstanding)
    )


def certificate_rows(user: User) -> QuerySet[Certificate]:
    """The certificates that a person may see, each with the key of its page as text."""
    return Certificate.objects.for_user(user).annotate(record=Cast("pk", CharField()))


def surveys_by_words(rows: QuerySet[Survey], text: str) -> QuerySet[Survey]:
    """Those whose number or customer's name holds every word."""
    for word in words_of(text):
        rows = rows.filter(Q(number__icontains=word) | Q(customer__folded__contains=word))
    return rows


def recommendations_by_words(rows: QuerySet[Recommendation], text: str) -> QuerySet[Recommendation]:
    """Those whose number or customer's name holds every word."""
    for word in words_of(text):
        rows = rows.filter(Q(number__icontains=word) | Q(survey__customer__folded__contains=word))
    return rows


def places_to_survey(of: Policy | Submission) -> list[tuple[str, str]]:
    """(key, name) of what is insured, to choose what is looked at."""
    if isinstance(of, Policy):
        term = of.terms.select_related("version").latest("sequence")
        segment = Segment.objects.filter(term=term).current().order_by("valid").last()
        version, risk = term.version, segment.insured["risk"] if segment else {}
    else:
        quote = of.quotes.select_related("version").first()
        if quote is None:
            return []
        version, risk = quote.version, of.application
    return list(wording.titles_of(product_definition(version).risk_schema, risk).items())


def survey_page(survey: Survey) -> dict[str, Any]:
    """What was found, recommended and photographed, and what was done."""
    recommendations = list(survey.recommendations.order_by("due_on", "pk"))
    for row in recommendations:
        row.survey = survey
    return {
        "survey": survey,
        "tone": SURVEY_TONES.get(survey.state, ""),
        "findings": [(row, HAZARD_TONES[HazardGrade(row.grade)]) for row in survey.findings.all()],
        "recommendations": [told(row, on=clock.today(survey.time_zone)) for row in recommendations],
        "photos": survey.photos.select_related("upload"),
        "events": events_of(survey),
    }


def told(row: Recommendation, *, on: date) -> dict[str, Any]:
    """A recommendation with the tones of its grade, state and day."""
    late = row.is_overdue(on=on)
    return {
        "row": row,
        "grade_tone": GRADE_TONES[RecommendationGrade(row.grade)],
        "state_tone": RECOMMENDATION_TONES.get(RecommendationState(row.state), ""),
        "is_late": late,
    }


def events_of(record: Survey | Recommendation) -> list[Any]:
    """What was done with it, the latest first, each act in the reader's words."""
    events: list[Any] = list(record.events.select_related("by").order_by("-seq"))
    for event in events:
        event.label = label_of(record, event.kind)
    return events


def loss_control_of(policy: Policy, *, user: User) -> dict[str, Any]:
    """The panel of a policy: its surveys, what is recommended, its certificates."""
    on = clock.today(policy.time_zone)
    surveys = Survey.objects.for_user(user).of_policy(policy).distinct().order_by("-pk")
    rows = Recommendation.objects.for_user(user).filter(survey__in=Survey.objects.of_policy(policy))
    ordered = rows.select_related("survey").order_by("due_on", "pk")
    return {
        "surveys": [(row, SURVEY_TONES.get(row.state, "")) for row in surveys],
        "recommendations": [told(row, on=on) for row in ordered],
        "certificates": certificates_told(
            Certificate.objects.for_user(user).filter(policy=policy).standing(), on=on
        ),
    }


def certificates_told(rows: QuerySet[Certificate], *, on: date) -> list[dict[str, Any]]:
    """Each with the tone of its last day."""
    soon = on + timedelta(days=max(practice().certificate_warnings))
    tones = ((on, "bad"), (soon + timedelta(days=1), "warn"))
    return [
        {"row": row, "tone": next((t for day, t in tones if row.valid_to < day), "good")}
        for row in rows.order_by("valid_to", "pk")
    ]


def survey_paper(survey: Survey) -> dict[str, Any]:
    """The data of `templates/documents/survey_report.typ`, in the active language."""
    of = survey.policy or survey.submission
    return {
        "title": _("Survey report"),
        "number": survey.number,
        "issued": clock.today(survey.time_zone),
        "customer": survey.customer.display_name,
        "policy": of.number if of else "",
        "location": survey.location,
        "visited": survey.visited_on,
        "surveyor": survey.visited_by.name,
        "kind": str(survey.get_kind_display()),
        "summary": survey.summary,
        "findings": [
            [str(row.get_hazard_display()), str(row.get_grade_display()), row.text]
            for row in survey.findings.all()
        ],
        "recommendations": [
            {
                "number": row.number,
                "grade": str(row.get_grade_display()),
                "is_critical": row.grade == RecommendationGrade.CRITICAL,
                "title": row.title,
                "text": row.text,
                "due": formats.date_format(row.due_on),
            }
            for row in survey.recommendations.order_by("due_on", "pk")
        ],
        "photos": [
            f"{photo.upload.name}: {photo.caption}" if photo.caption else photo.upload.name
            for photo in survey.photos.select_related("upload")
        ],
    }


def link_to_recommendations() -> str:
    return f"{settings.OFFICE_URL}{reverse('portal:safety')}"


def recommendations_to_chase(on: date) -> list[Recommendation]:
    """Overdue ones of which the policyholder was not reminded for a while."""
    before = on - timedelta(days=practice().chase_every_days)
    rows = Recommendation.objects.overdue(on=on).filter(survey__state=SurveyState.REPORTED)
    quiet = rows.filter(Q(chased_on=None) | Q(chased_on__lte=before))
    return list(quiet.select_related("survey__customer").order_by("due_on", "pk"))


def certificates_to_ask_for(on: date, *, within: int) -> list[Certificate]:
    """Certificates of policies in force that end within so many days, or have ended."""
    ending = Certificate.objects.standing().filter(valid_to__lte=on + timedelta(days=within))
    in_force = ending.filter(policy__in=Policy.objects.in_force())
    return list(in_force.select_related("policy__customer").order_by("valid_to", "pk"))


def surveys_for_desk(user: User, at_most: int) -> list[Survey]:
    """Those that this person has to carry out, and those that nobody has, the most urgent first."""
    mine = Survey.objects.for_user(user).open().filter(Q(assignee=user) | Q(assignee=None))
    return list(mine.select_related("customer").order_by("due_on", "pk")[:at_most])


def recommendations_for_desk(user: User, on: date, at_most: int) -> list[Recommendation]:
    """Those that wait to be verified, and those that are overdue."""
    rows = Recommendation.objects.for_user(user).filter(
        Q(state=RecommendationState.DONE) | Q(state__in=OUTSTANDING, due_on__lt=on)
    )
    return list(rows.select_related("survey__customer").order_by("due_on", "pk")[:at_most])


def certificates_for_desk(user: User, on: date, at_most: int) -> list[Certificate]:
    """Certificates that end soon or have ended, the nearest first."""
    until = on + timedelta(days=max(practice().certificate_warnings))
    rows = Certificate.objects.for_user(user).standing().filter(valid_to__lte=until)
    in_force = rows.filter(policy__in=Policy.objects.in_force())
    return list(in_force.select_related("policy__customer").order_by("valid_to", "pk")[:at_most])


def own_recommendations(user: User) -> QuerySet[Recommendation]:
    """A policyholder's own, once the report of the survey has been sent."""
    rows = Recommendation.objects.filter(
        survey__customer__login=user, survey__state=SurveyState.REPORTED
    )
    return rows.select_related("survey__customer")


def own_safety(user: User) -> dict[str, Any]:
    """What loss control asks of a policyholder: recommendations, reports, certificates."""
    on = clock.today(user.time_zone)
    cards = [told(row, on=on) for row in own_recommendations(user).order_by("due_on", "pk")]
    reports: Iterable[Survey] = Survey.objects.filter(
        customer__login=user, state=SurveyState.REPORTED
    ).select_related("document")
    own = Certificate.objects.filter(policy__customer__login=user).standing()
    return {
        "waiting": [card for card in cards if card["row"].state in OUTSTANDING],
        "others": [card for card in cards if card["row"].state not in OUTSTANDING],
        "reports": reports,
        "certificates": certificates_told(own, on=on),
    }
