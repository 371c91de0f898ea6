"""Who carries the risk, who sells it, and what they are licensed and appointed to sell."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from office.enums import Line
from office.history import Kept

OF_AGENT = Kept(of="customers_agent", key="agent_id")


class Carrier(models.Model):
    """An insurer whose products the office sells; `is_own` when that is the office itself."""

    code = models.CharField(_("code"), max_length=16, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    is_own = models.BooleanField(_("our own"), default=False)

    row_history = Kept()

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("carrier"), _("carriers")

    def __str__(self):
        return self.name


class AgentQuerySet(models.QuerySet):
    def for_user(self, user):
        """With the grant all; an agent themselves; nobody else any."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.may("customers.view_agent") else self.filter(user=user)


class Agent(models.Model):
    """Somebody who sells, of the office or of another agency."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=120)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agent",
        verbose_name=_("login"),
    )
    agency = models.CharField(_("agency"), max_length=120, blank=True)

    row_history = Kept()
    objects = AgentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name, verbose_name_plural = _("agent"), _("agents")
        permissions = [("view_production", "Can see what every agent sells")]

    def __str__(self):
        return self.name


class PeriodQuerySet(models.QuerySet):
    def in_force(self, day):
        """Periods are half-open: the day they end on is not covered."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def ending(self, *, after, until):
        """In force on `after`, and no longer on `until`."""
        return self.in_force(after).filter(valid_to__lte=until)


class Licence(models.Model):
    """A state's leave to sell one line there, from `valid_from` until before `valid_to`."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="licences")
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    line = models.CharField(_("line"), max_length=12, choices=Line)
    number = models.CharField(_("licence number"), max_length=32)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    row_history = OF_AGENT
    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["agent", "jurisdiction", "line", "valid_from"]
        verbose_name, verbose_name_plural = _("licence"), _("licences")
        indexes = [models.Index(fields=["valid_to"], name="licences_by_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="licence_ends_after_it_begins",
                violation_error_message=_("The last day must lie after the first."),
            ),
            models.UniqueConstraint(
                fields=["agent", "jurisdiction", "line", "valid_from"],
                name="licence_begins_once_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.jurisdiction} {self.line} {self.number}"


class Appointment(models.Model):
    """A carrier's leave to sell one of its lines, from `valid_from` until before `valid_to`."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="appointments")
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="appointments")
    line = models.CharField(_("line"), max_length=12, choices=Line)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    row_history = OF_AGENT
    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["agent", "carrier", "line", "valid_from"]
        verbose_name, verbose_name_plural = _("appointment"), _("appointments")
        indexes = [models.Index(fields=["valid_to"], name="appointments_by_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="appointment_ends_after_it_begins",
                violation_error_message=_("The last day must lie after the first."),
            ),
            models.UniqueConstraint(
                fields=["agent", "carrier", "line", "valid_from"],
                name="appointment_begins_once_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.carrier_id} {self.line}"


class Course(models.Model):
    """Continuing education that somebody completed and a state recognises."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="courses")
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    title = models.CharField(_("title"), max_length=120)
    provider = models.CharField(_("provider"), max_length=120, blank=True)
    certificate = models.CharField(_("certificate"), max_length=40)
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1)
    is_ethics = models.BooleanField(_("ethics or law"), default=False)
    completed_on = models.DateField(_("completed"))
    recorded_at = models.DateTimeField(editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    row_history = OF_AGENT

    class Meta:
        ordering = ["agent", "-completed_on", "pk"]
        verbose_name, verbose_name_plural = _("course"), _("courses")
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0), name="course_has_hours"),
            models.UniqueConstraint(
                fields=["agent", "jurisdiction", "certificate"], name="certificate_counts_once"
            ),
        ]

    def __str__(self):
        return f"{self.title} {self.completed_on}"
