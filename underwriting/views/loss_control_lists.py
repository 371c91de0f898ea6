"""The lists of loss control: surveys, recommendations, certificates."""

from django import forms as fields
from django.utils.translation import gettext_lazy

from office import clock
from office.doors import staff_required
from office.lists import Column, Filter, List, SavedView
from underwriting import selectors
from underwriting.enums import (
    CertificateKind,
    RecommendationGrade,
    RecommendationState,
    SurveyKind,
    SurveyState,
)
from underwriting.models import Recommendation
from underwriting.selectors import loss_control as reads

NUMBER_OR_NAME = gettext_lazy("Number or name")
SURVEYS = List(
    name=gettext_lazy("Surveys"),
    sort="due_on",
    url_name="underwriting:surveys",
    columns=[
        Column("number", gettext_lazy("Survey"), "link", link="underwriting:survey"),
        Column("customer__display_name", gettext_lazy("Customer")),
        Column("location", gettext_lazy("Where"), priority="mid"),
        Column("kind", gettext_lazy("Kind"), priority="wide", words=SurveyKind),
        Column("due_on", gettext_lazy("Wanted by"), "due", sortable=True),
        Column("scheduled_on", gettext_lazy("Visit"), "date", priority="mid"),
        Column("assignee__name", gettext_lazy("Surveyor"), "person", priority="mid"),
        Column("outstanding", gettext_lazy("Outstanding"), "number", priority="wide"),
        Column(
            "state",
            gettext_lazy("State"),
            "badge",
            words=SurveyState,
            tones={state.value: tone for state, tone in reads.SURVEY_TONES.items()},
        ),
    ],
    views=[
        SavedView("open", gettext_lazy("Open"), lambda rows, user: rows.open()),
        SavedView(
            "mine", gettext_lazy("Mine"), lambda rows, user: rows.open().filter(assignee=user)
        ),
        SavedView(
            "unassigned",
            gettext_lazy("With nobody"),
            lambda rows, user: rows.open().filter(assignee=None),
        ),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
    ],
    filters=[
        Filter(
            "q",
            fields.CharField(label=NUMBER_OR_NAME, max_length=80),
            narrow=selectors.surveys_by_words,
        ),
    ],
)
RECOMMENDATIONS = List(
    name=gettext_lazy("Recommendations"),
    sort="due_on",
    url_name="underwriting:recommendations",
    columns=[
        Column(
            "number", gettext_lazy("Recommendation"), "link", link="underwriting:recommendation"
        ),
        Column("survey__customer__display_name", gettext_lazy("Customer")),
        Column("title", gettext_lazy("What is to be done"), priority="mid"),
        Column(
            "grade",
            gettext_lazy("Grade"),
            "badge",
            words=RecommendationGrade,
            tones={grade.value: tone for grade, tone in reads.GRADE_TONES.items()},
        ),
        Column("due_on", gettext_lazy("To be done by"), "due", sortable=True),
        Column("chased_on", gettext_lazy("Reminded"), "date", priority="wide"),
        Column(
            "state",
            gettext_lazy("State"),
            "badge",
            words=RecommendationState,
            tones={state.value: tone for state, tone in reads.RECOMMENDATION_TONES.items()},
        ),
    ],
    views=[
        SavedView(
            "outstanding", gettext_lazy("Outstanding"), lambda rows, user: rows.outstanding()
        ),
        SavedView(
            "overdue",
            gettext_lazy("Overdue"),
            lambda rows, user: rows.overdue(on=clock.today(user.time_zone)),
        ),
        SavedView(
            "to_verify",
            gettext_lazy("To be verified"),
            lambda rows, user: rows.filter(state=RecommendationState.DONE),
        ),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
    ],
    filters=[
        Filter(
            "q",
            fields.CharField(label=NUMBER_OR_NAME, max_length=80),
            narrow=selectors.recommendations_by_words,
        ),
        Filter(
            "grade",
            fields.ChoiceField(
                label=gettext_lazy("Grade"),
                choices=[("", gettext_lazy("Any")), *RecommendationGrade.choices],
            ),
        ),
    ],
)
CERTIFICATES = List(
    name=gettext_lazy("Certificates"),
    sort="valid_to",
    url_name="underwriting:certificates",
    columns=[
        Column("record", gettext_lazy("Record"), "link", link="underwriting:certificate"),
        Column("policy__customer__display_name", gettext_lazy("Customer")),
        Column("policy__number", gettext_lazy("Policy"), priority="mid"),
        Column("kind", gettext_lazy("Kind"), words=CertificateKind),
        Column("subject", gettext_lazy("What was inspected"), priority="mid"),
        Column("number", gettext_lazy("Number"), priority="wide"),
        Column("issuer", gettext_lazy("Who issued it"), priority="wide"),
        Column("valid_to", gettext_lazy("Last day"), "due", sortable=True),
    ],
    views=[
        SavedView("standing", gettext_lazy("Standing"), lambda rows, user: rows.standing()),
        SavedView(
            "ending",
            gettext_lazy("Ending within 60 days"),
            lambda rows, user: rows.ending(
                on=clock.today(user.time_zone),
                until=clock.add_days(clock.today(user.time_zone), 60),
            ),
        ),
        SavedView(
            "expired",
            gettext_lazy("Run out"),
            lambda rows, user: rows.expired(on=clock.today(user.time_zone)),
        ),
        SavedView("all", gettext_lazy("All"), lambda rows, user: rows),
    ],
    filters=[
        Filter(
            "kind",
            fields.ChoiceField(
                label=gettext_lazy("Kind"),
                choices=[("", gettext_lazy("Any")), *CertificateKind.choices],
            ),
        ),
    ],
)


@staff_required
def surveys(request):
    return SURVEYS.respond(request, selectors.survey_rows(request.user))


@staff_required
def recommendations(request):
    return RECOMMENDATIONS.respond(request, Recommendation.objects.for_user(request.user))


@staff_required
def certificates(request):
    return CERTIFICATES.respond(request, selectors.certificate_rows(request.user))
