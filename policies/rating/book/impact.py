"""What new rates do to a book: sums, their distribution, and the same by segment. In cents.

Tallies are plain integers in dictionaries, so that those of many pages add up to that of all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.rating.book.arithmetic import Integers, divide
from policies.rating.results import BUCKET, HIGHEST, LOWEST

Tally = dict[str, Any]
CAP_PLACES = 4


def capped(old: Integers, new: Integers, cap: int | None) -> Integers:
    """The new premium moved from the old one by the cap at most; cap: ten-thousandths of it."""
    if cap is None:
        return new
    most = divide(old * cap, 10**CAP_PLACES, "half_even")
    return np.clip(new, old - most, old + most)


def tally_of(
    old: Integers, new: Integers, held: Integers, groups: Mapping[str, Sequence[str]]
) -> Tally:
    """Policies, sums and distribution; `groups` gives each policy's key in a dimension."""
    found: Tally = {
        "policies": len(old),
        "old": int(old.sum()),
        "new": int(new.sum()),
        "capped": int(held.sum()),
        "moved": int((new != old).sum()),
        "held_back": int((held != new).sum()),
        "buckets": _buckets(old, new),
    }
    segments = {name: _by_key(keys, old, new) for name, keys in groups.items()}
    return found | {"segments": segments}


def by_selection(
    codes: NDArray[Any], entries: Sequence[Any], old: Integers, new: Integers
) -> dict[str, list[int]]:
    """[how many, old, new] for each entry that selections name, such as their coverage."""
    rows = np.zeros((len(entries), 3), np.int64)
    np.add.at(rows[:, 0], codes, 1)
    np.add.at(rows[:, 1], codes, old)
    np.add.at(rows[:, 2], codes, new)
    return {
        str(entry): row
        for entry, row in zip(entries, rows.tolist(), strict=True)
        if row[0] and entry not in (None, "")
    }


def added(one: Tally, other: Tally) -> Tally:
    """Two tallies as one: numbers add up, lists by place, dictionaries by key."""
    together = dict(one)
    for key, value in other.items():
        mine = together.get(key)
        if mine is None:
            together[key] = value
        elif isinstance(value, dict):
            together[key] = added(mine, value)
        elif isinstance(value, list):
            together[key] = [a + b for a, b in zip(mine, value, strict=True)]
        else:
            together[key] = mine + value
    return together


def _buckets(old: Integers, new: Integers) -> dict[str, int]:
    """How many policies move by how many per cent, by the lower end of each bucket."""
    rated = old > 0
    floors = np.floor_divide((new - old)[rated] * (100 // BUCKET), old[rated]) * BUCKET
    floors = np.clip(floors, LOWEST, HIGHEST)
    ends, counts = np.unique(floors, return_counts=True)
    return {str(end): count for end, count in zip(ends.tolist(), counts.tolist(), strict=True)}


def _by_key(keys: Sequence[str], old: Integers, new: Integers) -> dict[str, list[int]]:
    if not len(keys):
        return {}
    entries, codes = np.unique(np.array(keys, dtype=object).astype(str), return_inverse=True)
    rows = np.zeros((len(entries), 3), np.int64)
    np.add.at(rows[:, 0], codes, 1)
    np.add.at(rows[:, 1], codes, old)
    np.add.at(rows[:, 2], codes, new)
    return dict(zip(entries.tolist(), rows.tolist(), strict=True))
