"""Time: the transactions of a term, replayed into the state that holds on each day.

A transaction is never changed. What the insured has on a day, as known at a moment, is derived
by replaying the transactions known at that moment in the order of (effective date, recorded
moment): a change that arrives late for an early date lets the later-dated ones survive.

A state is JSON, `{"risk": {...}, "coverages": [...]}`. Listed items carry a stable `key`, and a
patch names an item by its key, never by its position: `risk.vehicles.v1.use`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from office.exceptions import Refused

State = dict[str, Any]
Operation = dict[str, Any]
Row = TypeVar("Row")

OPERATIONS = frozenset({"set", "add", "remove"})
SELECTION = {"key", "coverage", "item", "limit", "deductible"}
PATH = re.compile(r"(risk|coverages)(\.[A-Za-z0-9_:/%+-]+)+|coverages")
BEGINS = frozenset({"new_business", "renewal"})


@dataclass(frozen=True, slots=True)
class Transaction:
    """One recorded change. `reverses` is the recorded moment of the transaction it undoes:

    recorded moments are unique within a term, so a moment is a transaction's name.
    `facts` say what kind of change it was where the kind alone does not: who cancelled and why.
    """

    kind: str
    effective_on: date
    recorded_at: datetime
    patch: Sequence[Operation] = ()
    reverses: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch `[valid_from, valid_to)` in force, through which the state does not change."""

    valid_from: date
    valid_to: date
    state: State

    @property
    def days(self) -> int:
        return (self.valid_to - self.valid_from).days


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a person must look before a change is recorded.

    `same_day`: `other` sets the same thing on the same date, differently.
    `later`: `other` changes the same thing at a later date, and will stand from then on.
    `gone`: the item is not insured on that date.
    """

    kind: str
    path: str
    other: Transaction | None
    mine: Any
    theirs: Any


class _Gone(LookupError):
    """The path leads to an item that is not there."""


def derive(
    term_from: date,
    term_to: date,
    transactions: Iterable[Transaction],
    known_at: datetime | None = None,
) -> list[Segment]:
    """The segments in force within the term `[term_from, term_to)`, as known at `known_at`."""
    segments: list[Segment] = []
    state: State | None = None
    in_force = False
    replayed = in_order(transactions, known_at)
    for index, transaction in enumerate(replayed):
        if not term_from <= transaction.effective_on < term_to:
            raise Refused(_("The change takes effect outside the term of the policy."))
        state, in_force = _replay(state, in_force, transaction)
        is_last = index + 1 == len(replayed)
        until = term_to if is_last else replayed[index + 1].effective_on
        if in_force and state is not None and until > transaction.effective_on:
            _append(segments, Segment(transaction.effective_on, until, _settled(state)))
    return segments


def in_order(
    transactions: Iterable[Transaction], known_at: datetime | None = None
) -> list[Transaction]:
    """The transactions that count at `known_at`: neither reversed nor reversals, as replayed."""
    known = [t for t in transactions if known_at is None or t.recorded_at <= known_at]
    undone: set[datetime] = set()
    for transaction in sorted(known, key=lambda t: t.recorded_at, reverse=True):
        if transaction.reverses is not None and transaction.recorded_at not in undone:
            undone.add(transaction.reverses)
    standing = [t for t in known if t.reverses is None and t.recorded_at not in undone]
    return sorted(standing, key=lambda t: (t.effective_on, t.recorded_at))


def _replay(
    state: State | None, in_force: bool, transaction: Transaction
) -> tuple[State | None, bool]:
    if transaction.kind in BEGINS or transaction.kind == "reinstatement":
        in_force = True
    elif transaction.kind == "cancellation":
        in_force = False
    if transaction.patch:
        state = apply(state or {}, transaction.patch)
    return state, in_force


def _append(segments: list[Segment], new: Segment) -> None:
    """Add a segment, or lengthen the one before when nothing changed between them."""
    if segments and segments[-1].valid_to == new.valid_from and segments[-1].state == new.state:
        new = Segment(segments.pop().valid_from, new.valid_to, new.state)
    segments.append(new)


def _settled(state: State) -> State:
    """The state without coverages of items that are gone: a cover goes with its item."""
    selections = state.get("coverages", [])
    present = _item_keys(state.get("risk", {}))
    kept = [s for s in selections if not s.get("item") or s["item"] in present]
    return state if len(kept) == len(selections) else {**state, "coverages": kept}


def _item_keys(risk: State) -> set[str]:
    keys = {str(value["key"]) for value in risk.values() if _is_keyed([value])}
    for value in risk.values():
        if isinstance(value, list) and _is_keyed(value):
            keys.update(str(item["key"]) for item in value)
    return keys


def state_on(segments: Iterable[Segment], day: date) -> State | None:
    """The state on a day; None where the policy is not in force."""
    for segment in segments:
        if segment.valid_from <= day < segment.valid_to:
            return segment.state
    return None


def supersede(current: Sequence[Row], derived: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """What to close and what to open so that `derived` is what is known from now on.

    Compare what is stored: a segment together with its premiums, because a cent can move
    between segments whose state stayed the same.
    """
    closed = [row for row in current if row not in derived]
    opened = [row for row in derived if row not in current]
    return closed, opened


# Patches


def whole(state: State) -> list[Operation]:
    """The patch of a new policy: the whole state."""
    return [{"op": "set", "path": "", "value": state}]


def check_patch(patch: Sequence[Operation]) -> None:
    """Refuse a patch that is none: each operation is a `set`, an `add` or a `remove` by a path."""
    for operation in patch:
        path, op = str(operation.get("path")), str(operation.get("op"))
        value = operation.get("value")
        is_known = op in OPERATIONS and PATH.fullmatch(path) and not path.endswith(".key")
        if not is_known or (path == "coverages" and op != "add"):
            raise Refused(_("A change names a field of the risk, or a coverage."), field="patch")
        if (op != "remove") != ("value" in operation):
            raise Refused(_("A change gives the new value, and a removal gives none."), field=path)
        if op == "add" and not (isinstance(value, dict) and isinstance(value.get("key"), str)):
            raise Refused(_("An item that is added has a key of its own."), field=path)
        if path.startswith("coverages") and op != "remove":
            _check_coverage(path, value)


def _check_coverage(path: str, value: Any) -> None:
    """A coverage is chosen whole, or an option of it is: each a text."""
    field = path.split(".")[2:]
    if field:
        is_right = isinstance(value, str) and field in (["limit"], ["deductible"])
    else:
        is_right = isinstance(value, dict) and value.keys() == SELECTION
        is_right = is_right and all(isinstance(part, str) for part in value.values())
    if not is_right:
        raise Refused(
            _("A coverage is chosen with its key, its item, its limit and its deductible."),
            field=path,
        )


def apply(state: State, patch: Iterable[Operation]) -> State:
    """A new state with the patch applied; the given one is left as it is.

    A change to an item that is gone by then changes nothing: `find_conflicts` has shown it to
    the person who recorded the change.
    """
    for operation in patch:
        try:
            state = _edit(state, _steps(operation["path"]), operation)
        except _Gone:
            continue
    return state


def _steps(path: str) -> list[str]:
    return path.split(".") if path else []


def _edit(node: Any, steps: list[str], operation: Operation) -> Any:
    if not steps:
        return _added(node, operation) if operation["op"] == "add" else operation["value"]
    if isinstance(node, list):
        return _edit_item(node, steps, operation)
    if not isinstance(node, dict):
        raise _Gone
    name, rest = steps[0], steps[1:]
    if not rest and operation["op"] == "remove":
        return {key: value for key, value in node.items() if key != name}
    if rest and name not in node:
        raise _Gone
    return {**node, name: _edit(node.get(name), rest, operation)}


def _edit_item(items: list[Any], steps: list[str], operation: Operation) -> list[Any]:
    key, rest = steps[0], steps[1:]
    if not _is_keyed(items) or not any(item["key"] == key for item in items):
        raise _Gone
    if not rest and operation["op"] == "remove":
        return [item for item in items if item["key"] != key]
    return [_edit(item, rest, operation) if item["key"] == key else item for item in items]


def _added(items: list[Any] | None, operation: Operation) -> list[Any]:
    """The list with the item, in the order of the keys: so that no history shows in it."""
    if not isinstance(items, list | None) or not _is_keyed(items or []):
        raise _Gone
    new = operation["value"]
    kept = [item for item in items or [] if item["key"] != new["key"]]
    return sorted([*kept, new], key=_natural)


def _natural(item: State) -> list[tuple[bool, int, str]]:
    """Sort key by which v2 comes before v10."""
    parts = re.split(r"([0-9]+)", str(item["key"]))
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _is_keyed(value: list[Any]) -> bool:
    return all(isinstance(item, dict) and "key" in item for item in value)


def diff(before: State, after: State) -> list[Operation]:
    """The smallest patch that leads from one state to the other, field by field."""
    return _diff(before, after, "")


def _diff(before: Any, after: Any, path: str) -> list[Operation]:
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        return _diff_fields(before, after, path)
    if isinstance(after, list) and isinstance(before, list | None):
        before = before or []
        if _is_keyed(before) and _is_keyed(after):
            return _diff_items(before, after, path)
    return [{"op": "set", "path": path, "value": after}]


def _diff_fields(before: State, after: State, path: str) -> list[Operation]:
    gone = [name for name in before if name not in after]
    patch: list[Operation] = [{"op": "remove", "path": _join(path, name)} for name in gone]
    for name, value in after.items():
        patch += _diff(before.get(name), value, _join(path, name))
    return patch


def _diff_items(before: list[State], after: list[State], path: str) -> list[Operation]:
    old = {item["key"]: item for item in before}
    new = {item["key"]: item for item in after}
    patch: list[Operation] = [
        {"op": "remove", "path": _join(path, key)} for key in old if key not in new
    ]
    for key, item in new.items():
        if key in old:
            patch += _diff(old[key], item, _join(path, key))
        else:
            patch.append({"op": "add", "path": path, "value": item})
    return patch


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


# Conflicts


def find_conflicts(transactions: Iterable[Transaction], new: Transaction) -> list[Conflict]:
    """What a person must decide before `new` is recorded; empty when nothing stands in its way."""
    standing = in_order(transactions)
    conflicts = [
        Conflict("gone", touched(mine), None, mine.get("value"), None)
        for mine in new.patch
        if not _is_there(standing, new, mine)
    ]
    for other in standing:
        if other.kind not in BEGINS and other.effective_on >= new.effective_on:
            conflicts += _between(new, other)
    return conflicts


def _between(new: Transaction, other: Transaction) -> list[Conflict]:
    kind = "same_day" if other.effective_on == new.effective_on else "later"
    return [
        Conflict(kind, touched(mine), other, mine.get("value"), theirs.get("value"))
        for mine in new.patch
        for theirs in other.patch
        if _overlap(touched(mine), touched(theirs)) and mine != theirs
    ]


def touched(operation: Operation) -> str:
    if operation["op"] == "add":
        return _join(operation["path"], operation["value"]["key"])
    return str(operation["path"])


def _overlap(one: str, other: str) -> bool:
    """True when one path is the other or leads through it."""
    return (
        not one
        or not other
        or f"{one}.".startswith(f"{other}.")
        or (f"{other}.".startswith(f"{one}."))
    )


def _is_there(standing: list[Transaction], new: Transaction, mine: Operation) -> bool:
    """Whether the item that an operation changes is insured on its date, or added by `new`."""
    state: State = {}
    for transaction in standing:
        if transaction.effective_on <= new.effective_on:
            state = apply(state, transaction.patch)
    for operation in new.patch:
        if operation is mine:
            break
        state = apply(state, [operation])
    try:
        _edit(state, _steps(mine["path"]), mine)
    except _Gone:
        return False
    return True
