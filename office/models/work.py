import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from office.enums import JobState
from office.history import Kept


class Job(models.Model):
    """Long work with its progress, polled by the page that waits for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=160)
    reference = models.CharField(max_length=80, blank=True, db_index=True)
    state = models.CharField(max_length=12, choices=JobState, default=JobState.RUNNING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, finished_at=None)
                | (~Q(state=JobState.RUNNING) & Q(finished_at__isnull=False)),
                name="job_is_finished_when_it_says_so",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def percent(self):
        return min(100, self.done * 100 // self.total) if self.total else 0


class OutboxMessage(models.Model):
    """Work accepted in a business transaction, to be done after it. Celery is only the doorbell.

    Moments here are the machine's (leases and time-outs), except `due_at`, which is business time.
    """

    task = models.CharField(max_length=80)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    put_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(published_at=None, done_at=None),
                name="outbox_unpublished",
            ),
            models.Index(fields=["published_at"], condition=Q(done_at=None), name="outbox_undone"),
        ]

    def __str__(self):
        return f"{self.task} #{self.pk}"


class InboxReceipt(models.Model):
    """Proof that a consumer did a message: at most one row a message, whatever is delivered."""

    message = models.OneToOneField(OutboxMessage, models.PROTECT, related_name="receipt")
    done_at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return str(self.message_id)


class DailyRun(models.Model):
    """A beat job's run for one business date. The row is the lock: a second one cannot be."""

    job = models.CharField(max_length=80)
    business_date = models.DateField()
    started_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "business_date"], name="one_run_a_day")
        ]

    def __str__(self):
        return f"{self.job} {self.business_date}"


class IdempotencyKey(models.Model):
    """What a request with this key was answered, so that a repetition has no second effect."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    body_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="one_effect_per_key"),
        ]

    def __str__(self):
        return self.key


class GaplessCounter(models.Model):
    """The last number of a series that the law wants without gaps: invoices, receipts."""

    series = models.CharField(max_length=24, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return f"{self.series}: {self.value}"


class Holiday(models.Model):
    """A day that is not a business day in a jurisdiction (“US” holds everywhere in it)."""

    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)

    row_history = Kept(since="change")

    class Meta:
        ordering = ["day"]
        verbose_name, verbose_name_plural = _("holiday"), _("holidays")
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "day"], name="one_holiday_a_day")
        ]

    def __str__(self):
        return f"{self.name}, {self.day}"
