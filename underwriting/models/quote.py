"""Quotes: what one carrier asks for a submission, and whether the office may bind it."""

from django.db import models
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office import authority, clock
from office.enums import AuthorityKind
from office.exceptions import Refused
from office.models import Event, Recorded
from office.money import MoneyField
from policies.catalogue import ProductDefinition
from underwriting import rules
from underwriting.enums import (
    BINDABLE,
    NEGOTIABLE,
    PRICED,
    REQUOTABLE,
    WITHDRAWABLE,
    Blocks,
    QuoteState,
    SubmissionState,
)
from underwriting.models.rule_set import RuleSetVersion
from underwriting.models.stamps import actor, is_pair
from underwriting.models.submission import Submission


class QuoteQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(submission__in=Submission.objects.for_user(user))

    def pending(self):
        return self.filter(state=QuoteState.PENDING)

    def bindable(self):
        return self.filter(state__in=BINDABLE, submission__state=SubmissionState.OPEN)

    def lapsed(self, *, on):
        """Priced, not bound, and past the last day on which they could be."""
        return self.filter(state__in=PRICED, expires_on__lt=on)


class Quote(Recorded):
    """What one carrier asks for one submission, and whether the office may bind it."""

    number = models.CharField(max_length=24, unique=True)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="quotes")
    carrier = models.ForeignKey("customers.Carrier", models.PROTECT, related_name="quotes")
    version = models.ForeignKey("policies.ProductVersion", models.PROTECT, related_name="quotes")
    revision = models.PositiveIntegerField()
    wanted = models.JSONField(null=True, blank=True)  # of this carrier alone, after a negotiation
    coverages = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    premium = MoneyField(null=True, blank=True)
    tax = MoneyField(null=True, blank=True)
    fees = MoneyField(null=True, blank=True)
    total = MoneyField(null=True, blank=True)
    commission_rate = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)
    commission = MoneyField(null=True, blank=True)
    worksheet = models.JSONField(default=list)
    rule_version = models.ForeignKey(
        RuleSetVersion, models.PROTECT, null=True, blank=True, related_name="quotes"
    )
    trace = models.JSONField(default=list)
    blocks = models.CharField(max_length=12, choices=Blocks.choices, default=Blocks.INFO)
    reason = models.TextField(default="", blank=True)
    expires_on = models.DateField(null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    rated_by = actor(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = actor(null=True, blank=True)
    approved_under = models.ForeignKey(
        "office.AuthorityLimit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    judgment = models.OneToOneField(
        "underwriting.Judgment", models.PROTECT, null=True, blank=True, related_name="+"
    )
    policy = models.OneToOneField(
        "policies.Policy", models.PROTECT, null=True, blank=True, related_name="quote"
    )
    state = FSMField(
        default="", choices=QuoteState.choices, protected=True, max_length=24, editable=False
    )

    objects = QuoteQuerySet.as_manager()
    read_with_lock = ("submission__agent",)

    # What a page needs besides, filled by selectors.quotes_of.
    tone: str
    shows_price: bool
    definition: ProductDefinition

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("quote"), gettext_lazy("quotes")
        permissions = [
            ("rate_quote", "Can record what a carrier answered"),
            ("approve_quote", "Can approve referred quotes"),
            ("decline_quote", "Can decline referred quotes"),
            ("withdraw_quote", "Can withdraw quotes"),
            ("expire_quote", "Can let quotes expire"),
            ("bind_quote", "Can bind quotes"),
            ("judge_quote", "Can rate by judgment"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "carrier"], name="one_quote_a_submission_and_carrier"
            ),
            models.CheckConstraint(
                name="quote_rated_at_and_by", condition=is_pair("rated_at", "rated_by")
            ),
            models.CheckConstraint(
                name="quote_approved_at_and_by", condition=is_pair("approved_at", "approved_by")
            ),
            models.CheckConstraint(
                name="quote_approval_matches_state",
                condition=Q(state=QuoteState.APPROVED, approved_at__isnull=False)
                | Q(
                    state__in=[
                        QuoteState.PENDING,
                        QuoteState.RATED,
                        QuoteState.REFERRED,
                        QuoteState.DECLINED,
                        QuoteState.FAILED,
                    ],
                    approved_at__isnull=True,
                )
                | Q(state__in=[QuoteState.BOUND, QuoteState.WITHDRAWN, QuoteState.EXPIRED]),
            ),
            models.CheckConstraint(
                name="quote_price_matches_state",
                condition=~Q(state__in=sorted({*PRICED, QuoteState.BOUND}))
                | Q(
                    premium__isnull=False,
                    tax__isnull=False,
                    fees__isnull=False,
                    total=F("premium") + F("tax") + F("fees"),
                    rated_at__isnull=False,
                    expires_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="quote_policy_matches_state",
                condition=Q(state=QuoteState.BOUND, policy__isnull=False)
                | (~Q(state=QuoteState.BOUND) & Q(policy__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on"], name="quote_expires", condition=Q(state__in=sorted(PRICED))
            )
        ]

    def __str__(self):
        return self.number

    @property
    def levies(self):
        return self.tax + self.fees

    @property
    def is_price_released(self) -> bool:
        return self.blocks not in {Blocks.QUOTE, Blocks.REJECT} or self.approved_at is not None

    def stamp_price(self, *, by, at, answer, revision):
        """Take the carrier's answer, unless the application moved on while it was working."""
        if revision != self.revision:
            raise Refused(_("The application was edited while this carrier was quoting."))
        for field, value in answer.items():
            setattr(self, field, value)
        self.rated_at, self.rated_by = at, by

    @transition(
        state,
        source=[""],
        target=QuoteState.PENDING,
        permission=rules.may_request,
        custom={"label": gettext_lazy("Ask the carrier"), "icon": "send"},
    )
    def request(self, *, by, at):
        """The carrier is asked by a task of its own."""

    @transition(
        state,
        source=[QuoteState.PENDING],
        target=QuoteState.RATED,
        permission=rules.may_rate,
        custom={"label": gettext_lazy("Record the price"), "icon": "calculator", "hidden": True},
    )
    def rate(self, *, by, at, answer, revision):
        self.stamp_price(by=by, at=at, answer=answer, revision=revision)

    @transition(
        state,
        source=[QuoteState.PENDING],
        target=QuoteState.REFERRED,
        permission=rules.may_rate,
        custom={"label": gettext_lazy("Refer"), "icon": "user-check", "hidden": True},
    )
    def refer(self, *, by, at, answer, revision):
        self.stamp_price(by=by, at=at, answer=answer, revision=revision)

    @transition(
        state,
        source=[QuoteState.PENDING],
        target=QuoteState.DECLINED,
        permission=rules.may_rate,
        custom={"label": gettext_lazy("Reject by the rules"), "icon": "ban", "hidden": True},
    )
    def reject(self, *, by, at, answer, revision):
        self.stamp_price(by=by, at=at, answer=answer, revision=revision)

    @transition(
        state,
        source=[QuoteState.PENDING],
        target=QuoteState.FAILED,
        permission=rules.may_rate,
        custom={"label": gettext_lazy("Record the failure"), "icon": "unplug", "hidden": True},
    )
    def fail(self, *, by, at, reason, revision):
        if revision != self.revision:
            raise Refused(_("The application was edited while this carrier was quoting."))
        self.reason = reason

    @transition(
        state,
        source=sorted(REQUOTABLE),
        target=QuoteState.PENDING,
        permission=rules.may_request,
        custom={"label": gettext_lazy("Ask again"), "icon": "refresh-cw"},
    )
    def requote(self, *, by, at, version, revision):
        """Back to be rated: the price, the trace and any approval are void (events keep them)."""
        self.version, self.revision, self.wanted = version, revision, None
        self.judgment = None
        self.void_price()

    @transition(
        state,
        source=sorted(NEGOTIABLE),
        target=QuoteState.PENDING,
        permission=rules.may_request,
        custom={"label": gettext_lazy("Negotiate"), "icon": "messages-square"},
    )
    def negotiate(self, *, by, at, wanted):
        """Other terms are asked of this carrier alone; its answer so far stays in the events."""
        if wanted == self.asked:
            raise Refused(_("This is what the carrier was asked already. Change something."))
        self.wanted = wanted
        self.void_price()

    @transition(
        state,
        source=sorted(PRICED),
        target=QuoteState.PENDING,
        permission=rules.may_judge,
        custom={"label": gettext_lazy("Judgment rating"), "icon": "scale"},
    )
    def judge(self, *, by, at, judgment):
        """Priced anew with credits or debits; whatever was approved was approved at another price.

        The authority is asked for what the judgment moves of the premium.
        """
        judgment.decided_under = authority.require(
            by=by,
            kind=AuthorityKind.JUDGMENT,
            amount=judgment.moved(self.premium, before=self.judgment),
            on=clock.day_of(at),
            line=self.submission.line,
            product=self.version.product_id,
            jurisdiction=self.submission.jurisdiction,
        )
        judgment.decided_at, judgment.decided_by = at, by
        self.judgment = judgment
        self.void_price()

    @property
    def risk(self):
        """What the carrier rates: the application, with what was judged of this quote."""
        application = self.submission.application
        return application if self.judgment is None else self.judgment.applied_to(application)

    @property
    def asked(self):
        """The coverages that the carrier is asked for."""
        return self.submission.coverages if self.wanted is None else self.wanted

    def void_price(self):
        self.premium = self.tax = self.fees = self.total = None
        self.commission_rate = self.commission = self.expires_on = self.rule_version = None
        self.coverages, self.notes, self.worksheet, self.trace = [], [], [], []
        self.blocks, self.reason = Blocks.INFO, ""
        self.rated_at = self.rated_by = None
        self.approved_at = self.approved_by = self.approved_under = None

    @transition(
        state,
        source=[QuoteState.REFERRED],
        target=QuoteState.APPROVED,
        permission=rules.may_approve,
        custom={"label": gettext_lazy("Approve"), "icon": "badge-check", "primary": True},
    )
    def approve(self, *, by, at):
        self.refuse_if_expired(at=at)
        self.approved_under = authority.require(
            by=by,
            kind=AuthorityKind.UNDERWRITING,
            amount=self.total,
            on=clock.day_of(at),
            line=self.submission.line,
            product=self.version.product_id,
            jurisdiction=self.submission.jurisdiction,
        )
        self.approved_at, self.approved_by = at, by

    @transition(
        state,
        source=[QuoteState.REFERRED],
        target=QuoteState.DECLINED,
        permission=rules.may_decline,
        custom={"label": gettext_lazy("Decline"), "icon": "ban"},
    )
    def decline(self, *, by, at, reason):
        self.reason = reason

    @transition(
        state,
        source=sorted(WITHDRAWABLE),
        target=QuoteState.WITHDRAWN,
        permission=rules.may_withdraw,
        custom={"label": gettext_lazy("Withdraw"), "icon": "undo-2"},
    )
    def withdraw(self, *, by, at, reason):
        self.reason = reason

    @transition(
        state,
        source=sorted(PRICED),
        target=QuoteState.EXPIRED,
        permission=rules.may_expire,
        custom={"label": gettext_lazy("Let it expire"), "icon": "hourglass"},
    )
    def expire(self, *, by, at):
        if clock.day_of(at) <= self.expires_on:
            raise Refused(_("This quote can still be bound today."))

    @transition(
        state,
        source=sorted(BINDABLE),
        target=QuoteState.BOUND,
        permission=rules.may_bind,
        custom={"label": gettext_lazy("Bind"), "icon": "shield-check", "primary": True},
    )
    def bind(self, *, by, at, policy):
        self.refuse_if_expired(at=at)
        self.policy = policy

    def refuse_unless_bindable(self, *, at):
        """Said before a policy is written; `bind` itself asks again under the lock."""
        if self.state not in BINDABLE:
            raise Refused(
                _("The quote is “%(state)s”, so it cannot be bound.")
                % {"state": self.get_state_display()}
            )
        self.refuse_if_expired(at=at)

    def refuse_if_expired(self, *, at):
        if clock.day_of(at) > self.expires_on:
            raise Refused(
                _("This quote could be bound until %(day)s. Ask the carrier again.")
                % {"day": formats.date_format(self.expires_on)}
            )


class QuoteEvent(Event):
    record = models.ForeignKey(Quote, models.PROTECT, related_name="events")
