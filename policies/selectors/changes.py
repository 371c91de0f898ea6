"""A change of a policy worked out before it is written: its price, its conflicts, its bills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounting.instalments import Instalment, Respread, respread
from accounting.selectors import instalments_ahead
from office import clock, money
from office.exceptions import Refused
from policies import segments
from policies.catalogue import label
from policies.catalogue.application import coverage_errors, risk_errors
from policies.enums import Choice, TransactionKind
from policies.models import Policy, Term, TermTransaction
from policies.rating import Levy
from policies.selectors.beliefs import MICROSECOND, as_change, history, next_moment
from policies.selectors.pricing import PricedTerm, price_term
from policies.selectors.products import product_definition, rating_plan

Patch = Sequence[segments.Operation]


@dataclass(frozen=True)
class OpenConflict:
    """A conflict with the choices that a person has, and the transaction that it is with.

    `name` is the key under which the decision is given; it stays the same as long as the history
    does.
    """

    name: str
    conflict: segments.Conflict
    sequence: int | None
    choices: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.conflict.kind

    @property
    def path(self) -> str:
        return self.conflict.path


@dataclass(frozen=True)
class CellChange:
    """Written premium of one coverage of one item in the term: before, after, the difference."""

    item: str
    coverage: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class LevyChange:
    names: Mapping[str, str]
    before: Decimal
    after: Decimal

    @property
    def name(self) -> str:
        return label(self.names)

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Change:
    """What a change would do to a term. `steps` are what is recorded: one day, one patch each."""

    term: Term
    effective_on: date
    steps: tuple[tuple[date, tuple[segments.Operation, ...]], ...]
    conflicts: tuple[OpenConflict, ...]
    undecided: tuple[OpenConflict, ...]
    before: PricedTerm
    after: PricedTerm
    cells: tuple[CellChange, ...]
    levies: tuple[LevyChange, ...]

    @property
    def premium(self) -> Decimal:
        return self.after.written - self.before.written

    @property
    def fees(self) -> Decimal:
        return self.after.fees - self.before.fees

    @property
    def tax(self) -> Decimal:
        return self.after.tax - self.before.tax

    @property
    def total(self) -> Decimal:
        return self.after.total - self.before.total

    @property
    def levies_total(self) -> Decimal:
        return self.fees + self.tax

    @property
    def state(self) -> dict[str, Any] | None:
        """What would be insured on the day on which the change takes effect."""
        return segments.state_on(self.after.segments, self.effective_on)

    @property
    def is_empty(self) -> bool:
        return self.after.beliefs == self.before.beliefs


def term_on(policy: Policy, day: date) -> Term:
    """The term that holds a day; `Refused` where the policy has none."""
    terms = policy.terms.select_related("policy__product__carrier", "policy__agent", "version")
    found = terms.filter(valid_from__lte=day, valid_to__gt=day).first()
    if found is None:
        raise Refused(
            _("The change takes effect outside the term of the policy."), field="effective_on"
        )
    return found


def plan_change(
    policy: Policy,
    *,
    effective_on: date,
    patch: Patch,
    decisions: Mapping[str, str] | None = None,
) -> Change:
    """Work out an endorsement: nothing is written.

    decisions: what a person chose for each conflict, by its name. Without them each conflict is
    priced as if the change had simply been recorded.
    """
    segments.check_patch(patch)
    term = term_on(policy, effective_on)
    past = history(term)
    changes = list(map(as_change, past))
    moment = next_moment(past)
    mine = segments.Transaction(TransactionKind.ENDORSEMENT, effective_on, moment, tuple(patch))
    conflicts = _named(segments.find_conflicts(changes, mine), past)
    chosen = decisions or {}
    steps = _steps(mine, conflicts, chosen)
    return _worked_out(
        term, effective_on, changes, _recorded(steps, moment), steps, conflicts, chosen
    )


def plan_reversal(transaction: TermTransaction) -> Change:
    """Work out what the term would be without a transaction: nothing is written."""
    term = transaction.term
    past = history(term)
    undo = segments.Transaction(
        TransactionKind.REVERSAL,
        transaction.effective_on,
        next_moment(past),
        reverses=transaction.recorded_at,
    )
    day, changes = transaction.effective_on, list(map(as_change, past))
    return _worked_out(term, day, changes, [undo], ((day, ()),), (), {})


def _worked_out(
    term: Term,
    effective_on: date,
    changes: Sequence[segments.Transaction],
    new: Sequence[segments.Transaction],
    steps: tuple[tuple[date, tuple[segments.Operation, ...]], ...],
    conflicts: tuple[OpenConflict, ...],
    chosen: Mapping[str, str],
) -> Change:
    before = price_term(term, changes)
    refuse_uninsurable(
        term,
        before.segments,
        segments.derive(term.valid_from, term.valid_to, [*changes, *new]),
    )
    after = price_term(term, [*changes, *new])
    return Change(
        term=term,
        effective_on=effective_on,
        steps=steps,
        conflicts=conflicts,
        undecided=tuple(one for one in conflicts if chosen.get(one.name) not in one.choices),
        before=before,
        after=after,
        cells=_cell_changes(before, after),
        levies=_levy_changes(term, before, after),
    )


# Conflicts


def _named(
    conflicts: Sequence[segments.Conflict], past: Sequence[TermTransaction]
) -> tuple[OpenConflict, ...]:
    numbers = {row.recorded_at: row.sequence for row in past}
    found = []
    for one in conflicts:
        sequence = numbers[one.other.recorded_at] if one.other else None
        name = f"{one.kind}.{sequence or 0}.{one.path}"
        found.append(OpenConflict(name, one, sequence, CHOICES[one.kind]))
    return tuple(found)


CHOICES = {
    "same_day": (Choice.MINE.value, Choice.THEIRS.value),
    "later": (Choice.KEEP.value, Choice.REACH.value),
    "gone": (Choice.DROP.value,),
}


def _steps(
    mine: segments.Transaction, conflicts: Sequence[OpenConflict], chosen: Mapping[str, str]
) -> tuple[tuple[date, tuple[segments.Operation, ...]], ...]:
    """What is recorded after the decisions: the change, and again where it reaches past others.

    A change that reaches past a later one is said again on that one's day: of two changes of one
    day the one recorded last stands.
    """
    dropped = {
        one.path
        for one in conflicts
        if chosen.get(one.name) in (Choice.THEIRS.value, Choice.DROP.value)
    }
    again: dict[date, list[segments.Operation]] = {}
    for one in conflicts:
        if one.conflict.other and chosen.get(one.name) == Choice.REACH.value:
            said = [o for o in mine.patch if segments.touched(o) == one.path]
            day = again.setdefault(one.conflict.other.effective_on, [])
            day += [operation for operation in said if operation not in day]
    kept = tuple(o for o in mine.patch if segments.touched(o) not in dropped)
    steps = [(mine.effective_on, kept)] if kept else []
    return (*steps, *((day, tuple(again[day])) for day in sorted(again)))


def _recorded(
    steps: Sequence[tuple[date, tuple[segments.Operation, ...]]], moment: datetime
) -> list[segments.Transaction]:
    return [
        segments.Transaction(TransactionKind.ENDORSEMENT, day, moment + place * MICROSECOND, patch)
        for place, (day, patch) in enumerate(steps)
    ]


# Money


def _cell_changes(before: PricedTerm, after: PricedTerm) -> tuple[CellChange, ...]:
    old, new = _by_cell(before), _by_cell(after)
    return tuple(
        CellChange(*cell, old.get(cell, money.ZERO), new.get(cell, money.ZERO))
        for cell in sorted({*old, *new})
    )


def _by_cell(priced: PricedTerm) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for belief in priced.beliefs:
        for item, coverage, _term_premium, written in belief.premiums:
            sums[item, coverage] = sums.get((item, coverage), money.ZERO) + written
    return sums


def _levy_changes(term: Term, before: PricedTerm, after: PricedTerm) -> tuple[LevyChange, ...]:
    old, new = _levies(term, before), _levies(term, after)
    changes = (
        LevyChange((new.get(code) or old[code]).names, _amount(old, code), _amount(new, code))
        for code in {**old, **new}
    )
    return tuple(one for one in changes if one.before or one.after)


def _amount(levies: Mapping[str, Levy], code: str) -> Decimal:
    return levies[code].amount if code in levies else money.ZERO


def _levies(term: Term, priced: PricedTerm) -> dict[str, Levy]:
    if not priced.segments:
        return {}
    taxes, fees = rating_plan(term.version).levies(
        priced.written, priced.segments[-1].state["risk"], term.policy.jurisdiction
    )
    return {levy.code: levy for levy in [*taxes, *fees]}


def bills_after(change: Change) -> Respread:
    """The instalments of the term after the change, and what would be credited."""
    term = change.term
    rows = instalments_ahead(term.policy.number).filter(
        due_on__gte=term.valid_from, due_on__lt=term.valid_to
    )
    ahead = [Instalment(r.due_on, r.premium, r.tax, r.fees, r.instalment_fee) for r in rows]
    spread = respread(
        ahead, premium=change.premium, tax=change.tax, fees=change.fees, on=clock.today()
    )
    return Respread([bill for bill in spread.bills if bill.total], spread.credit)


# What cannot be insured


def refuse_uninsurable(
    term: Term, held: Sequence[segments.Segment], derived: Sequence[segments.Segment]
) -> None:
    """Refuse what breaks the product's rules on any day that a change alters."""
    definition = product_definition(term.version)
    for segment in derived:
        if segment in held:
            continue
        risk, coverages = segment.state["risk"], segment.state["coverages"]
        errors = risk_errors(definition, risk) or coverage_errors(
            definition, risk, coverages, term.policy.jurisdiction
        )
        if errors:
            raise Refused(errors[0].message, field=errors[0].path)
