"""Money that leaves: who drafted it, who approved it, and what the bank says about it."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from accounting import rules
from accounting.enums import (
    ASKABLE,
    COMMITTED,
    NEVER_APPROVED,
    AccountCode,
    PaymentPurpose,
    PaymentState,
)
from office import authority, clock
from office.enums import AuthorityKind
from office.exceptions import Refused
from office.models import Event, Recorded
from office.money import ZERO, MoneyField

# Machine time: how long a worker may hold a payment at the bank before others ask the bank.
LEASE = timedelta(seconds=20)


class PaymentQuerySet(models.QuerySet):
    def for_user(self, user):
        """With the grant all; a policyholder what is paid to them; others nothing."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.may("accounting.view_payment"):
            return self
        return self.filter(payee__login_id=user.pk)

    def about(self, source):
        return self.filter(source=source)

    def adrift(self):
        """At the bank, and whoever took them there no longer answers for them."""
        return self.filter(state__in=ASKABLE, leased_until__lt=timezone.now())


class Payment(Recorded):
    """One instruction to the bank. Its key is made with the approval and goes with every try.

    source: whose business it is ("claim:CL-2026-000042"). on_confirmed, on_returned: the outbox
    tasks that hear what became of it, as `task(payment_id=…)`. leased_until: machine time.
    """

    number = models.CharField(gettext_lazy("number"), max_length=24, unique=True)
    purpose = models.CharField(
        gettext_lazy("purpose"),
        max_length=16,
        choices=PaymentPurpose,
        default=PaymentPurpose.CLAIM_LOSS,
    )
    payee = models.ForeignKey("customers.Customer", models.PROTECT, related_name="payments")
    payee_name = models.CharField(gettext_lazy("payee"), max_length=160)
    bank_account = models.ForeignKey(
        "customers.BankAccount", models.PROTECT, null=True, blank=True, related_name="payments"
    )
    amount = MoneyField(gettext_lazy("amount"))
    currency = models.CharField(max_length=3, default="USD")
    paid_from = models.CharField(
        max_length=8, choices=AccountCode, default=AccountCode.BANK, editable=False
    )
    source = models.CharField(gettext_lazy("source"), max_length=60, db_index=True)
    memo = models.CharField(gettext_lazy("memo"), max_length=200, blank=True)
    product = models.CharField(max_length=32, blank=True)
    line = models.CharField(max_length=12, blank=True)
    carrier = models.CharField(max_length=24, blank=True)
    jurisdiction = models.CharField(max_length=8, blank=True)
    on_confirmed = models.CharField(max_length=80, blank=True, editable=False)
    on_returned = models.CharField(max_length=80, blank=True, editable=False)

    state = FSMField(
        gettext_lazy("state"),
        default="",
        choices=PaymentState.choices,
        protected=True,
        max_length=24,
        editable=False,
    )
    idempotency_key = models.UUIDField(null=True, unique=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    reason = models.CharField(gettext_lazy("bank's reason"), max_length=200, blank=True)

    drafted_at = models.DateTimeField(gettext_lazy("drafted"), editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(gettext_lazy("approved"), null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    cancelled_at = models.DateTimeField(gettext_lazy("cancelled"), null=True, editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField(gettext_lazy("confirmed"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    returned_at = models.DateTimeField(gettext_lazy("returned"), null=True, editable=False)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = gettext_lazy("payment"), gettext_lazy("payments")
        permissions = [
            ("draft_payment", "Can draft payments"),
            ("approve_payment", "Can approve payments"),
            ("cancel_payment", "Can cancel drafted payments"),
            ("send_payment", "Can send payments and hear the bank's answers"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="payment_by_state"),
            models.Index(
                fields=["leased_until"],
                name="payment_at_the_bank",
                condition=Q(state__in=sorted(ASKABLE)),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="payment_is_money", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_needs_two_people",
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="payment_approval_matches_state",
                condition=Q(state__in=sorted(NEVER_APPROVED), approved_at=None, approved_by=None)
                | (
                    ~Q(state__in=sorted(NEVER_APPROVED))
                    & Q(approved_at__isnull=False, approved_by__isnull=False)
                    & Q(idempotency_key__isnull=False, bank_account__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="payment_cancellation_matches_state",
                condition=Q(
                    state=PaymentState.CANCELLED,
                    cancelled_at__isnull=False,
                    cancelled_by__isnull=False,
                )
                | (~Q(state=PaymentState.CANCELLED) & Q(cancelled_at=None, cancelled_by=None)),
            ),
            models.CheckConstraint(
                name="payment_confirmation_matches_state",
                condition=Q(
                    state__in=[PaymentState.CONFIRMED, PaymentState.RETURNED],
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                )
                | (~Q(state=PaymentState.CONFIRMED) & Q(confirmed_at=None, confirmed_by=None)),
            ),
            models.CheckConstraint(
                name="payment_return_matches_state",
                condition=Q(
                    state=PaymentState.RETURNED,
                    returned_at__isnull=False,
                    returned_by__isnull=False,
                )
                | (~Q(state=PaymentState.RETURNED) & Q(returned_at=None, returned_by=None)),
            ),
            models.CheckConstraint(
                name="payment_at_the_bank_has_a_lease",
                condition=~Q(state__in=sorted(ASKABLE)) | Q(leased_until__isnull=False),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("accounting:payment", args=[self.number])

    @property
    def reference(self):
        return f"payment:{self.number}"

    @property
    def dims(self):
        return {
            name: getattr(self, name) for name in ("product", "line", "carrier", "jurisdiction")
        }

    @transition(
        state,
        source=[""],
        target=PaymentState.DRAFTED,
        permission=rules.may_draft,
        custom={"label": gettext_lazy("Draft"), "icon": "file-pen"},
    )
    def draft(self, *, by, at):
        if self.amount <= 0:
            raise Refused(_("A payment is more than nothing."), field="amount")
        self.drafted_by, self.drafted_at = by, at

    @transition(
        state,
        source=[PaymentState.DRAFTED],
        target=PaymentState.APPROVED,
        permission=rules.may_approve,
        custom={"label": gettext_lazy("Approve"), "icon": "check", "primary": True},
    )
    def approve(self, *, by, at, bank_account):
        """Two people, a verified account of the payee's own, and authority for the whole source."""
        if by.pk == self.drafted_by_id:
            raise Refused(_("Whoever drafted a payment cannot approve it. Ask a colleague."))
        if bank_account is None or bank_account.verified_at is None:
            raise Refused(
                _("%(payee)s has no verified bank account. Verify the account, then approve.")
                % {"payee": self.payee_name}
            )
        if bank_account.customer_id != self.payee_id:
            raise Refused(_("The bank account belongs to somebody else than the payee."))
        authority.require(
            by=by,
            kind=AuthorityKind.REFUND
            if self.purpose == PaymentPurpose.PREMIUM_REFUND
            else AuthorityKind.PAYMENT,
            amount=self.amount,
            on=clock.today(),
            committed=self.committed_besides(),
            line=self.line,
            product=self.product,
            jurisdiction=self.jurisdiction,
        )
        self.bank_account = bank_account
        self.idempotency_key = uuid.uuid4()
        self.approved_by, self.approved_at = by, at

    @transition(
        state,
        source=[PaymentState.DRAFTED],
        target=PaymentState.CANCELLED,
        permission=rules.may_cancel,
        custom={"label": gettext_lazy("Cancel the payment"), "icon": "x"},
    )
    def cancel(self, *, by, at):
        self.cancelled_by, self.cancelled_at = by, at

    @transition(
        state,
        source=[PaymentState.APPROVED],
        target=PaymentState.DUE,
        permission=rules.may_send,
        custom={"label": gettext_lazy("Release"), "icon": "clock"},
    )
    def release(self, *, by, at):
        """The day of the payment has come; the outbox waited for it."""

    @transition(
        state,
        source=[PaymentState.DUE],
        target=PaymentState.SENDING,
        permission=rules.may_send,
        custom={"label": gettext_lazy("Send"), "icon": "send"},
    )
    def send(self, *, by, at):
        self.attempts += 1
        self.leased_until = timezone.now() + LEASE

    @transition(
        state,
        source=[PaymentState.SENDING],
        target=PaymentState.UNKNOWN,
        permission=rules.may_send,
        custom={"label": gettext_lazy("Ask the bank"), "icon": "circle-question-mark"},
    )
    def doubt(self, *, by, at):
        """No answer came, or whoever asked is gone: the bank is asked, never told again blindly."""

    @transition(
        state,
        source=[PaymentState.UNKNOWN],
        target=PaymentState.DUE,
        permission=rules.may_send,
        custom={"label": gettext_lazy("Send again"), "icon": "rotate-cw"},
    )
    def requeue(self, *, by, at):
        """The bank has never seen the key: it is safe to send it again, under the same key."""

    @transition(
        state,
        source=[PaymentState.SENDING, PaymentState.UNKNOWN],
        target=PaymentState.CONFIRMED,
        permission=rules.may_send,
        custom={"label": gettext_lazy("Confirm"), "icon": "circle-check"},
    )
    def confirm(self, *, by, at):
        self.confirmed_by, self.confirmed_at = by, at

    @transition(
        state,
        source=[PaymentState.SENDING, PaymentState.UNKNOWN, PaymentState.CONFIRMED],
        target=PaymentState.RETURNED,
        permission=rules.may_send,
        custom={"label": gettext_lazy("Return"), "icon": "undo-2"},
    )
    def bounce(self, *, by, at, reason):
        self.reason = reason
        self.returned_by, self.returned_at = by, at

    def committed_besides(self):
        """What is decided or pending for the same source besides this payment."""
        others = Payment.objects.filter(
            source=self.source, currency=self.currency, state__in=COMMITTED
        ).exclude(pk=self.pk)
        return others.aggregate(sum=Sum("amount"))["sum"] or ZERO


class PaymentEvent(Event):
    record = models.ForeignKey(Payment, models.PROTECT, related_name="events")

    class Meta(Event.Meta):
        verbose_name, verbose_name_plural = (
            gettext_lazy("payment event"),
            gettext_lazy("payment events"),
        )
