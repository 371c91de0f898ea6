"""Risks packed into columns, once: what a plan reads of each is an immutable fact of it.

A column is named by what it reads, not by the plan, so that a later version with the same inputs
finds its columns ready, and only a new input is read from the risks again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.rating.book.columns import Codes, Column, Numbers
from policies.rating.plan import POLICY, Input, Json, RatingPlan
from policies.rating.reading import (
    Facts,
    Unread,
    is_of_risk,
    is_plain,
    items_of,
    raw_reader,
    reader,
)

ColumnName = str
Positions = NDArray[np.int64]
RISK, PLACE, ITEM = "risk", "place", "item"  # what the rows of a column are


class Insured(NamedTuple):
    """One risk of a book: `id` is whatever the caller knows it by."""

    id: int
    risk: Json
    coverages: Sequence[Json]
    jurisdiction: str
    on: date


@dataclass(frozen=True)
class Frame:
    """Which risks, items and selections there are; columns lie beside it.

    risk 1 — n place (one insured item that a selection names, "" for the policy) 1 — n selection
    """

    ids: NDArray[np.int64]  # by risk
    jurisdictions: Codes  # by risk
    risk_of: NDArray[np.uint32]  # by place
    place_of: NDArray[np.uint32]  # by selection, in the order of the risks
    coverages: Codes  # by selection
    limits: Codes
    deductibles: Codes

    @classmethod
    def of(cls, book: Sequence[Insured]) -> "Frame":
        risk_of: list[int] = []
        place_of: list[int] = []
        for index, insured in enumerate(book):
            known: dict[Any, int] = {}
            for selection in insured.coverages:
                item = selection.get("item")
                if item not in known:
                    known[item] = len(risk_of)
                    risk_of.append(index)
                place_of.append(known[item])
        selections = [one for insured in book for one in insured.coverages]
        return cls(
            np.array([insured.id for insured in book], np.int64),
            Codes.of(insured.jurisdiction for insured in book),
            np.array(risk_of, np.uint32),
            np.array(place_of, np.uint32),
            Codes.of(one.get("coverage") for one in selections),
            Codes.of(one.get("limit") for one in selections),
            Codes.of(one.get("deductible") for one in selections),
        )

    def to_bytes(self) -> bytes:
        """To be kept beside the columns."""
        pieces: list[Column] = [Numbers(self.ids, 0, None), self.jurisdictions]
        pieces += [
            Numbers(rows.astype(np.int64), 0, None) for rows in (self.risk_of, self.place_of)
        ]
        pieces += [self.coverages, self.limits, self.deductibles]
        parts = [piece.to_bytes() for piece in pieces]
        return b"".join(len(part).to_bytes(8, "little") + part for part in parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frame":
        parts, at = [], 0
        while at < len(data):
            end = at + 8 + int.from_bytes(data[at : at + 8], "little")
            parts.append(data[at + 8 : end])
            at = end
        ids, places, risk_of, place_of, *chosen = parts
        return cls(
            Numbers.from_bytes(ids).values,
            Codes.from_bytes(places),
            Numbers.from_bytes(risk_of).values.astype(np.uint32),
            Numbers.from_bytes(place_of).values.astype(np.uint32),
            *(Codes.from_bytes(one) for one in chosen),
        )

    @classmethod
    def join(cls, parts: Sequence["Frame"]) -> "Frame":
        """One frame of all, in their order."""
        risks = np.cumsum([0, *(len(part.ids) for part in parts)])
        places = np.cumsum([0, *(len(part.risk_of) for part in parts)])
        return cls(
            np.concatenate([np.empty(0, np.int64), *(part.ids for part in parts)]),
            Codes.join([part.jurisdictions for part in parts]),
            _shifted([part.risk_of for part in parts], risks),
            _shifted([part.place_of for part in parts], places),
            Codes.join([part.coverages for part in parts]),
            Codes.join([part.limits for part in parts]),
            Codes.join([part.deductibles for part in parts]),
        )


def _shifted(parts: Sequence[NDArray[np.uint32]], starts: NDArray[Any]) -> NDArray[np.uint32]:
    moved = [part + np.uint32(start) for part, start in zip(parts, starts[:-1], strict=True)]
    return np.concatenate([np.empty(0, np.uint32), *moved])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column: one input, as it is read of every risk, place (of a list) or item (of a list)."""

    rows: str
    of_list: str
    spec: Input | None  # None: whether the item is there (by place), or how many (by risk)
    numeric: bool
    link: tuple[str, str] | None = None

    @classmethod
    def of(cls, plan: RatingPlan, rows: str, of_list: str, one: tuple[str, bool]) -> "Wanted":
        spec = plan.inputs.get(one[0]) or Input("value", one[0])
        if is_of_risk(spec):
            return cls(RISK, "", spec, one[1])
        link = plan.links.get(spec.of.partition(".")[0])
        return cls(rows, of_list, spec, one[1], (link.list, link.by) if link else None)

    @classmethod
    def there(cls, of_list: str) -> "Wanted":
        """Whether the list holds the item of a place."""
        return cls(PLACE, of_list, None, True)

    @classmethod
    def count(cls, of_list: str) -> "Wanted":
        """How many items of a list a risk has."""
        return cls(RISK, of_list, None, True)

    @property
    def name(self) -> ColumnName:
        return _name_of(self)


@cache
def _name_of(wanted: Wanted) -> ColumnName:
    """A hash of what is read."""
    spec = asdict(wanted.spec) if wanted.spec else None
    parts = [wanted.rows, wanted.of_list, spec, wanted.numeric, wanted.link]
    text = json.dumps(parts, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)


@dataclass
class Book:
    """A frame with the columns read so far, by name."""

    frame: Frame
    columns: dict[ColumnName, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame.ids)

    @classmethod
    def join(cls, parts: Sequence["Book"]) -> "Book":
        """One book of all; every part must hold the same columns."""
        names = parts[0].columns if parts else {}
        columns: dict[ColumnName, Column] = {}
        for name in names:
            columns[name] = _joined([part.columns[name] for part in parts])
        return cls(Frame.join([part.frame for part in parts]), columns)


def _joined(parts: Sequence[Any]) -> Column:
    joined: Column = type(parts[0]).join(parts)
    return joined


def pack(
    plan: RatingPlan, wanted: Iterable[Wanted], book: Sequence[Insured]
) -> dict[ColumnName, Column]:
    """The wanted columns of these risks, read by the engine's own readers."""
    known: dict[tuple[str, str], list[Facts | None]] = {}
    columns: dict[ColumnName, Column] = {}
    for one in wanted:
        place = (one.rows, one.of_list if one.spec else "")
        if place not in known:
            known[place] = [*ROWS[one.rows](book, place[1])]
        columns[one.name] = _column(plan, one, known[place], book)
    return columns


def _column(
    plan: RatingPlan, one: Wanted, facts: Sequence[Facts | None], book: Sequence[Insured]
) -> Column:
    if one.spec:
        values = map(_careless(_reader(plan, one)), facts)
        return Numbers.of(values) if one.numeric else Codes.of(values)
    if one.rows == RISK:
        return Numbers.of(_count(insured.risk, one.of_list) for insured in book)
    return Numbers.of(None if fact is None else 1 for fact in _places(book, one.of_list))


def _places(book: Iterable[Insured], of_list: str) -> Iterable[Facts | None]:
    """One for each place in the order of the frame; None where the list has no such item."""
    for insured in book:
        items = _by_key(insured.risk, of_list)
        for key in dict.fromkeys(selection.get("item") for selection in insured.coverages):
            item = {} if of_list == POLICY else items.get(key)
            yield None if item is None else Facts(insured.risk, item, insured.on)


def _risks(book: Iterable[Insured], _of_list: str) -> Iterable[Facts]:
    return (Facts(insured.risk, {}, insured.on) for insured in book)


def _items(book: Iterable[Insured], of_list: str) -> Iterable[Facts]:
    for insured in book:
        for item in items_of(insured.risk, of_list) if _count(insured.risk, of_list) else ():
            yield Facts(insured.risk, item, insured.on)


ROWS: Mapping[str, Callable[..., Iterable[Facts | None]]] = {
    RISK: _risks,
    PLACE: _places,
    ITEM: _items,
}


def _by_key(risk: Json, of_list: str) -> dict[Any, Json]:
    """The first item of each key, as the engine finds it; nothing where the list is no list."""
    try:
        return {item["key"]: item for item in reversed(items_of(risk, of_list))}
    except (LookupError, TypeError):
        return {}


def _count(risk: Json, of_list: str) -> int | None:
    try:
        return len(items_of(risk, of_list))
    except TypeError:
        return None


def _reader(plan: RatingPlan, one: Wanted) -> Callable[[Facts], Any]:
    """The engine's own reader. An exact key that stands in a field is kept as it stands."""
    spec = one.spec
    assert spec is not None
    if not one.numeric and (is_plain(spec, "item") or is_plain(spec, "risk")):
        return raw_reader(plan, spec)
    return reader(plan, spec, numeric=one.numeric)


def _careless(read: Callable[[Facts], Any]) -> Callable[[Facts | None], Any]:
    def value(facts: Facts | None) -> Any:
        if facts is None:
            return None
        try:
            found = read(facts)
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
            return None
        return None if isinstance(found, Unread) else found

    return value
