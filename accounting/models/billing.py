"""Bills to customers, and the money that comes in for them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.enums import ChargeKind, InvoiceState, PaymentMethod
from customers.models import Customer
from office.money import ZERO, MoneyField


class OwnQuerySet(models.QuerySet):
    def for_user(self, user):
        """A policyholder's own; with the grant, those of every customer the person may see."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if not user.may("accounting.view_invoice"):
            return self.filter(customer__login_id=user.pk)
        if user.may("customers.view_every_customer"):
            return self
        return self.filter(customer__in=Customer.objects.for_user(user))


class BillingAccount(models.Model):
    """What one policy is billed by, with the pay plan as it stood at bind.

    product, line, carrier, jurisdiction: the codes of the policy's premium, for its postings.
    holds_trust_money: the premium belongs to another carrier, so its money goes to the trust bank.
    credit: money received that no invoice has taken yet.
    """

    policy_number = models.CharField(_("policy"), max_length=24, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="billing_accounts")
    currency = models.CharField(max_length=3, default="USD")
    pay_plan = models.JSONField(_("pay plan"), default=dict)
    product = models.CharField(max_length=32, blank=True)
    line = models.CharField(max_length=12, blank=True)
    carrier = models.CharField(max_length=24, blank=True)
    jurisdiction = models.CharField(max_length=8, blank=True)
    holds_trust_money = models.BooleanField(_("holds trust money"), default=False)
    credit = MoneyField(_("credit"), default=ZERO)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("billing account"), _("billing accounts")
        permissions = [
            ("take_payment", "Can take a customer's payment"),
            ("record_receipt", "Can write down checks and transfers"),
            ("return_receipt", "Can book a returned payment"),
        ]
        constraints = [
            models.CheckConstraint(
                name="accounting_credit_is_not_overdrawn", condition=Q(credit__gte=0)
            ),
        ]

    def __str__(self):
        return self.policy_number

    @property
    def source(self):
        return f"policy:{self.policy_number}"

    @property
    def dims(self):
        return {
            name: getattr(self, name) for name in ("product", "line", "carrier", "jurisdiction")
        }


class InstalmentQuerySet(models.QuerySet):
    def ahead(self):
        """Still to be billed: without an invoice, and not emptied by returned premium."""
        charges = F("premium") + F("tax") + F("fees") + F("instalment_fee")
        return self.filter(invoice=None).annotate(charges_sum=charges).filter(charges_sum__gt=0)


class Instalment(models.Model):
    """A part of the bill with its due date; an invoice is made of it when its time comes."""

    billing_account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="instalments")
    sequence = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due"))
    premium = MoneyField(_("premium"), default=ZERO)
    tax = MoneyField(_("premium tax"), default=ZERO)
    fees = MoneyField(_("policy fees"), default=ZERO)
    instalment_fee = MoneyField(_("instalment fee"), default=ZERO)

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "sequence"]
        verbose_name, verbose_name_plural = _("instalment"), _("instalments")
        constraints = [
            models.UniqueConstraint(
                name="accounting_instalment_has_one_place",
                fields=["billing_account", "sequence"],
            ),
            models.CheckConstraint(
                name="accounting_instalment_is_not_negative",
                condition=Q(premium__gte=0, tax__gte=0, fees__gte=0, instalment_fee__gte=0),
            ),
        ]

    def __str__(self):
        return f"{self.billing_account_id}/{self.sequence}"

    @property
    def charges(self):
        """Kind and amount of each charge that is not nothing."""
        amounts = {
            ChargeKind.PREMIUM: self.premium,
            ChargeKind.TAX: self.tax,
            ChargeKind.FEE: self.fees,
            ChargeKind.INSTALMENT_FEE: self.instalment_fee,
        }
        return [(kind, amount) for kind, amount in amounts.items() if amount]

    @property
    def total(self):
        return self.premium + self.tax + self.fees + self.instalment_fee


class InvoiceQuerySet(OwnQuerySet):
    def open(self):
        return self.filter(state=InvoiceState.OPEN)

    def overdue(self, *, on):
        return self.open().filter(due_on__lt=on)

    def owed(self):
        """The sum still owed."""
        return self.open().aggregate(owed=Sum(F("total") - F("paid")))["owed"] or ZERO


class Invoice(models.Model):
    number = models.CharField(_("number"), max_length=16, unique=True)
    billing_account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="invoices")
    instalment = models.OneToOneField(Instalment, models.PROTECT, related_name="invoice")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    issued_on = models.DateField(_("issued"))
    due_on = models.DateField(_("due"))
    state = models.CharField(
        _("state"), max_length=8, choices=InvoiceState, default=InvoiceState.OPEN
    )
    currency = models.CharField(max_length=3, default="USD")
    total = MoneyField(_("total"))
    paid = MoneyField(_("paid"), default=ZERO)
    document = models.ForeignKey(
        "office.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("invoice"), _("invoices")
        indexes = [
            models.Index(fields=["state", "due_on"], name="invoice_by_state_and_due"),
            models.Index(fields=["customer", "due_on"], name="invoice_by_customer"),
        ]
        constraints = [
            models.CheckConstraint(
                name="accounting_invoice_state_agrees_with_paid",
                condition=Q(state=InvoiceState.PAID, paid=F("total"))
                | Q(state=InvoiceState.OPEN, paid__lt=F("total"))
                | Q(state=InvoiceState.VOID, paid=0),
            ),
            models.CheckConstraint(
                name="accounting_invoice_is_paid_at_least_nothing",
                condition=Q(paid__gte=0, total__gt=0),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("accounting:invoice", args=[self.number])

    @property
    def source(self):
        return f"invoice:{self.number}"

    @property
    def owed(self):
        return self.total - self.paid if self.state == InvoiceState.OPEN else ZERO

    def is_overdue(self, on):
        return self.state == InvoiceState.OPEN and self.due_on < on


class InvoiceLine(models.Model):
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    kind = models.CharField(_("charge"), max_length=16, choices=ChargeKind)
    amount = MoneyField(_("amount"))

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("invoice line"), _("invoice lines")

    def __str__(self):
        return f"{self.get_kind_display()}: {self.amount}"


class Receipt(models.Model):
    """Money that came in. Online it is held first, and captured once this row is committed."""

    number = models.CharField(_("number"), max_length=16, unique=True)
    billing_account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="receipts")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="receipts")
    received_on = models.DateField(_("received"))
    method = models.CharField(_("method"), max_length=12, choices=PaymentMethod)
    currency = models.CharField(max_length=3, default="USD")
    amount = MoneyField(_("amount"))
    unapplied = MoneyField(_("kept as credit"), default=ZERO)
    idempotency_key = models.CharField(max_length=120, unique=True)
    captured_at = models.DateTimeField(_("captured"), null=True, blank=True)
    captured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    return_reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("receipt"), _("receipts")
        constraints = [
            models.CheckConstraint(
                name="accounting_receipt_is_money", condition=Q(amount__gt=0, unapplied__gte=0)
            ),
            models.CheckConstraint(
                name="accounting_receipt_captured_at_and_by",
                condition=Q(captured_at=None, captured_by=None)
                | Q(captured_at__isnull=False, captured_by__isnull=False),
            ),
            models.CheckConstraint(
                name="accounting_receipt_returned_at_and_by",
                condition=Q(returned_at=None, returned_by=None)
                | Q(returned_at__isnull=False, returned_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def source(self):
        return f"receipt:{self.number}"


class CreditNote(models.Model):
    """Premium that goes back to the customer beyond what was still to be billed.

    It pays the open invoices first; what it leaves is credit of the account.
    """

    billing_account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="credit_notes")
    amount = MoneyField(_("amount"))
    unapplied = MoneyField(_("kept as credit"), default=ZERO)
    memo = models.CharField(_("reason"), max_length=200)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("credit note"), _("credit notes")
        constraints = [
            models.CheckConstraint(
                name="accounting_credit_note_is_money",
                condition=Q(amount__gt=0, unapplied__gte=0, unapplied__lte=F("amount")),
            ),
        ]

    def __str__(self):
        return f"CN-{self.pk:06}"

    @property
    def source(self):
        return f"credit:{self}"


class Allocation(models.Model):
    """What a receipt or a credit note paid of an invoice; taken back by a row below zero."""

    receipt = models.ForeignKey(
        Receipt, models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    credit_note = models.ForeignKey(
        CreditNote, models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allocations")
    amount = MoneyField(_("amount"))
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("allocation"), _("allocations")
        constraints = [
            models.CheckConstraint(
                name="accounting_allocation_is_not_zero", condition=~Q(amount=0)
            ),
            models.CheckConstraint(
                name="accounting_allocation_has_one_source",
                condition=Q(receipt=None, credit_note__isnull=False)
                | Q(receipt__isnull=False, credit_note=None),
            ),
        ]

    def __str__(self):
        return f"{self.receipt or self.credit_note} → {self.invoice_id}: {self.amount}"
