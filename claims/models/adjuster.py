"""Who adjusts: staff with a capacity, and where and for what they are licensed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from office.enums import Line
from office.history import Kept


class Adjuster(models.Model):
    """A person who is given claims, up to `capacity` open ones at a time."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="adjuster")
    capacity = models.PositiveSmallIntegerField(_("open claims at a time"))
    is_active = models.BooleanField(_("takes claims"), default=True)

    row_history = Kept()

    class Meta:
        ordering = ["user__name"]
        verbose_name, verbose_name_plural = _("adjuster"), _("adjusters")

    def __str__(self):
        return str(self.user)


class AdjusterLicence(models.Model):
    """A licence to adjust a line in a jurisdiction, over `[valid_from, valid_to)`."""

    adjuster = models.ForeignKey(Adjuster, models.PROTECT, related_name="licences")
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    line = models.CharField(_("line"), max_length=12, choices=Line.choices)
    number = models.CharField(_("licence number"), max_length=40)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"))

    row_history = Kept(of="claims_adjuster", key="adjuster_id")

    class Meta:
        ordering = ["adjuster_id", "jurisdiction", "line"]
        verbose_name, verbose_name_plural = _("adjuster's licence"), _("adjusters' licences")
        constraints = [
            models.UniqueConstraint(
                fields=["adjuster", "jurisdiction", "line", "valid_from"],
                name="one_licence_begins_a_day",
            ),
            models.CheckConstraint(
                name="adjuster_licence_ends_after_it_begins",
                condition=Q(valid_to__gt=F("valid_from")),
            ),
        ]

    def __str__(self):
        return f"{self.jurisdiction} {self.line} {self.number}"

    def covers(self, *, jurisdiction, line, on):
        return (self.jurisdiction, self.line) == (jurisdiction, line) and (
            self.valid_from <= on < self.valid_to
        )
