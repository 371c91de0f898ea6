"""Pages by keyset: the next page begins behind the last row, however many pages came before.

The cursor in the address is sealed, because the value it was sorted by may be a name.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from office import vault

AAD = "lists.cursor"


class Cursor(NamedTuple):
    """The row next to which a page begins, and on which side of it the page lies."""

    sort: str
    value: Any
    pk: Any
    is_backward: bool

    def seal(self) -> str:
        text = json.dumps(self, default=_as_text)
        return base64.urlsafe_b64encode(vault.seal(text, aad=AAD)).decode().rstrip("=")


def _as_text(value: Any) -> str:
    """Days and moments to the last microsecond: Django's JSON keeps thousandths only."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read(text: str, sort: str, rows: QuerySet) -> Cursor | None:
    """The cursor of an address; None if it is not ours or belongs to another order."""
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        cursor = Cursor(*json.loads(vault.open(sealed, aad=AAD)))
    except (vault.VaultError, binascii.Error, ValueError, TypeError):
        return None
    return _typed(rows, cursor) if cursor.sort == sort else None


def fetch(rows: QuerySet, sort: str, cursor: Cursor | None, size: int) -> tuple[list[Any], bool]:
    """The rows beside the cursor (from the top without one), and whether more lie behind them."""
    is_backward = bool(cursor and cursor.is_backward)
    found: list[Any] = []
    for part in _parts(rows, cursor):
        left = size + 1 - len(found)
        found += ordered(part, sort, is_backward=is_backward)[:left] if left else []
    has_more, found = len(found) > size, found[:size]
    return (found[::-1] if is_backward else found), has_more


def beside(rows: QuerySet, cursor: Cursor) -> Any:
    """The record next to the cursor, or None: one statement, two at the end of a list."""
    for part in _parts(rows, cursor):
        found = ordered(part, cursor.sort, is_backward=cursor.is_backward).first()
        if found is not None:
            return found
    return None


def ordered(rows: QuerySet, sort: str, *, is_backward: bool = False) -> QuerySet:
    """Sorted by `sort` ("-name" descends) and, among equals, by key in the same direction.

    Rows without a value come last when ascending and first when descending: an index on
    (column, key) then serves both directions.
    """
    name, is_descending = name_of(sort), sort.startswith("-") != is_backward
    if name == "pk":
        return rows.order_by("-pk" if is_descending else "pk")
    if is_descending:
        return rows.order_by(F(name).desc(), "-pk")
    return rows.order_by(F(name).asc(), "pk")


def _parts(rows: QuerySet, cursor: Cursor | None) -> Iterator[QuerySet]:
    """The rows behind the cursor, those without a value apart: each part is one index range."""
    if cursor is None:
        yield rows
        return
    name = name_of(cursor.sort)
    is_descending = cursor.sort.startswith("-") != cursor.is_backward
    side = ("pk__lt" if is_descending else "pk__gt", cursor.pk)
    if name == "pk":
        yield rows.filter(side)
    elif cursor.value is None:
        yield rows.filter(side, (f"{name}__isnull", True))
        if is_descending:
            yield rows.filter((f"{name}__isnull", False))
    else:
        row, place = Tuple(F(name), F("pk")), (cursor.value, cursor.pk)
        behind = TupleLessThan(row, place) if is_descending else TupleGreaterThan(row, place)
        yield rows.filter(behind)
        if not is_descending and _may_be_empty(rows, name):
            yield rows.filter((f"{name}__isnull", True))


def _may_be_empty(rows: QuerySet, name: str) -> bool:
    field = field_of(rows, name)
    return field is None or field.null or "__" in name


def name_of(sort: str) -> str:
    return sort.removeprefix("-")


def field_of(rows: QuerySet, name: str) -> Field | None:
    """The model's field behind a path such as `customer__display_name`; None for an annotation."""
    if name in rows.query.annotations:
        return None
    options, field = rows.model._meta, None
    for step in name.split("__"):
        try:
            field = options.get_field(step)
        except FieldDoesNotExist:
            return None
        if field.is_relation:
            options = field.related_model._meta
    return field


def _typed(rows: QuerySet, cursor: Cursor) -> Cursor | None:
    """The cursor with its value as the column has it; None if it does not fit the column."""
    field = field_of(rows, name_of(cursor.sort))
    try:
        if field is not None and cursor.value is not None:
            cursor = cursor._replace(value=field.to_python(cursor.value))
        return cursor._replace(pk=rows.model._meta.pk.to_python(cursor.pk))
    except ValidationError:
        return None
