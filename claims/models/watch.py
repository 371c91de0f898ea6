"""Holds, letters, escalations, and what passes between us and another carrier."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.enums import WITHOUT_PDF, HoldKind, LetterKind, NoteDirection, Rung
from claims.models.claim import Claim
from office.enums import DepartmentCode, Language
from office.money import MoneyField

PERSON = settings.AUTH_USER_MODEL


class Hold(models.Model):
    """A flag that blocks settling and paying until somebody releases it."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="holds")
    kind = models.CharField(_("kind"), max_length=24, choices=HoldKind.choices)
    reason = models.TextField(_("reason"))
    placed_at = models.DateTimeField(editable=False)
    placed_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")
    released_at = models.DateTimeField(null=True, editable=False)
    released_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, editable=False, related_name="+"
    )
    release_reason = models.TextField(_("why it was released"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("hold"), _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind"],
                condition=Q(released_at=None),
                name="one_active_hold_of_a_kind",
            ),
            models.CheckConstraint(
                name="hold_released_at_goes_with_released_by",
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.get_kind_display()}"

    @property
    def is_active(self):
        return self.released_at is None


class Letter(models.Model):
    """A letter of the claim. `facts` is what it says beside the claim's own data; the document
    and the message appear once the outbox has done its part."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="letters")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=24, choices=LetterKind.choices)
    language = models.CharField(_("language"), max_length=8, choices=Language.choices)
    facts = models.JSONField(default=dict)
    document = models.OneToOneField(
        "office.Document", models.PROTECT, null=True, blank=True, related_name="letter"
    )
    message = models.OneToOneField(
        "customers.Message", models.PROTECT, null=True, blank=True, related_name="letter"
    )
    written_at = models.DateTimeField(editable=False)
    written_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("letter"), _("letters")
        constraints = [
            models.CheckConstraint(
                name="letter_is_sent_with_its_document",
                condition=Q(message=None)
                | Q(document__isnull=False)
                | Q(kind__in=sorted(WITHOUT_PDF)),
            )
        ]

    def __str__(self):
        return f"{self.claim_id} {self.get_kind_display()}"


class Escalation(models.Model):
    """One rung of the ladder, told once for one due date of one clock."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="escalations")
    what = models.CharField(_("what is due"), max_length=24)
    due_on = models.DateField(_("due"))
    rung = models.CharField(_("rung"), max_length=12, choices=Rung.choices)
    department = models.CharField(max_length=32, choices=DepartmentCode.choices)
    person = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(_("told"), editable=False)
    told_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("escalation"), _("escalations")
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "what", "due_on", "rung"], name="each_rung_is_told_once"
            )
        ]
        indexes = [models.Index(fields=["department", "-id"], name="escalation_department")]

    def __str__(self):
        return f"{self.claim_id} {self.get_rung_display()}"


class Handover(models.Model):
    """A claim that another carrier settles: its number there, how it stands, and since when."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="handovers")
    carrier = models.ForeignKey("customers.Carrier", models.PROTECT, related_name="handovers")
    carrier_number = models.CharField(_("the carrier's claim number"), max_length=60, blank=True)
    carrier_status = models.CharField(_("status at the carrier"), max_length=120, blank=True)
    handed_over_at = models.DateTimeField(editable=False)
    handed_over_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, editable=False, related_name="+"
    )
    outcome = models.TextField(_("how it ended"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("handover"), _("handovers")
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(ended_at=None), name="claim_is_with_one_carrier"
            ),
            models.CheckConstraint(
                name="handover_ended_at_goes_with_ended_by",
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} → {self.carrier_id}"


class NegotiationNote(models.Model):
    """One exchange with the carrier that has the claim: kept, never edited."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="notes")
    direction = models.CharField(max_length=16, choices=NoteDirection.choices)
    summary = models.TextField(_("what was said"))
    amount = MoneyField(_("amount spoken of"), null=True, blank=True)
    noted_at = models.DateTimeField(editable=False)
    noted_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("negotiation note"), _("negotiation notes")

    def __str__(self):
        return f"{self.handover_id} {self.get_direction_display()}"
