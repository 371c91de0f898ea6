"""A compiled plan asked about a book: chains over arrays, the policy's own steps, levies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from policies.rating.book.arithmetic import BOUND, Integers, Mask, Term, scale_of, scaled, settle
from policies.rating.book.columns import Codes, Column, Numbers
from policies.rating.book.packing import (
    ITEM,
    PLACE,
    RISK,
    Book,
    ColumnName,
    Frame,
    Insured,
    Positions,
    Wanted,
    pack,
)
from policies.rating.book.sharing import share_out, starts_of, sums_of
from policies.rating.book.steps import Rows, run_chain, run_step
from policies.rating.engine import CompiledPlan
from policies.rating.plan import CHOSEN, COVERAGE, JURISDICTION, POLICY, LevyRule, RatingPlan
from policies.rating.reading import ItemReader
from policies.rating.results import Chain
from policies.rating.steps import CompiledStep
from policies.rating.whole import PREMIUM_SLOT

CENTS = 2
BLOCK = 16_384  # rows of a chain at a time: their columns stay in the processor's cache
NOTHING = Codes(("",), np.zeros(1, np.uint8))  # an item of a list that is summed chooses nothing
Slots = Mapping[int, Wanted]


@dataclass(frozen=True)
class BookRated:
    """Cents by risk, and by selection; `fits` says which risks were rated here.

    Of a risk that does not fit, every figure is zero.
    """

    premium: Integers
    tax: Integers
    fee: Integers
    amounts: Integers  # by selection
    fits: Mask

    @property
    def total(self) -> Integers:
        return self.premium + self.tax + self.fee


class BookPlan:
    """A compiled plan for whole books. Keep one beside the compiled plan."""

    def __init__(self, plan: CompiledPlan) -> None:
        self.plan = plan
        readers = plan.readers.items()
        self._slots = {per: _slots(plan.plan, reader, PLACE, per) for per, reader in readers}
        self._over = {
            (per, of_list): _slots(plan.plan, over, ITEM, of_list)
            for per, reader in readers
            for of_list, over in reader.over.items()
        }
        self._whole = {
            place: _slots(plan.plan, whole.reader, RISK, POLICY)
            for place, whole in plan.wholes.items()
        }
        self.wanted = {one.name: one for one in self._columns()}

    def _columns(self) -> Iterator[Wanted]:
        for slots in (*self._slots.values(), *self._over.values(), *self._whole.values()):
            yield from slots.values()
        yield from map(Wanted.there, sorted({*self._slots} - {POLICY}))
        rules = [rule for rules in self.plan.plan.levies.values() for rule in rules]
        lists = {rule.per for rule in rules if rule.rate is None} - {POLICY}
        yield from map(Wanted.count, sorted(lists | {of_list for _per, of_list in self._over}))

    def pack(
        self, book: Sequence[Insured], names: Iterable[ColumnName] | None = None
    ) -> dict[ColumnName, Column]:
        """The columns that this plan reads, of these risks; only those named, if any are."""
        wanted = [self.wanted[name] for name in (self.wanted if names is None else names)]
        return pack(self.plan.plan, wanted, book)

    def packed(self, book: Sequence[Insured]) -> Book:
        return Book(Frame.of(book), self.pack(book))

    def rate(self, book: Book) -> BookRated:
        """The premium of a whole term for every risk that fits."""
        return _Rating(self, book).rated()

    def slots_of(self, per: str) -> Slots:
        return self._slots[per]

    def over_slots(self, per: str, of_list: str) -> Slots:
        return self._over[per, of_list]

    def whole_slots(self, jurisdiction: str) -> Slots:
        return self._whole[jurisdiction]


def _slots(plan: RatingPlan, reader: ItemReader, rows: str, of_list: str) -> Slots:
    chosen = {(name, False) for name in CHOSEN}
    return {
        slot: Wanted.of(plan, rows, of_list, one)
        for one, slot in reader.positions.items()
        if one not in chosen
    }


class _Rating:
    """One run of a plan over a book."""

    def __init__(self, many: BookPlan, book: Book) -> None:
        self.many, self.plan, self.book, self.frame = many, many.plan, book, book.frame
        frame = book.frame
        self.risk_of_selection = frame.risk_of[frame.place_of]
        self.starts = starts_of(self.risk_of_selection, len(frame.ids))
        self.amounts: Integers = np.zeros(len(frame.place_of), np.int64)
        self.fits: Mask = np.ones(len(frame.ids), bool)

    def rated(self) -> BookRated:
        fits = np.ones(len(self.amounts), bool)
        for jurisdiction, coverage, which in _chains_in(self.frame, self.risk_of_selection):
            for start in range(0, len(which), BLOCK):
                block = which[start : start + BLOCK]
                self.amounts[block], fits[block] = self._chain(jurisdiction, coverage, block)
        self.fits &= (sums_of(~fits, self.starts) == 0) & (np.diff(self.starts) > 0)
        for code, place in enumerate(self.frame.jurisdictions.entries):
            here = np.flatnonzero((self.frame.jurisdictions.codes == code) & self.fits)
            if isinstance(place, str) and place in self.plan.wholes:
                self._whole(place, here)
        return self._summed()

    def _chain(self, jurisdiction: str, coverage: str, which: Positions) -> tuple[Integers, Mask]:
        chain = self.plan.chains.get(jurisdiction, {}).get(coverage)
        if chain is None:
            return np.zeros(len(which), np.int64), np.zeros(len(which), bool)
        places = self.frame.place_of[which]
        slots, risks = self.many.slots_of(chain.per), self.frame.risk_of[places]

        def column(slot: int) -> Column:
            if slot < len(CHOSEN):
                chosen = (self.frame.limits, self.frame.deductibles)[slot]
                return Codes(chosen.entries, chosen.codes[which])
            return self._column(slots[slot], {PLACE: places, RISK: risks})

        rows = Rows(column, len(which), self._items(chain, risks))
        if chain.per != POLICY:
            there = self.book.columns[Wanted.there(chain.per).name]
            assert isinstance(there, Numbers)
            if there.unfit is not None:
                rows.fits &= ~there.unfit[places]
        fixed = {JURISDICTION: jurisdiction, COVERAGE: coverage}
        return run_chain(chain, self.plan.closing, rows, fixed), rows.fits

    def _column(self, wanted: Wanted, rows: Mapping[str, NDArray]) -> Column:
        """The rows of a column; whatever is a fact of the risk is found by the risk."""
        return _taken(self.book.columns[wanted.name], rows[wanted.rows])

    def _items(self, chain: Chain, risks: NDArray) -> "_ItemRows":
        return _ItemRows(self, chain, risks)

    def _whole(self, jurisdiction: str, here: Positions) -> None:
        """The steps of the whole policy, over the cents of several coverages together."""
        slots = self.many.whole_slots(jurisdiction)
        for compiled in self.plan.wholes[jurisdiction].steps:
            chosen = self._chosen(compiled, here)
            before = sums_of(np.where(chosen, self.amounts, 0), self.starts)[here]
            counts = sums_of(chosen, self.starts)[here]

            def column(slot: int, before: Integers = before) -> Column:
                if slot == PREMIUM_SLOT:
                    return Numbers(before, CENTS, None)
                return self._column(slots[slot], {RISK: here})

            rows = Rows(column, len(here))
            fixed = {JURISDICTION: jurisdiction, COVERAGE: ""}
            after = run_step(compiled, before, CENTS, rows, fixed)
            unit = 10 ** (CENTS - compiled.step.rounding.places)
            change = settle([(unit, (after,)), (-1, (before,))], 1, "down", rows.fits, len(here))
            change = np.where((counts > 0) & rows.fits, change, 0)
            self.fits[here] &= rows.fits | (counts == 0)
            by_risk = np.zeros(len(self.fits), np.int64)
            by_risk[here] = change
            shared = share_out(by_risk, self.amounts, chosen, self.risk_of_selection, self.starts)
            self.amounts = self.amounts + shared.shares
            self.fits &= shared.fits

    def _chosen(self, compiled: CompiledStep, here: Positions) -> Mask:
        """The selections that a step of the whole policy works on."""
        among = np.zeros(len(self.fits), bool)
        among[here] = True
        chosen = among[self.risk_of_selection]
        codes = compiled.step.coverages
        if codes is not None:
            entries = self.frame.coverages.entries
            named = np.array([entry in codes for entry in entries] or [False], bool)
            chosen &= named[self.frame.coverages.codes]
        return chosen

    def _summed(self) -> BookRated:
        """Premium, taxes and fees; a risk that does not fit is left out whole."""
        fits = self.fits & (sums_of(np.abs(self.amounts).astype(np.float64), self.starts) < BOUND)
        premium = np.where(fits, sums_of(self.amounts, self.starts), 0)
        totals = {"tax": np.zeros_like(premium), "fee": np.zeros_like(premium)}
        for code, place in enumerate(self.frame.jurisdictions.entries):
            here = np.flatnonzero((self.frame.jurisdictions.codes == code) & fits)
            for rule in self.plan.plan.levies.get(str(place), ()):
                fitting = np.ones(len(here), bool)
                term, below = _levy(rule, self.book, here, premium[here], fitting)
                totals[rule.kind][here] += settle([term], below, "half_even", fitting, len(here))
                fits[here] &= fitting
        amounts = np.where(fits[self.risk_of_selection], self.amounts, 0)
        return BookRated(premium * fits, totals["tax"] * fits, totals["fee"] * fits, amounts, fits)


class _ItemRows:
    """The listed items of the rows of a chain, for the steps that sum over a list."""

    def __init__(self, rating: _Rating, chain: Chain, risks: NDArray) -> None:
        self._rating, self._chain, self._risks = rating, chain, risks

    def __call__(self, of_list: str, fits: Mask) -> tuple[Rows, Positions]:
        """The rows of the items, and for each the row of the chain that it belongs to."""
        counts = self._rating.book.columns[Wanted.count(of_list).name]
        assert isinstance(counts, Numbers)
        if counts.unfit is not None:
            fits &= ~counts.unfit[self._risks]
        first = np.concatenate([[0], np.cumsum(counts.values)])
        length = counts.values[self._risks]
        owners = np.repeat(np.arange(len(length)), length)
        within = np.arange(len(owners)) - np.repeat(np.cumsum(length) - length, length)
        items = first[self._risks][owners] + within
        slots = self._rating.many.over_slots(self._chain.per, of_list)

        def column(slot: int) -> Column:
            if slot < len(CHOSEN):
                return Codes(NOTHING.entries, np.zeros(len(items), np.uint8))
            return self._rating._column(slots[slot], {ITEM: items, RISK: self._risks[owners]})

        return Rows(column, len(items)), owners


def _levy(
    rule: LevyRule, book: Book, here: Positions, premium: Integers, fits: Mask
) -> tuple[Term, int]:
    """A tax or fee in cents as a term and what it is to be divided by."""
    if rule.rate is not None:
        places = scale_of(rule.rate)
        return (1, (premium, scaled(rule.rate, places))), 10**places
    amount = rule.amount or Decimal(0)
    places = scale_of(amount)
    value = scaled(amount, places) * 10**CENTS
    if rule.per == POLICY:
        return (1, (value,)), 10**places
    counts = book.columns[Wanted.count(rule.per).name]
    assert isinstance(counts, Numbers)
    if counts.unfit is not None:
        fits &= ~counts.unfit[here]
    return (1, (value, counts.values[here])), 10**places


def _taken(column: Column, rows: NDArray) -> Column:
    if isinstance(column, Codes):
        return Codes(column.entries, column.codes[rows])
    unfit = None if column.unfit is None else column.unfit[rows]
    return Numbers(column.values[rows], column.scale, unfit)


def _chains_in(frame: Frame, risks: NDArray) -> Iterator[tuple[str, str, Positions]]:
    """(jurisdiction, coverage, selections) for each chain that the book needs."""
    coverages = frame.coverages
    width = len(coverages.entries)
    codes = frame.jurisdictions.codes[risks].astype(np.int64) * width + coverages.codes
    count = len(frame.jurisdictions.entries) * width
    order = np.argsort(codes.astype(np.min_scalar_type(max(count, 1))), kind="stable")
    starts = np.searchsorted(codes[order], np.arange(count + 1))
    for code in range(count):
        which = order[starts[code] : starts[code + 1]]
        if len(which):
            place, coverage = divmod(code, width)
            yield str(frame.jurisdictions.entries[place]), str(coverages.entries[coverage]), which
