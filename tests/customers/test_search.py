"""Finding a customer: any part of a name or number, whole e-mail or phone, last four digits."""

import pytest
from django.db import connection

from customers import names, selectors, services
from office.models import User
from tests.customers.people import clerk, organisation, person, someone


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Núñez  Ortega", "nunez ortega"),
        ("BJØRN ŁUKASZ", "bjorn lukasz"),
        ("Straße", "strasse"),
        ("Йорданка", "иорданка"),
        ("ÉCOLE", "ecole"),
        ("Μαρία", "μαρια"),
        ("ｆｕｌｌ width", "full width"),
    ],
)
def test_folding_drops_capitals_and_marks(written, folded):
    assert names.fold(written) == folded


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("(916) 555-0142", "+19165550142"),
        ("1-916-555-0142", "+19165550142"),
        ("+1 916 555 0142", "+19165550142"),
        ("+34 600 123 456", "+34600123456"),
        ("0034 600 123 456", "+34600123456"),
        ("٩١٦٥٥٥٠١٤٢", "+19165550142"),
        ("555-0142", ""),
        ("", ""),
        ("+123", ""),
        ("+1234567890123456", ""),
    ],
)
def test_a_phone_number_has_one_spelling(typed, number):
    assert names.phone_key(typed) == number


@pytest.fixture
def people(db, as_owner):
    """Their numbers begin at 1, so that no digits of a phone occur in them."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT setval('office_customer_number', 1, false)")
    author = clerk()
    return {
        "maria": person(by=author),
        "lev": person("Лев", "Толстой", email="lev@example.com", phone="916 555 0199", by=author),
        "jose": person(
            "José", "Peña", email="jose@example.com", phone="+34 600 120 142", by=author
        ),
        "bakery": organisation(by=author),
    }


def _found(text):
    return [customer.display_name for customer in selectors.search_customers(text)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("núñez", ["María Núñez"]),
        ("nunez", ["María Núñez"]),
        ("UÑE", ["María Núñez"]),
        ("pena", ["José Peña"]),
        ("толст", ["Лев Толстой"]),
        ("ТОЛСТОЙ лев", ["Лев Толстой"]),
        ("maria nun", ["María Núñez"]),
        ("nunez jose", []),
        ("akery", ["Alder Bakery LLC"]),
        ("jo", ["José Peña"]),
        ("os", []),
        ("maria@example.com", ["María Núñez"]),
        ("  MARIA@Example.com ", ["María Núñez"]),
        ("maria@example", []),
        ("916-555-0142", ["María Núñez"]),
        ("+34600120142", ["José Peña"]),
        ("0199", ["Лев Толстой"]),
        ("0142", ["María Núñez", "José Peña"]),
        ("%", []),
        ("_", []),
    ],
)
def test_a_search_finds_exactly(people, typed, found):
    assert _found(typed) == found


def test_any_part_of_a_number_finds_it(people):
    number = people["lev"].number

    assert _found(number) == ["Лев Толстой"]
    assert _found(number.lower()) == ["Лев Толстой"]
    assert "Лев Толстой" in _found(number[3:])


def test_the_login_address_finds_its_customer(people):
    login = User.objects.create_user("own.login@example.com", "x" * 12, name="José Peña")
    type(people["jose"]).objects.filter(pk=people["jose"].pk).update(login=login)

    assert _found("own.login@example.com") == ["José Peña"]


def test_a_retired_number_is_found_whole_but_not_by_its_end(people):
    author = clerk()
    phone = people["lev"].contact_points.get(kind="phone")
    services.retire_contact(contact=phone, by=author)

    assert _found("916 555 0199") == ["Лев Толстой"]
    assert _found("0199") == []


def test_a_search_gives_the_first_by_name_and_no_more_than_asked(people):
    found = selectors.search_customers("cu", limit=2)

    assert [customer.display_name for customer in found] == ["Alder Bakery LLC", "María Núñez"]


def test_a_search_shows_only_what_one_may_see(people):
    stranger = someone(is_staff=False)

    assert list(selectors.search_customers("nunez", user=stranger)) == []


def test_a_search_is_one_query_and_one_more_for_sealed_contacts(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(selectors.search_customers("nunez maria"))
    for typed in ("0142", "916 555 0142", "maria@example.com"):
        with django_assert_num_queries(2):
            list(selectors.search_customers(typed))


@pytest.mark.parametrize("text", ["nunez", "nunez maria", "cu-2026-0000", "0142"])
def test_a_search_can_use_the_trigram_index(people, text):
    plan = _plan(selectors.search_customers(text))

    assert "customer_search" in plan


def _plan(rows):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    return rows.explain()
