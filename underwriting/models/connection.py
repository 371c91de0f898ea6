"""How the systems of carriers that answer for themselves are reached."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office.history import Kept
from office.vault import SealedTextField
from underwriting.models.stamps import actor

ON_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


def refuse_open_road(url):
    """What is asked is personal: it goes out sealed, or does not leave this machine."""
    parts = urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE
    if not (parts.scheme == "https" or is_here) or parts.username or parts.password:
        raise ValidationError(_("Write an address that begins with https://."), code="open_road")


def _from_one_to(most):
    return [MinValueValidator(1), MaxValueValidator(most)]


class CarrierConnection(models.Model):
    """A carrier with a connection in use is asked over HTTP; the others by their tables here.

    After `failures` askings in a row without an answer it is not asked for `rest_seconds`.
    """

    carrier = models.OneToOneField(
        "customers.Carrier", models.PROTECT, primary_key=True, related_name="connection"
    )
    url = models.CharField(_("address"), max_length=200, validators=[refuse_open_road])
    key = SealedTextField(_("key"))
    connect_seconds = models.PositiveSmallIntegerField(
        _("seconds to connect"), default=2, validators=_from_one_to(10)
    )
    read_seconds = models.PositiveSmallIntegerField(
        _("seconds to answer"), default=8, validators=_from_one_to(30)
    )
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=3, validators=_from_one_to(5)
    )
    failures = models.PositiveSmallIntegerField(
        _("failures until it rests"), default=5, validators=_from_one_to(20)
    )
    rest_seconds = models.PositiveSmallIntegerField(
        _("seconds of rest"), default=60, validators=_from_one_to(3600)
    )
    is_active = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField(_("changed"), editable=False)
    changed_by = actor(editable=False, verbose_name=_("changed by"))

    row_history = Kept(sealed=("key",))

    class Meta:
        verbose_name, verbose_name_plural = _("carrier's system"), _("carriers' systems")
        permissions = [("connect_carrier", "Can connect the systems of carriers")]
        constraints = [
            models.CheckConstraint(
                name="carrier_connection_waits_within_limits",
                condition=Q(
                    connect_seconds__range=(1, 10),
                    read_seconds__range=(1, 30),
                    attempts__range=(1, 5),
                    failures__range=(1, 20),
                    rest_seconds__range=(1, 3600),
                ),
            ),
        ]

    def __str__(self):
        return self.carrier_id
