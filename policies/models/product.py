"""The catalogue: products, and the editions that terms are rated on."""

import json
from typing import Any

from django.conf import settings
from django.db import models

from office.enums import Line
from office.history import Kept


class WrittenJSONField(models.TextField):
    """JSON as it was written. jsonb would sort the keys, and a form is drawn in their order."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value, expression, connection):
        return None if value is None else json.loads(value)

    def get_prep_value(self, value):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Product(models.Model):
    code = models.CharField(max_length=24, primary_key=True)
    carrier = models.ForeignKey("customers.Carrier", models.PROTECT, related_name="products")
    line = models.CharField(max_length=12, choices=Line.choices)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=120)

    row_history = Kept()

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
