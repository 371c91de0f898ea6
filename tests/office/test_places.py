"""Pages by keyset: every row once, both ways, whatever stands in the address."""

import pytest

from customers.models import Customer
from office.lists import page_of
from tests.customers.people import clerk, person

pytestmark = pytest.mark.django_db
NAMES = ["Abel", "Baker", "Chen", "Diaz", "Evans"]


@pytest.fixture
def people():
    author = clerk()
    for name in reversed(NAMES):
        person("", name, email="", phone="", by=author)
    return Customer.objects.all()


def _names(page):
    return [customer.display_name for customer in page]


@pytest.mark.parametrize(
    ("key", "order"), [(["folded"], NAMES), (["-created_at", "-pk"], NAMES), (["pk"], NAMES[::-1])]
)
def test_all_rows_come_once_and_in_order_there_and_back(people, key, order):
    first = page_of(people, key=key, size=2)
    second = page_of(people, key=key, size=2, place=first.next_page_number)
    third = page_of(people, key=key, size=2, place=second.next_page_number)
    back = page_of(people, key=key, size=2, place=third.previous_page_number)
    start = page_of(people, key=key, size=2, place=back.previous_page_number)

    assert _names(first) + _names(second) + _names(third) == order
    assert (_names(back), _names(start)) == (_names(second), _names(first))
    assert (first.has_previous(), third.has_next(), start.has_previous()) == (False, False, False)


def test_a_page_is_one_query(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(page_of(people, key=["folded"], size=2))


@pytest.mark.parametrize("place", ["", "nonsense", "WyJhZnRlciJd", "%00", "W10", "bnVsbA", "Ä"])
def test_an_unreadable_place_is_the_first_page(people, place):
    assert _names(page_of(people, key=["folded"], size=2, place=place)) == NAMES[:2]


def test_a_place_of_another_list_is_the_first_page(people):
    place = page_of(people, key=["folded"], size=2).next_page_number

    assert _names(page_of(people, key=["-created_at", "-pk"], size=2, place=place)) == NAMES[:2]


def test_rows_that_come_in_between_shift_nothing(people):
    first = page_of(people, key=["folded"], size=2)
    person("", "Aaron", email="", by=clerk())

    second = page_of(people, key=["folded"], size=2, place=first.next_page_number)

    assert _names(second) == ["Chen", "Diaz"]


def test_an_empty_list_has_one_empty_page(people):
    page = page_of(people.none(), key=["folded"])

    assert (len(page), page.has_other_pages()) == (0, False)
