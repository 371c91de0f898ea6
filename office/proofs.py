"""Everything that must always hold, collected from each floor of the house."""

from collections.abc import Iterator

from accounting import selectors as accounting
from claims import selectors as claims
from office import floor_invariants
from office.floor_invariants import Finding
from policies import selectors as policies

PARTS = (floor_invariants, accounting, policies, claims)


def findings() -> Iterator[Finding]:
    """(what must hold, whether it does, what is broken), one promise after the other."""
    for part in PARTS:
        yield from part.invariants()
