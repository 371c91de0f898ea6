"""A whole book rated at once: the same compiled plan over columns, in 64-bit integers.

    pack   → each risk is read once by the engine's own readers into columns (kept by the caller)
    rate   → per jurisdiction and coverage, a chain over arrays; then minimums, taxes and fees
    alone  → what does not fit an array (missing, unreadable, outside a table, too large) is given
             back, and the caller asks the engine about it, which says why

The cents equal those of `CompiledPlan.rate`, risk by risk: a property test holds it.
"""

from policies.rating.book.columns import Codes, Column, Numbers, column_from
from policies.rating.book.engine import BookPlan, BookRated
from policies.rating.book.packing import Book, ColumnName, Frame, Insured

__all__ = [
    "Book",
    "BookPlan",
    "BookRated",
    "Codes",
    "Column",
    "ColumnName",
    "Frame",
    "Insured",
    "Numbers",
    "column_from",
]
