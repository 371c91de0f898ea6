"""How many rows: exact up to ten thousand, beyond that what the planner expects."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

EXACT_UP_TO = 10_000


class Count(NamedTuple):
    number: int
    is_exact: bool

    def __str__(self) -> str:
        """ "1,234", or in words that it is an estimate: "about 120,000"."""
        written = number_format(self.number, use_l10n=True, force_grouping=True)
        return written if self.is_exact else _("about %(number)s") % {"number": written}


def count_all(querysets: Sequence[QuerySet]) -> list[Count]:
    """Count several querysets of one database in one statement, none beyond the bound."""
    selects: list[str] = []
    params: list[Any] = []
    for rows in querysets:
        try:
            sql, own = rows.order_by().values("pk")[: EXACT_UP_TO + 1].query.sql_with_params()
        except EmptyResultSet:
            sql, own = "SELECT NULL WHERE FALSE", ()
        selects.append(f"(SELECT count(*) FROM ({sql}) AS bounded)")
        params += own
    if not selects:
        return []
    with connections[querysets[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(selects)}", params)
        found = cursor.fetchone()
    return [_bounded(rows, number) for rows, number in zip(querysets, found, strict=True)]


def _bounded(rows: QuerySet, number: int) -> Count:
    if number <= EXACT_UP_TO:
        return Count(number, True)
    plan = json.loads(rows.order_by().explain(format="json"))
    return Count(max(int(plan[0]["Plan"]["Plan Rows"]), number), False)
