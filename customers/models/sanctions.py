"""Persons and organisations that nobody may pay, as a government published them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from office.history import Kept


class SanctionEntry(models.Model):
    """One name of one listed party; its other names are rows of their own with its reference.

    `words` are the name's words in their normal spelling, sorted. What left the list stays with
    `is_current` false, so that a hold of last year can still be explained.
    """

    source = models.CharField(_("list"), max_length=40)
    reference = models.CharField(_("reference"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    words = ArrayField(models.CharField(max_length=80))
    programme = models.CharField(_("programme"), max_length=120, blank=True)
    listed_on = models.DateField(_("listed on"), null=True, blank=True)
    is_current = models.BooleanField(_("on the list"), default=True)
    loaded_at = models.DateTimeField(_("loaded"))
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    row_history = Kept(since="change")

    class Meta:
        ordering = ["source", "reference", "name"]
        verbose_name, verbose_name_plural = _("sanctions entry"), _("sanctions list")
        permissions = [("load_sanctions", _("Load the sanctions list"))]
        indexes = [GinIndex(fields=["words"], name="sanctions_by_word")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reference", "name"], name="sanctions_name_stands_once"
            )
        ]

    def __str__(self):
        return f"{self.source} {self.reference}"
