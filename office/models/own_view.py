import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from office.vault import SealedTextField


class OwnView(models.Model):
    """A filter of a list that somebody named for themselves. Sealed: it may hold a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="own_views")
    list_key = models.CharField(_("list"), max_length=40)
    name = models.CharField(_("name"), max_length=40)
    query = SealedTextField(_("filter"))

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("view of one's own"), _("views of one's own")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "list_key", "name"], name="own_view_has_a_name_once"
            )
        ]

    def __str__(self):
        return self.name
