"""What must always be true of terms, segments and their premium."""

from collections.abc import Iterator, Sequence

from django.db import connection

from accounting.enums import AccountCode, EntryKind
from office import money
from policies.models import Term
from policies.selectors.beliefs import as_change, history
from policies.selectors.pricing import price_term

Finding = tuple[str, bool, str]

GAPS = """
    SELECT t.id FROM policies_term t
    LEFT JOIN policies_segment s ON s.term_id = t.id AND upper_inf(s.recorded)
    WHERE NOT EXISTS (
        SELECT FROM policies_termtransaction x WHERE x.term_id = t.id
        AND x.kind IN ('cancellation', 'reinstatement', 'reversal'))
    GROUP BY t.id
    HAVING coalesce(sum(upper(s.valid) - lower(s.valid)), 0) <> t.valid_to - t.valid_from
"""
# Only a term that ended early has written more than its segments: its charges explain the rest.
UNEQUAL_PREMIUM = """
    SELECT t.id FROM policies_term t WHERE t.written <> (
        SELECT coalesce(sum(p.written), 0) FROM policies_segmentpremium p
        JOIN policies_segment s ON s.id = p.segment_id AND upper_inf(s.recorded)
        WHERE s.term_id = t.id)
"""
UNEQUAL_TRANSACTIONS = """
    SELECT t.id FROM policies_term t WHERE (t.written, t.fees, t.tax) <> (
        SELECT coalesce(sum(x.premium), 0), coalesce(sum(x.fees), 0), coalesce(sum(x.tax), 0)
        FROM policies_termtransaction x WHERE x.term_id = t.id)
"""
UNEQUAL_LEDGER = """
    SELECT p.id FROM policies_policy p JOIN policies_term t ON t.policy_id = p.id
    GROUP BY p.id
    HAVING sum(t.written + t.fees + t.tax) <> (
        SELECT coalesce(sum(l.amount), 0) FROM accounting_line l
        JOIN accounting_entry e ON e.id = l.entry_id
        WHERE e.source = 'policy:' || p.number AND e.kind = %s AND l.account_id = %s)
"""


def invariants() -> Iterator[Finding]:
    """(name, holds, what is broken) for each promise of the policies."""
    yield _none("Current segments fill the time in force of their term", GAPS)
    yield _unexplained_premium()
    yield _none("A term is the sum of its transactions", UNEQUAL_TRANSACTIONS)
    posting = [EntryKind.PREMIUM_WRITTEN, AccountCode.PREMIUM_RECEIVABLE]
    yield _none("The ledger holds what the policies have written", UNEQUAL_LEDGER, posting)


def _none(name: str, query: str, params: Sequence[str] = ()) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(query, list(params))
        broken = [str(pk) for (pk,) in cursor.fetchmany(10)]
    return name, not broken, ", ".join(broken)


def _unexplained_premium() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(UNEQUAL_PREMIUM)
        candidates = [pk for (pk,) in cursor.fetchall()]
    rows = Term.objects.filter(pk__in=candidates).select_related("policy", "version")
    broken = [str(term.pk) for term in rows if not _is_explained(term)]
    name = "The written premium of a term is that of its segments and charges"
    return name, not broken, ", ".join(broken[:10])


def _is_explained(term: Term) -> bool:
    """Derive the charges again: they are stored nowhere."""
    priced = price_term(term, map(as_change, history(term)))
    stored = sum(
        (
            premium.written
            for segment in term.segments.current().prefetch_related("premiums")
            for premium in segment.premiums.all()
        ),
        money.ZERO,
    )
    of_segments = sum((belief.written for belief in priced.beliefs), money.ZERO)
    return term.written == priced.written and stored == of_segments
