"""The ledger: what the database itself refuses stands in migrations/0002_ledger_guards.py."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.enums import (
    DEBIT_TYPES,
    ONCE_A_PAYMENT,
    AccountCode,
    AccountType,
    EntryKind,
    PeriodState,
)
from office.history import Kept
from office.money import MoneyField


class Account(models.Model):
    """A row of the chart. `migrate` writes it from `enums.AccountCode`."""

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    type = models.CharField(_("type"), max_length=12, choices=AccountType)

    row_history = Kept(since="change")

    class Meta:
        ordering = ["code"]
        verbose_name, verbose_name_plural = _("account"), _("accounts")
        permissions = [("view_ledger", "Can see the ledger")]

    def __str__(self):
        return f"{self.code} {self.title}"

    def get_absolute_url(self):
        return reverse("accounting:account", args=[self.code])

    @property
    def title(self):
        """The name in the reader's language; accounts added by the office keep theirs."""
        return AccountCode(self.code).label if self.code in AccountCode.values else self.name

    @property
    def grows_by_debit(self):
        return self.type in DEBIT_TYPES


class Period(models.Model):
    """A month of the books. It opens when it is first booked into; closed, it takes nothing."""

    code = models.CharField(_("month"), max_length=7, primary_key=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(
        _("state"), max_length=8, choices=PeriodState, default=PeriodState.OPEN
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    row_history = Kept(since="change")

    class Meta:
        ordering = ["-code"]
        verbose_name, verbose_name_plural = _("period"), _("periods")
        permissions = [("close_period", "Can close a period of the books")]
        constraints = [
            models.CheckConstraint(
                name="accounting_period_closed_at_and_by",
                condition=Q(state=PeriodState.OPEN, closed_at=None, closed_by=None)
                | Q(state=PeriodState.CLOSED, closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.code


class TransactionId(models.Field):
    """PostgreSQL's 64-bit transaction id."""

    def db_type(self, connection):
        return "xid8"


class EntryQuerySet(models.QuerySet):
    def about(self, source):
        """Entries of a source, or of the paper that caused them: "claim:…", "payment:…"."""
        return self.filter(Q(source=source) | Q(reference=source))


class Entry(models.Model):
    """A balanced, immutable set of lines. A mistake is reversed, never edited.

    source: whose business it is ("claim:CL-2026-000042"); reference: the paper that caused it
    ("payment:PM-2026-000007"). xact: the transaction that made it, which alone may add lines.
    """

    number = models.GeneratedField(
        expression=models.Func(
            template="'JE-' || EXTRACT(YEAR FROM booked_on)::text || '-' || "
            "lpad(id::text, greatest(length(id::text), 6), '0')",
            output_field=models.CharField(max_length=32),
        ),
        output_field=models.CharField(max_length=32),
        db_persist=True,
    )
    kind = models.CharField(_("posting"), max_length=24, choices=EntryKind)
    at = models.DateTimeField(_("posted"))
    booked_on = models.DateField(_("booked on"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="entries")
    source = models.CharField(_("source"), max_length=60)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    memo = models.CharField(_("memo"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal"
    )
    xact = TransactionId(editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("entry"), _("entries")
        indexes = [
            models.Index(fields=["source", "id"], name="entry_by_source"),
            models.Index(
                fields=["reference", "id"], name="entry_by_reference", condition=~Q(reference="")
            ),
            models.Index(fields=["booked_on", "id"], name="entry_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="accounting_entry_once_a_payment",
                fields=["reference", "kind"],
                condition=Q(kind__in=ONCE_A_PAYMENT),
            ),
            models.CheckConstraint(name="accounting_entry_has_a_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="accounting_entry_of_a_payment_names_it",
                condition=~Q(kind__in=ONCE_A_PAYMENT) | Q(reference__startswith="payment:"),
            ),
        ]

    def __str__(self):
        return str(self.number)

    def get_absolute_url(self):
        return reverse("accounting:entry", args=[self.number])

    @property
    def debits(self):
        """The sum of one side; callers prefetch the lines."""
        return sum(line.amount for line in self.lines.all() if line.amount > 0)


class Line(models.Model):
    """One side of an entry: debit above zero, credit below.

    product, line, carrier, jurisdiction: codes that the caller stamps, to break results down by.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="lines", db_index=False)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    amount = MoneyField(_("amount"))
    product = models.CharField(_("product"), max_length=32, blank=True)
    line = models.CharField(_("line"), max_length=12, blank=True)
    carrier = models.CharField(_("carrier"), max_length=24, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("ledger line"), _("ledger lines")
        indexes = [models.Index(fields=["account", "-id"], name="line_by_account")]
        constraints = [
            models.CheckConstraint(name="accounting_line_is_not_zero", condition=~Q(amount=0)),
        ]

    def __str__(self):
        return f"{self.account_id} {self.amount} {self.currency}"

    @property
    def debit(self):
        return self.amount if self.amount > 0 else None

    @property
    def credit(self):
        return -self.amount if self.amount < 0 else None


class Balance(models.Model):
    """What an account moved by on a day, kept by the trigger on lines; the sum of its shards.

    A shard is written by one transaction at a time, so that postings do not wait for each other.
    """

    pk = models.CompositePrimaryKey("account", "currency", "day", "shard")
    account = models.ForeignKey(Account, models.PROTECT, related_name="balances")
    currency = models.CharField(max_length=3)
    day = models.DateField()
    shard = models.IntegerField()
    amount = MoneyField()

    class Meta:
        verbose_name, verbose_name_plural = _("balance"), _("balances")

    def __str__(self):
        return f"{self.account_id} {self.day}: {self.amount} {self.currency}"
