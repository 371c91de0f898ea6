"""The book as columns: which segments hold on a day, and the pages that hold their inputs.

Not offered by `policies.selectors`: it loads numpy, which only those who rate a book need.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from django.db import connection

from policies.models import ProductDraft, ProductVersion, Segment
from policies.rating import compile_plan
from policies.rating.book import Book, BookPlan, Frame, Insured, column_from
from policies.selectors.drafts import read_draft
from policies.selectors.products import rating_plan

# Plans over books by the hash of what they were compiled from, as the plans themselves are kept.
_many: dict[str, BookPlan] = {}

UNPACKED = """
    SELECT s.id FROM policies_segment s
    JOIN policies_term t ON t.id = s.term_id
    JOIN policies_productversion v ON v.id = t.version_id
    WHERE v.product_id = %s AND NOT EXISTS (
        SELECT FROM policies_packedsegment k WHERE k.segment_id = s.id)
    ORDER BY s.id
"""
HOLDING = """
    WITH held AS (
        SELECT s.id, t.version_id, p.id AS policy_id, p.jurisdiction, p.customer_id, p.agent_id
        FROM policies_packedsegment k
        JOIN policies_segment s ON s.id = k.segment_id
        JOIN policies_term t ON t.id = s.term_id
        JOIN policies_policy p ON p.id = t.policy_id
        WHERE k.page_id = %s AND upper_inf(s.recorded) AND s.valid @> %s::date),
    customers AS (
        SELECT p.customer_id, min(t.valid_from) AS since
        FROM policies_policy p JOIN policies_term t ON t.policy_id = p.id
        WHERE p.customer_id IN (SELECT customer_id FROM held) GROUP BY p.customer_id)
    SELECT held.id, version_id, policy_id, jurisdiction, coalesce(agent.name, ''), since
    FROM held JOIN customers USING (customer_id)
    LEFT JOIN customers_agent agent ON agent.id = held.agent_id
    ORDER BY held.id
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One policy of a page that is insured on the day."""

    segment: int
    version: int
    policy: int
    jurisdiction: str
    agent: str
    customer_since: date


def book_plan(version: ProductVersion) -> BookPlan:
    """The version's plan for whole books."""
    found = _many.get(version.sha256)
    if found is None:
        found = _many[version.sha256] = BookPlan(rating_plan(version))
    return found


def draft_book_plan(draft: ProductDraft, revision: int) -> BookPlan:
    """The plan of one edit of a draft, for whole books."""
    text = draft.edits.get(revision=revision).text
    known = hashlib.sha256(text.encode()).hexdigest()
    found = _many.get(known)
    if found is None:
        definition = read_draft(draft, text).definition
        assert definition is not None, "Only a draft without problems is measured."
        found = _many[known] = BookPlan(compile_plan(definition.rating))
    return found


def unpacked_segments(product: str) -> list[int]:
    """Segments of a product that no page holds yet, oldest first."""
    return [pk for (pk,) in _rows(UNPACKED, [product])]


def held_in(page: int, *, day: date) -> list[Held]:
    """Of a page, the segments that are believed now and hold on the day."""
    return [Held(*row) for row in _rows(HOLDING, [page, day])]


def insured_of(segments: Iterable[int]) -> Iterator[Insured]:
    """The risks of segments, as the engine reads them, in the order of their keys."""
    rows = Segment.objects.filter(pk__in=list(segments)).order_by("pk")
    facts = rows.values_list("pk", "insured", "term__policy__jurisdiction", "term__valid_from")
    for pk, insured, jurisdiction, on in facts:
        yield Insured(pk, insured["risk"], insured["coverages"], jurisdiction, on)


def read_page(page: int, names: Iterable[str]) -> Book:
    """A page with those of the named columns that are kept, in one binary read."""
    query = (
        "SELECT '' AS name, frame FROM policies_bookpage WHERE id = %s UNION ALL "
        "SELECT name, data FROM policies_bookcolumn WHERE page_id = %s AND name = ANY(%s)"
    )
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, [page, page, list(names)], binary=True)
        found = {name: bytes(data) for name, data in cursor.fetchall()}
    frame = Frame.from_bytes(found.pop(""))
    return Book(frame, {name: column_from(data) for name, data in found.items()})


def _rows(query: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(params))
        return cursor.fetchall()
