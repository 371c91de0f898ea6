"""Recommendations of loss control: what is to be done, by when, and what became of it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office import clock
from office.exceptions import Refused
from office.models import Event, Recorded
from underwriting import rules
from underwriting.enums import (
    ANSWERABLE,
    OUTSTANDING,
    WAIVABLE,
    RecommendationGrade,
    RecommendationState,
    SurveyState,
)
from underwriting.models.stamps import actor, is_pair
from underwriting.models.survey import Survey, SurveyFinding

ANSWERED = frozenset(
    {RecommendationState.PLANNED, RecommendationState.DONE, RecommendationState.REFUSED}
)


class RecommendationQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those of the surveys that the person may see."""
        return self.filter(survey__in=Survey.objects.for_user(user))

    def outstanding(self):
        return self.filter(state__in=OUTSTANDING)

    def overdue(self, *, on):
        return self.outstanding().filter(due_on__lt=on)


class Recommendation(Recorded):
    """One thing that the insured is to do. `answer` is what they said last.

    Refused stays outstanding until it is done or waived: the hazard is still there. A plan does
    not move the day; only loss control does.
    """

    number = models.CharField(max_length=24, unique=True)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="recommendations")
    finding = models.ForeignKey(
        SurveyFinding, models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    grade = models.CharField(max_length=12, choices=RecommendationGrade.choices)
    title = models.CharField(max_length=120)
    text = models.TextField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    planned_on = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = actor(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = actor(null=True, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = actor(null=True, blank=True)
    chased_on = models.DateField(null=True, blank=True)
    state = FSMField(
        default="",
        choices=RecommendationState.choices,
        protected=True,
        max_length=24,
        editable=False,
    )

    objects = RecommendationQuerySet.as_manager()
    read_with_lock = ("survey__customer",)

    class Meta:
        verbose_name = gettext_lazy("recommendation")
        verbose_name_plural = gettext_lazy("recommendations")
        permissions = [
            ("answer_recommendation", "Can write down what a policyholder answers"),
            ("verify_recommendation", "Can verify and postpone recommendations"),
            ("waive_recommendation", "Can waive recommendations"),
            ("chase_recommendation", "Can chase overdue recommendations"),
        ]
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"recommendation_{act}_at_and_by",
                    condition=is_pair(f"{act}_at", f"{act}_by"),
                )
                for act in ("answered", "verified", "waived")
            ),
            models.CheckConstraint(
                name="recommendation_answer_matches_state",
                condition=~Q(state__in=sorted(ANSWERED))
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="recommendation_plan_has_a_day",
                condition=~Q(state=RecommendationState.PLANNED) | Q(planned_on__isnull=False),
            ),
            models.CheckConstraint(
                name="recommendation_verified_matches_state",
                condition=Q(state=RecommendationState.VERIFIED, verified_at__isnull=False)
                | (~Q(state=RecommendationState.VERIFIED) & Q(verified_at=None)),
            ),
            models.CheckConstraint(
                name="recommendation_waived_matches_state",
                condition=Q(state=RecommendationState.WAIVED, waived_at__isnull=False)
                | (~Q(state=RecommendationState.WAIVED) & Q(waived_at=None)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="recommendation_due",
                condition=Q(state__in=sorted(OUTSTANDING)),
            )
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("underwriting:recommendation", args=[self.number])

    @property
    def source(self):
        return f"recommendation:{self.number}"

    def is_overdue(self, *, on) -> bool:
        return self.state in OUTSTANDING and self.due_on < on

    def take_answer(self, *, by, at, answer):
        if self.survey.state != SurveyState.REPORTED:
            raise Refused(_("The report of the survey has not been sent yet."))
        if not answer.strip():
            raise Refused(_("Write a sentence about it."), field="answer")
        self.answer = answer
        self.answered_at, self.answered_by = at, by

    @transition(
        state,
        source=[""],
        target=RecommendationState.OPEN,
        permission=rules.may_recommend,
        custom={"label": gettext_lazy("Recommend"), "icon": "lightbulb"},
    )
    def make(self, *, by, at):
        if self.due_on < clock.day_of(at, self.survey.time_zone):
            raise Refused(_("Give time to do it: the day lies in the past."), field="due_on")

    @transition(
        state,
        source=sorted(OUTSTANDING),
        target=RecommendationState.DONE,
        permission=rules.may_answer_recommendation,
        custom={"label": gettext_lazy("It is done"), "icon": "check", "primary": True},
    )
    def complete(self, *, by, at, answer):
        self.take_answer(by=by, at=at, answer=answer)

    @transition(
        state,
        source=sorted(ANSWERABLE | {RecommendationState.REFUSED}),
        target=RecommendationState.PLANNED,
        permission=rules.may_answer_recommendation,
        custom={"label": gettext_lazy("Plan it"), "icon": "calendar-clock"},
    )
    def plan(self, *, by, at, answer, planned_on):
        if planned_on < clock.day_of(at, self.survey.time_zone):
            raise Refused(_("A plan is for a day that is still to come."), field="planned_on")
        self.take_answer(by=by, at=at, answer=answer)
        self.planned_on = planned_on

    @transition(
        state,
        source=sorted(ANSWERABLE),
        target=RecommendationState.REFUSED,
        permission=rules.may_answer_recommendation,
        custom={"label": gettext_lazy("Refuse it"), "icon": "x"},
    )
    def refuse(self, *, by, at, answer):
        self.take_answer(by=by, at=at, answer=answer)

    @transition(
        state,
        source=[RecommendationState.DONE],
        target=RecommendationState.VERIFIED,
        permission=rules.may_verify_recommendation,
        custom={"label": gettext_lazy("Verify"), "icon": "badge-check", "primary": True},
    )
    def verify(self, *, by, at):
        self.verified_at, self.verified_by = at, by

    @transition(
        state,
        source=[RecommendationState.DONE],
        target=RecommendationState.OPEN,
        permission=rules.may_verify_recommendation,
        custom={"label": gettext_lazy("Not done yet"), "icon": "undo-2"},
    )
    def send_back(self, *, by, at):
        """The evidence does not show it; the note says what is missing, and the day stands."""

    @transition(
        state,
        source=sorted(OUTSTANDING),
        target=None,
        permission=rules.may_verify_recommendation,
        custom={"label": gettext_lazy("Give more time"), "icon": "calendar-plus"},
    )
    def postpone(self, *, by, at, due_on):
        if due_on <= self.due_on:
            raise Refused(_("The new day has to be later than the old one."), field="due_on")
        self.due_on, self.chased_on = due_on, None

    @transition(
        state,
        source=sorted(WAIVABLE),
        target=RecommendationState.WAIVED,
        permission=rules.may_waive_recommendation,
        custom={"label": gettext_lazy("Waive"), "icon": "circle-slash"},
    )
    def waive(self, *, by, at):
        self.waived_at, self.waived_by = at, by

    @transition(
        state,
        source=sorted(OUTSTANDING),
        target=None,
        permission=rules.may_chase_recommendation,
        custom={"label": gettext_lazy("Remind"), "icon": "bell-ring", "hidden": True},
    )
    def chase(self, *, by, at):
        """The message is written by the service; once a day at most."""
        today = clock.day_of(at, self.survey.time_zone)
        if not self.is_overdue(on=today) or self.chased_on == today:
            raise Refused(_("There is nothing to remind of today."))
        self.chased_on = today


class RecommendationEvent(Event):
    record = models.ForeignKey(Recommendation, models.PROTECT, related_name="events")

    label: str  # the act in the reader's words, filled for a page


class RecommendationEvidence(models.Model):
    """A file that shows that it was done."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="evidence")
    upload = models.OneToOneField("office.Upload", models.PROTECT, related_name="evidence_of")
    attached_at = models.DateTimeField()
    attached_by = actor()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.recommendation_id}: {self.upload_id}"
