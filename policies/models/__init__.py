"""The catalogue, policies, and what each term was believed to be at any moment."""

from policies.models.policy import Policy, PolicyEvent, PolicyQuerySet
from policies.models.product import (
    Product,
    ProductVersion,
    ProductVersionQuerySet,
    WrittenJSONField,
)
from policies.models.term import (
    PolicyDocument,
    Segment,
    SegmentPremium,
    SegmentQuerySet,
    Term,
    TermTransaction,
)

__all__ = [
    "Policy",
    "PolicyDocument",
    "PolicyEvent",
    "PolicyQuerySet",
    "Product",
    "ProductVersion",
    "ProductVersionQuerySet",
    "Segment",
    "SegmentPremium",
    "SegmentQuerySet",
    "Term",
    "TermTransaction",
    "WrittenJSONField",
]
