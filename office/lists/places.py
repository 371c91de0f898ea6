"""A page by keyset of rows that a view draws itself: records, or `values_list(named=True)`.

The page has the names of Django's `Page`, so that the same pager draws both.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from office.lists import keyset

SIZE = 50


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

    `key` begins with the field that sorts, "-due_on" descends; the primary key always breaks ties,
    and an index on both makes the page flat.
    """
    sort = key[0]
    cursor = keyset.read(place, sort, rows) if place else None
    found, has_more = keyset.fetch(rows, sort, cursor, size)
    is_backward = bool(cursor and cursor.is_backward)
    before = bool(found) and (has_more if is_backward else cursor is not None)
    after = bool(found) and (has_more or is_backward)
    return KeysetPage(
        found,
        _place(sort, found[0], is_backward=True) if before else "",
        _place(sort, found[-1], is_backward=False) if after else "",
    )


def _place(sort: str, row: Any, *, is_backward: bool) -> str:
    pk = row.pk if hasattr(row, "pk") else row.id
    name = keyset.name_of(sort)
    value = pk if name == "pk" else getattr(row, name)
    return keyset.Cursor(sort, value, pk, is_backward).seal()
