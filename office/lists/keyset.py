"""Pages by keyset: the next page begins behind the last row, however many pages came before.

The cursor in the address is sealed, because the value it was sorted by may be a name.
"""

import base64
import binascii
import json
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Field, Q, QuerySet
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
        text = json.dumps(self, cls=DjangoJSONEncoder)
        return base64.urlsafe_b64encode(vault.seal(text, aad=AAD)).decode().rstrip("=")


def read(text: str, sort: str) -> Cursor | None:
    """The cursor of an address; None if it is not ours or belongs to another order."""
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        cursor = Cursor(*json.loads(vault.open(sealed, aad=AAD)))
    except (vault.VaultError, binascii.Error, ValueError):
        return None
    return cursor if cursor.sort == sort else None


def ordered(rows: QuerySet, sort: str, *, is_backward: bool) -> QuerySet:
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


def beyond(rows: QuerySet, cursor: Cursor) -> QuerySet:
    """The rows behind the cursor's row in the order of `ordered`."""
    name = name_of(cursor.sort)
    is_descending = cursor.sort.startswith("-") != cursor.is_backward
    pk = ("pk__lt" if is_descending else "pk__gt", cursor.pk)
    if name == "pk":
        return rows.filter(pk)
    field = field_of(rows, name)
    if cursor.value is None:
        without = Q((f"{name}__isnull", True), pk)
        return rows.filter(without | Q((f"{name}__isnull", False)) if is_descending else without)
    place = (F(name), F("pk")), (cursor.value, cursor.pk)
    if is_descending:
        return rows.filter(TupleLessThan(Tuple(*place[0]), place[1]))
    behind = Q(TupleGreaterThan(Tuple(*place[0]), place[1]))
    may_be_empty = field is None or field.null or "__" in name
    return rows.filter(behind | Q((f"{name}__isnull", True)) if may_be_empty else behind)


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


def typed(rows: QuerySet, cursor: Cursor) -> Cursor | None:
    """The cursor with its value as the column has it; None if it does not fit the column."""
    field = field_of(rows, name_of(cursor.sort))
    try:
        if field is not None and cursor.value is not None:
            cursor = cursor._replace(value=field.to_python(cursor.value))
        return cursor._replace(pk=rows.model._meta.pk.to_python(cursor.pk))
    except ValidationError:
        return None
