import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from office.enums import Language, UploadState


class Document(models.Model):
    """A paper that the office issued: rendered once, stored with its SHA-256, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=160)
    language = models.CharField(_("language"), max_length=8, choices=Language)
    template = models.CharField(max_length=80)
    source = models.CharField(max_length=60, db_index=True)
    media_type = models.CharField(max_length=80, default="application/pdf")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("document"), _("documents")

    def __str__(self):
        return self.title


class Upload(models.Model):
    """A file that somebody sent us, after it was measured, recognised, cleaned and checked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=160)
    source = models.CharField(max_length=60, db_index=True, blank=True)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=160)
    state = models.CharField(max_length=12, choices=UploadState, default=UploadState.QUARANTINED)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("upload"), _("uploads")
        indexes = [models.Index(fields=["created_by", "created_at"], name="uploads_of_a_day")]

    def __str__(self):
        return self.name
