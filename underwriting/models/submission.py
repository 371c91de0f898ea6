"""Submissions: one application, put to every carrier that sells the line there."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_fsm import FSMField, transition

from office.enums import Line
from office.exceptions import Refused
from office.models import Event, Recorded
from underwriting import rules
from underwriting.enums import SubmissionState
from underwriting.models.stamps import actor, is_pair


class SubmissionQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff with the grant see all; an agent and a customer their own; nobody else any."""
        if rules.may_view_every_submission(user):
            return self
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(agent__user=user) | Q(customer__login=user))

    def open(self):
        return self.filter(state=SubmissionState.OPEN)


class Submission(Recorded):
    """One application of one customer, put to every carrier that sells the line there."""

    number = models.CharField(max_length=24, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="submissions")
    agent = models.ForeignKey("customers.Agent", models.PROTECT, related_name="submissions")
    address = models.ForeignKey("customers.Address", models.PROTECT, related_name="+")
    line = models.CharField(max_length=12, choices=Line.choices)
    product_kind = models.CharField(max_length=24)
    jurisdiction = models.CharField(max_length=8)
    effective_on = models.DateField()
    application = models.JSONField()
    coverages = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = actor(null=True, blank=True)
    job = models.ForeignKey(
        "office.Job", models.PROTECT, null=True, blank=True, related_name="submissions"
    )
    state = FSMField(
        default="", choices=SubmissionState.choices, protected=True, max_length=24, editable=False
    )

    objects = SubmissionQuerySet.as_manager()
    read_with_lock = ("agent", "customer", "address")

    class Meta:
        verbose_name = gettext_lazy("submission")
        verbose_name_plural = gettext_lazy("submissions")
        permissions = [
            ("view_own_submission", "Can see their own submissions"),
            ("open_submission", "Can open submissions"),
            ("edit_submission", "Can edit applications"),
            ("quote_submission", "Can ask carriers for quotes"),
            ("close_submission", "Can close submissions"),
        ]
        constraints = [
            models.CheckConstraint(
                name="submission_edited_at_and_by", condition=is_pair("edited_at", "edited_by")
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-number"], name="submission_state_number"),
            GinIndex(fields=["number"], opclasses=["gin_trgm_ops"], name="submission_search"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("underwriting:detail", args=[self.number])

    @transition(
        state,
        source=[""],
        target=SubmissionState.OPEN,
        permission=rules.may_open,
        custom={"label": pgettext_lazy("act", "Open"), "icon": "file-plus"},
    )
    def open(self, *, by, at):
        """Nothing to check on the record itself: the application is checked by the service."""

    @transition(
        state,
        source=[SubmissionState.OPEN],
        target=None,
        permission=rules.may_request_quotes,
        custom={"label": gettext_lazy("Ask carriers"), "icon": "send", "primary": True},
    )
    def quote(self, *, by, at, job):
        self.job = job

    @transition(
        state,
        source=[SubmissionState.OPEN],
        target=None,
        permission=rules.may_edit,
        custom={"label": gettext_lazy("Edit application"), "icon": "pencil"},
    )
    def edit(self, *, by, at, application, coverages, effective_on, revision):
        """`revision` is the one that was on the screen: nobody overwrites what they did not see."""
        if revision != self.revision:
            raise Refused(_("Somebody else changed this application. Look at it again, then edit."))
        self.application, self.coverages = application, coverages
        self.effective_on = effective_on
        self.revision += 1
        self.edited_at, self.edited_by = at, by

    @transition(
        state,
        source=[SubmissionState.OPEN],
        target=None,
        permission=rules.may_edit,
        custom={"label": gettext_lazy("Record needs and advice"), "icon": "messages-square"},
    )
    def advise(self, *, by, at):
        """The record is written by the service, version by version."""

    @transition(
        state,
        source=[SubmissionState.OPEN],
        target=None,
        permission=rules.may_acknowledge,
        custom={"label": gettext_lazy("Acknowledge the advice"), "icon": "signature"},
    )
    def acknowledge(self, *, by, at):
        """The customer has read the latest version; the service writes it down."""

    @transition(
        state,
        source=[SubmissionState.OPEN],
        target=SubmissionState.BOUND,
        permission=rules.may_bind_submission,
        custom={"label": gettext_lazy("Bind"), "icon": "shield-check", "hidden": True},
    )
    def bind(self, *, by, at, outcome):
        """One quote of it becomes a policy; the quote itself says whether it may.

        The advice that it was bound on is read under the lock, and told in the event.
        """
        self.advised = self.advice.order_by("-version").first()
        outcome["advice"] = self.advised.version if self.advised else None

    @transition(
        state,
        source=[SubmissionState.OPEN],
        target=SubmissionState.CLOSED,
        permission=rules.may_close,
        custom={"label": gettext_lazy("Close"), "icon": "archive"},
    )
    def close(self, *, by, at):
        """The customer does not want cover, or took it elsewhere."""


class SubmissionEvent(Event):
    record = models.ForeignKey(Submission, models.PROTECT, related_name="events")

    label: str  # the act in the reader's words, filled for a page
