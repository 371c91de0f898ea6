"""Lists of records: declared once, then filtered, sorted, paged, counted, summed and exported.

What may be asked of a list stands in its declaration; anything else in the address is ignored.
See docs/lists.md for an example of a whole view.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from office import export, money
from office.lists import keyset, origin, own
from office.lists.choices import quick
from office.lists.columns import Column, Row, cell_writer, join, pick_writer
from office.lists.counts import Count, count_all
from office.lists.figures import Figure, figures_of
from office.lists.places import KeysetPage, page_of
from office.models import OwnView

__all__ = [
    "Column",
    "Count",
    "Figure",
    "Filter",
    "KeysetPage",
    "List",
    "ListPage",
    "SavedView",
    "page_of",
]

PAGE_SIZE = 50
EXPORT_CHUNK = 2_000
OWN_WORDS = ("page", "format", "counts", "own")  # of the address, apart from view, sort and filters


@dataclass(frozen=True)
class SavedView:
    """A tab: rows that belong together, narrowed by `narrow(rows, user)`.

    `sort` is the order that it opens in, where that is not the list's.
    """

    key: str
    label: str | Promise
    narrow: Callable[[QuerySet, Any], QuerySet]
    sort: str = ""


@dataclass(frozen=True)
class Filter:
    """One word of the address. Its form field decides what it may be; `narrow` applies it.

    Without `narrow` the rows are those whose `lookup` (by default the name) has the value.
    """

    name: str
    field: forms.Field
    lookup: str = ""
    narrow: Callable[[QuerySet, Any], QuerySet] | None = None

    def apply(self, rows: QuerySet, value: Any) -> QuerySet:
        if self.narrow:
            return self.narrow(rows, value)
        return rows.filter(**{self.lookup or self.name: value})


@dataclass
class List:
    """The declaration of a list. `sort` is the order it opens in, "-due_on" descends.

    With the `url_name` of its page people keep views of their own, and a record knows its
    neighbours in the list that somebody came from.
    """

    name: str | Promise
    columns: Sequence[Column]
    sort: str = "-pk"
    views: Sequence[SavedView] = ()
    filters: Sequence[Filter] = ()
    size: int = PAGE_SIZE
    has_picks: bool = False
    figures: Sequence[Figure] = ()
    url_name: str = ""

    def respond(
        self,
        request: HttpRequest,
        rows: QuerySet,
        *,
        template: str = "list.html",
        context: Mapping[str, Any] | None = None,
    ) -> export.Answer:
        """The page, its counts (which load after it) or the export, as the address asks.

        `rows` is what this person may see: a `for_user()` queryset.
        """
        page = ListPage(self, request, rows)
        kind = request.GET.get("format", "")
        if kind:
            head = [str(column.label) for column in self.columns]
            return export.respond(kind, name=str(self.name), head=head, rows=page.exported())
        if "counts" in request.GET:
            return render(request, "pieces/list_counts.html", {"table": page, **page.counts()})
        response = render(request, template, {**page.context(), **(context or {})})
        if self.url_name:
            origin.remember(response, page)
        return response

    def way_back(self, request: HttpRequest) -> dict[str, Any]:
        """The crumb that leads back to the list as it was when somebody left it."""
        query = origin.query_of(self, request)
        words = query.urlencode() if query else ""
        return {"label": self.name, "href": f"{reverse(self.url_name)}?{words}".rstrip("?")}

    def neighbours(self, request: HttpRequest, rows: QuerySet, record: Model) -> dict | None:
        """The records beside this one among `rows` of the list, as somebody left it.

        A statement each, and None where nobody came from the list.
        """
        query = origin.query_of(self, request)
        if query is None:
            return None
        return origin.neighbours(ListPage(self, request, rows, query=query), record)

    @cached_property
    def keys(self) -> list[str]:
        """What `values()` must fetch for the cells, the links and the cursor."""
        keys = {"pk": None, keyset.name_of(self.sort): None}
        for column in self.columns:
            keys |= dict.fromkeys([column.key, *column.keys])
        return [key for key in keys if key]

    @cached_property
    def shown(self) -> list[Column]:
        """The columns of the page; the others stand in the exported file alone."""
        return [column for column in self.columns if column.priority != "export"]

    @cached_property
    def sorts(self) -> set[str]:
        """Every order that the address may ask for."""
        sortable = {column.key for column in self.columns if column.sortable}
        return {self.sort} | sortable | {f"-{key}" for key in sortable}

    @cached_property
    def form_class(self) -> type[forms.Form]:
        fields: dict[str, forms.Field] = {}
        for narrowing in self.filters:
            narrowing.field.required = False
            fields[narrowing.name] = quick(narrowing.field)
        return type("FilterForm", (forms.Form,), fields)


class ListPage:
    """One page of a list for one request: what `list.html` draws, and what its pager asks."""

    def __init__(
        self,
        declared: List,
        request: HttpRequest,
        rows: QuerySet,
        *,
        query: QueryDict | None = None,
    ) -> None:
        self.declared, self.request, self.all_rows = declared, request, rows
        self.query = request.GET if query is None else query
        views = {view.key: view for view in declared.views}
        self.view = views.get(self.query.get("view", ""), next(iter(views.values()), None))
        asked = self.query.get("sort", "")
        opens = (self.view and self.view.sort) or declared.sort
        self.sort = asked if asked in declared.sorts else opens
        self.cursor = self._cursor()
        self._has_more = False

    def _cursor(self) -> keyset.Cursor | None:
        text = self.query.get("page", "")
        return keyset.read(text, self.sort, self.all_rows) if text else None

    # What is shown

    @cached_property
    def filter_form(self) -> forms.Form | None:
        if not self.declared.filters:
            return None
        form = self.declared.form_class(self.query)
        for name in ("view", "sort"):
            if self.query.get(name):
                form.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)
        return form

    @cached_property
    def filtered(self) -> QuerySet:
        """All rows of this view that pass the filters; a filter with a wrong value is ignored."""
        rows = self.all_rows
        if self.view:
            rows = self.view.narrow(rows, self.request.user)
        if self.filter_form is None:
            return rows
        self.filter_form.is_valid()
        for narrowing in self.declared.filters:
            value = self.filter_form.cleaned_data.get(narrowing.name)
            if value not in (None, "", False) and value != []:
                rows = narrowing.apply(rows, value)
        return rows

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of this page. Where nothing lies beyond the cursor any more: the first page."""
        found = self._fetched()
        if not found and self.cursor:
            self.cursor = None
            found = self._fetched()
        return found

    def _fetched(self) -> list[dict[str, Any]]:
        keys = {*self.declared.keys, keyset.name_of(self.sort)}
        rows = self.filtered.values(*keys)
        found, self._has_more = keyset.fetch(rows, self.sort, self.cursor, self.declared.size)
        return found

    def exported(self) -> Iterator[list[Any]]:
        """Every row of the filter, for a spreadsheet, in the order shown."""
        rows = keyset.ordered(self.filtered, self.sort)
        exporters = [column.exporter() for column in self.declared.columns]
        for row in rows.values(*self.declared.keys).iterator(EXPORT_CHUNK):
            yield [export_cell(row) for export_cell in exporters]

    # Ready strings for the template

    @cached_property
    def head(self) -> SafeString:
        cells = [self._heading(column) for column in self.declared.shown]
        if self.declared.has_picks:
            cells.insert(0, _pick_all())
        return join(cells)

    def _heading(self, column: Column) -> str:
        if not column.sortable:
            return format_html('<th scope="col" class="{}">{}</th>', column.classes(), column.label)
        is_up, is_down = self.sort == column.key, self.sort == f"-{column.key}"
        direction = "ascending" if is_up else "descending" if is_down else "none"
        return format_html(
            '<th scope="col" class="{}" aria-sort="{}"><a href="{}">{}{}</a></th>',
            column.classes(),
            direction,
            self.address(sort=f"-{column.key}" if is_up else column.key),
            column.label,
            " ↑" if is_up else " ↓" if is_down else "",
        )

    @cached_property
    def body(self) -> SafeString:
        writers = [cell_writer(column) for column in self.declared.shown]
        if self.declared.has_picks:
            writers.insert(0, pick_writer(self.declared.columns[0]))
        return join([f"<tr>{''.join([write(row) for write in writers])}</tr>" for row in self.rows])

    @cached_property
    def foot(self) -> SafeString:
        """How many rows are shown, and the sums of the columns that have one."""
        if not any(column.total for column in self.declared.shown):
            return join([])
        cells = [self._sum(column) for column in self.declared.shown]
        shown = ngettext("%(count)s shown", "%(count)s shown", len(self)) % {"count": len(self)}
        cells[0] = format_html("<td>{}</td>", shown)
        if self.declared.has_picks:
            cells.insert(0, "<td></td>")
        return join(["<tr>", *cells, "</tr>"])

    def _sum(self, column: Column) -> str:
        if not column.total:
            return format_html('<td class="{}"></td>', column.classes())
        total = Decimal(sum(row[column.key] or 0 for row in self.rows))
        written = money.format_figure(total) if column.kind == "money" else total
        cell = '<td data-label="{}" class="{}">{}</td>'
        return format_html(cell, column.label, column.classes(), written)

    def context(self) -> dict[str, Any]:
        """The names that list.html knows (docs/design.md)."""
        return {
            "table": self,
            "page": self,
            "tabs": self.tabs(),
            "filter_form": self.filter_form,
            "export_formats": export.FORMATS if len(self) else (),
            "sorted_by": self.sorted_by,
            "own_view": self.own_view,
        }

    @property
    def sorted_by(self) -> str:
        labels = {column.key: column.label for column in self.declared.columns}
        label = labels.get(keyset.name_of(self.sort))
        return _("Sorted by %(column)s") % {"column": str(label).lower()} if label else ""

    def tabs(self, counts: Sequence[Count | None] = ()) -> list[dict[str, Any]]:
        known = [*counts, *[None] * len(self.declared.views)]
        return [
            {
                "label": capfirst(str(view.label)),
                "href": f"{self.request.path}?view={view.key}",
                "count": count,
                "current": view is self.view and not self.own_view,
            }
            for view, count in zip(self.declared.views, known, strict=False)
        ]

    @cached_property
    def own_view(self) -> OwnView | None:
        """The view of one's own that the address names, read only when it names one."""
        asked = self.request.GET.get("own", "")
        kept = own.own_views(self.declared.url_name, self.request.user) if asked else []
        return next((view for view in kept if str(view.pk) == asked), None)

    def counts(self) -> dict[str, Any]:
        """The tabs with their counts and the count of the filter, in one statement.

        With them come the figures, and the tabs of one's own views.
        """
        user, declared = self.request.user, self.declared
        views = [view.narrow(self.all_rows, user) for view in declared.views]
        kept = own.own_views(declared.url_name, user)
        found = count_all([*views, *own.rows_of(self, kept), self.filtered])
        return {
            "tabs": self.tabs(found) + own.tabs_of(self, kept, found[len(views) :]),
            "count": found[-1],
            "figures": figures_of(self.filtered, declared.figures, user),
        }

    def address(self, **changes: str | None) -> str:
        """This list's address with other words; a change of order or filter begins at the top."""
        query = self.query.copy()
        for name in (*OWN_WORDS, *changes):
            query.pop(name, None)
        for name, value in changes.items():
            if value is not None:
                query[name] = value
        return f"{self.request.path}?{query.urlencode()}".rstrip("?")

    @property
    def counts_address(self) -> str:
        return self.address(counts="1", own=self.request.GET.get("own"))

    @property
    def words(self) -> str:
        """What this page was asked for, to keep it as a view of one's own."""
        return self.address().partition("?")[2]

    # What the pager asks, in Django's words

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def has_next(self) -> bool:
        return bool(self.rows) and (self._has_more or bool(self.cursor and self.cursor.is_backward))

    def has_previous(self) -> bool:
        if not self.cursor or not self.rows:
            return False
        return self._has_more if self.cursor.is_backward else True

    def has_other_pages(self) -> bool:
        return self.has_next() or self.has_previous()

    def next_page_number(self) -> str:
        return self._cursor_at(self.rows[-1], is_backward=False)

    def previous_page_number(self) -> str:
        return self._cursor_at(self.rows[0], is_backward=True)

    def _cursor_at(self, row: Row, *, is_backward: bool) -> str:
        value = row[keyset.name_of(self.sort)]
        return keyset.Cursor(self.sort, value, row["pk"], is_backward).seal()


def _pick_all() -> SafeString:
    box = '<th class="pick"><input type="checkbox" data-pick-all aria-label="{}"></th>'
    return format_html(box, _("Select all rows"))
