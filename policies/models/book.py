"""The book packed for rating at once, and what a change of rates would do to it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from office.money import MoneyField
from policies import rules


class BookPage(models.Model):
    """Some segments of a product as a frame of columns (`rating.book.Frame`): a reading of rows
    that never change, so it never changes either. Which of them hold now is asked of them."""

    product = models.ForeignKey("policies.Product", models.PROTECT, related_name="pages")
    segments = models.PositiveIntegerField()
    frame = models.BinaryField()
    packed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["product"], name="book_page_product")]

    def __str__(self):
        return f"{self.product_id}: {self.segments}"


class PackedSegment(models.Model):
    """Which page holds a segment: each is packed once."""

    segment = models.OneToOneField("policies.Segment", models.PROTECT, related_name="packed")
    page = models.ForeignKey(BookPage, models.PROTECT, related_name="packed")

    def __str__(self):
        return f"{self.page_id}/{self.segment_id}"


class BookColumn(models.Model):
    """One input of the segments of a page, by what it reads. Only inputs that plans look at."""

    page = models.ForeignKey(BookPage, models.PROTECT, related_name="columns")
    name = models.CharField(max_length=32)
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "name"], name="one_book_column_a_page"),
        ]

    def __str__(self):
        return f"{self.page_id}: {self.name}"


class RateChangeQuerySet(models.QuerySet):
    def for_user(self, user):
        return self if rules.may_measure_rates(user) else self.none()


class RateChange(models.Model):
    """What a draft, or a later version, would do to every policy in force on a day.

    `result` holds the sums; `lines` each policy. `cap` is the most that one premium would be
    allowed to move, a share of it.
    """

    product = models.ForeignKey("policies.Product", models.PROTECT, related_name="rate_changes")
    draft = models.ForeignKey(
        "policies.ProductDraft", models.PROTECT, null=True, blank=True, related_name="rate_changes"
    )
    revision = models.PositiveIntegerField(null=True, blank=True)
    version = models.ForeignKey(
        "policies.ProductVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    day = models.DateField()
    cap = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    job = models.OneToOneField("office.Job", models.PROTECT, related_name="rate_change")
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = RateChangeQuerySet.as_manager()

    class Meta:
        permissions = [("measure_ratechange", "Can measure what new rates change")]
        constraints = [
            models.CheckConstraint(
                name="rate_change_is_of_a_draft_or_a_version",
                condition=Q(draft__isnull=False, revision__isnull=False, version__isnull=True)
                | Q(draft__isnull=True, revision__isnull=True, version__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.product_id} · {self.draft or self.version}"

    def get_absolute_url(self):
        return reverse("policies:rate_change", args=[self.pk])


class RateChangeLine(models.Model):
    """One policy: its premium of a whole term by its own version and by the other, before taxes.

    A policy that cannot be rated on one of them has the reason instead. Append-only.
    """

    rate_change = models.ForeignKey(RateChange, models.PROTECT, related_name="lines")
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+")
    old = MoneyField(null=True)
    new = MoneyField(null=True)
    capped = MoneyField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    change = models.GeneratedField(
        expression=F("new") - F("old"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rate_change_line_has_premiums_or_a_reason",
                condition=Q(old__isnull=False, new__isnull=False, capped__isnull=False, reason="")
                | (Q(old__isnull=True, new__isnull=True, capped__isnull=True) & ~Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["rate_change", "change", "id"], name="rate_change_line_change"),
        ]

    def __str__(self):
        return f"{self.policy_id}: {self.old} → {self.new}"
