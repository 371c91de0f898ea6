from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RowChangeQuerySet(models.QuerySet):
    def of(self, record):
        """What happened to a record and to the rows that belong to it, the latest first."""
        table = record._meta.db_table
        return self.filter(record_table=table, record_key=str(record.pk)).select_related("by")


class RowChange(models.Model):
    """One change of one row, as the trigger of `office.history` saw it. Nobody else writes here.

    `before` and `after` hold the columns that changed; all of them where the row began or ended.
    `by` is empty when no page or task wrote: then `login` says who was signed in to the database.
    """

    at = models.DateTimeField(_("when"))
    record_table = models.CharField(_("table"), max_length=63)
    record_key = models.CharField(_("key"), max_length=64)
    row_table = models.CharField(_("table of the row"), max_length=63)
    operation = models.CharField(_("operation"), max_length=6)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    login = models.CharField(_("signed in to the database as"), max_length=63)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    objects = RowChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ["view"]
        verbose_name, verbose_name_plural = _("change of a row"), _("changes of rows")
        indexes = [
            models.Index(fields=["record_table", "record_key", "-id"], name="changes_of_a_record")
        ]

    def __str__(self):
        return f"{self.operation} {self.row_table} {self.record_key}"
