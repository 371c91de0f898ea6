"""Surveys: somebody of loss control looks at what is insured, and reports what they found."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_fsm import FSMField, transition

from office import clock
from office.enums import Line
from office.exceptions import Refused
from office.models import Event, Recorded
from underwriting import rules
from underwriting.enums import (
    SURVEY_AHEAD,
    SURVEY_OPEN,
    SURVEY_SEEN,
    Hazard,
    HazardGrade,
    SurveyKind,
    SurveyState,
)
from underwriting.models.stamps import actor, is_pair
from underwriting.models.submission import Submission


class SurveyQuerySet(models.QuerySet):
    def for_user(self, user):
        """With the grant all; an agent those of what they sell; policyholders reports of theirs."""
        if rules.may_view_every_survey(user):
            return self
        if not user.is_authenticated or not user.is_active:
            return self.none()
        sold = Q(policy__agent__user=user) | Q(submission__agent__user=user)
        return self.filter(sold | Q(customer__login=user, state=SurveyState.REPORTED))

    def open(self):
        return self.filter(state__in=SURVEY_OPEN)

    def of_policy(self, policy):
        """Those of the policy, and those that were ordered for the application it came from."""
        return self.filter(Q(policy=policy) | Q(submission__quotes__policy=policy))


class Survey(Recorded):
    """One visit to one insured place.

    item: the key of the insured thing, "" for all of it. rule: the rule of practice.yaml that
    ordered it, "" where a person did. due_on: by when the visit is wanted.
    """

    number = models.CharField(max_length=24, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="surveys")
    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, null=True, blank=True, related_name="surveys"
    )
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="surveys"
    )
    line = models.CharField(max_length=12, choices=Line.choices)
    time_zone = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=SurveyKind.choices)
    item = models.CharField(max_length=40, blank=True)
    location = models.CharField(max_length=200)
    reason = models.TextField()
    rule = models.CharField(max_length=60, blank=True)
    due_on = models.DateField()
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="surveys"
    )
    scheduled_on = models.DateField(null=True, blank=True)
    visited_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)
    visited_at = models.DateTimeField(null=True, blank=True)
    visited_by = actor(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = actor(null=True, blank=True)
    document = models.OneToOneField(
        "office.Document", models.PROTECT, null=True, blank=True, related_name="survey"
    )
    state = FSMField(
        default="", choices=SurveyState.choices, protected=True, max_length=24, editable=False
    )

    objects = SurveyQuerySet.as_manager()
    read_with_lock = ("customer",)

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("survey"), gettext_lazy("surveys")
        permissions = [
            ("order_survey", "Can order and cancel surveys"),
            ("visit_survey", "Can carry out surveys"),
        ]
        constraints = [
            models.CheckConstraint(
                name="survey_is_of_a_policy_or_an_application",
                condition=Q(policy__isnull=False) | Q(submission__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_visited_at_and_by", condition=is_pair("visited_at", "visited_by")
            ),
            models.CheckConstraint(
                name="survey_reported_at_and_by", condition=is_pair("reported_at", "reported_by")
            ),
            models.CheckConstraint(
                name="survey_visit_matches_state",
                condition=Q(
                    state__in=sorted(SURVEY_SEEN),
                    visited_on__isnull=False,
                    visited_at__isnull=False,
                )
                | (~Q(state__in=sorted(SURVEY_SEEN)) & Q(visited_on=None, visited_at=None)),
            ),
            models.CheckConstraint(
                name="survey_report_matches_state",
                condition=Q(
                    state=SurveyState.REPORTED, reported_at__isnull=False, document__isnull=False
                )
                | (~Q(state=SurveyState.REPORTED) & Q(reported_at=None, document=None)),
            ),
            models.UniqueConstraint(
                fields=["policy", "rule"],
                condition=~Q(rule=""),
                name="one_survey_a_policy_and_rule",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], name="survey_due", condition=Q(state__in=sorted(SURVEY_OPEN))
            )
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("underwriting:survey", args=[self.number])

    @property
    def source(self):
        return f"survey:{self.number}"

    @transition(
        state,
        source=[""],
        target=SurveyState.ORDERED,
        permission=rules.may_order_survey,
        custom={"label": gettext_lazy("Order a survey"), "icon": "clipboard-list"},
    )
    def order(self, *, by, at):
        """Nothing to check on the record itself."""

    @transition(
        state,
        source=sorted(SURVEY_AHEAD),
        target=None,
        permission=rules.may_assign_survey,
        custom={"label": gettext_lazy("Assign"), "icon": "user-check"},
    )
    def assign(self, *, by, at, assignee):
        if not rules.may_visit_survey(self, assignee):
            raise Refused(_("%(name)s carries out no surveys.") % {"name": assignee.name},
                          field="assignee")  # fmt: skip
        self.assignee = assignee

    @transition(
        state,
        source=sorted(SURVEY_AHEAD),
        target=SurveyState.SCHEDULED,
        permission=rules.may_visit_survey,
        custom={"label": gettext_lazy("Schedule"), "icon": "calendar-check", "primary": True},
    )
    def schedule(self, *, by, at, scheduled_on):
        if scheduled_on < clock.day_of(at, self.time_zone):
            raise Refused(_("The visit cannot be arranged for the past."), field="scheduled_on")
        self.scheduled_on = scheduled_on
        self.assignee = self.assignee or by

    @transition(
        state,
        source=[SurveyState.SCHEDULED],
        target=SurveyState.VISITED,
        permission=rules.may_visit_survey,
        custom={
            "label": gettext_lazy("Record the visit"),
            "icon": "clipboard-check",
            "primary": True,
        },
    )
    def visit(self, *, by, at, visited_on, summary):
        if visited_on > clock.day_of(at, self.time_zone):
            raise Refused(_("The visit has not taken place yet."), field="visited_on")
        self.visited_on, self.summary = visited_on, summary
        self.visited_at, self.visited_by = at, by

    @transition(
        state,
        source=[SurveyState.VISITED],
        target=None,
        permission=rules.may_visit_survey,
        custom={"label": gettext_lazy("Add a finding"), "icon": "search"},
    )
    def find(self, *, by, at):
        """What was found is written by the service."""

    @transition(
        state,
        source=[SurveyState.VISITED],
        target=None,
        permission=rules.may_visit_survey,
        custom={"label": gettext_lazy("Recommend"), "icon": "lightbulb"},
    )
    def recommend(self, *, by, at):
        """The recommendation is a record of its own."""

    @transition(
        state,
        source=[SurveyState.VISITED],
        target=None,
        permission=rules.may_visit_survey,
        custom={"label": gettext_lazy("Add photos"), "icon": "camera"},
    )
    def attach(self, *, by, at):
        """The files are joined by the service."""

    @transition(
        state,
        source=[SurveyState.VISITED],
        target=SurveyState.REPORTED,
        permission=rules.may_visit_survey,
        custom={"label": gettext_lazy("Send the report"), "icon": "send", "primary": True},
    )
    def report(self, *, by, at, document):
        self.document = document
        self.reported_at, self.reported_by = at, by

    @transition(
        state,
        source=sorted(SURVEY_AHEAD),
        target=SurveyState.CANCELLED,
        permission=rules.may_order_survey,
        custom={"label": pgettext_lazy("survey", "Cancel"), "icon": "ban"},
    )
    def cancel(self, *, by, at):
        """It is not needed, or cannot be had; the note says why."""

    def is_overdue(self, *, on) -> bool:
        return self.state in SURVEY_AHEAD and self.due_on < on


class SurveyEvent(Event):
    record = models.ForeignKey(Survey, models.PROTECT, related_name="events")

    label: str  # the act in the reader's words, filled for a page


class SurveyFinding(models.Model):
    """How well one hazard is controlled. Written once; what changes later is a new survey."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="findings")
    hazard = models.CharField(max_length=16, choices=Hazard.choices)
    grade = models.CharField(max_length=12, choices=HazardGrade.choices)
    text = models.TextField()
    found_at = models.DateTimeField()
    found_by = actor()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="survey_finding_says_something", condition=~Q(text=""))
        ]

    def __str__(self):
        return f"{self.get_hazard_display()}: {self.get_grade_display()}"


class SurveyPhoto(models.Model):
    """A file of a survey, each of one survey only."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="photos")
    upload = models.OneToOneField("office.Upload", models.PROTECT, related_name="survey_photo")
    caption = models.CharField(max_length=200, blank=True)
    attached_at = models.DateTimeField()
    attached_by = actor()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.survey_id}: {self.upload_id}"
