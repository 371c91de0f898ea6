"""Rule sets: what an application has to meet, edition by edition."""

from django.db import models

from office.history import Kept
from underwriting.models.stamps import actor


class RuleSet(models.Model):
    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)

    row_history = Kept()

    def __str__(self):
        return self.name


class RuleSetVersionQuerySet(models.QuerySet):
    def in_force(self, *, code, on):
        """The newest version that has begun on `on`; None where there is none."""
        begun = self.filter(rule_set_id=code, effective_from__lte=on)
        return begun.order_by("-effective_from", "-version").first()


class RuleSetVersion(models.Model):
    """One edition of a rule set. Never changed: a quote stores which one it met."""

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    effective_from = models.DateField()
    quote_days = models.PositiveSmallIntegerField()
    rules = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = actor()

    objects = RuleSetVersionQuerySet.as_manager()

    class Meta:
        permissions = [("publish_rulesetversion", "Can publish underwriting rules")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "version"], name="rule_set_version_is_unique"
            ),
        ]

    def __str__(self):
        return f"{self.rule_set_id} · {self.version}"
