"""A page of a long list by keyset: as quick on the last page as on the first.

A page is the rows after (or before) a place, and the place is the key of a row: page n of a
million rows is found by index, and rows that come or go in between shift nothing. The page has
the names of Django's `Page`, so that the same pager draws both.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

SIZE = 50
AFTER, BEFORE = "after", "before"


class KeysetPage:
    """Rows with the places before and after them; no count, which a million rows make slow."""

    paginator = None

    def __init__(self, rows: Sequence[Any], previous: str, following: str) -> None:
        self.object_list = rows
        self.previous_page_number = previous
        self.next_page_number = following

    def __iter__(self) -> Iterator[Any]:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)

    def has_previous(self) -> bool:
        return bool(self.previous_page_number)

    def has_next(self) -> bool:
        return bool(self.next_page_number)

    def has_other_pages(self) -> bool:
        return self.has_previous() or self.has_next()


def page_of(
    rows: QuerySet[Any], *, key: Sequence[str], place: str = "", size: int = SIZE
) -> KeysetPage:
    """The page of `rows` at `place` (the query's `page`); a place that cannot be read is the first.

    `key` are fields of the model that together are unique, all ascending or all with a minus;
    an index on them makes the page flat.
    """
    is_down = key[0].startswith("-")
    names = [name.removeprefix("-") for name in key]
    side, values = _read(place, rows.model, names)
    backwards = side == BEFORE
    if values:
        rows = rows.filter(_beyond(names, values, is_down != backwards))
    sign = "-" if is_down != backwards else ""
    found = list(rows.order_by(*(f"{sign}{name}" for name in names))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    before = found and (more if backwards else bool(values))
    after = found and (bool(values) if backwards else more)
    return KeysetPage(
        found,
        _place(BEFORE, found[0], names) if before else "",
        _place(AFTER, found[-1], names) if after else "",
    )


def _beyond(names: Sequence[str], values: Sequence[Any], is_down: bool) -> Q:
    """(a, b) > (x, y) as a >= x and (a > x or b > y), which an index on (a, b) serves."""
    sign = "lt" if is_down else "gt"
    first, value = names[0], values[0]
    if len(names) == 1:
        return Q((f"{first}__{sign}", value))
    rest = _beyond(names[1:], values[1:], is_down)
    return Q((f"{first}__{sign}e", value)) & (Q((f"{first}__{sign}", value)) | rest)


def _place(side: str, row: Any, names: Sequence[str]) -> str:
    values = [_text(getattr(row, name)) for name in names]
    return urlsafe_b64encode(json.dumps([side, *values]).encode()).decode().rstrip("=")


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(place: str, model: type[Model], names: Sequence[str]) -> tuple[str, list[Any]]:
    """What `_place` wrote; nothing when somebody else wrote it."""
    try:
        side, *texts = json.loads(urlsafe_b64decode(place + "=" * (-len(place) % 4)))
        if "\0" in "".join(texts):
            return "", []
        fields = [model._meta.pk if n == "pk" else model._meta.get_field(n) for n in names]
        values = [field.to_python(text) for field, text in zip(fields, texts, strict=True)]
    except (ValueError, TypeError, ValidationError):
        return "", []
    return (side, values) if side in (AFTER, BEFORE) else ("", [])
