"""Judgment rating: the credits and debits that an underwriter gave, and why."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from office import money
from underwriting.judgment import FURTHEST
from underwriting.models.stamps import actor


class Judgment(models.Model):
    """Schedule credits (−) and debits (+) of one quote or renewal, in per cent. Append-only.

    parts: per cent by characteristic. most: what the jurisdiction allowed on the day. field: the
    field of the risk that the rating plan reads. The next one replaces it; an edit of the
    application voids it.
    """

    quote = models.ForeignKey(
        "underwriting.Quote", models.PROTECT, null=True, blank=True, related_name="judgments"
    )
    renewal = models.ForeignKey(
        "underwriting.Renewal", models.PROTECT, null=True, blank=True, related_name="judgments"
    )
    field = models.CharField(max_length=40)
    percent = models.SmallIntegerField()
    most = models.PositiveSmallIntegerField()
    parts = models.JSONField()
    source = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    decided_at = models.DateTimeField()
    decided_by = actor()
    decided_under = models.ForeignKey("office.AuthorityLimit", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="judgment_stays_within_its_limit",
                condition=Q(percent__lte=F("most")) & Q(percent__gte=-1 * F("most")),
            ),
            models.CheckConstraint(
                name="judgment_limit_is_no_more_than_half", condition=Q(most__lte=FURTHEST)
            ),
            models.CheckConstraint(
                name="judgment_is_of_a_quote_or_a_renewal",
                condition=Q(quote__isnull=False, renewal__isnull=True)
                | Q(quote__isnull=True, renewal__isnull=False),
            ),
            models.CheckConstraint(name="judgment_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.percent:+} %"

    def applied_to(self, risk: Mapping[str, Any]) -> dict[str, Any]:
        return {**risk, self.field: self.percent}

    def moved(self, premium: Decimal, *, before: "Judgment | None") -> Decimal:
        """What it moves of the premium without any judgment, of which `premium` is now quoted."""
        plain = premium * 100 / (100 + (before.percent if before else 0))
        return money.round(abs(plain * self.percent / 100))
