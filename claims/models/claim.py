"""The claim. Its state says whose turn it is; its acts are in `steps` and `side_acts`."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from claims import deadlines, enums, rules
from claims.enums import ClaimState
from claims.models import clocks
from claims.models.constraints import CLAIM_CONSTRAINTS
from claims.models.side_acts import SideActs
from claims.models.steps import Steps
from office.enums import Line
from office.models import Event, Recorded
from office.money import MoneyField

PERSON = settings.AUTH_USER_MODEL


def _moment():
    return models.DateTimeField(null=True, editable=False)


def _actor():
    """Nobody looks for claims by who stamped them, and each index is written with each act."""
    return models.ForeignKey(
        PERSON, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )


class ClaimQuerySet(models.QuerySet):
    def for_user(self, user):
        """With the grant all; policyholders, claimants and agents what is theirs; others none."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if rules.may_view_every_claim(None, user):
            return self
        # Each way by its index: an OR across joins would read every claim.
        everything = self.model.objects.all()
        theirs = everything.filter(customer__login=user).values("pk")
        as_claimant = everything.filter(exposures__claimant__login=user).values("pk")
        as_agent = everything.filter(policy__agent__user=user).values("pk")
        return self.filter(pk__in=theirs.union(as_claimant, as_agent))

    def open(self):
        return self.filter(state__in=enums.OPEN)

    def overdue(self, *, on):
        return self.open().filter(due_on__lt=on)

    def for_turn(self, department):
        return self.filter(state__in=[s for s, turn in enums.TURN.items() if turn == department])


class Claim(Steps, SideActs, Recorded):
    """One loss under one policy. Amounts are in the policy's currency and kept by the services:
    incurred = paid + reserve − recoveries."""

    number = models.CharField(_("number"), max_length=24, unique=True, editable=False)
    # The indexes on both stand below, with the day beside them.
    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, related_name="claims", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="claims", db_index=False
    )
    carrier = models.CharField(max_length=24, editable=False)
    is_ours = models.BooleanField(editable=False)
    product = models.CharField(max_length=24, editable=False)
    line = models.CharField(_("line"), max_length=12, choices=Line.choices, editable=False)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8, editable=False)
    time_zone = models.CharField(max_length=64, editable=False)
    state = FSMField(
        default="", choices=ClaimState.choices, protected=True, max_length=24, editable=False
    )
    entered_at = models.DateTimeField(editable=False)

    lost_at = models.DateTimeField(_("time of the loss"))
    lost_on = models.DateField(_("date of the loss"), editable=False)
    cause = models.CharField(_("cause"), max_length=40)
    place = models.CharField(_("place"), max_length=200)
    description = models.TextField(_("what happened"))
    reporter = models.CharField(_("reported by"), max_length=120)
    reporter_kind = models.CharField(max_length=16, choices=enums.ReporterKind.choices)
    reporter_folded = models.CharField(max_length=120, editable=False)
    estimate = MoneyField(_("estimated loss"), default=0)
    is_injured = models.BooleanField(_("somebody was injured"), default=False)
    injuries = models.TextField(_("injuries"), blank=True)
    other_parties = models.TextField(_("other parties"), blank=True)
    witnesses = models.TextField(_("witnesses"), blank=True)
    police_report = models.CharField(_("police report"), max_length=120, blank=True)
    catastrophe = models.CharField(_("catastrophe code"), max_length=16, blank=True)
    cover_at_notice = models.JSONField(default=dict, editable=False)

    adjuster = models.ForeignKey(
        PERSON, models.PROTECT, null=True, editable=False, related_name="claims_adjusted"
    )
    opinion = models.CharField(max_length=12, choices=enums.Opinion.choices, blank=True)

    reserve_indemnity = MoneyField(default=0, editable=False)
    reserve_expense = MoneyField(default=0, editable=False)
    paid_total = MoneyField(default=0, editable=False)
    recovered_total = MoneyField(default=0, editable=False)
    hold_count = models.SmallIntegerField(default=0, editable=False)
    is_fraud_suspected = models.BooleanField(default=False, editable=False)

    due_on = models.DateField(_("due"), null=True, editable=False)
    due_what = models.CharField(max_length=24, blank=True, editable=False)
    clocks = models.JSONField(default=list, editable=False)
    pauses = models.JSONField(default=list, editable=False)
    acknowledged_on = models.DateField(null=True, editable=False)
    proof_of_loss_on = models.DateField(null=True, editable=False)
    all_items_on = models.DateField(null=True, editable=False)
    decided_on = models.DateField(null=True, editable=False)
    status_letter_on = models.DateField(null=True, editable=False)
    delay_letter_on = models.DateField(null=True, editable=False)

    notified_at, notified_by = _moment(), _actor()
    assigned_at, assigned_by = _moment(), _actor()
    triaged_at, triaged_by = _moment(), _actor()
    verified_at, verified_by = _moment(), _actor()
    investigated_at, investigated_by = _moment(), _actor()
    coverage_confirmed_at, coverage_confirmed_by = _moment(), _actor()
    determined_at, determined_by = _moment(), _actor()
    offered_at, offered_by = _moment(), _actor()
    accepted_at, accepted_by = _moment(), _actor()
    paid_at, paid_by = _moment(), _actor()
    closed_at, closed_by = _moment(), _actor()
    denied_at, denied_by = _moment(), _actor()
    withdrawn_at, withdrawn_by = _moment(), _actor()
    handed_over_at, handed_over_by = _moment(), _actor()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("claim"), _("claims")
        permissions = enums.PERMISSIONS
        constraints = CLAIM_CONSTRAINTS
        indexes = [
            # One partial index for each saved view, in the order of its page.
            models.Index(
                fields=["state", "due_on", "id"],
                name="claim_turn_by_due",
                condition=Q(due_on__isnull=False),
            ),
            models.Index(
                fields=["due_on", "id"], name="claim_open_by_due", condition=Q(due_on__isnull=False)
            ),
            models.Index(
                fields=["adjuster", "due_on", "id"],
                name="claim_mine_by_due",
                condition=Q(due_on__isnull=False, adjuster__isnull=False),
            ),
            models.Index(
                fields=["due_on", "id"], name="claim_held_by_due", condition=Q(hold_count__gt=0)
            ),
            models.Index(fields=["-notified_at", "-id"], name="claim_newest"),
            models.Index(fields=["state", "-notified_at", "-id"], name="claim_newest_of_state"),
            models.Index(fields=["line", "-notified_at", "-id"], name="claim_newest_of_line"),
            models.Index(fields=["customer", "-notified_at"], name="claim_customer"),
            models.Index(fields=["policy", "lost_on"], name="claim_policy_lost_on"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("claims:detail", args=[self.number])

    @property
    def source(self):
        """How the ledger and the letters name this claim."""
        return f"claim:{self.number}"

    @property
    def turn(self):
        """The department whose turn it is, or None once the claim is final."""
        return enums.TURN.get(self.state)

    @property
    def reserve_total(self):
        return self.reserve_indemnity + self.reserve_expense

    @property
    def incurred(self):
        return self.paid_total + self.reserve_total - self.recovered_total

    @property
    def dues(self):
        """The clocks that run, the earliest first."""
        return [deadlines.Due.from_json(plain) for plain in self.clocks]

    def open_exposures(self):
        return self.exposures.filter(closed_at=None)

    def open_offer(self):
        return self.offers.filter(state=enums.OfferState.OPEN).select_related("claimant").first()

    def latest_settlement(self):
        return self.settlements.filter(undone_at=None).order_by("-cycle").first()

    def pending_settlement(self):
        """The settlement that waits to be offered, accepted or paid, or None."""
        return self.latest_settlement() if self.state in enums.SETTLED else None

    def reckon(self, state=None):
        clocks.reckon(self, state or self.state)

    def book(self, kind, change):
        """Add `change` to the reserve total of that kind."""
        field = f"reserve_{kind}"
        setattr(self, field, getattr(self, field) + change)


class ClaimEvent(Event):
    record = models.ForeignKey(Claim, models.PROTECT, related_name="events", db_index=False)

    class Meta(Event.Meta):
        verbose_name, verbose_name_plural = _("claim event"), _("claim events")
