"""The strip of figures above a list: at most five, of the whole filter, loaded after the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Aggregate, Count, QuerySet
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from office import money
from office.lists.counts import EXACT_UP_TO

AT_MOST = 5


@dataclass(frozen=True)
class Figure:
    """What is counted or summed: `of(user)` is an aggregate. A figure above zero has its `tone`."""

    label: str | Promise
    of: Callable[[Any], Aggregate]
    kind: Literal["number", "money"] = "number"
    tone: str = ""


def figures_of(rows: QuerySet, figures: Sequence[Figure], user: Any = None) -> list[dict[str, Any]]:
    """The figures of `rows` in one statement; of a very long list, of ten thousand rows."""
    if not figures:
        return []
    bounded = rows.order_by()[: EXACT_UP_TO + 1]
    asked = {f"figure{number}": figure.of(user) for number, figure in enumerate(figures[:AT_MOST])}
    found = bounded.aggregate(**asked, rows=Count("pk"))
    hint = _("of %(count)s of them") % {"count": number_format(EXACT_UP_TO, force_grouping=True)}
    is_part = found["rows"] > EXACT_UP_TO
    return [
        {
            "label": figure.label,
            "value": _written(figure, found[f"figure{number}"]),
            "tone": figure.tone if found[f"figure{number}"] else "",
            "hint": hint if is_part else "",
        }
        for number, figure in enumerate(figures[:AT_MOST])
    ]


def _written(figure: Figure, value: Any) -> str:
    if figure.kind == "money":
        return money.format(Decimal(value or 0))
    return number_format(value or 0, use_l10n=True, force_grouping=True)
