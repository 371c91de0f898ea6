"""The register of forms: their editions, the legal department's review, the filings per state."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office.enums import Line
from office.exceptions import Refused
from office.history import Kept
from office.models import Event, Recorded
from policies import rules
from policies.enums import (
    EDITABLE_EDITIONS,
    FilingKind,
    FilingMethod,
    FilingStatus,
    FormEditionState,
)
from policies.models.product import ProductVersion


def _actor(**options):
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


class PolicyForm(models.Model):
    """A paper that is part of a contract, by its number. Its words stand in its editions.

    `names` has the title by language. The jurisdictions are those of its filings.
    """

    number = models.CharField(gettext_lazy("number"), max_length=24, unique=True)
    names = models.JSONField(gettext_lazy("title"))
    carrier = models.ForeignKey("customers.Carrier", models.PROTECT, related_name="forms")
    line = models.CharField(gettext_lazy("line"), max_length=12, choices=Line.choices)

    row_history = Kept()

    class Meta:
        ordering = ["number"]
        verbose_name, verbose_name_plural = gettext_lazy("form"), gettext_lazy("forms")

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("policies:form", args=[self.number])


class FormEdition(Recorded):
    """The words of a form as of an edition. Once they are under review they never change.

    `texts` has the words by language, in paragraphs. `is_adopted`: in use before this register
    began, so that no review of ours stands behind it.
    """

    form = models.ForeignKey(PolicyForm, models.PROTECT, related_name="editions")
    edition = models.CharField(gettext_lazy("edition"), max_length=12)
    texts = models.JSONField(gettext_lazy("text"))
    in_use_from = models.DateField(gettext_lazy("in use from"))
    in_use_to = models.DateField(gettext_lazy("until"), null=True, blank=True)
    is_adopted = models.BooleanField(default=False)
    drafted_at = models.DateTimeField()
    drafted_by = _actor()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = _actor(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = _actor(null=True, blank=True)
    state = FSMField(
        default="", choices=FormEditionState.choices, protected=True, max_length=24, editable=False
    )

    class Meta:
        ordering = ["form", "-in_use_from", "-pk"]
        verbose_name = gettext_lazy("form edition")
        verbose_name_plural = gettext_lazy("form editions")
        permissions = [
            ("draft_formedition", "Can write editions of forms"),
            ("review_formedition", "Can review editions of forms for the legal department"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["form", "edition"], name="form_edition_is_unique"),
            models.CheckConstraint(
                name="form_edition_ends_after_it_begins",
                condition=Q(in_use_to=None) | Q(in_use_to__gt=F("in_use_from")),
            ),
            models.CheckConstraint(
                name="form_edition_submitted_at_and_by",
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="form_edition_review_matches_state",
                condition=Q(
                    state__in=[FormEditionState.APPROVED, FormEditionState.REFUSED],
                    reviewed_at__isnull=False,
                    reviewed_by__isnull=False,
                )
                | Q(
                    state__in=[FormEditionState.DRAFT, FormEditionState.IN_REVIEW],
                    reviewed_at=None,
                    reviewed_by=None,
                ),
            ),
            models.CheckConstraint(
                name="form_edition_is_reviewed_by_another",
                condition=Q(is_adopted=True)
                | Q(reviewed_by=None)
                | (~Q(reviewed_by=F("drafted_by")) & ~Q(reviewed_by=F("submitted_by"))),
            ),
        ]

    def __str__(self):
        return f"{self.form.number} ({self.edition})"

    def get_absolute_url(self):
        return reverse("policies:edition", args=[self.pk])

    @transition(
        state,
        source=[""],
        target=FormEditionState.APPROVED,
        permission=rules.may_adopt_form,
        custom={"label": gettext_lazy("Adopt")},
    )
    def adopt(self, *, by, at):
        """In use before the register began: its review lies outside."""
        self.is_adopted, self.drafted_at, self.drafted_by = True, at, by
        self.reviewed_at, self.reviewed_by = at, by

    @transition(
        state,
        source=[""],
        target=FormEditionState.DRAFT,
        permission=rules.may_draft_form,
        custom={"label": gettext_lazy("Draft"), "icon": "file-pen-line"},
    )
    def draft(self, *, by, at):
        self.drafted_at, self.drafted_by = at, by

    @transition(
        state,
        source=sorted(EDITABLE_EDITIONS),
        target=FormEditionState.DRAFT,
        permission=rules.may_draft_form,
        custom={"label": gettext_lazy("Edit the text"), "icon": "pencil"},
    )
    def revise(self, *, by, at, texts, in_use_from):
        """Another text is another author's, and has to be looked at anew."""
        self.texts, self.in_use_from = texts, in_use_from
        self.drafted_at, self.drafted_by = at, by
        self.submitted_at = self.submitted_by = self.reviewed_at = self.reviewed_by = None

    @transition(
        state,
        source=[FormEditionState.DRAFT],
        target=FormEditionState.IN_REVIEW,
        permission=rules.may_draft_form,
        custom={"label": gettext_lazy("Send to legal review"), "icon": "scale", "primary": True},
    )
    def submit(self, *, by, at):
        if not all(self.texts.get(language, "").strip() for language in ("en", "es")):
            raise Refused(_("The text has to be there in English and in Spanish."))
        self.submitted_at, self.submitted_by = at, by

    @transition(
        state,
        source=[FormEditionState.IN_REVIEW],
        target=FormEditionState.APPROVED,
        permission=rules.may_review_form,
        custom={"label": gettext_lazy("Approve"), "icon": "circle-check", "primary": True},
    )
    def approve(self, *, by, at):
        self._review(by, at)

    @transition(
        state,
        source=[FormEditionState.IN_REVIEW],
        target=FormEditionState.REFUSED,
        permission=rules.may_review_form,
        custom={"label": gettext_lazy("Refuse"), "icon": "circle-x"},
    )
    def refuse(self, *, by, at):
        self._review(by, at)

    def _review(self, by, at):
        if by.pk == self.submitted_by_id:
            raise Refused(_("Who sent the text to review does not review it."))
        self.reviewed_at, self.reviewed_by = at, by

    @transition(
        state,
        source=[FormEditionState.APPROVED],
        target=None,
        permission=rules.may_draft_form,
        custom={"label": gettext_lazy("Take out of use"), "icon": "archive"},
    )
    def retire(self, *, by, at, in_use_to):
        if in_use_to <= self.in_use_from:
            raise Refused(_("The last day of use lies after the first."), field="in_use_to")
        self.in_use_to = in_use_to


class FormEditionEvent(Event):
    record = models.ForeignKey(FormEdition, models.PROTECT, related_name="events")


class FilingQuerySet(models.QuerySet):
    def in_effect(self, *, on):
        """Those under which something may be used on a day: the rule of the database's trigger."""
        early = [FilingMethod.FILE_AND_USE, FilingMethod.USE_AND_FILE]
        return self.filter(
            Q(status=FilingStatus.APPROVED) | Q(status=FilingStatus.FILED, method__in=early),
            effective_on__lte=on,
        )


class Filing(models.Model):
    """What a carrier put before a state's regulator: forms, or the rates of a product version."""

    number = models.CharField(gettext_lazy("filing number"), max_length=32, unique=True)
    carrier = models.ForeignKey("customers.Carrier", models.PROTECT, related_name="filings")
    kind = models.CharField(gettext_lazy("what"), max_length=8, choices=FilingKind.choices)
    jurisdiction = models.CharField(gettext_lazy("jurisdiction"), max_length=8)
    method = models.CharField(gettext_lazy("method"), max_length=16, choices=FilingMethod.choices)
    status = models.CharField(
        gettext_lazy("status"),
        max_length=12,
        choices=FilingStatus.choices,
        default=FilingStatus.FILED,
    )
    filed_on = models.DateField(gettext_lazy("filed"))
    decided_on = models.DateField(gettext_lazy("decided"), null=True, blank=True)
    effective_on = models.DateField(gettext_lazy("in effect from"))
    version = models.ForeignKey(
        ProductVersion, models.PROTECT, null=True, blank=True, related_name="filings"
    )
    editions = models.ManyToManyField(FormEdition, through="FilingItem", related_name="filings")

    objects = FilingQuerySet.as_manager()
    row_history = Kept()

    class Meta:
        ordering = ["-filed_on", "-pk"]
        verbose_name, verbose_name_plural = gettext_lazy("filing"), gettext_lazy("filings")
        permissions = [("keep_filing", "Can keep the register of filings")]
        constraints = [
            models.CheckConstraint(
                name="filing_of_rates_names_a_version",
                condition=Q(kind=FilingKind.RATE, version__isnull=False)
                | Q(kind=FilingKind.FORM, version=None),
            ),
            models.CheckConstraint(
                name="filing_is_decided_with_its_day",
                condition=Q(status=FilingStatus.FILED, decided_on=None)
                | (
                    ~Q(status=FilingStatus.FILED)
                    & Q(decided_on__isnull=False, decided_on__gte=F("filed_on"))
                ),
            ),
            models.CheckConstraint(
                name="filing_takes_effect_after_its_approval",
                condition=~Q(method=FilingMethod.PRIOR_APPROVAL, status=FilingStatus.APPROVED)
                | Q(effective_on__gte=F("decided_on")),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("policies:filing", args=[self.number])

    def is_in_effect(self, on) -> bool:
        early = {FilingMethod.FILE_AND_USE, FilingMethod.USE_AND_FILE}
        may_use = self.status == FilingStatus.APPROVED or (
            self.status == FilingStatus.FILED and self.method in early
        )
        return may_use and self.effective_on <= on


class FilingItem(models.Model):
    """An edition that a filing of forms put before the regulator."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="items")
    edition = models.ForeignKey(FormEdition, models.PROTECT, related_name="items")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "edition"], name="filing_names_an_edition_once"
            ),
        ]

    def __str__(self):
        return f"{self.filing_id}: {self.edition_id}"
