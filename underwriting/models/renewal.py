"""Renewals: the next term of a policy, worked out, offered, and taken up or not."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office import authority, clock
from office.enums import AuthorityKind
from office.exceptions import Refused
from office.models import Event, Recorded
from office.money import MoneyField
from policies.catalogue import label
from underwriting import rules
from underwriting.enums import RENEWAL_OPEN, RENEWAL_UNTAKEN, Blocks, RenewalState
from underwriting.models.rule_set import RuleSetVersion
from underwriting.models.stamps import actor, is_pair
from underwriting.models.submission import Submission
from underwriting.waterfall import Waterfall


class RenewalQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff with the grant see all; an agent and a customer their own; nobody else any."""
        if rules.may_view_every_renewal(user):
            return self
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(policy__agent__user=user) | Q(policy__customer__login=user))

    def open(self):
        return self.filter(state__in=RENEWAL_OPEN)

    def unheld(self):
        return self.filter(Q(blocks=Blocks.INFO) | Q(approved_at__isnull=False))

    def referred(self):
        """Those that wait for an underwriter."""
        held = ~Q(blocks=Blocks.INFO) & Q(approved_at__isnull=True)
        return self.filter(held, state=RenewalState.WORKING)


class Renewal(Recorded):
    """The term of a policy that may follow its last one; one for each term.

    risk, coverages: what is to be insured; is_edited: as somebody has said, not as on the last
    day. problem: why it cannot be priced as it stands. losses: claims of the expiring term that
    cost something, and what they cost. moved_to: the policy of the carrier that it went to.
    trace: the rules that speak of this term and did not when the risk was taken on; blocks: the
    strongest thing that they hold up. Whatever it is, a person decides: a carrier that does not
    want to renew gives notice in time (policies/notices.py), it does not just reject.
    """

    number = models.CharField(max_length=32, unique=True)
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="renewals")
    sequence = models.PositiveSmallIntegerField()
    version = models.ForeignKey("policies.ProductVersion", models.PROTECT, related_name="+")
    valid_from = models.DateField()
    risk = models.JSONField()
    coverages = models.JSONField()
    is_edited = models.BooleanField(default=False)
    expiring = MoneyField()
    premium = MoneyField()
    fees = MoneyField()
    tax = MoneyField()
    waterfall = models.JSONField(default=dict)
    loss_count = models.PositiveSmallIntegerField(default=0)
    incurred = MoneyField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    rule_version = models.ForeignKey(
        RuleSetVersion, models.PROTECT, null=True, blank=True, related_name="renewals"
    )
    trace = models.JSONField(default=list)
    blocks = models.CharField(max_length=12, choices=Blocks.choices, default=Blocks.INFO)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = actor(null=True, blank=True)
    approved_under = models.ForeignKey(
        "office.AuthorityLimit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    judgment = models.OneToOneField(
        "underwriting.Judgment", models.PROTECT, null=True, blank=True, related_name="+"
    )
    pay_plan = models.CharField(max_length=24)
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="renewals"
    )
    moved_to = models.OneToOneField(
        "policies.Policy", models.PROTECT, null=True, blank=True, related_name="moved_from"
    )
    job = models.ForeignKey(
        "office.Job", models.PROTECT, null=True, blank=True, related_name="renewals"
    )
    state = FSMField(
        default="", choices=RenewalState.choices, protected=True, max_length=24, editable=False
    )

    objects = RenewalQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("renewal"), gettext_lazy("renewals")
        permissions = [
            ("prepare_renewal", "Can work on renewals"),
            ("offer_renewal", "Can offer renewals"),
            ("answer_renewal", "Can write down the answer to a renewal"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "sequence"], name="one_renewal_for_each_term"
            ),
            models.CheckConstraint(name="renewal_follows_a_term", condition=Q(sequence__gt=1)),
            models.CheckConstraint(
                name="renewal_approved_at_and_by", condition=is_pair("approved_at", "approved_by")
            ),
            models.CheckConstraint(
                name="renewal_that_is_held_is_approved_before_it_is_offered",
                condition=Q(state__in=[RenewalState.WORKING, *sorted(RENEWAL_UNTAKEN)])
                | Q(blocks=Blocks.INFO)
                | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="renewal_that_moved_says_where",
                condition=Q(state=RenewalState.MOVED, moved_to__isnull=False)
                | ~Q(state=RenewalState.MOVED) & Q(moved_to=None),
            ),
        ]
        indexes = [models.Index(fields=["state", "valid_from"], name="renewal_state_day")]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("underwriting:renewal", args=[self.number])

    @property
    def total(self):
        return self.premium + self.fees + self.tax

    @property
    def steps(self):
        return Waterfall.from_json(self.waterfall) if self.waterfall else None

    @property
    def is_held(self) -> bool:
        """An underwriter has to look at it before it is offered."""
        return self.blocks != Blocks.INFO and self.approved_at is None

    @property
    def increase(self):
        """The change as a share of the expiring premium; None where there was none."""
        return (self.premium - self.expiring) / self.expiring if self.expiring else None

    @transition(
        state,
        source=[""],
        target=RenewalState.WORKING,
        permission=rules.may_prepare_renewal,
        custom={"label": gettext_lazy("Begin"), "icon": "calendar-clock"},
    )
    def prepare(self, *, by, at):
        """Nothing to check on the record itself: the service works out what it costs."""

    @transition(
        state,
        source=[RenewalState.WORKING],
        target=None,
        permission=rules.may_prepare_renewal,
        custom={"label": gettext_lazy("Work out again"), "icon": "calculator"},
    )
    def rework(self, *, by, at, proposal):
        """What is insured, what it costs and why, as they are today; nothing is judged yet."""
        self.judgment = None
        self._take(proposal)

    @transition(
        state,
        source=[RenewalState.WORKING],
        target=None,
        permission=rules.may_judge_renewal,
        custom={"label": gettext_lazy("Judgment rating"), "icon": "scale"},
    )
    def judge(self, *, by, at, judgment, proposal):
        """The authority is asked for what the judgment moves of the premium."""
        judgment.decided_under = authority.require(
            by=by,
            kind=AuthorityKind.JUDGMENT,
            amount=judgment.moved(self.premium, before=self.judgment),
            on=clock.day_of(at),
            line=self.policy.product.line,
            product=self.policy.product_id,
            jurisdiction=self.policy.jurisdiction,
        )
        judgment.decided_at, judgment.decided_by = at, by
        self.judgment = judgment
        self._take(proposal)

    def _take(self, proposal):
        for name, value in proposal.items():
            setattr(self, name, value)

    @transition(
        state,
        source=[RenewalState.WORKING],
        target=None,
        permission=rules.may_approve_renewal,
        custom={"label": gettext_lazy("Approve"), "icon": "badge-check"},
    )
    def approve(self, *, by, at):
        """Within the person's authority, which counts what the whole term would cost."""
        if not self.is_held:
            raise Refused(_("No rule holds this renewal up."))
        self.approved_under = authority.require(
            by=by,
            kind=AuthorityKind.UNDERWRITING,
            amount=self.total,
            on=clock.day_of(at),
            line=self.policy.product.line,
            product=self.policy.product_id,
            jurisdiction=self.policy.jurisdiction,
        )
        self.approved_at, self.approved_by = at, by

    @transition(
        state,
        source=[RenewalState.WORKING],
        target=None,
        permission=rules.may_prepare_renewal,
        custom={"label": gettext_lazy("Ask other carriers"), "icon": "split"},
    )
    def remarket(self, *, by, at, submission):
        if self.submission_id:
            raise Refused(_("Other carriers have been asked already."))
        self.submission = submission

    @transition(
        state,
        source=[RenewalState.WORKING],
        target=RenewalState.OFFERED,
        permission=rules.may_offer_renewal,
        custom={"label": gettext_lazy("Offer"), "icon": "send", "primary": True},
    )
    def offer(self, *, by, at):
        if self.problem:
            raise Refused(self.problem)
        if self.is_held:
            raise Refused(
                _("An underwriter has to look at this: %(said)s")
                % {"said": " ".join(label(row["messages"]) for row in self.trace)}
            )
        self._demand_time(at)

    @transition(
        state,
        source=[RenewalState.OFFERED],
        target=RenewalState.WORKING,
        permission=rules.may_offer_renewal,
        custom={"label": gettext_lazy("Take the offer back"), "icon": "undo-2"},
    )
    def revise(self, *, by, at):
        """Something of it is to be insured otherwise; it is offered again."""

    @transition(
        state,
        source=[RenewalState.OFFERED],
        target=RenewalState.ACCEPTED,
        permission=rules.may_pay_renewal,
        custom={"label": gettext_lazy("Pay and renew"), "icon": "wallet", "primary": True},
    )
    def pay(self, *, by, at):
        self._demand_time(at)

    @transition(
        state,
        source=[RenewalState.OFFERED],
        target=RenewalState.ACCEPTED,
        permission=rules.may_answer_renewal,
        custom={"label": gettext_lazy("Accept"), "icon": "check", "primary": True},
    )
    def accept(self, *, by, at, plan):
        """By a plan (the product's `PayPlan`) that does not wait for its first instalment."""
        if plan.renews_on != "acceptance":
            raise Refused(
                _("By this plan the next term begins with the payment of its first instalment."),
                field="pay_plan",
            )
        self._demand_time(at)

    @transition(
        state,
        source=[RenewalState.WORKING, RenewalState.OFFERED],
        target=RenewalState.MOVED,
        permission=rules.may_move_renewal,
        custom={"label": gettext_lazy("Move to another carrier"), "icon": "split"},
    )
    def move(self, *, by, at, policy):
        """Another carrier's policy begins on the day on which this one ends."""
        first = policy.terms.order_by("sequence").first()
        if first.valid_from != self.valid_from:
            raise Refused(
                _("The other policy must begin on %(day)s, when this one ends: no gap, no overlap.")
                % {"day": formats.date_format(self.valid_from)},
                field="effective_on",
            )
        self.moved_to = policy

    @transition(
        state,
        source=[RenewalState.WORKING, RenewalState.OFFERED],
        target=RenewalState.DECLINED,
        permission=rules.may_answer_renewal,
        custom={"label": gettext_lazy("Not wanted"), "icon": "x"},
    )
    def decline(self, *, by, at):
        """The policyholder lets the policy end with its term."""

    @transition(
        state,
        source=[RenewalState.WORKING, RenewalState.OFFERED],
        target=RenewalState.LAPSED,
        permission=rules.is_office,
        custom={"label": gettext_lazy("Lapse"), "icon": "hourglass"},
    )
    def lapse(self, *, by, at):
        if clock.day_of(at, self.policy.time_zone) < self.valid_from:
            raise Refused(_("The offer can still be taken up."))

    def _demand_time(self, at):
        if clock.day_of(at, self.policy.time_zone) > self.valid_from:
            raise Refused(
                _("The policy ended on %(day)s; it can no longer be renewed.")
                % {"day": formats.date_format(self.valid_from)}
            )


class RenewalEvent(Event):
    record = models.ForeignKey(Renewal, models.PROTECT, related_name="events")

    label: str  # the act in the reader's words, filled for a page
