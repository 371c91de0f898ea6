"""What a cancelled term keeps beyond its days: derived from the stack, never stored by hand.

    written premium of a term  = Σ segments + Σ charges
    premium of a transaction   = new written − old

A charge belongs to the cancellation that ends the cover. A reinstatement after it takes the
charges away with it, so that what was held back comes back to the cent: after a cancellation
and a reinstatement without lapse the term has written what it had before.

    return by days     R = written without the cancellation − Σ segments
    by the wheel       B = unearned ÷ exact share left × share left on the wheel, else B = R
    short rate         S = factor × B, or by table: (1 − earned share) of the term's premium
    held back          H = holdback × S
    minimum earned     at least min(minimum, written without the cancellation) stays

The charges are B to R, S to B, H, and what the minimum adds. Never is more returned than was
written, and no short rate returns more than the days would.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from office import money
from policies.proration import PricedSegment
from policies.segments import Transaction, in_order

FLAT, PRO_RATA, SHORT_RATE = "flat", "pro_rata", "short_rate"
LEAP_DAY = (2, 29)


@dataclass(frozen=True, slots=True)
class Wheel:
    """The printed wheel: 365 days a year or 183 a half, the leap day not counted.

    The share left is read to `places`, as the wheel prints it, half up.
    """

    days: int
    places: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What the product keeps of a cancelled term, for who cancelled and why.

    `table` maps days in force, of a year, to the share earned: `((through day, share), …)` up
    to the 365th; a term of another length is scaled to a year. It takes the factor's place.
    """

    method: str = PRO_RATA
    factor: Decimal = Decimal(1)
    table: tuple[tuple[int, Decimal], ...] = ()
    wheel: Wheel | None = None
    minimum_amount: Decimal = money.ZERO
    minimum_share: Decimal = Decimal(0)
    holdback: Decimal = Decimal(0)
    fully_earned_fees: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount that the term has written beside its segments, and whose moment it came with.

    Codes: `wheel` (may be negative: the wheel can return more than the days), `short_rate`,
    `holdback`, `minimum_earned`.
    """

    code: str
    amount: Decimal
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """A term that ended early: what it would have written, and what its days have written.

    `unearned` is exact: the premium of the days cut off, before any rounding.
    """

    term_from: date
    term_to: date
    effective_on: date
    recorded_at: datetime
    whole: Decimal
    written: Decimal
    unearned: Fraction


def ending(
    transactions: Iterable[Transaction], known_at: datetime | None = None
) -> Transaction | None:
    """The cancellation that ends the cover and stands; None where cover reaches the term's end."""
    standing = in_order(transactions, known_at)
    found: Transaction | None = None
    for transaction in standing:
        if transaction.kind in ("reinstatement", "new_business", "renewal"):
            found = None
        elif transaction.kind == "cancellation" and found is None:
            found = transaction
    return found


def without_ending(transactions: Sequence[Transaction]) -> list[Transaction]:
    """The same history, had the cover not been ended: for what the term would have written."""
    ended = ending(transactions)
    if ended is None:
        return list(transactions)
    trailing = {
        one.recorded_at
        for one in in_order(transactions)
        if one.kind == "cancellation" and one.effective_on >= ended.effective_on
    }
    return [one for one in transactions if one.recorded_at not in trailing]


def unearned(
    term_from: date, term_to: date, priced: Sequence[PricedSegment], effective_on: date
) -> Fraction:
    """The exact premium of the days from `effective_on` on, had the cover not been ended."""
    days_in_term = (term_to - term_from).days
    return (
        sum(
            (
                Fraction(premium) * (one.valid_to - max(one.valid_from, effective_on)).days
                for one in priced
                if one.valid_to > effective_on
                for premium in one.premiums.values()
            ),
            Fraction(0),
        )
        / days_in_term
    )


def derive(ended: Ended, terms: Terms) -> tuple[Charge, ...]:
    """The charges of a term that ended early, those of nothing left out."""
    if terms.method == FLAT:
        return ()
    by_days = ended.whole - ended.written
    by_wheel = _by_wheel(ended, terms, by_days)
    short = _short(ended, terms, by_wheel)
    held = money.round(short * terms.holdback)
    kept = ended.whole - short + held
    floor = max(terms.minimum_amount, money.round(ended.whole * terms.minimum_share))
    least = max(min(floor, ended.whole) - kept, money.ZERO)
    amounts = {
        "wheel": by_days - by_wheel,
        "short_rate": by_wheel - short,
        "holdback": held,
        "minimum_earned": least,
    }
    return tuple(
        Charge(code, amount, ended.recorded_at) for code, amount in amounts.items() if amount
    )


def total(charges: Iterable[Charge]) -> Decimal:
    return sum((charge.amount for charge in charges), money.ZERO)


def kept_of_fee(code: str, amount: Decimal, *, earned: Fraction, terms: Terms) -> Decimal:
    """What stays of a fee when the term ends early: all, its days' share, or nothing (flat)."""
    if terms.method == FLAT:
        return money.ZERO
    if code in terms.fully_earned_fees:
        return amount
    return _cents(Fraction(amount) * earned)


def earned_share(term_from: date, term_to: date, effective_on: date) -> Fraction:
    """The share of the term that lies before `effective_on`."""
    return Fraction((effective_on - term_from).days, (term_to - term_from).days)


def _by_wheel(ended: Ended, terms: Terms, by_days: Decimal) -> Decimal:
    if terms.wheel is None or not ended.unearned:
        return by_days
    left = wheel_share(terms.wheel, ended.term_from, ended.term_to, ended.effective_on)
    return min(_cents(_term_premium(ended) * left), ended.whole)


def wheel_share(wheel: Wheel, term_from: date, term_to: date, effective_on: date) -> Fraction:
    """The share that the wheel shows as left, to its places."""
    if effective_on <= term_from:
        return Fraction(1)
    left = Fraction(min(wheel_days(effective_on, term_to), wheel.days), wheel.days)
    scale = 10**wheel.places
    return Fraction(int(left * scale + Fraction(1, 2)), scale)


def wheel_days(from_on: date, to_on: date) -> int:
    """Days from one date to another without leap days."""
    days = (to_on - from_on).days
    leaps = sum(
        1
        for year in range(from_on.year, to_on.year + 1)
        if _is_leap(year) and from_on <= date(year, *LEAP_DAY) < to_on
    )
    return days - leaps


def _is_leap(year: int) -> bool:
    return (date(year, 3, 1) - timedelta(days=1)).day == LEAP_DAY[1]


def _short(ended: Ended, terms: Terms, base: Decimal) -> Decimal:
    """The return at short rate, never above the return it is taken from."""
    if terms.method != SHORT_RATE:
        return base
    if not terms.table:
        return min(money.round(base * terms.factor), base)
    by_table = _cents(_term_premium(ended) * (1 - _earned_by_table(ended, terms)))
    return max(min(by_table, base), money.ZERO)


def _earned_by_table(ended: Ended, terms: Terms) -> Fraction:
    """The share of the first row that reaches the days in force; all of it beyond the last."""
    elapsed = earned_share(ended.term_from, ended.term_to, ended.effective_on)
    days = elapsed * 365
    return Fraction(next((share for through, share in terms.table if days <= through), Decimal(1)))


def _term_premium(ended: Ended) -> Fraction:
    """The premium of a whole term at the rates of the days cut off."""
    left = 1 - earned_share(ended.term_from, ended.term_to, ended.effective_on)
    return ended.unearned / left


def _cents(amount: Fraction) -> Decimal:
    """Rounded once, half to even, from the exact amount."""
    return Decimal(round(amount * 100)).scaleb(-2)
