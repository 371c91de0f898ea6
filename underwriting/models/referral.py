"""Referrals: what the rules put before a person, who may decide it, and what was decided."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office import authority, clock
from office.enums import AuthorityKind, Line
from office.exceptions import Refused
from office.models import Event, Recorded
from office.money import MoneyField
from policies.models import Policy
from underwriting import rules
from underwriting.enums import REFERRAL_OPEN, REFERRAL_STANDING, Blocks, ReferralKind, ReferralState
from underwriting.models.quote import Quote
from underwriting.models.renewal import Renewal
from underwriting.models.rule_set import RuleSetVersion
from underwriting.models.stamps import actor, is_pair


class ReferralQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff with the grant see all; an agent what they sell; nobody else any."""
        if rules.may_view_every_submission(user):
            return self
        if not user.is_authenticated or not user.is_active or not user.is_staff:
            return self.none()
        return self.filter(agent__user=user)

    def open(self):
        return self.filter(state__in=REFERRAL_OPEN)

    def standing(self):
        """Open, or approved and not void: what an edit of their subject voids."""
        return self.filter(state__in=REFERRAL_STANDING)

    def assigned_to(self, user):
        return self.open().filter(assigned_to=user)

    def routed_to(self, user):
        """Those that nobody has taken and that this person has the authority for."""
        return self.open().filter(assigned_to=None, routed_to__contains=[user.pk])

    def asked_of(self, user):
        """Those that wait for an answer of whoever wrote what was referred."""
        return self.filter(state=ReferralState.ASKED, authors__contains=[user.pk])


class Referral(Recorded):
    """A quote, a change of a policy or a renewal that a person has to decide on.

    trace: the rules that fired. amount: what the authority is asked for. routed_to: the people
    whose authority covered it when it was referred. authors: whoever may not approve it, because
    they wrote or sell what is referred. change: what `endorse_policy` is to be called with.
    """

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=12, choices=ReferralKind.choices)
    quote = models.ForeignKey(
        Quote, models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    renewal = models.ForeignKey(
        Renewal, models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    change = models.JSONField(null=True, blank=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        "customers.Agent", models.PROTECT, null=True, blank=True, related_name="+"
    )
    line = models.CharField(max_length=12, choices=Line.choices)
    product = models.CharField(max_length=32)
    jurisdiction = models.CharField(max_length=8)
    effective_on = models.DateField()
    authority_kind = models.CharField(
        max_length=20, choices=AuthorityKind.choices, default=AuthorityKind.UNDERWRITING
    )
    amount = MoneyField()
    rule_version = models.ForeignKey(RuleSetVersion, models.PROTECT, related_name="+")
    trace = models.JSONField()
    blocks = models.CharField(max_length=12, choices=Blocks.choices)
    authors = ArrayField(models.BigIntegerField(), default=list)
    routed_to = ArrayField(models.BigIntegerField(), default=list)
    assigned_to = actor(null=True, blank=True)
    question = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = actor(null=True, blank=True)
    approved_under = models.ForeignKey(
        "office.AuthorityLimit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = FSMField(
        default="", choices=ReferralState.choices, protected=True, max_length=24, editable=False
    )

    objects = ReferralQuerySet.as_manager()
    read_with_lock = ("agent",)

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("referral"), gettext_lazy("referrals")
        constraints = [
            models.CheckConstraint(
                name="referral_is_of_one_thing",
                condition=Q(
                    kind=ReferralKind.QUOTE,
                    quote__isnull=False,
                    policy__isnull=True,
                    renewal__isnull=True,
                    change__isnull=True,
                )
                | Q(
                    kind=ReferralKind.CHANGE,
                    quote__isnull=True,
                    policy__isnull=False,
                    renewal__isnull=True,
                    change__isnull=False,
                )
                | Q(
                    kind=ReferralKind.RENEWAL,
                    quote__isnull=True,
                    policy__isnull=True,
                    renewal__isnull=False,
                    change__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="referral_decided_at_and_by", condition=is_pair("decided_at", "decided_by")
            ),
            models.CheckConstraint(
                name="referral_decision_matches_state",
                condition=Q(state=ReferralState.APPROVED, approved_under__isnull=False)
                | Q(state=ReferralState.DECLINED, decided_at__isnull=False)
                | Q(state=ReferralState.VOIDED)
                | Q(
                    state__in=sorted(REFERRAL_OPEN),
                    decided_at__isnull=True,
                    approved_under__isnull=True,
                ),
            ),
            models.UniqueConstraint(
                name="one_standing_referral_a_quote",
                fields=["quote"],
                condition=Q(state__in=sorted(REFERRAL_STANDING)),
            ),
            models.UniqueConstraint(
                name="one_standing_referral_a_renewal",
                fields=["renewal"],
                condition=Q(state__in=sorted(REFERRAL_STANDING)),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "effective_on", "id"], name="referral_state_day"),
            GinIndex(
                fields=["routed_to"],
                name="referral_routed",
                condition=Q(state__in=sorted(REFERRAL_OPEN)),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("underwriting:referral", args=[self.number])

    @property
    def of_quote(self) -> Quote:
        assert self.quote is not None
        return self.quote

    @property
    def of_renewal(self) -> Renewal:
        assert self.renewal is not None
        return self.renewal

    @property
    def of_policy(self) -> Policy:
        assert self.policy is not None
        return self.policy

    @property
    def asked_change(self) -> dict[str, Any]:
        assert self.change is not None
        return dict(self.change)

    @property
    def scope(self):
        """Of which decisions a limit must speak to cover this one."""
        return {"line": self.line, "product": self.product, "jurisdiction": self.jurisdiction}

    @transition(
        state,
        source=[""],
        target=ReferralState.WAITING,
        permission=rules.may_refer,
        custom={"label": gettext_lazy("Refer"), "icon": "user-check"},
    )
    def refer(self, *, by, at):
        """Nothing to check on the record itself: the service asks the rules."""

    @transition(
        state,
        source=sorted(REFERRAL_OPEN),
        target=None,
        permission=rules.may_assign_referral,
        custom={"label": gettext_lazy("Assign"), "icon": "user-plus"},
    )
    def assign(self, *, by, at, to):
        if to.pk in self.authors:
            raise Refused(
                _("%(name)s wrote or sells this, and so does not decide on it.")
                % {"name": to.name},
                field="to",
            )
        self.assigned_to = to

    @transition(
        state,
        source=[ReferralState.WAITING],
        target=ReferralState.ASKED,
        permission=rules.may_decide_referral,
        custom={"label": gettext_lazy("Ask for information"), "icon": "circle-question-mark"},
    )
    def ask(self, *, by, at, question):
        self.question, self.answer = question, ""
        self.assigned_to = self.assigned_to or by

    @transition(
        state,
        source=[ReferralState.ASKED],
        target=ReferralState.WAITING,
        permission=rules.may_reply_to_referral,
        custom={"label": gettext_lazy("Reply"), "icon": "reply"},
    )
    def reply(self, *, by, at, answer):
        self.answer = answer

    @transition(
        state,
        source=sorted(REFERRAL_OPEN),
        target=ReferralState.APPROVED,
        permission=rules.may_decide_referral,
        custom={"label": gettext_lazy("Approve"), "icon": "badge-check", "primary": True},
    )
    def approve(self, *, by, at, reason):
        self.approved_under = authority.require(
            by=by,
            kind=self.authority_kind,
            amount=self.amount,
            on=clock.day_of(at),
            **self.scope,
        )
        self.reason, self.decided_at, self.decided_by = reason, at, by

    @transition(
        state,
        source=sorted(REFERRAL_OPEN),
        target=ReferralState.DECLINED,
        permission=rules.may_decline_referral,
        custom={"label": gettext_lazy("Decline"), "icon": "ban"},
    )
    def decline(self, *, by, at, reason):
        self.reason, self.decided_at, self.decided_by = reason, at, by

    @transition(
        state,
        source=sorted(REFERRAL_STANDING),
        target=ReferralState.VOIDED,
        permission=rules.may_void_referral,
        custom={"label": gettext_lazy("Withdraw"), "icon": "undo-2"},
    )
    def void(self, *, by, at, reason):
        """What was referred is no longer as it was: the events keep what was decided."""
        self.reason = reason
        self.decided_at = self.decided_by = self.approved_under = None


class ReferralEvent(Event):
    record = models.ForeignKey(Referral, models.PROTECT, related_name="events")

    label: str  # the act in the reader's words, filled for a page
