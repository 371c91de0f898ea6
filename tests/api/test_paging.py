"""Lists page by page: nothing twice, nothing left out, whatever comes in between."""

from urllib.parse import urlsplit

import pytest

from tests import factories
from tests.api.callers import program
from tests.api.test_doors import all_seeing

pytestmark = pytest.mark.django_db


def _follow(caller, address):
    """The answer to a link of a page."""
    parts = urlsplit(address)
    return caller.client.get(f"{parts.path}?{parts.query}", headers=caller.headers).json()


def _numbers(page):
    return [row["number"] for row in page["results"]]


def test_pages_lead_to_the_end_and_back_again():
    """Five customers by two: 5 4, then 3 2, then 1; back to 3 2 and to 5 4."""
    one, two, three, four, five = (factories.customer().number for _n in range(5))
    caller = program(all_seeing())

    first = caller.get("customers/", page_size=2).json()
    second = _follow(caller, first["next"])
    last = _follow(caller, second["next"])
    middle = _follow(caller, last["previous"])
    top = _follow(caller, middle["previous"])

    pages = [_numbers(page) for page in (first, second, last, middle, top)]
    assert pages == [[five, four], [three, two], [one], [three, two], [five, four]]
    assert [page["next"] is None for page in (first, second, last, middle, top)] == [
        False, False, True, False, False,
    ]  # fmt: skip
    assert [page["previous"] is None for page in (first, second, last, middle, top)] == [
        True, False, False, False, True,
    ]  # fmt: skip
    assert all("id" not in row for row in first["results"])


def test_a_newcomer_moves_no_page():
    older, newer = (factories.customer().number for _n in range(2))
    caller = program(all_seeing())
    first = caller.get("customers/", page_size=1).json()

    newest = factories.customer().number

    second = _follow(caller, first["next"])
    before = _follow(caller, second["previous"])
    assert [_numbers(first), _numbers(second), _numbers(before)] == [[newer], [older], [newer]]
    assert _numbers(_follow(caller, before["previous"])) == [newest]


@pytest.mark.parametrize("size", ["0", "-3", "many", "9999999999", "٣"])
def test_a_size_that_is_none_gives_the_usual_page(size):
    factories.customer()

    answer = program(all_seeing()).get("customers/", page_size=size)

    assert len(answer.json()["results"]) == 1


def test_a_filter_stays_in_the_links():
    for _n in range(2):
        factories.customer()

    page = program(all_seeing()).get("customers/", page_size=1, kind="person").json()

    assert "kind=person" in page["next"]
