"""The opinion on cover, what is owed, what was offered, and the money sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.enums import COMMITTED as COMMITTED_PAYMENTS
from accounting.enums import PaymentState
from accounting.models import Payment
from claims.adjudication import Figure
from claims.enums import OfferState, Opinion, PayoutKind
from claims.models.claim import Claim
from claims.models.exposure import Exposure, ReserveLine
from office.money import MoneyField

PERSON = settings.AUTH_USER_MODEL


def _moment():
    return models.DateTimeField(null=True, editable=False)


def _actor():
    return models.ForeignKey(PERSON, models.PROTECT, null=True, editable=False, related_name="+")


class CoverageReview(models.Model):
    """The underwriter's opinion in one cycle. `readings`: what the policy says, by exposure;
    `excluded`: [{exposure, code, clause, text, amount}], amount null for the whole loss."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="reviews")
    cycle = models.PositiveSmallIntegerField(editable=False)
    opinion = models.CharField(_("opinion"), max_length=12, choices=Opinion.choices)
    reasons = models.TextField(_("reasons"))
    reserves_rights = models.BooleanField(_("reservation of rights"), default=False)
    counts_later_change = models.BooleanField(
        _("a change recorded after the loss counts"), null=True
    )
    no_loss_statement = models.TextField(_("statement of no loss"), blank=True)
    readings = models.JSONField(default=list)
    excluded = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(editable=False)
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering = ["claim_id", "-cycle"]
        verbose_name, verbose_name_plural = _("coverage opinion"), _("coverage opinions")
        constraints = [
            models.UniqueConstraint(fields=["claim", "cycle"], name="one_opinion_a_cycle"),
            models.CheckConstraint(
                name="later_change_counts_only_with_a_statement",
                condition=~Q(counts_later_change=True) | ~Q(no_loss_statement=""),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id}/{self.cycle} {self.get_opinion_display()}"


class Settlement(models.Model):
    """What was determined for one claimant in one cycle. `rule` names the authority that allowed
    it. Undone by a dispute or another ending; otherwise it stands."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="settlements")
    cycle = models.PositiveSmallIntegerField(editable=False)
    claimant = models.ForeignKey("customers.Customer", models.PROTECT, related_name="settlements")
    amount = MoneyField(_("amount"))
    is_partial = models.BooleanField(_("more is to follow"), default=False)
    reasons = models.TextField(_("reasons"))
    rule = models.CharField(_("authority"), max_length=200)
    determined_at = models.DateTimeField(editable=False)
    determined_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")
    undone_at, undone_by = _moment(), _actor()

    class Meta:
        ordering = ["claim_id", "-cycle"]
        verbose_name, verbose_name_plural = _("settlement"), _("settlements")
        constraints = [
            models.UniqueConstraint(fields=["claim", "cycle"], name="one_settlement_a_cycle"),
            models.CheckConstraint(name="settlement_is_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="settlement_undone_at_goes_with_undone_by",
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id}/{self.cycle}: {self.amount}"

    def all_items(self):
        return list(self.items.select_related("exposure__claim"))

    def leaves_open(self):
        """Whether the claim goes on with other exposures after this settlement."""
        return self.claim.open_exposures().exclude(settlement_items__settlement=self).exists()

    def payout(self):
        """The payment drafted for it that still stands, or None."""
        return self.payouts.standing().select_related("payment").first()


class SettlementItem(models.Model):
    """The settlement of one exposure; `figures` is the worksheet, each with its reason."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="items")
    exposure = models.ForeignKey(Exposure, models.PROTECT, related_name="settlement_items")
    figures = models.JSONField()
    amount = MoneyField(_("amount"))

    class Meta:
        ordering = ["exposure_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "exposure"], name="one_item_a_settlement_and_exposure"
            ),
            models.CheckConstraint(name="item_is_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self):
        return f"{self.settlement_id}: {self.amount}"

    @property
    def lines(self):
        return [Figure.from_json(plain) for plain in self.figures]


class Offer(models.Model):
    """What a claimant was offered, word for word. An answer must quote its hash."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="offers")
    settlement = models.OneToOneField(Settlement, models.PROTECT, related_name="offer")
    claimant = models.ForeignKey("customers.Customer", models.PROTECT, related_name="offers")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    amount = MoneyField(_("amount"))
    state = models.CharField(
        _("status"), max_length=12, choices=OfferState.choices, default=OfferState.OPEN
    )
    evidence = models.TextField(_("evidence of the answer"), blank=True)
    reason = models.TextField(_("what is disputed"), blank=True)
    offered_at = models.DateTimeField(editable=False)
    offered_by = models.ForeignKey(PERSON, models.PROTECT, editable=False, related_name="+")
    answered_at, answered_by = _moment(), _actor()

    class Meta:
        ordering = ["claim_id", "-id"]
        verbose_name, verbose_name_plural = _("offer"), _("offers")
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state=OfferState.OPEN),
                name="claim_has_one_open_offer",
            ),
            models.CheckConstraint(
                name="offer_answer_matches_state",
                condition=Q(state=OfferState.OPEN, answered_at=None, answered_by=None)
                | (
                    ~Q(state=OfferState.OPEN)
                    & Q(answered_at__isnull=False, answered_by__isnull=False)
                ),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id}: {self.amount}"


class PayoutQuerySet(models.QuerySet):
    def standing(self):
        """Not cancelled and not returned: the money is promised or gone."""
        return self.filter(payment__state__in=COMMITTED_PAYMENTS)

    def drafted(self):
        return self.filter(payment__state=PaymentState.DRAFTED)


class Payout(models.Model):
    """A payment of this claim: which settlement or advance it pays, from which reserve lines."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payouts")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="payout")
    kind = models.CharField(_("kind"), max_length=12, choices=PayoutKind.choices)
    settlement = models.ForeignKey(
        Settlement, models.PROTECT, null=True, blank=True, related_name="payouts"
    )

    objects = PayoutQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("payment of the claim"), _("payments of the claim")
        constraints = [
            models.CheckConstraint(
                name="payout_of_a_settlement_names_it",
                condition=Q(kind=PayoutKind.SETTLEMENT, settlement__isnull=False)
                | Q(kind=PayoutKind.ADVANCE, settlement=None),
            )
        ]

    def __str__(self):
        return f"{self.claim_id}: {self.payment_id}"


class PayoutPart(models.Model):
    """What a payment takes out of one reserve line."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="parts")
    line = models.ForeignKey(ReserveLine, models.PROTECT, related_name="payout_parts")
    amount = MoneyField(_("amount"))

    class Meta:
        ordering = ["line_id"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "line"], name="one_part_a_payout_and_line"),
            models.CheckConstraint(name="payout_part_is_money", condition=Q(amount__gt=0)),
        ]

    def __str__(self):
        return f"{self.payout_id}: {self.amount}"
