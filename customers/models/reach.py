"""How a customer is reached and paid: addresses, contact points, invitations, bank accounts."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers import places
from customers.enums import BankAccountKind, ContactKind
from customers.models.customer import Customer
from office.history import Kept
from office.vault import SealedTextField


class Authored(models.Model):
    created_at = models.DateTimeField(_("added"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        abstract = True


class Address(Authored):
    """Where a customer lives or works. A new one takes the place of the old, which stays."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="addresses")
    street = models.CharField(_("street and number"), max_length=160)
    city = models.CharField(_("city"), max_length=80)
    jurisdiction = models.CharField(_("state"), max_length=8)
    postal_code = models.CharField(_("postal code"), max_length=16)
    time_zone = models.CharField(_("time zone"), max_length=64)
    is_current = models.BooleanField(_("in use"), default=True)

    row_history = Kept(
        of="customers_customer",
        key="customer_id",
        sealed=("street", "city", "postal_code"),
        since="change",
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("address"), _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_current=True),
                name="customer_has_one_address_in_use",
            )
        ]

    def __str__(self):
        return f"{self.jurisdiction} {self.pk}"

    @property
    def place(self):
        return places.name_of(self.jurisdiction)


class ContactPoint(Authored):
    """An e-mail address or phone number, sealed; `blind` finds it whole, `last4` by its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=8, choices=ContactKind)
    value = SealedTextField(_("address or number"))
    blind = models.BinaryField(max_length=32)
    last4 = models.CharField(_("last four digits"), max_length=4, blank=True)
    is_preferred = models.BooleanField(_("preferred"), default=False)
    is_current = models.BooleanField(_("in use"), default=True)
    bounced_on = models.DateField(_("mail came back on"), null=True, blank=True)

    row_history = Kept(
        of="customers_customer",
        key="customer_id",
        sealed=("value", "blind", "last4"),
        since="change",
    )

    class Meta:
        ordering = ["kind", "-is_preferred", "created_at"]
        verbose_name, verbose_name_plural = _("contact point"), _("contact points")
        indexes = [
            models.Index(fields=["blind"], name="contact_by_whole_value"),
            models.Index(
                fields=["last4"], condition=~Q(last4=""), name="contact_by_last_four_digits"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "blind"], name="customer_has_a_contact_point_once"
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(is_preferred=True),
                name="customer_prefers_one_of_a_kind",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class Invitation(Authored):
    """A single-use leave to choose a password. Only the SHA-256 of its token is kept."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invitations")
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_and_by",
            )
        ]

    def __str__(self):
        return f"{self.pk}"


class BankAccountQuerySet(models.QuerySet):
    def verified(self):
        return self.filter(verified_at__isnull=False)

    def for_user(self, user):
        return self.filter(customer__in=Customer.objects.for_user(user))


class BankAccount(Authored):
    """Where a customer is paid. Sealed; money goes there only after a second person verified it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="bank_accounts")
    kind = models.CharField(_("kind"), max_length=4, choices=BankAccountKind)
    holder = models.CharField(_("account holder"), max_length=140)
    account = SealedTextField(_("account number or IBAN"))
    blind = models.BinaryField(max_length=32)
    last4 = models.CharField(_("last four digits"), max_length=4)
    routing = models.CharField(_("routing number"), max_length=9, blank=True)
    is_current = models.BooleanField(_("in use"), default=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    row_history = Kept(
        of="customers_customer",
        key="customer_id",
        sealed=("holder", "account", "blind", "last4", "routing"),
        since="change",
    )
    objects = BankAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("bank account"), _("bank accounts")
        permissions = [("verify_bank_account", _("Verify a customer's bank account"))]
        indexes = [models.Index(fields=["blind"], name="bank_account_by_whole_value")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "blind", "routing"],
                condition=Q(is_current=True),
                name="customer_has_an_account_once",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="bank_account_verified_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("created_by")),
                name="bank_account_verified_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(kind="iban", routing="") | Q(kind="us") & ~Q(routing=""),
                name="bank_account_routing_matches_kind",
            ),
        ]

    def __str__(self):
        return self.masked

    @property
    def masked(self):
        return f"•••• {self.last4}"
