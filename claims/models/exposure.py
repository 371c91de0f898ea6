"""What is at stake: one exposure a coverage, item and claimant, and its reserve lines."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.enums import PaymentState
from claims.enums import ReserveKind, ReserveReason
from claims.models.claim import Claim
from office.money import MoneyField
from policies.catalogue import label

PERSON = settings.AUTH_USER_MODEL


class Exposure(models.Model):
    """One coverage of one insured item towards one claimant. Limit None: no limit of its own."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="exposures")
    coverage = models.CharField(_("coverage"), max_length=24)
    item = models.CharField(_("insured item"), max_length=40, blank=True)
    names = models.JSONField(default=dict)
    claimant = models.ForeignKey("customers.Customer", models.PROTECT, related_name="exposures")
    limit = MoneyField(_("limit"), null=True)
    deductible = MoneyField(_("deductible"), default=0)
    opened_at = models.DateTimeField(editable=False)
    opened_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("exposure"), _("exposures")
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "coverage", "item", "claimant"],
                name="one_exposure_a_coverage_item_and_claimant",
            ),
            models.CheckConstraint(
                name="exposure_closed_at_goes_with_closed_by",
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="exposure_terms_are_not_negative",
                condition=Q(deductible__gte=0) & (Q(limit=None) | Q(limit__gte=0)),
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.item_name})" if self.item else self.name

    @property
    def item_name(self):
        """What the insured thing was called at the notice: "2021 Toyota Corolla"."""
        return self.claim.cover_at_notice.get("items", {}).get(self.item, self.item)

    @property
    def name(self):
        """The coverage's name in the reader's language."""
        return label(self.names) if self.names else self.coverage

    @property
    def is_open(self):
        return self.closed_at is None

    def drafted_parts(self):
        """Parts of payments that are drafted and not yet approved, over all its lines."""
        parts = self.reserve_lines.model.payout_parts.rel.related_model.objects
        return parts.filter(line__exposure=self, payout__payment__state=PaymentState.DRAFTED)


class ReserveLine(models.Model):
    """What is still expected to be paid on an exposure. A payment takes its amount out of it."""

    exposure = models.ForeignKey(Exposure, models.PROTECT, related_name="reserve_lines")
    kind = models.CharField(_("kind"), max_length=12, choices=ReserveKind.choices)
    reserve = MoneyField(_("reserve"), default=0)
    paid = MoneyField(_("paid"), default=0)
    recovered = MoneyField(_("recovered"), default=0)

    class Meta:
        ordering = ["exposure_id", "-kind"]
        verbose_name, verbose_name_plural = _("reserve line"), _("reserve lines")
        constraints = [
            models.UniqueConstraint(
                fields=["exposure", "kind"], name="one_reserve_line_an_exposure_and_kind"
            ),
            models.CheckConstraint(
                name="reserve_is_not_negative",
                condition=Q(reserve__gte=0, paid__gte=0, recovered__gte=0),
            ),
        ]

    def __str__(self):
        return f"{self.exposure_id} {self.get_kind_display()}"

    @property
    def incurred(self):
        return self.paid + self.reserve - self.recovered

    def drafted_parts(self):
        """Parts of payments that are drafted and not yet approved."""
        return self.payout_parts.filter(payout__payment__state=PaymentState.DRAFTED)


class ReserveChange(models.Model):
    """One change of a reserve line. Append-only; the line is the sum of its changes."""

    line = models.ForeignKey(ReserveLine, models.PROTECT, related_name="changes")
    reason = models.CharField(_("reason"), max_length=12, choices=ReserveReason.choices)
    change = MoneyField(_("change"))
    reserve = MoneyField(_("reserve after it"))
    paid = MoneyField(_("paid by it"), default=0)
    note = models.CharField(_("note"), max_length=400, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), editable=False)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering = ["line_id", "id"]
        verbose_name, verbose_name_plural = _("reserve change"), _("reserve changes")

    def __str__(self):
        return f"{self.line_id}: {self.change}"
