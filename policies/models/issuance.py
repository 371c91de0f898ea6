"""The issue of what is bound: its checklist, the forms that went out, who got a copy."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office.enums import Language
from office.exceptions import Refused
from office.models import Document, Event, Recorded
from policies import rules
from policies.enums import IssuanceState, Lane
from policies.models.policy import Policy
from policies.models.register import Filing, FormEdition, PolicyForm
from policies.models.term import Term, TermTransaction


def _actor(**options):
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


class IssuanceQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those of the policies that one may see."""
        if rules.may_view_every_policy(user):
            return self
        return self.filter(policy__in=Policy.objects.for_user(user).values("pk"))


class Issuance(Recorded):
    """The papers of one change of a term, from the binding until they are out.

    `first` and `last` are the transactions of the act; `day` is the day by which the editions of
    forms are chosen. A new cycle begins when the file goes back, so that it is checked anew.
    """

    number = models.CharField(max_length=40, unique=True)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="issuances")
    term = models.ForeignKey(Term, models.PROTECT, related_name="issuances")
    first = models.OneToOneField(TermTransaction, models.PROTECT, related_name="issuance")
    last = models.ForeignKey(TermTransaction, models.PROTECT, related_name="+")
    day = models.DateField()
    lane = models.CharField(max_length=12, choices=Lane.choices)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = _actor(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = _actor(null=True, blank=True)
    state = FSMField(
        default="", choices=IssuanceState.choices, protected=True, max_length=24, editable=False
    )

    objects = IssuanceQuerySet.as_manager()
    read_with_lock = ("policy__agent", "policy__customer", "first")

    class Meta:
        ordering = ["-pk"]
        verbose_name = gettext_lazy("issue of papers")
        verbose_name_plural = gettext_lazy("issues of papers")
        permissions = [("release_policy", "Can check and release the papers of policies")]
        indexes = [models.Index(fields=["state", "created_at", "id"], name="issuance_waiting")]
        constraints = [
            models.CheckConstraint(
                name="issuance_release_matches_state",
                condition=Q(
                    state=IssuanceState.ISSUED,
                    released_at__isnull=False,
                    released_by__isnull=False,
                )
                | (~Q(state=IssuanceState.ISSUED) & Q(released_at=None, released_by=None)),
            ),
            models.CheckConstraint(
                name="issuance_return_has_its_reason",
                condition=Q(
                    state=IssuanceState.RETURNED,
                    returned_at__isnull=False,
                    returned_by__isnull=False,
                    reason__gt="",
                )
                | (
                    ~Q(state=IssuanceState.RETURNED)
                    & Q(returned_at=None, returned_by=None, reason="")
                ),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("policies:issuance", args=[self.number])

    @transition(
        state,
        source=[""],
        target=IssuanceState.AWAITING,
        permission=rules.may_open_issuance,
        custom={"label": gettext_lazy("Bound"), "icon": "file-clock"},
    )
    def open(self, *, by, at):
        """The worker opens it for what was bound: nothing more to check."""

    @transition(
        state,
        source=[IssuanceState.AWAITING],
        target=None,
        permission=rules.may_clear,
        custom={"label": gettext_lazy("Confirm"), "icon": "check", "hidden": True},
    )
    def confirm(self, *, by, at, item):
        """`item` is the `checklist.Item` that somebody stands for."""
        if item.is_held and not by.may("underwriting.approve_quote"):
            raise Refused(_("An underwriter clears what the rules hold up."))
        if not item.is_held and not by.may("policies.release_policy"):
            raise Refused(_("A policy analyst confirms this."))

    @transition(
        state,
        source=[IssuanceState.AWAITING],
        target=IssuanceState.ISSUED,
        permission=rules.may_release,
        custom={"label": gettext_lazy("Issue the papers"), "icon": "send", "primary": True},
    )
    def release(self, *, by, at):
        if not by.is_service and by.pk == self.first.recorded_by_id:
            raise Refused(_("Who wrote the change does not issue its papers: ask somebody else."))
        self.released_at, self.released_by = at, by

    @transition(
        state,
        source=[IssuanceState.AWAITING],
        target=IssuanceState.RETURNED,
        permission=rules.may_release,
        custom={"label": gettext_lazy("Return to the agent"), "icon": "undo-2"},
    )
    def send_back(self, *, by, at, reason):
        if not reason.strip():
            raise Refused(_("Write down what is missing."), field="reason")
        self.returned_at, self.returned_by, self.reason = at, by, reason.strip()
        self.cycle += 1

    @transition(
        state,
        source=[IssuanceState.RETURNED],
        target=IssuanceState.AWAITING,
        permission=rules.may_resubmit,
        custom={"label": gettext_lazy("Hand in again"), "icon": "redo-2", "primary": True},
    )
    def resubmit(self, *, by, at):
        self.returned_at = self.returned_by = None
        self.reason = ""


class IssuanceEvent(Event):
    record = models.ForeignKey(Issuance, models.PROTECT, related_name="events")

    label: str  # the act in the reader's words, filled for a page


class IssuanceCheck(models.Model):
    """What somebody confirmed of the checklist, once a cycle. Append-only."""

    issuance = models.ForeignKey(Issuance, models.PROTECT, related_name="confirmed")
    cycle = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    note = models.CharField(max_length=500, blank=True)
    confirmed_at = models.DateTimeField()
    confirmed_by = _actor()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuance", "cycle", "code"], name="issuance_check_is_confirmed_once"
            ),
        ]

    def __str__(self):
        return f"{self.issuance_id}: {self.code}"


class FormPaper(models.Model):
    """An edition set as a paper in one language: one file for all who are insured by it."""

    edition = models.ForeignKey(FormEdition, models.PROTECT, related_name="papers")
    language = models.CharField(max_length=8, choices=Language)
    document = models.OneToOneField(Document, models.PROTECT, related_name="form")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "language"], name="one_paper_an_edition_and_language"
            ),
        ]

    def __str__(self):
        return f"{self.edition_id} {self.language}"


class IssuedForm(models.Model):
    """A form that became part of a contract: which edition, under which filing, which file.

    Append-only. The database asks besides whether the edition was reviewed and its filing in
    effect in the policy's state on `day`.
    """

    issuance = models.ForeignKey(Issuance, models.PROTECT, related_name="forms")
    form = models.ForeignKey(PolicyForm, models.PROTECT, related_name="issued")
    edition = models.ForeignKey(FormEdition, models.PROTECT, related_name="issued")
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="issued")
    day = models.DateField()
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["issuance", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issuance", "form"], name="form_is_issued_once"),
        ]

    def __str__(self):
        return f"{self.issuance_id}: {self.edition_id}"


class PackageCopy(models.Model):
    """Who got a copy of the papers, and by which message. Append-only."""

    class To(models.TextChoices):
        INSURED = "insured", gettext_lazy("The policyholder")
        AGENT = "agent", gettext_lazy("The agent")

    issuance = models.ForeignKey(Issuance, models.PROTECT, related_name="copies")
    to = models.CharField(max_length=8, choices=To.choices)
    name = models.CharField(max_length=160)
    message = models.ForeignKey(
        "customers.Message", models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuance", "to"], name="one_copy_for_each_side"),
        ]

    def __str__(self):
        return f"{self.issuance_id}: {self.to}"
