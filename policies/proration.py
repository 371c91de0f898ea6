"""Premium of a change: what a term's segments earn by their days, to the cent.

    exact share of a segment = term premium × days in segment ÷ days in term
    written of a coverage    = Σ exact shares, rounded once over the whole term (half to even)

The written cents of a coverage are then given to its segments by largest remainder, so that
they sum exactly whatever the number of segments. The premium of a transaction is what the term
has written after it less what it had before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from office import money

Cell = tuple[str, str]  # (item key, coverage code)


@dataclass(frozen=True, slots=True)
class PricedSegment:
    """A segment and the premium of each (item, coverage), as if it held for the whole term."""

    valid_from: date
    valid_to: date
    premiums: Mapping[Cell, Decimal]

    @property
    def days(self) -> int:
        return (self.valid_to - self.valid_from).days


@dataclass(frozen=True, slots=True)
class Share:
    """What one segment has written for one item and coverage."""

    valid_from: date
    valid_to: date
    item: str
    coverage: str
    term_premium: Decimal
    written: Decimal


def written(term_from: date, term_to: date, priced: Sequence[PricedSegment]) -> list[Share]:
    """The written premium of a term, per segment, item and coverage."""
    days_in_term = (term_to - term_from).days
    cells = sorted({cell for segment in priced for cell in segment.premiums})
    return [share for cell in cells for share in _shares_of_cell(cell, days_in_term, priced)]


def _shares_of_cell(cell: Cell, days_in_term: int, priced: Sequence[PricedSegment]) -> list[Share]:
    holding = [segment for segment in priced if cell in segment.premiums]
    weights = [segment.premiums[cell] * segment.days for segment in holding]
    whole = money.round(sum(weights, Decimal(0)) / days_in_term)
    cents = money.allocate(whole, weights)
    item, coverage = cell
    return [
        Share(s.valid_from, s.valid_to, item, coverage, s.premiums[cell], amount)
        for s, amount in zip(holding, cents, strict=True)
    ]


def total(shares: Sequence[Share]) -> Decimal:
    """Written premium of the term, before charges."""
    return sum((share.written for share in shares), money.ZERO)


def by_cell(shares: Sequence[Share]) -> dict[Cell, Decimal]:
    """Written premium of the term per (item, coverage)."""
    sums: dict[Cell, Decimal] = {}
    for share in shares:
        cell = (share.item, share.coverage)
        sums[cell] = sums.get(cell, money.ZERO) + share.written
    return sums


def change(before: Sequence[Share], after: Sequence[Share]) -> dict[Cell, Decimal]:
    """Premium of a transaction per (item, coverage): new written less old, where it differs."""
    old, new = by_cell(before), by_cell(after)
    differences = {
        cell: new.get(cell, money.ZERO) - old.get(cell, money.ZERO) for cell in sorted({*old, *new})
    }
    return {cell: amount for cell, amount in differences.items() if amount}
