"""The catalogue, policies, and what each term was believed to be at any moment."""

import json
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from office import clock
from office.enums import Line
from office.exceptions import Refused
from office.models import Event, Recorded
from office.money import MoneyField
from policies import rules
from policies.enums import PolicyState, TransactionKind


class WrittenJSONField(models.TextField):
    """JSON as it was written. jsonb would sort the keys, and a form is drawn in their order."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value, expression, connection):
        return json.loads(value)

    def get_prep_value(self, value):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Product(models.Model):
    code = models.CharField(max_length=24, primary_key=True)
    carrier = models.ForeignKey("customers.Carrier", models.PROTECT, related_name="products")
    line = models.CharField(max_length=12, choices=Line.choices)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["kind"], name="product_kind")]

    def __str__(self):
        return self.name


class ProductVersionQuerySet(models.QuerySet):
    def in_force(self, *, on):
        """For each product, the version that a term beginning on `on` is rated on."""
        return (
            self.filter(effective_from__lte=on)
            .order_by("product_id", "-effective_from", "-version")
            .distinct("product_id")
        )


class ProductVersion(models.Model):
    """One edition of a product. Never changed: every term is rated on the one it began with."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    effective_from = models.DateField()
    definition = WrittenJSONField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ProductVersionQuerySet.as_manager()

    class Meta:
        permissions = [("publish_productversion", "Can publish versions of products")]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "version"], name="product_version_is_unique"
            ),
            models.UniqueConstraint(
                fields=["product", "effective_from"], name="one_product_version_starts_a_day"
            ),
        ]

    def __str__(self):
        return f"{self.product_id} · {self.version}"


class PolicyQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff with the grant see all; a customer and an agent see their own; nobody else any."""
        if rules.may_view_every_policy(user):
            return self
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(customer__login=user) | Q(agent__user=user))

    def in_force(self):
        return self.filter(state=PolicyState.IN_FORCE)


class Policy(Recorded):
    number = models.CharField(max_length=24, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="policies")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="policies")
    agent = models.ForeignKey(
        "customers.Agent", models.PROTECT, null=True, blank=True, related_name="policies"
    )
    address = models.ForeignKey("customers.Address", models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=8)
    time_zone = models.CharField(max_length=64)
    state = FSMField(
        default="", choices=PolicyState.choices, protected=True, max_length=24, editable=False
    )

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("policy"), gettext_lazy("policies")
        permissions = [
            ("view_own_policy", "Can see the policies that they sold"),
            ("issue_policy", "Can issue policies"),
            ("expire_policy", "Can let policies expire"),
        ]
        indexes = [
            models.Index(fields=["customer"], name="policy_customer"),
            GinIndex(fields=["number"], opclasses=["gin_trgm_ops"], name="policy_search"),
            models.Index(fields=["state", "-number"], name="policy_state_number"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("policies:detail", args=[self.number])

    @transition(
        state,
        source=[""],
        target=PolicyState.IN_FORCE,
        permission=rules.may_issue,
        custom={"label": gettext_lazy("Issue"), "icon": "shield-check"},
    )
    def issue(self, *, by, at):
        """Nothing to check on the record itself: the service rates and writes the term."""

    @transition(
        state,
        source=[PolicyState.IN_FORCE],
        target=PolicyState.EXPIRED,
        permission=rules.may_expire,
        custom={"label": gettext_lazy("Let it expire"), "icon": "hourglass"},
    )
    def expire(self, *, by, at):
        last = self.terms.order_by("-sequence").first()
        if clock.day_of(at, self.time_zone) < last.valid_to:
            raise Refused(
                _("Cover runs until %(day)s, so the policy cannot expire before.")
                % {"day": formats.date_format(last.valid_to)}
            )


class PolicyEvent(Event):
    record = models.ForeignKey(Policy, models.PROTECT, related_name="events")

    label: str  # the act in the reader's words, filled for a page


class Term(models.Model):
    """One period of insurance, `[valid_from, valid_to)` in the zone of the insured's address.

    `written`, `fees` and `tax` are the sums of the term's transactions (an invariant says so).
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="terms")
    version = models.ForeignKey(ProductVersion, models.PROTECT, related_name="terms")
    sequence = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    written = MoneyField(default=0)
    fees = MoneyField(default=0)
    tax = MoneyField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "sequence"], name="term_sequence_is_unique"),
            models.CheckConstraint(
                name="term_ends_after_it_begins", condition=Q(valid_to__gt=F("valid_from"))
            ),
            ExclusionConstraint(
                name="terms_of_a_policy_do_not_overlap",
                expressions=[
                    ("policy", RangeOperators.EQUAL),
                    (
                        Func("valid_from", "valid_to", function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.policy_id}: {self.valid_from} – {self.valid_to}"

    @property
    def total(self):
        return self.written + self.fees + self.tax

    def covers(self, day) -> bool:
        return self.valid_from <= day < self.valid_to


class TermTransaction(models.Model):
    """One change of a term. Append-only; the premium is new written minus old written."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="transactions")
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=TransactionKind.choices)
    effective_on = models.DateField()
    patch = models.JSONField()
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    worksheet = models.JSONField()
    premium = MoneyField()
    fees = MoneyField()
    tax = MoneyField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "sequence"], name="term_transaction_sequence_is_unique"
            ),
            models.UniqueConstraint(
                fields=["term", "recorded_at"], name="one_term_transaction_a_moment"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.effective_on}"

    @property
    def levies(self):
        return self.fees + self.tax


class SegmentQuerySet(models.QuerySet):
    def current(self):
        """As believed now: not yet replaced by a later transaction."""
        return self.filter(recorded__upper_inf=True)

    def known_at(self, moment):
        return self.filter(recorded__contains=moment)

    def valid_on(self, day):
        return self.filter(valid__contains=day)


class Segment(models.Model):
    """What is insured over `valid`, as believed over `recorded`. Only an open belief may close."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="segments")
    transaction = models.ForeignKey(TermTransaction, models.PROTECT, related_name="segments")
    valid = DateRangeField()
    recorded = DateTimeRangeField()
    insured = models.JSONField()

    objects = SegmentQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="segments_do_not_overlap",
                expressions=[
                    ("term", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                    ("recorded", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="segment_is_valid_for_a_day_or_more", condition=Q(valid__isempty=False)
            ),
            models.CheckConstraint(
                name="segment_is_believed_for_a_moment_or_more",
                condition=Q(recorded__isempty=False),
            ),
            models.CheckConstraint(
                name="segment_ranges_have_a_beginning",
                condition=Q(
                    valid__lower_inf=False, valid__upper_inf=False, recorded__lower_inf=False
                ),
            ),
            models.CheckConstraint(
                name="segment_ranges_are_half_open",
                condition=Q(recorded__lower_inc=True, recorded__upper_inc=False),
            ),
        ]

    def __str__(self):
        return f"{self.valid.lower} – {self.valid.upper}"


class SegmentPremium(models.Model):
    """Premium of one coverage of one insured item: for a whole term, and written here."""

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="premiums")
    item_key = models.CharField(max_length=40)
    coverage = models.CharField(max_length=24)
    term_premium = MoneyField()
    written = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "item_key", "coverage"], name="one_premium_a_segment_and_item"
            ),
        ]

    def __str__(self):
        return f"{self.coverage} {self.item_key}"


class PolicyDocument(models.Model):
    """A document that was issued for a term. The file itself never changes."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="documents")
    term = models.ForeignKey(Term, models.PROTECT, related_name="documents")
    document = models.OneToOneField("office.Document", models.PROTECT, related_name="policy")

    def __str__(self):
        return f"{self.policy_id}: {self.document_id}"
