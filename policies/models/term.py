"""The terms of a policy, their transactions, and what each term was believed to be when."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from office.money import MoneyField
from policies.enums import REVERSIBLE, TransactionKind
from policies.models.policy import Policy
from policies.models.product import ProductVersion


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
    """One change of a term. Append-only; the premium is new written minus old written.

    `facts` of a cancellation: `side` and `reason`, by which the product says what is returned.
    """

    term = models.ForeignKey(Term, models.PROTECT, related_name="transactions")
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=TransactionKind.choices)
    effective_on = models.DateField()
    patch = models.JSONField()
    facts = models.JSONField(default=dict)
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
            models.CheckConstraint(
                name="cancellation_says_who_and_why",
                condition=~Q(kind=TransactionKind.CANCELLATION)
                | Q(facts__has_keys=["side", "reason"]),
            ),
        ]

    is_reversed: bool  # another one took it back; filled for a page

    def __str__(self):
        return f"{self.get_kind_display()} {self.effective_on}"

    @property
    def is_reversible(self):
        """A change can be taken back, and the taking back as well; how a term begins cannot."""
        return (self.reverses or self).kind in REVERSIBLE

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
