"""Rules in the making: a draft of the next edition, and what it would do to the book."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office.exceptions import Refused
from office.models import Event, Recorded
from policies.enums import DraftState
from underwriting import rules
from underwriting.enums import Blocks
from underwriting.models.rule_set import RuleSet, RuleSetVersion
from underwriting.models.stamps import actor


class RuleDraftQuerySet(models.QuerySet):
    def for_user(self, user):
        may = rules.may_draft_rules(None, user) or rules.may_publish_draft(None, user)
        return self if may else self.none()


class RuleSetDraft(Recorded):
    """An edition in the making. Its rules lie in its edits; nobody is quoted on it before it is
    published, and then the edition is met, not the draft."""

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="drafts")
    based_on = models.ForeignKey(RuleSetVersion, models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField()
    edited_by = actor()
    version = models.OneToOneField(
        RuleSetVersion, models.PROTECT, null=True, blank=True, related_name="draft"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = actor(null=True, blank=True)
    state = FSMField(
        default="", choices=DraftState.choices, protected=True, max_length=24, editable=False
    )

    objects = RuleDraftQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("draft of rules")
        verbose_name_plural = gettext_lazy("drafts of rules")
        permissions = [("draft_rulesetversion", "Can draft underwriting rules")]
        constraints = [
            models.CheckConstraint(
                name="rule_draft_published_at_and_by_with_its_version",
                condition=Q(
                    state=DraftState.PUBLISHED,
                    published_at__isnull=False,
                    published_by__isnull=False,
                    version__isnull=False,
                )
                | (
                    ~Q(state=DraftState.PUBLISHED)
                    & Q(
                        published_at__isnull=True,
                        published_by__isnull=True,
                        version__isnull=True,
                    )
                ),
            ),
            models.CheckConstraint(
                name="rule_draft_is_published_by_another_than_its_last_editor",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("edited_by")),
            ),
        ]

    def __str__(self):
        word = _("draft")
        return f"{self.rule_set_id} · {word} {self.pk or ''}".strip()

    def get_absolute_url(self):
        return reverse("admin:underwriting_rulesetdraft_change", args=[self.pk])

    @property
    def content(self):
        """The rules as they were last saved."""
        return self.edits.get(revision=self.revision)

    @transition(
        state,
        source=[""],
        target=DraftState.OPEN,
        permission=rules.may_draft_rules,
        custom={"label": gettext_lazy("Draft"), "icon": "file-pen-line"},
    )
    def draft(self, *, by, at):
        self.edited_at, self.edited_by = at, by

    @transition(
        state,
        source=[DraftState.OPEN],
        target=None,
        permission=rules.may_draft_rules,
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
        permission=rules.may_publish_draft,
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
        permission=rules.may_draft_rules,
        custom={"label": gettext_lazy("Discard"), "icon": "trash-2"},
    )
    def discard(self, *, by, at):
        """The draft stays to be read; nothing more is done with it."""


class RuleSetDraftEvent(Event):
    record = models.ForeignKey(RuleSetDraft, models.PROTECT, related_name="events")


class RuleSetDraftEdit(models.Model):
    """All rules of a draft as somebody saved them. Append-only: the last one holds."""

    draft = models.ForeignKey(RuleSetDraft, models.PROTECT, related_name="edits")
    revision = models.PositiveIntegerField()
    quote_days = models.PositiveSmallIntegerField()
    rules = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = actor()

    class Meta:
        ordering = ["draft_id", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "revision"], name="rule_draft_edit_revision_is_unique"
            ),
        ]

    def __str__(self):
        return f"{self.draft_id}/{self.revision}"


class RuleTrial(models.Model):
    """What a draft would hold up in the book, were every policy in force on a day quoted on it.

    `against` is the edition that was in force on the day; `result` holds the counts, `lines` each
    policy that one of the two holds up.
    """

    draft = models.ForeignKey(RuleSetDraft, models.PROTECT, related_name="trials")
    revision = models.PositiveIntegerField()
    against = models.ForeignKey(RuleSetVersion, models.PROTECT, related_name="+")
    day = models.DateField()
    job = models.OneToOneField("office.Job", models.PROTECT, related_name="rule_trial")
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = actor()

    objects = RuleDraftQuerySet.as_manager()

    def __str__(self):
        return f"{self.draft} · {self.revision}"

    def get_absolute_url(self):
        return reverse("underwriting:rule_trial", args=[self.pk])


class RuleTrialLine(models.Model):
    """One policy of a trial: what holds it up now and by the draft. Append-only.

    `weight` orders the worst first: how far the draft is stricter, from -4 to 4 steps.
    """

    trial = models.ForeignKey(RuleTrial, models.PROTECT, related_name="lines")
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+")
    before = models.CharField(max_length=12, choices=Blocks.choices)
    after = models.CharField(max_length=12, choices=Blocks.choices)
    fired = models.JSONField(default=list)
    weight = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "policy"], name="one_line_a_trial_and_policy"),
        ]
        indexes = [models.Index(fields=["trial", "weight", "id"], name="rule_trial_line_weight")]

    def __str__(self):
        return f"{self.policy_id}: {self.before} → {self.after}"
