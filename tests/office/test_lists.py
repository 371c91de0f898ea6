"""Lists: what may be asked is declared; pages neither skip nor repeat a row; cells are escaped."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import chain

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from office import clock, lists
from office.enums import AuthorityKind
from office.lists import counts
from office.models import AuthorityLimit, User

urlpatterns = [path("limits/<str:kind>/", lambda request, kind: HttpResponse(), name="limit")]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

LIMITS = lists.List(
    name="Limits",
    columns=(
        lists.Column("kind", "Decision", kind="link", link="limit"),
        lists.Column("user__name", "Person", kind="person", sortable=True),
        lists.Column("amount", "Up to", kind="money", sortable=True, total=True),
        lists.Column("valid_from", "From", kind="date", priority="wide", sortable=True),
        lists.Column("valid_to", "Until", kind="due", sortable=True),
        lists.Column("line", "Line", kind="badge", tones={"life": "info"}, words={"life": "Life"}),
        lists.Column(
            "product", "Note", keys=("jurisdiction",), show=lambda row: f"{row['jurisdiction']}<b>"
        ),
    ),
    sort="valid_to",
    views=(
        lists.SavedView("all", "all", lambda rows, user: rows),
        lists.SavedView("large", "large", lambda rows, user: rows.filter(amount__gte=300)),
    ),
    filters=(
        lists.Filter("kind", forms.ChoiceField(label="Decision", choices=AuthorityKind.choices)),
        lists.Filter("above", forms.DecimalField(label="Above"), lookup="amount__gt"),
        lists.Filter(
            "q",
            forms.CharField(label="Name"),
            narrow=lambda rows, text: rows.filter(user__name__icontains=text),
        ),
    ),
    size=4,
)


def page_of(address="", declared=LIMITS, rows=None):
    request = RequestFactory().get(f"/limits/?{address}")
    request.user = AnonymousUser()
    return lists.ListPage(declared, request, AuthorityLimit.objects.all() if rows is None else rows)


@pytest.fixture
def limits():
    """Eleven limits: values repeat, four have no end, one nobody."""
    people = [
        User.objects.create_user(f"p{i}@example.com", name=name)
        for i, name in enumerate(("Ana", "Bo", "<script>"))
    ]
    start = date(2026, 1, 1)
    return [
        AuthorityLimit.objects.create(
            kind="reserve" if i % 2 else "refund",
            user=people[i % 3] if i != 5 else None,
            amount=Decimal(100 * (i % 4)),
            valid_from=start + timedelta(days=i % 2),
            valid_to=None if i % 3 == 0 else start + timedelta(days=300 + i % 4),
            line="life" if i == 0 else "",
        )
        for i in range(11)
    ]


def walk(sort, step, at=""):
    """The keys of every page from `at` on, forwards or backwards, and the last address."""
    pages, address = [], at
    for _ in range(10):
        page = page_of(f"sort={sort}&page={address}")
        pages.append([row["pk"] for row in page])
        has_more = page.has_next() if step == "next" else page.has_previous()
        if not has_more:
            return pages, page
        address = page.next_page_number() if step == "next" else page.previous_page_number()
    raise AssertionError("the pages do not end")


SORTS = ["amount", "-amount", "valid_to", "-valid_to", "user__name", "-user__name", "valid_from"]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_show_every_row_once_forwards_and_backwards(limits, sort):
    forwards, last = walk(sort, "next")

    assert [len(page) for page in forwards] == [4, 4, 3]
    assert sorted(chain.from_iterable(forwards)) == sorted(limit.pk for limit in limits)

    backwards, first = walk(sort, "previous", last.previous_page_number())
    assert backwards == forwards[1::-1]
    assert first.has_next()


@pytest.mark.parametrize("sort", SORTS)
def test_the_order_is_the_columns_then_the_keys_with_the_empty_ones_at_one_end(limits, sort):
    name, is_descending = sort.removeprefix("-"), sort.startswith("-")
    rows = list(AuthorityLimit.objects.values("pk", name))
    filled = [row for row in rows if row[name] is not None]
    filled.sort(key=lambda row: (row[name], row["pk"]), reverse=is_descending)
    empty = [row for row in rows if row[name] is None]
    empty.sort(key=lambda row: row["pk"], reverse=is_descending)
    in_order = empty + filled if is_descending else filled + empty

    forwards, _last = walk(sort, "next")

    assert list(chain.from_iterable(forwards)) == [row["pk"] for row in in_order]


def test_a_row_that_comes_in_between_moves_no_page(limits):
    first = page_of("sort=amount")
    second = [row["pk"] for row in page_of(f"sort=amount&page={first.next_page_number()}")]

    AuthorityLimit.objects.create(kind="refund", amount=0, valid_from=date(2026, 1, 1))

    again = page_of(f"sort=amount&page={first.next_page_number()}")
    assert [row["pk"] for row in again] == second


def test_a_cursor_tells_nothing_and_a_foreign_one_leads_to_the_first_page(limits):
    cursor = page_of("sort=user__name").next_page_number()
    first = [row["pk"] for row in page_of("sort=amount")]

    assert "Ana" not in cursor
    for foreign in ("x", "%00", cursor, cursor[:-4], "A" * 4000):
        assert [row["pk"] for row in page_of(f"sort=amount&page={foreign}")] == first


def test_a_page_whose_rows_are_gone_shows_the_first(limits):
    cursor = page_of("sort=amount").next_page_number()
    AuthorityLimit.objects.filter(amount__gte=100).delete()

    page = page_of(f"sort=amount&page={cursor}")

    assert len(page) == AuthorityLimit.objects.count() == 3
    assert not page.has_other_pages()


def test_an_order_that_is_not_declared_is_ignored(limits):
    for asked in ("line", "user__password", "?", "-", "amount;drop"):
        assert page_of(f"sort={asked}").sort == "valid_to"


def test_filters_narrow_and_a_wrong_value_narrows_nothing(limits):
    assert {row["kind"] for row in page_of("kind=refund")} == {"refund"}
    assert {row["user__name"] for row in page_of("q=an")} == {"Ana"}
    assert [row["amount"] for row in page_of("above=200")] == [Decimal(300)] * 2
    wrong = page_of("kind=hackers&above=abc&password=x")
    assert wrong.filtered.count() == 11
    assert set(wrong.filter_form.errors) == {"kind", "above"}


def test_a_saved_view_narrows_before_the_filters(limits):
    page = page_of("view=large&kind=reserve")

    assert {row["amount"] for row in page} == {Decimal(300)}
    assert [tab["current"] for tab in page.tabs()] == [False, True]
    assert page.tabs()[1]["href"] == "/limits/?view=large"
    assert "view" in page.filter_form.fields
    assert page_of("view=unknown").view.key == "all"


def test_cells_are_escaped_ready_strings(limits):
    body = page_of("sort=user__name").body

    assert "<script>" not in body
    assert "&lt;script&gt;" in body
    assert "&lt;b&gt;" in body
    assert '<td data-label="Up to" class="num">300.00</td>' in body
    assert '<a class="id" href="/limits/refund/">refund</a>' in body
    assert (
        '<td data-label="From" class="date c-wide"><time datetime="2026-01-01">1 Jan 2026<' in body
    )
    assert body.count("<tr>") == 4


def test_a_badge_has_its_word_and_its_tone(limits):
    rows = AuthorityLimit.objects.filter(line="life")

    assert '<span class="badge info">Life</span>' in page_of(rows=rows).body


@pytest.mark.parametrize(
    ("today", "cell"),
    [
        (date(2026, 10, 30), '"due bad"><time datetime="2026-10-28">2 days late</time>'),
        (date(2026, 10, 28), '"due warn"><time datetime="2026-10-28">today</time>'),
        (date(2026, 10, 27), '"due warn"><time datetime="2026-10-28">in 1 day</time>'),
        (date(2026, 10, 1), '"due"><time datetime="2026-10-28">'),
    ],
)
def test_a_due_day_says_how_late_it_is(today, cell):
    AuthorityLimit.objects.create(
        kind="refund", amount=0, valid_from=date(2026, 1, 1), valid_to=date(2026, 10, 28)
    )

    with clock.travel(datetime(today.year, today.month, today.day, 20, tzinfo=UTC)):
        assert cell in page_of().body


def test_the_head_leads_to_each_order_and_says_which_it_is(limits):
    head = page_of("sort=amount&kind=refund&page=x").head

    assert 'aria-sort="ascending"><a href="/limits/?kind=refund&amp;sort=-amount">Up to ↑' in head
    assert 'aria-sort="none"><a href="/limits/?kind=refund&amp;sort=valid_to">Until' in head
    assert '<th scope="col" class="">Decision</th>' in head


def test_the_foot_sums_the_rows_shown(limits):
    page = page_of("sort=-amount")  # 300, 300, 200, 200 of eleven rows

    assert "<td>4 shown</td>" in page.foot
    assert '<td data-label="Up to" class="num">1,000.00</td>' in page.foot


def test_a_list_without_sums_has_no_foot(limits):
    plain = lists.List("Plain", (lists.Column("kind", "Decision"),))

    assert page_of(declared=plain).foot == ""


def test_picks_carry_the_key_and_name_the_record(limits):
    picked = lists.List("Plain", (lists.Column("kind", "Decision"),), has_picks=True)
    page = page_of(declared=picked, rows=AuthorityLimit.objects.filter(pk=limits[0].pk))

    assert f'name="pick" value="{limits[0].pk}" aria-label="Select refund"' in page.body
    assert "data-pick-all" in page.head


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_is_one_query(limits, rows, django_assert_num_queries):
    AuthorityLimit.objects.exclude(pk__in=[limit.pk for limit in limits[:rows]]).delete()
    page = page_of("sort=amount")

    with django_assert_num_queries(1):
        assert page.body.count("<tr>") == rows
        assert page.head
        assert page.foot
        assert not page.has_other_pages()


def test_all_counts_are_one_statement(limits, django_assert_num_queries):
    page = page_of("view=large&kind=refund")

    with django_assert_num_queries(1):
        found = page.counts()

    assert [str(tab["count"]) for tab in found["tabs"]] == ["11", "2"]
    assert str(found["count"]) == "0"  # both large ones are reserves


def test_beyond_the_bound_a_count_is_the_planners_estimate(limits, monkeypatch):
    monkeypatch.setattr(counts, "EXACT_UP_TO", 5)

    exact, estimate, empty = counts.count_all(
        [
            AuthorityLimit.objects.filter(amount=300),
            AuthorityLimit.objects.all(),
            AuthorityLimit.objects.none(),
        ]
    )

    assert (exact, empty) == ((2, True), (0, True))
    assert not estimate.is_exact
    assert estimate.number >= 6
    with translation.override("en"):
        assert str(counts.Count(120_000, False)) == "about 120,000"


def test_an_export_holds_the_whole_filter_in_the_lists_order(limits):
    request = RequestFactory().get("/limits/?format=csv&kind=refund&sort=-amount&page=x")
    request.user = AnonymousUser()

    response = LIMITS.respond(request, AuthorityLimit.objects.all())

    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    head, *rows = csv.reader(StringIO(text))
    assert head == ["Decision", "Person", "Up to", "From", "Until", "Line", "Note"]
    assert [row[2] for row in rows] == ["200.00"] * 3 + ["0.00"] * 3
    assert rows[-1][5] == "Life"
    assert response["Content-Disposition"] == 'attachment; filename="limits.csv"'


def test_the_page_draws_itself_and_its_counts_come_after_it(limits):
    request = RequestFactory().get("/limits/?kind=refund&sort=amount")
    counted = RequestFactory().get("/limits/?kind=refund&sort=amount&counts=1")
    request.user = counted.user = limits[0].user
    drawn = lists.List("Limits", LIMITS.columns, "amount", LIMITS.views, LIMITS.filters, size=4)

    with override_settings(ROOT_URLCONF="tests.office.list_urls"):
        page = drawn.respond(request, AuthorityLimit.objects.all()).content.decode()
        counts = drawn.respond(counted, AuthorityLimit.objects.all()).content.decode()

    assert (
        '<div hx-get="/limits/?kind=refund&amp;sort=amount&amp;counts=1" hx-trigger="load">' in page
    )
    assert page.count('<td data-label="Up to"') == 5  # four rows and the foot
    assert '<span id="row-count">4 shown</span>' in page
    assert '<span class="count">11</span>' in counts
    assert '<span id="row-count" hx-swap-oob="true">4 of 6</span>' in counts
