"""The catalogue, policies, and what each term was believed to be at any moment."""

from policies.models.book import (
    BookColumn,
    BookPage,
    PackedSegment,
    RateChange,
    RateChangeLine,
)
from policies.models.draft import ProductDraft, ProductDraftEdit, ProductDraftEvent
from policies.models.ending import Cancellation, CancellationQuerySet, NonRenewal
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
    "BookColumn",
    "BookPage",
    "Cancellation",
    "CancellationQuerySet",
    "NonRenewal",
    "PackedSegment",
    "Policy",
    "PolicyDocument",
    "PolicyEvent",
    "PolicyQuerySet",
    "Product",
    "ProductDraft",
    "ProductDraftEdit",
    "ProductDraftEvent",
    "ProductVersion",
    "ProductVersionQuerySet",
    "RateChange",
    "RateChangeLine",
    "Segment",
    "SegmentPremium",
    "SegmentQuerySet",
    "Term",
    "TermTransaction",
    "WrittenJSONField",
]
