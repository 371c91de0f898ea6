"""Who did it and when: the pair of columns that every decision leaves."""

from django.conf import settings
from django.db import models
from django.db.models import Q


def actor(**options):
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


def is_pair(moment, person):
    """A moment and the person of it are both there, or neither is."""
    return Q(**{f"{moment}__isnull": True, f"{person}__isnull": True}) | Q(
        **{f"{moment}__isnull": False, f"{person}__isnull": False}
    )
