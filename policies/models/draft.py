"""Drafts of product versions: what an actuary changes before anybody is quoted on it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office.exceptions import Refused
from office.models import Event, Recorded
from policies import rules
from policies.enums import DraftState


def _actor(**options):
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


class ProductDraftQuerySet(models.QuerySet):
    def for_user(self, user):
        return self if rules.may_draft(None, user) else self.none()


class ProductDraft(Recorded):
    """A version in the making. Its text lies in its edits; nothing rates on it before it is
    published, and then the version does, not the draft."""

    product = models.ForeignKey("policies.Product", models.PROTECT, related_name="drafts")
    based_on = models.ForeignKey("policies.ProductVersion", models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField()
    edited_by = _actor()
    version = models.OneToOneField(
        "policies.ProductVersion", models.PROTECT, null=True, blank=True, related_name="draft"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = _actor(null=True, blank=True)
    state = FSMField(
        default="", choices=DraftState.choices, protected=True, max_length=24, editable=False
    )

    objects = ProductDraftQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("product draft")
        verbose_name_plural = gettext_lazy("product drafts")
        permissions = [("draft_productversion", "Can draft versions of products")]
        constraints = [
            models.CheckConstraint(
                name="draft_published_at_and_by_with_its_version",
                condition=Q(
                    published_at__isnull=True,
                    published_by__isnull=True,
                    version__isnull=True,
                )
                | Q(
                    published_at__isnull=False,
                    published_by__isnull=False,
                    version__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="draft_state_agrees_with_its_version",
                condition=Q(state=DraftState.PUBLISHED, version__isnull=False)
                | (~Q(state=DraftState.PUBLISHED) & Q(version__isnull=True)),
            ),
            models.CheckConstraint(
                name="draft_is_published_by_another_than_its_last_editor",
                condition=Q(published_by__isnull=True) | ~Q(published_by=models.F("edited_by")),
            ),
        ]

    def __str__(self):
        word = _("draft")
        return f"{self.product_id} · {word} {self.pk or ''}".strip()

    def get_absolute_url(self):
        return reverse("admin:policies_productdraft_change", args=[self.pk])

    @property
    def text(self):
        """The document as it was last saved."""
        return self.edits.get(revision=self.revision).text

    @transition(
        state,
        source=[""],
        target=DraftState.OPEN,
        permission=rules.may_draft,
        custom={"label": gettext_lazy("Draft"), "icon": "file-pen-line"},
    )
    def draft(self, *, by, at):
        self.edited_at, self.edited_by = at, by

    @transition(
        state,
        source=[DraftState.OPEN],
        target=None,
        permission=rules.may_draft,
        custom={"label": gettext_lazy("Edit"), "icon": "pencil"},
    )
    def edit(self, *, by, at, revision):
        """`revision` is the one that was on the screen: nobody overwrites what they did not see."""
        if revision != self.revision:
            raise Refused(
                _("Somebody else changed this draft. Copy your text, and look at it again.")
            )
        self.revision += 1
        self.edited_at, self.edited_by = at, by

    @transition(
        state,
        source=[DraftState.OPEN],
        target=DraftState.PUBLISHED,
        permission=rules.may_publish,
        custom={"label": gettext_lazy("Publish"), "icon": "circle-check", "primary": True},
    )
    def publish(self, *, by, at, version):
        if by.pk == self.edited_by_id:
            raise Refused(_("Who edited the draft last does not publish it: ask somebody else."))
        self.version, self.published_at, self.published_by = version, at, by

    @transition(
        state,
        source=[DraftState.OPEN],
        target=DraftState.DISCARDED,
        permission=rules.may_draft,
        custom={"label": gettext_lazy("Discard"), "icon": "trash-2"},
    )
    def discard(self, *, by, at):
        """The draft stays to be read; nothing more is done with it."""


class ProductDraftEvent(Event):
    record = models.ForeignKey(ProductDraft, models.PROTECT, related_name="events")


class ProductDraftEdit(models.Model):
    """The whole text of a draft as somebody saved it. Append-only: the last one holds."""

    draft = models.ForeignKey(ProductDraft, models.PROTECT, related_name="edits")
    revision = models.PositiveIntegerField()
    text = models.TextField()
    saved_at = models.DateTimeField()
    saved_by = _actor()

    class Meta:
        ordering = ["draft_id", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "revision"], name="draft_edit_revision_is_unique"
            ),
        ]

    def __str__(self):
        return f"{self.draft_id}/{self.revision}"
