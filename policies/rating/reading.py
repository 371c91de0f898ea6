"""Reading a risk: each input of a plan compiled to one function, read once per item.

A careful reader never raises: what it cannot read becomes an `Unread`, which no table holds, so
that a field which no chosen coverage asks for may be missing.
"""

from calendar import isleap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from typing import Any

from policies.rating.plan import CHOSEN, Condition, Input, Json, Link, RatingPlan

Reader = Callable[["Facts"], Any]
Derived = Callable[[Any, "Facts"], Any]
Items = Sequence[Json]
UNRATED = (LookupError, TypeError, ArithmeticError)  # what a value outside a table raises


@dataclass(frozen=True, slots=True)
class Unread:
    """An input without a usable value. `reason`: missing or unreadable."""

    reason: str


MISSING = Unread("missing")
UNREADABLE = Unread("unreadable")


class Facts:
    """One item of one risk on the first day of the term."""

    __slots__ = ("item", "on", "risk")

    def __init__(self, risk: Mapping[str, Any], item: Mapping[str, Any], on: date) -> None:
        self.risk, self.item, self.on = risk, item, on

    def of(self, name: str) -> "list[Facts]":
        """The same about each item of a list."""
        return [Facts(self.risk, item, self.on) for item in items_of(self.risk, name)]


def items_of(risk: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The insured items of a list; a single object, such as the dwelling, is a list of one."""
    found = risk.get(name) or []
    return [found] if isinstance(found, Mapping) else found


class ItemReader:
    """The inputs of one item list, each at a fixed position; limit and deductible lead.

    Plain fields are taken by `itemgetter`, as they are: tables hold the native keys too. Where
    that does not do (a field is missing, a number came as text), `carefully` reads each alone.
    `over`: readers of the lists that steps sum over; the values of their items come last.
    """

    def __init__(
        self,
        plan: RatingPlan,
        wanted: Iterable[tuple[str, bool]],
        over: Mapping[str, "ItemReader"] | None = None,
    ) -> None:
        self.over = over or {}
        specs = {one: plan.inputs.get(one[0]) or Input("value", one[0]) for one in wanted}
        of_item = [one for one, spec in specs.items() if is_plain(spec, "item")]
        of_risk = [one for one, spec in specs.items() if is_plain(spec, "risk")]
        derived = [one for one in specs if one not in of_item and one not in of_risk]
        ordered = [*of_item, *of_risk, *derived]
        self.positions = {(name, False): index for index, name in enumerate(CHOSEN)}
        self.positions |= {one: len(CHOSEN) + index for index, one in enumerate(ordered)}
        first = len(CHOSEN) + len(ordered)
        self.over_slots = {name: first + index for index, name in enumerate(self.over)}
        self._of_item = _getter([specs[one].of for one in of_item])
        self._of_risk = _getter([specs[one].of for one in of_risk])
        self._derived = [reader(plan, specs[one], numeric=one[1]) for one in derived]
        self._all = [reader(plan, specs[one], numeric=one[1]) for one in ordered]

    def quickly(self, facts: Facts) -> list[Any]:
        """The values of a complete item; raises LookupError or TypeError for any other."""
        values = [
            "",
            "",
            *self._of_item(facts.item),
            *self._of_risk(facts.risk),
            *[read(facts) for read in self._derived],
            *[[one.quickly(its) for its in facts.of(name)] for name, one in self.over.items()],
        ]
        if float in set(map(type, values)):
            raise TypeError
        return values

    def carefully(self, facts: Facts) -> list[Any]:
        return [
            "",
            "",
            *[read(facts) for read in self._all],
            *[[one.carefully(its) for its in facts.of(name)] for name, one in self.over.items()],
        ]


def is_plain(spec: Input, root: str) -> bool:
    """Whether an input is a field of the item or of the risk, as it is."""
    path = spec.of.split(".")
    return spec.kind == "value" and spec.default is None and path[0] == root and len(path) == 2


def is_of_risk(spec: Input) -> bool:
    """Whether an input says the same of every item: a fact of the whole risk."""
    return (
        spec.of.startswith("risk.") and spec.kind != "rank" and not spec.until.startswith("item.")
    )


def _getter(paths: Sequence[str]) -> Callable[[Json], tuple[Any, ...]]:
    names = [path.partition(".")[2] for path in paths]
    if len(names) > 1:
        return itemgetter(*names)
    if names:
        return lambda node: (node[names[0]],)
    return lambda node: ()


def reader(plan: RatingPlan, spec: Input, *, numeric: bool) -> Reader:
    """The function that reads one input: as a number for bands, as text for exact keys."""
    raw = raw_reader(plan, spec)
    convert = _number if numeric else as_key
    default = spec.default

    def read(facts: Facts) -> Any:
        value = raw(facts)
        if value is None:
            return MISSING if default is None else convert(default)
        return convert(value)

    return read


def raw_reader(plan: RatingPlan, spec: Input) -> Reader:
    """The function that reads one input as it stands in the risk; None where it is missing."""
    field = _field(plan, spec.of)
    if spec.kind == "value":
        return field
    derived = _derived(plan, spec)

    def read(facts: Facts) -> Any:
        value = field(facts)
        if value is None:
            return None
        try:
            return derived(value, facts)
        except (TypeError, ValueError, KeyError, ArithmeticError):
            return UNREADABLE

    return read


def _derived(plan: RatingPlan, spec: Input) -> Derived:
    if spec.kind in LISTED:
        return _listed(spec)
    if spec.kind in YEARS:
        years, day_of = YEARS[spec.kind], _day(plan, spec.until)
        return lambda value, facts: years(value, day_of(facts))
    return lambda value, facts: value[: spec.length]


def _day(plan: RatingPlan, path: str) -> Callable[[Facts], date]:
    """The day to which years count: one that the risk states, else the first day of the term."""
    if not path:
        return lambda facts: facts.on
    field = _field(plan, path)

    def read(facts: Facts) -> date:
        stated = field(facts)
        return date.fromisoformat(stated) if stated else facts.on

    return read


def _listed(spec: Input) -> Derived:
    answer = LISTED[spec.kind]
    if not spec.where:
        return lambda items, facts: answer(spec, items, facts)
    conditions = [_condition(one) for one in spec.where]

    def read(items: Items, facts: Facts) -> Any:
        among = [item for item in items if all(meets(item, facts.on) for meets in conditions)]
        return answer(spec, among, facts)

    return read


def _condition(condition: Condition) -> Callable[[Json, date], bool]:
    """Whether an item meets a condition; one that lacks the field does not."""
    name, values, low, high = condition.field, condition.values, condition.low, condition.high
    years = YEARS.get(condition.kind)

    def meets(item: Json, on: date) -> bool:
        value = item.get(name)
        if value is None:
            return False
        if years:
            value = years(value, on)
        if values is not None and as_key(value) not in values:
            return False
        return (low is None or value >= low) and (high is None or value < high)

    return meets


def _mean(spec: Input, items: Items, _facts: Facts) -> Decimal:
    """Σ weight × field ÷ Σ weight; whole numbers, so that the quotient is rounded once."""
    assert spec.rounding is not None
    weights = [item[spec.weight] if spec.weight else 1 for item in items]
    total = sum(item[spec.field] * weight for item, weight in zip(items, weights, strict=True))
    return spec.rounding(Decimal(total) / sum(weights))


def _rank(spec: Input, items: Items, facts: Facts) -> int:
    """Equals go by their key, so that the order of a list decides nothing."""
    ordered = sorted((item[spec.field], item["key"]) for item in items)
    keys = [key for _value, key in ordered]
    key = facts.item.get("key")
    return keys.index(key) + 1 if key in keys else 0


def _field(plan: RatingPlan, path: str) -> Reader:
    """A function from the facts to the field that a path names, None where there is none."""
    root, *names = path.split(".")
    if root in plan.links:
        return _linked(plan.links[root], names)
    if len(names) == 1:
        return _direct(root, names[0])

    def read(facts: Facts) -> Any:
        return _walk(facts.item if root == "item" else facts.risk, names)

    return read


def _direct(root: str, name: str) -> Reader:
    if root == "item":
        return lambda facts: facts.item.get(name)
    return lambda facts: facts.risk.get(name)


def _linked(link: Link, names: list[str]) -> Reader:
    by = link.by.removeprefix("item.")

    def read(facts: Facts) -> Any:
        key = facts.item.get(by)
        for other in items_of(facts.risk, link.list):
            if other["key"] == key:
                return _walk(other, names)
        return None

    return read


def _walk(node: Any, names: list[str]) -> Any:
    for name in names:
        if not isinstance(node, Mapping):
            return None
        node = node.get(name)
    return node


def full_years(since: date, on: date) -> int:
    """Completed years; somebody born on 29 February completes theirs on 1 March."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def nearest_years(since: date, on: date) -> int:
    """Years to the nearest birthday: from the middle of a year on, the next one."""
    years = full_years(since, on)
    last, following = _birthday(since, since.year + years), _birthday(since, since.year + years + 1)
    return years + (on - last >= following - on)


def _birthday(since: date, year: int) -> date:
    """The birthday in a year; that of 29 February is 1 March where there is none."""
    is_leap_day = (since.month, since.day) == (2, 29)
    return date(year, 3, 1) if is_leap_day and not isleap(year) else since.replace(year=year)


def _years(count: Callable[[date, date], int]) -> Callable[[Any, date], int]:
    return lambda value, on: count(date.fromisoformat(value), on)


YEARS: Mapping[str, Callable[[Any, date], int]] = {
    "years_since": _years(full_years),
    "years_nearest": _years(nearest_years),
    "year_age": lambda value, on: max(on.year - value, 0),
}
LISTED: Mapping[str, Callable[[Input, Items, Facts], Any]] = {
    "count": lambda spec, items, facts: len(items),
    "sum": lambda spec, items, facts: sum(item[spec.field] for item in items),
    "mean": _mean,
    "rank": _rank,
}


def _number(value: Any) -> Any:
    if type(value) is int or isinstance(value, Unread):
        return value
    if isinstance(value, str | Decimal):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return UNREADABLE
        return number if number.is_finite() else UNREADABLE
    return UNREADABLE


def as_key(value: Any) -> Any:
    """A value as the text of an exact key."""
    if isinstance(value, str | Unread):
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return UNREADABLE
    return str(value)
