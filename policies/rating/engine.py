"""A plan compiled once, then asked for premiums.

    plan    → for each jurisdiction and coverage, a chain of closures over tables already sliced
    rate    → each item's inputs are read once into a list; the chains run over it
    stages  → the steps of the whole policy, over the cents of the coverages together
    levies  → taxes and fees on the whole premium of the term

Decimals throughout; a float in a risk is refused. The same plan can run over a whole book in
64-bit integers: each step rounds to a stated number of places p (six at most), so its running
amount is an integer of 10**-p; table values are integers of 10**-6; inputs are read into a fixed
list, so a book is a matrix whose columns are either codes of exact keys or integers for bands.
A step is then `rounded_divide(amount * table[codes], 10**k)`, the rounding done on integers in
the stated mode, and a running amount below 9.2e12 / 10**p stays inside int64. An interpolated
factor is rounded before it multiplies, so it is a table value like any other. A step over a list
is the same step on the rows of that list, each rounded, then summed by policy: integers again.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from office import money
from policies.rating.faults import RatingError, fault_of
from policies.rating.levies import Levies, compile_levies
from policies.rating.plan import COVERAGE, MODES, POLICY, Json, RatingPlan, Step
from policies.rating.reading import UNRATED, Facts, ItemReader, items_of
from policies.rating.results import Chain, CoverageAmount, Rated, Selection, Worksheet
from policies.rating.steps import CompiledStep, Run, closing, compile_step, inputs_of
from policies.rating.whole import Stage, Whole
from policies.rating.worksheet import write_worksheet

Values = list[Any]


class CompiledPlan:
    """Answers `rate`, `worksheet` and `levies` for one version of a plan."""

    def __init__(self, plan: RatingPlan) -> None:
        self.plan = plan
        self.closing = closing(plan)
        self.readers = {per: self._reader(per) for per in {POLICY, *plan.coverages.values()}}
        self.chains = {place: self._chains(place) for place in plan.levies}
        self.wholes = {place: Whole(plan, place) for place in plan.levies}
        self._levies = {place: compile_levies(rules) for place, rules in plan.levies.items()}

    def _reader(self, per: str) -> ItemReader:
        codes = {code for code, its_list in self.plan.coverages.items() if its_list == per}
        steps = [
            s
            for s in self.plan.steps
            if s.scope == COVERAGE and (s.coverages is None or s.coverages & codes)
        ]
        lists = dict.fromkeys(step.over for step in steps if step.over)
        over = {
            name: ItemReader(self.plan, inputs_of(self.plan, [s for s in steps if s.over == name]))
            for name in lists
        }
        return ItemReader(self.plan, inputs_of(self.plan, [s for s in steps if not s.over]), over)

    def _chains(self, jurisdiction: str) -> dict[str, Chain]:
        chains = {}
        for coverage, per in self.plan.coverages.items():
            steps = [
                self._step(step, per, jurisdiction, coverage)
                for step in self.plan.steps
                if step.scope == COVERAGE and step.applies(jurisdiction, coverage)
            ]
            if steps and all(steps):
                compiled = tuple(step for step in steps if step)
                runs = (*(step.run for step in compiled), self._close())
                chains[coverage] = Chain(per, runs, compiled)
        return chains

    def _step(self, step: Step, per: str, jurisdiction: str, coverage: str) -> CompiledStep | None:
        reader = self.readers[per]
        if not step.over:
            return compile_step(self.plan, step, reader.positions, jurisdiction, coverage)
        positions, slot = reader.over[step.over].positions, reader.over_slots[step.over]
        return compile_step(self.plan, step, positions, jurisdiction, coverage, slot)

    def _close(self) -> Run:
        """The annual premium rounded, then taken to the term."""
        (_a, _one, annual), (_t, factor, term) = self.closing
        places, mode, cents = annual.exponent, MODES[annual.mode], term.exponent
        return lambda amount, values: (amount.quantize(places, mode) * factor).quantize(cents, mode)

    def rate(
        self, risk: Json, coverages: Sequence[Selection], jurisdiction: str, on: date
    ) -> Rated:
        """The premium of a whole term; `on` is the first day of the term, always.

        Raises `RatingError` with the path of the field that is missing or outside a table.
        """
        chains = self.chains_in(jurisdiction)
        amounts = []
        known: dict[tuple[str, str], tuple[Facts, Values]] = {}
        for selection in coverages:
            code, item = selection["coverage"], selection["item"]
            chain = chains.get(code)
            if chain is None:
                self._not_offered(code, jurisdiction)
            place = (chain.per, item)
            if place not in known:
                known[place] = self.read(risk, *place, on)
            facts, values = known[place]
            values[0], values[1] = selection["limit"], selection["deductible"]
            amount = money.ZERO
            try:
                for run in chain.runs:
                    amount = run(amount, values)
            except UNRATED:
                amount = self._carefully(chain, facts, selection)
            amounts.append(CoverageAmount(item, code, amount))
        return self.sum_up(amounts, risk, jurisdiction, on)

    def _carefully(self, chain: Chain, facts: Facts, selection: Selection) -> Decimal:
        """Once more, each input read alone; says which one cannot be used."""
        values = self.readers[chain.per].carefully(facts)
        values[0], values[1] = selection["limit"], selection["deductible"]
        amount = money.ZERO
        try:
            for run in chain.runs:
                amount = run(amount, values)
        except UNRATED:
            raise fault_of(
                self.plan, chain.steps, chain.per, values, selection, facts.risk
            ) from None
        return amount

    def chains_in(self, jurisdiction: str) -> dict[str, Chain]:
        chains = self.chains.get(jurisdiction)
        if chains is None:
            raise RatingError(
                _("This product is not sold in %(place)s.") % {"place": jurisdiction},
                path="jurisdiction",
            )
        return chains

    def _not_offered(self, coverage: str, jurisdiction: str) -> NoReturn:
        raise RatingError(
            _("The coverage %(coverage)s is not offered in %(place)s.")
            % {"coverage": coverage, "place": jurisdiction},
            path=f"coverages.{coverage}",
        )

    def read(self, risk: Json, per: str, key: str, on: date) -> tuple[Facts, Values]:
        """The facts about one item and its inputs, in the order of the plan's positions."""
        facts = Facts(risk, {} if per == POLICY else self._item(risk, per, key), on)
        try:
            return facts, self.readers[per].quickly(facts)
        except (LookupError, TypeError):
            return facts, self.readers[per].carefully(facts)

    def read_carefully(self, risk: Json, per: str, key: str, on: date) -> Values:
        facts = Facts(risk, {} if per == POLICY else self._item(risk, per, key), on)
        return self.readers[per].carefully(facts)

    def _item(self, risk: Json, per: str, key: str) -> Json:
        for item in items_of(risk, per):
            if item["key"] == key:
                return item
        raise RatingError(
            _("A coverage names the item %(item)s, which is not insured.") % {"item": key},
            path=f"{per}.{key}",
        )

    def sum_up(
        self, amounts: list[CoverageAmount], risk: Json, jurisdiction: str, on: date
    ) -> Rated:
        """The steps of the whole policy, then taxes and fees, over the amounts of the coverages."""
        for stage in self.stages(amounts, risk, jurisdiction, on):
            amounts = stage.amounts
        premium = money.ZERO
        for amount in amounts:
            premium += amount.premium
        taxes, fees = self._levies[jurisdiction](premium, risk)
        total = premium
        for levy in (*taxes, *fees):
            total += levy.amount
        return Rated(premium, taxes, fees, total, tuple(amounts))

    def stages(
        self, amounts: list[CoverageAmount], risk: Json, jurisdiction: str, on: date
    ) -> Iterator[Stage]:
        """The amounts after each step of the whole policy, in order."""
        if not amounts:
            raise RatingError(_("Choose at least one coverage."), path="coverages")
        return self.wholes[jurisdiction].stages(amounts, Facts(risk, {}, on))

    def levies(self, premium: Decimal, risk: Json, jurisdiction: str) -> Levies:
        """Taxes and fees on a whole premium: a term's, or its written premium after a change."""
        self.chains_in(jurisdiction)
        return self._levies[jurisdiction](premium, risk)

    def worksheet(
        self, risk: Json, coverages: Sequence[Selection], jurisdiction: str, on: date
    ) -> Worksheet:
        """Every step of `rate`: table, version, input, factor, running amount."""
        return write_worksheet(self, risk, coverages, jurisdiction, on)
