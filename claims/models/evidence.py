"""The file: which papers were asked for, what came in, what was found, which notices look alike."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.enums import (
    AWAITED_DOCUMENTS,
    DONE_DOCUMENTS,
    DocumentState,
    DuplicateState,
    FindingKind,
)
from claims.models.claim import Claim
from claims.models.exposure import Exposure
from office.money import MoneyField

PERSON = settings.AUTH_USER_MODEL
DATED = ("received", "verified", "refused", "waived")


def _moment():
    return models.DateTimeField(null=True, editable=False)


def _actor():
    return models.ForeignKey(PERSON, models.PROTECT, null=True, editable=False, related_name="+")


class DocumentRequest(models.Model):
    """One paper the file needs, from asking to verified or waived, each with its date."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="documents")
    kind = models.CharField(_("document"), max_length=40)
    names = models.JSONField(default=dict)
    because = models.CharField(_("why it is needed"), max_length=400, blank=True)
    state = models.CharField(
        _("status"),
        max_length=12,
        choices=DocumentState.choices,
        default=DocumentState.REQUESTED,
        editable=False,
    )
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    requested_at = models.DateTimeField(_("asked for"), editable=False)
    requested_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")
    received_at, received_by = _moment(), _actor()
    verified_at, verified_by = _moment(), _actor()
    refused_at, refused_by = _moment(), _actor()
    waived_at, waived_by = _moment(), _actor()

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("document asked for"), _("documents asked for")
        constraints = [
            models.UniqueConstraint(fields=["claim", "kind"], name="claim_asks_for_a_paper_once"),
            *(
                models.CheckConstraint(
                    name=f"document_{name}_at_goes_with_{name}_by",
                    condition=Q(**{f"{name}_at": None, f"{name}_by": None})
                    | Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False}),
                )
                for name in DATED
            ),
            models.CheckConstraint(
                name="document_state_has_its_date",
                condition=Q(state=DocumentState.REQUESTED)
                | Q(state=DocumentState.RECEIVED, received_at__isnull=False)
                | Q(state=DocumentState.VERIFIED, verified_at__isnull=False)
                | Q(state=DocumentState.REFUSED, refused_at__isnull=False)
                | Q(state=DocumentState.WAIVED, waived_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.kind}"

    @property
    def is_done(self):
        return self.state in DONE_DOCUMENTS

    @property
    def is_awaited(self):
        return self.state in AWAITED_DOCUMENTS


class Attachment(models.Model):
    """A file that belongs to the claim; where it answers a request, it says which."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="attachments")
    upload = models.OneToOneField("office.Upload", models.PROTECT, related_name="attachment")
    request = models.ForeignKey(
        DocumentRequest, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    attached_at = models.DateTimeField(_("added"), editable=False)
    attached_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("attachment"), _("attachments")

    def __str__(self):
        return f"{self.claim_id}: {self.upload_id}"


class Finding(models.Model):
    """What somebody saw, heard or worked out. The amounts of an exposure's findings add up."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="findings")
    exposure = models.ForeignKey(
        Exposure, models.PROTECT, null=True, blank=True, related_name="findings"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=FindingKind.choices)
    summary = models.TextField(_("finding"))
    loss = MoneyField(_("loss"), default=0)
    depreciation = MoneyField(_("depreciation"), default=0)
    betterment = MoneyField(_("betterment"), default=0)
    salvage = MoneyField(_("salvage"), default=0)
    value = MoneyField(_("value of the insured property"), default=0)
    recorded_at = models.DateTimeField(_("recorded"), editable=False)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("finding"), _("findings")
        constraints = [
            models.CheckConstraint(
                name="finding_amounts_are_not_negative",
                condition=Q(loss__gte=0, depreciation__gte=0, betterment__gte=0)
                & Q(salvage__gte=0, value__gte=0),
            ),
            models.CheckConstraint(
                name="finding_with_amounts_names_its_exposure",
                condition=Q(loss=0, depreciation=0, betterment=0, salvage=0, value=0)
                | Q(exposure__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.get_kind_display()}"


class Duplicate(models.Model):
    """Another claim that may tell of the same loss. Triage waits until somebody has looked."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="duplicates")
    other = models.ForeignKey(Claim, models.PROTECT, related_name="found_by")
    alike = models.JSONField(default=list)
    state = models.CharField(
        max_length=12, choices=DuplicateState.choices, default=DuplicateState.FOUND
    )
    decided_at, decided_by = _moment(), _actor()

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("possible duplicate"), _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["claim", "other"], name="claim_is_compared_once"),
            models.CheckConstraint(
                name="duplicate_decision_matches_state",
                condition=Q(state=DuplicateState.FOUND, decided_at=None, decided_by=None)
                | (
                    ~Q(state=DuplicateState.FOUND)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} ~ {self.other_id}"
