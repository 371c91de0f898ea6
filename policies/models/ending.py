"""How a policy ends before its time, or is not renewed: what was decided, and by what notice."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from office.exceptions import Refused
from policies.enums import REASONS_OF, CancellationReason, CancelledBy
from policies.models.policy import Policy
from policies.models.term import Term, TermTransaction


class CancellationQuerySet(models.QuerySet):
    def announced(self):
        """Served, and neither rescinded nor taken effect."""
        return self.filter(rescinded_at=None, transaction=None)

    def effective(self):
        return self.filter(transaction__isnull=False)


class Cancellation(models.Model):
    """One end of a term before its last day: announced first, then rescinded or taken effect.

    noticed_on: the day of the policyholder's wish, or on which the carrier's notice was given.
    days, citation: the notice that the law demanded, and which law.
    proof: what shows why the end lies before the day of the wish.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="cancellations")
    term = models.ForeignKey(Term, models.PROTECT, related_name="cancellations")
    side = models.CharField(max_length=12, choices=CancelledBy.choices)
    reason = models.CharField(max_length=24, choices=CancellationReason.choices)
    noticed_on = models.DateField()
    effective_on = models.DateField()
    days = models.PositiveSmallIntegerField(default=0)
    citation = models.CharField(max_length=120, blank=True)
    proof = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)
    served_at = models.DateTimeField()
    served_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rescinded_at = models.DateTimeField(null=True, blank=True)
    rescinded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    transaction = models.OneToOneField(
        TermTransaction, models.PROTECT, null=True, blank=True, related_name="cancellation"
    )

    objects = CancellationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="one_cancellation_is_announced",
                fields=["policy"],
                condition=Q(rescinded_at=None, transaction=None),
            ),
            models.CheckConstraint(
                name="cancellation_rescinded_at_and_by",
                condition=Q(rescinded_at=None, rescinded_by=None)
                | Q(rescinded_at__isnull=False, rescinded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="cancellation_is_rescinded_or_takes_effect",
                condition=Q(rescinded_at=None) | Q(transaction=None),
            ),
            models.CheckConstraint(
                name="cancellation_by_the_carrier_has_its_notice",
                condition=~Q(side=CancelledBy.CARRIER)
                | Q(effective_on__gte=F("noticed_on"), citation__gt=""),
            ),
        ]

    def __str__(self):
        return f"{self.policy_id}: {self.effective_on}"

    @property
    def source(self):
        return f"cancellation:{self.pk}"

    @property
    def facts(self):
        """What the engine of charges must know of it."""
        return {"side": self.side, "reason": self.reason}

    def demand_reason(self):
        """Refuse a reason that this side cannot have."""
        if self.reason not in REASONS_OF[CancelledBy(self.side)]:
            raise Refused(
                _("“%(reason)s” is not a reason that %(side)s can have.")
                % {
                    "reason": self.get_reason_display(),
                    "side": str(self.get_side_display()).lower(),
                },
                field="reason",
            )


class NonRenewal(models.Model):
    """The carrier will not renew a term, and has said so in time."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="nonrenewals")
    term = models.OneToOneField(Term, models.PROTECT, related_name="nonrenewal")
    reason = models.CharField(max_length=500)
    noticed_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    citation = models.CharField(max_length=120)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.policy_id}: {self.noticed_on}"
