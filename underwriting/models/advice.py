"""Advice: what the customer needs, what was recommended and why, what was offered and refused."""

from django.db import models
from django.db.models import Q

from underwriting.models.quote import Quote
from underwriting.models.stamps import actor
from underwriting.models.submission import Submission


class AdviceQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(submission__in=Submission.objects.for_user(user))


class Advice(models.Model):
    """One version of the record. Written once: what changes is a new version.

    answers: by the code of the question, as needs.yaml asks. declined: [{coverage, names,
    reason}] offered and refused. revision: of the application that it is about.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="advice")
    version = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField()
    answers = models.JSONField()
    recommended = models.ForeignKey(
        Quote, models.PROTECT, null=True, blank=True, related_name="advice"
    )
    reasons = models.TextField()
    declined = models.JSONField(default=list)
    document = models.OneToOneField("office.Document", models.PROTECT, related_name="advice")
    recorded_at = models.DateTimeField()
    recorded_by = actor()

    objects = AdviceQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "version"], name="advice_version_is_unique"
            ),
            models.CheckConstraint(name="advice_counts_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(name="advice_gives_reasons", condition=~Q(reasons="")),
        ]

    def __str__(self):
        return f"{self.submission_id} · {self.version}"

    @property
    def source(self):
        return f"advice:{self.pk}"

    @property
    def acknowledged(self):
        """The customer's acknowledgement, or None."""
        return getattr(self, "acknowledgement", None)


class AdviceAcknowledgement(models.Model):
    """The customer has read it and stands by what they refused. Written once.

    name: as the customer signed. evidence: how, where somebody writes it down for them.
    """

    advice = models.OneToOneField(Advice, models.PROTECT, related_name="acknowledgement")
    name = models.CharField(max_length=120)
    evidence = models.CharField(max_length=300, blank=True)
    acknowledged_at = models.DateTimeField()
    acknowledged_by = actor()

    class Meta:
        constraints = [
            models.CheckConstraint(name="acknowledgement_is_signed", condition=~Q(name=""))
        ]

    def __str__(self):
        return f"{self.advice_id}: {self.name}"
