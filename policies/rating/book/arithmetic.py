"""Exact arithmetic on arrays of 64-bit integers: products, sums, one rounded division.

Nothing wraps around unseen: before numbers are multiplied, what they could amount to is reckoned,
and a row that could pass 2**62 is taken out (`fits`) and set to zero. The caller rates it alone.
"""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Factor = Integers | int
Term = tuple[int, tuple[Factor, ...]]

BOUND = 2**62
MOST_SCALE = 6


def scale_of(number: Decimal) -> int:
    """The decimal places that a number needs."""
    exponent = number.normalize().as_tuple().exponent
    return max(-int(exponent), 0)


def scaled(number: Decimal, scale: int) -> int:
    """The number as an integer of 10**-scale; it must not need more places."""
    return int(number.scaleb(scale))


def settle(
    terms: Sequence[Term], denominator: Factor, mode: str, fits: Mask, length: int
) -> Integers:
    """The sum of coefficient × factors, divided once and rounded in the mode.

    terms: (coefficient, factors); a factor is an array of `length` rows or one integer for all.
    Rows that could overflow are cleared from `fits` and come back as zero.
    """
    terms, denominator = _reduced(terms, denominator)
    if not isinstance(denominator, int):
        largest = _largest(denominator)
    elif denominator >= BOUND:
        fits[:] = False
        return np.zeros(length, np.int64)
    else:
        largest = denominator
    bound = sum(coefficient * math.prod(map(_largest, factors)) for coefficient, factors in terms)
    safe: Mask | None = None
    if bound >= BOUND or largest >= BOUND:
        safe = _estimate(terms, length) < BOUND
        fits &= safe
    total = _total(terms, length)
    if safe is not None:
        total = np.where(safe, total, 0)
    return divide(total, denominator, mode)


def divide(numerator: Integers, denominator: Factor, mode: str) -> Integers:
    """numerator ÷ denominator, rounded half_even, half_up, up (from zero) or down (to zero)."""
    if isinstance(denominator, int) and denominator == 1:
        return numerator
    if numerator.size and int(numerator.min()) < 0:
        sign = np.sign(numerator)
        return sign * _divide(np.abs(numerator), denominator, mode)
    return _divide(numerator, denominator, mode)


def _divide(numerator: Integers, denominator: Factor, mode: str) -> Integers:
    whole = numerator // denominator
    if mode == "down":
        return whole
    rest = numerator - whole * denominator
    if mode == "up":
        return whole + (rest > 0)
    over = denominator - rest
    if mode == "half_up":
        return whole + (rest >= over)
    return whole + (rest > over - (whole & 1))


def _reduced(terms: Sequence[Term], denominator: Factor) -> tuple[Sequence[Term], Factor]:
    if not isinstance(denominator, int):
        return terms, denominator
    common = math.gcd(denominator, *(coefficient for coefficient, _factors in terms))
    return [(c // common, factors) for c, factors in terms], denominator // common


def _largest(factor: Factor) -> int:
    if isinstance(factor, int):
        return abs(factor)
    if not factor.size:
        return 0
    return max(int(factor.max()), -int(factor.min()))


def _total(terms: Sequence[Term], length: int) -> Integers:
    total: Any = 0
    for coefficient, factors in terms:
        product: Any = coefficient if abs(coefficient) < BOUND else 0
        for factor in factors:
            wraps = isinstance(product, int) and isinstance(factor, int)
            if wraps and abs(product * factor) >= BOUND:
                product = 0  # no row of it is safe, and `_estimate` says so
            else:
                product = product * factor
        total = total + product
    if isinstance(total, int) or total.ndim == 0:
        return np.full(length, int(total), np.int64)
    return total.astype(np.int64, copy=False)


def _estimate(terms: Sequence[Term], length: int) -> NDArray[np.float64]:
    """What each row could amount to, in doubles: the bound lies a factor of two below 2**63."""
    total = np.zeros(length)
    for coefficient, factors in terms:
        product = np.full(length, abs(coefficient), np.float64)
        for factor in factors:
            product *= abs(factor) if isinstance(factor, int) else np.abs(factor)
        total += product
    return total
