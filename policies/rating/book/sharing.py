"""Sums by risk, and a change shared out over its selections by largest remainder: as `money`."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.rating.book.arithmetic import BOUND, Integers, Mask
from policies.rating.book.packing import Positions


class Shared(NamedTuple):
    shares: Integers  # by selection
    fits: Mask  # by risk


def starts_of(risk_of_selection: NDArray, risks: int) -> Positions:
    """Where the selections of each risk begin, with the end behind."""
    counts = np.bincount(risk_of_selection, minlength=risks)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def sums_of(values: NDArray, starts: Positions) -> NDArray:
    """Sums by risk of what lies by selection."""
    running = np.concatenate([[0], np.cumsum(values)])
    return running[starts[1:]] - running[starts[:-1]]


def share_out(
    change: Integers, amounts: Integers, chosen: Mask, risks: NDArray, starts: Positions
) -> Shared:
    """Each risk's change over its chosen selections, in proportion to their amounts.

    Largest remainder, ties to the earlier; equally where all of them are free. A risk with an
    amount below zero is not shared out here, nor one whose products could overflow.
    """
    shares = np.zeros(len(amounts), np.int64)
    fits = np.ones(len(change), bool)
    at = np.flatnonzero(chosen & (change[risks] != 0))
    if not len(at):
        return Shared(shares, fits)
    owners, weights = risks[at], amounts[at]
    below_zero = np.bincount(owners, weights=weights < 0, minlength=len(change)) > 0
    weight_of = _by_risk(weights, owners, len(change))
    weights = np.where(weight_of[owners] == 0, 1, weights)
    weight_of = _by_risk(weights, owners, len(change))
    largest = np.zeros(len(change))
    np.maximum.at(largest, owners, np.abs(weights).astype(np.float64))
    fits &= ~below_zero & (largest * np.abs(change) < BOUND)
    at, owners, weights = (part[fits[owners]] for part in (at, owners, weights))
    parts = np.abs(change[owners]) * weights
    whole = parts // weight_of[owners]
    rest = parts - whole * weight_of[owners]
    left = np.abs(change) - _by_risk(whole, owners, len(change))
    order = np.lexsort((np.arange(len(at)), -rest, owners))
    first = np.searchsorted(owners[order], owners[order], "left")
    lucky = np.zeros(len(at), np.int64)
    lucky[order] = np.arange(len(at)) - first < left[owners[order]]
    shares[at] = np.sign(change[owners]) * (whole + lucky)
    return Shared(shares, fits)


def _by_risk(values: Integers, owners: NDArray, count: int) -> Integers:
    """Sums in integers: what numpy's weighted counts give are doubles."""
    total = np.zeros(count, np.int64)
    np.add.at(total, owners, values)
    return total
