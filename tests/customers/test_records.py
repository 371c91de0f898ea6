"""A customer's record, from the first entry to the merge, and the history it leaves."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from customers import selectors, services
from customers.models import Customer, CustomerEvent
from office import workflow
from office.exceptions import Refused
from tests.customers.people import ADDRESS, clerk, holding, organisation, person, someone

pytestmark = pytest.mark.django_db


def test_a_person_is_entered_with_address_and_contact_points():
    author = clerk()

    customer = person(by=author, born_on=date(1980, 2, 29), language="es")

    card = selectors.customer_card(customer)
    assert customer.number.startswith("CU-")
    assert str(customer) == customer.number
    assert customer.display_name == "María Núñez"
    assert customer.folded == f" nunez maria {customer.number.lower()}"
    assert customer.state == "active"
    assert customer.created_by == author
    assert Customer.objects.get(pk=customer.pk).born_on == "1980-02-29"
    assert card.address.time_zone == "America/Los_Angeles"
    assert card.address.place == "California"
    assert [point.value for point in card.emails] == ["maria@example.com"]
    assert [(point.value, point.last4) for point in card.phones] == [("+19165550142", "0142")]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "person", "email": "a@example.com"}, "family_name"),
        ({"kind": "organisation", "email": "a@example.com"}, "organisation_name"),
        ({"kind": "person", "family_name": "Núñez", "email": "maria@"}, "email"),
        ({"kind": "person", "family_name": "Núñez", "email": "a@b.co", "phone": "555"}, "phone"),
        (
            {"kind": "person", "family_name": "Ng", "address": {**ADDRESS, "jurisdiction": "XX-1"}},
            "jurisdiction",
        ),
        (
            {"kind": "person", "family_name": "Ng", "address": {**ADDRESS, "jurisdiction": "ES-M"}},
            "time_zone",
        ),
    ],
)
def test_a_refusal_names_its_field_and_leaves_nothing(fields, field):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        services.add_customer(**{"email": "", "address": ADDRESS, **fields}, by=clerk())

    assert refusal.value.field == field
    assert Customer.objects.count() == 0


@pytest.mark.parametrize(
    ("jurisdiction", "postal_code", "zone"),
    [
        ("US-CA", "95814", "America/Los_Angeles"),
        ("US-CO", "80202", "America/Denver"),
        ("US-FL", "33101", "America/New_York"),
        ("US-FL", "32501", "America/Chicago"),  # Pensacola lies in the Central zone
        ("US-NE", "68102", "America/Chicago"),
        ("US-NE", "69361", "America/Denver"),  # Scottsbluff lies in the Mountain zone
        ("PL-14", "00-001", "Europe/Warsaw"),
    ],
)
def test_an_address_has_the_time_of_its_place(jurisdiction, postal_code, zone):
    place = {**ADDRESS, "jurisdiction": jurisdiction, "postal_code": postal_code}

    customer = person(by=clerk(), address=place)

    assert customer.addresses.get().time_zone == zone


def test_a_change_is_in_the_history_with_who_what_and_when():
    author, editor = clerk(), someone("customer_service", name="Sam Ortiz")
    customer = person(by=author)

    changed = services.edit_customer(
        customer=customer, family_name="Núñez Ortega", language="es", by=editor, note="Married."
    )

    latest = selectors.history_of(changed)[0]
    assert changed.display_name == "María Núñez Ortega"
    assert latest["by"] == "Sam Ortiz"
    assert latest["note"] == "Married."
    assert latest["changes"] == [
        {"field": "family name", "before": "Núñez", "after": "Núñez Ortega"},
        {"field": "language", "before": "en", "after": "es"},
    ]
    assert workflow.verify_chain(changed) is None


def test_the_history_holds_no_name_in_clear():
    customer = person(by=clerk())
    services.edit_customer(customer=customer, family_name="Zubizarreta", by=clerk())

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(facts::text, '') FROM customers_customerevent")
        (facts,) = cursor.fetchone()

    assert "family_name" in facts
    assert "Zubizarreta" not in facts


def test_without_the_persons_key_the_history_keeps_its_secret_and_its_chain():
    customer = person(by=clerk())
    customer = services.edit_customer(customer=customer, family_name="Zubizarreta", by=clerk())

    Customer.objects.filter(pk=customer.pk).update(file_key=b"")
    forgotten = Customer.objects.get(pk=customer.pk)

    with pytest.raises(Exception, match="not a sealed value"):
        selectors.history_of(forgotten)
    assert workflow.verify_chain(forgotten) is None


def test_nothing_changed_is_no_event():
    customer = person(by=clerk())

    services.edit_customer(customer=customer, family_name="Núñez", by=clerk())

    assert [event.kind for event in customer.events.all()] == ["add"]


def test_a_person_who_becomes_an_organisation_needs_its_name():
    customer = person(by=clerk())

    with pytest.raises(Refused) as refusal:
        services.edit_customer(customer=customer, kind="organisation", by=clerk())

    assert refusal.value.field == "organisation_name"


def test_a_new_address_takes_the_place_of_the_old():
    customer = person(by=clerk())
    denver = {**ADDRESS, "city": "Denver", "jurisdiction": "US-CO", "postal_code": "80202"}

    services.change_address(customer=customer, address=denver, by=clerk())

    assert list(customer.addresses.order_by("pk").values_list("city", "is_current")) == [
        ("Sacramento", False),
        ("Denver", True),
    ]


def test_a_second_phone_is_added_preferred_and_the_first_retired():
    author = clerk()
    customer = person(by=author)
    second = services.add_contact(
        customer=customer, kind="phone", value="+34 600 123 456", by=author
    )
    first = customer.contact_points.get(kind="phone", last4="0142")

    services.prefer_contact(contact=second, by=author)
    services.retire_contact(contact=first, by=author)

    phones = customer.contact_points.filter(kind="phone").order_by("created_at")
    assert [(p.last4, p.is_current, p.is_preferred) for p in phones] == [
        ("0142", False, False),
        ("3456", True, True),
    ]


def test_retiring_the_preferred_address_prefers_the_next():
    author = clerk()
    customer = person(by=author)
    services.add_contact(customer=customer, kind="email", value="second@example.com", by=author)

    services.retire_contact(contact=selectors.mailbox_of(customer), by=author)

    assert selectors.mailbox_of(customer).value == "second@example.com"


def test_the_same_contact_twice_is_refused():
    customer = person(by=clerk())

    with pytest.raises(Refused, match="already has this contact"):
        services.add_contact(customer=customer, kind="email", value="MARIA@example.com", by=clerk())


def test_a_retired_contact_comes_back():
    author = clerk()
    customer = person(by=author)
    services.retire_contact(contact=selectors.mailbox_of(customer), by=author)

    back = services.add_contact(
        customer=customer, kind="email", value="maria@example.com", by=author
    )

    assert (back.is_current, back.is_preferred) == (True, True)
    assert customer.contact_points.filter(kind="email").count() == 1


def test_merging_leaves_a_tombstone_and_can_be_undone():
    author = clerk()
    double, kept = person(by=author), person(by=author)

    merged = services.merge_customer(customer=double, into=kept, by=author, note="Entered twice.")

    assert (merged.state, merged.merged_into) == ("merged", kept)
    again = services.unmerge_customer(customer=merged, by=author)
    assert (again.state, again.merged_into) == ("active", None)
    assert [event.kind for event in again.events.order_by("seq")] == ["add", "merge", "unmerge"]


def test_a_record_is_not_merged_into_itself_nor_into_a_tombstone():
    author = clerk()
    one, two, three = person(by=author), person(by=author), person(by=author)
    services.merge_customer(customer=two, into=three, by=author)

    with pytest.raises(Refused, match="into itself"), transaction.atomic():
        services.merge_customer(customer=one, into=one, by=author)
    with pytest.raises(Refused, match="not active"), transaction.atomic():
        services.merge_customer(customer=one, into=Customer.objects.get(pk=two.pk), by=author)


def test_a_merged_record_takes_no_more_changes():
    author = clerk()
    double, kept = person(by=author), person(by=author)
    services.merge_customer(customer=double, into=kept, by=author)

    with pytest.raises(Refused, match="Merged into another record"):
        services.add_contact(customer=double, kind="phone", value="916 555 0199", by=author)


@pytest.mark.parametrize("act", ["add", "edit", "merge"])
def test_whoever_lacks_the_permission_changes_nothing(act):
    author = clerk()
    customer, other = person(by=author), organisation(by=author)
    stranger = holding("customers.view_customer", "customers.view_every_customer")

    with pytest.raises(PermissionDenied), transaction.atomic():
        {
            "add": lambda: person(by=stranger),
            "edit": lambda: services.edit_customer(customer=customer, given_name="X", by=stranger),
            "merge": lambda: services.merge_customer(customer=customer, into=other, by=stranger),
        }[act]()

    assert CustomerEvent.objects.count() == 2


def test_the_database_refuses_a_state_that_the_workflow_does_not_declare():
    customer = person(by=clerk())

    with pytest.raises(IntegrityError, match="no way from"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET state = 'erased' WHERE id = %s", [customer.pk]
        )


def test_the_history_is_append_only(as_owner):
    person(by=clerk())

    with as_owner(), pytest.raises(IntegrityError, match="never changed"):
        CustomerEvent.objects.update(note="rewritten")
