"""Sealing: what is sealed opens for its own place under its own key, and for nothing else."""

import base64
import pickle
import re
from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from customers import selectors, services
from customers.models import ContactPoint
from office import vault
from tests.customers.people import clerk, person

FIRST = "2025:" + base64.b64encode(b"1" * 32).decode()
SECOND = "2026:" + base64.b64encode(b"2" * 32).decode()
PLACE = "customers_contactpoint.value:1"


@given(st.text(), st.text(min_size=1))
def test_what_is_sealed_opens_again_for_its_place(text, place):
    assert vault.open(vault.seal(text, aad=place), aad=place) == text


def test_the_same_text_is_sealed_differently_each_time():
    assert vault.seal("555-0142", aad=PLACE) != vault.seal("555-0142", aad=PLACE)


def test_the_text_does_not_show():
    assert b"555-0142" not in vault.seal("555-0142", aad=PLACE)


@pytest.mark.parametrize("position", range(60))
def test_no_byte_can_be_altered(position):
    sealed = bytearray(vault.seal("DE89370400440532013000", aad=PLACE))
    sealed[position % len(sealed)] ^= 1

    with pytest.raises(vault.VaultError):
        vault.open(bytes(sealed), aad=PLACE)


@pytest.mark.parametrize("length", [0, 1, 2, 10, 40])
def test_a_value_cut_short_does_not_open(length):
    with pytest.raises(vault.VaultError):
        vault.open(vault.seal("555-0142", aad=PLACE)[:length], aad=PLACE)


def test_a_value_copied_to_another_row_does_not_open():
    sealed = vault.seal("555-0142", aad=PLACE)

    with pytest.raises(vault.VaultError, match="altered, or belongs to another row"):
        vault.open(sealed, aad="customers_contactpoint.value:2")


def test_an_error_never_shows_the_text():
    sealed = vault.seal("555-0142", aad=PLACE)

    with pytest.raises(vault.VaultError) as failure:
        vault.open(sealed, aad="elsewhere")

    assert "555-0142" not in str(failure.value)


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    settings.VAULT_KEYS = [FIRST]
    old = vault.seal("555-0142", aad=PLACE)

    settings.VAULT_KEYS = [SECOND, FIRST]
    new = vault.seal("555-0142", aad=PLACE)

    assert [vault.key_id_of(old), vault.key_id_of(new)] == ["2025", "2026"]
    assert [vault.is_current(old), vault.is_current(new)] == [False, True]
    assert [vault.open(sealed, aad=PLACE) for sealed in (old, new)] == ["555-0142", "555-0142"]


def test_a_missing_key_is_named_and_nothing_is_returned(settings):
    settings.VAULT_KEYS = [FIRST]
    sealed = vault.seal("555-0142", aad=PLACE)

    settings.VAULT_KEYS = [SECOND]

    with pytest.raises(vault.VaultError, match="2025"):
        vault.open(sealed, aad=PLACE)


def test_a_key_of_the_same_name_but_other_bytes_does_not_open(settings):
    settings.VAULT_KEYS = [FIRST]
    sealed = vault.seal("555-0142", aad=PLACE)

    settings.VAULT_KEYS = ["2025:" + base64.b64encode(b"3" * 32).decode()]

    with pytest.raises(vault.VaultError):
        vault.open(sealed, aad=PLACE)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ([], "names no key"),
        (["2025:c2hvcnQ="], "2025.*base64 of 32 bytes"),
        (["2025:not base64!"], "2025.*base64 of 32 bytes"),
        ([FIRST, FIRST], "twice"),
    ],
)
def test_wrong_keys_explain_themselves_and_seal_nothing(settings, keys, sentence):
    settings.VAULT_KEYS = keys

    with pytest.raises(ImproperlyConfigured, match=sentence):
        vault.seal("555-0142", aad=PLACE)


def test_a_key_of_its_own_opens_what_the_ring_does_not():
    wrapped = vault.new_key(aad="customers_customer.file_key:CU-1")
    key = vault.open_key(wrapped, aad="customers_customer.file_key:CU-1")

    sealed = vault.seal("born in 1980", aad=PLACE, key=key)

    assert vault.open(sealed, aad=PLACE, key=key) == "born in 1980"
    with pytest.raises(vault.VaultError):
        vault.open(sealed, aad=PLACE)
    with pytest.raises(vault.VaultError):
        vault.open(vault.seal("x", aad=PLACE), aad=PLACE, key=key)


def test_a_blind_index_is_equal_in_one_field_and_unlike_in_another():
    email = vault.blind("maria@example.com", field="customers_contactpoint.email")

    assert email == vault.blind("maria@example.com", field="customers_contactpoint.email")
    assert email != vault.blind("maria@example.com", field="customers_bankaccount.account")
    assert len(email) == 32


def test_a_blind_index_survives_a_new_key(settings):
    settings.VAULT_KEYS = [FIRST]
    before = vault.blind("maria@example.com", field="email")

    settings.VAULT_KEYS = [SECOND, FIRST]

    assert vault.blind("maria@example.com", field="email") == before


@pytest.mark.django_db
def test_the_column_is_sealed_and_the_attribute_is_clear():
    point = person(by=clerk()).contact_points.get(kind="phone")

    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM customers_contactpoint WHERE id = %s", [point.pk])
        (stored,) = cursor.fetchone()

    assert ContactPoint.objects.get(pk=point.pk).value == "+19165550142"
    assert b"555" not in bytes(stored)
    assert vault.open(stored, aad=f"customers_contactpoint.value:{point.pk}") == "+19165550142"


@pytest.mark.django_db
def test_a_sealed_value_swapped_between_rows_by_sql_does_not_open():
    customer = person(by=clerk())
    phone, email = (customer.contact_points.get(kind=kind) for kind in ("phone", "email"))

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_contactpoint SET value = "
            "(SELECT value FROM customers_contactpoint WHERE id = %s) WHERE id = %s",
            [email.pk, phone.pk],
        )

    with pytest.raises(vault.VaultError):
        _ = ContactPoint.objects.get(pk=phone.pk).value


@pytest.mark.django_db
def test_a_loaded_row_carries_no_clear_text_into_a_cache():
    point = person(by=clerk()).contact_points.get(kind="phone")

    assert b"9165550142" not in pickle.dumps(ContactPoint.objects.get(pk=point.pk))


@pytest.mark.django_db
def test_saving_an_untouched_row_keeps_its_sealed_bytes():
    point = ContactPoint.objects.get(pk=person(by=clerk()).contact_points.get(kind="phone").pk)
    before = bytes(point.__dict__["value"])

    point.save()

    assert bytes(ContactPoint.objects.get(pk=point.pk).__dict__["value"]) == before


@pytest.mark.django_db
def test_the_column_can_be_neither_searched_nor_updated_in_bulk():
    with pytest.raises(FieldError, match="blind index"):
        ContactPoint.objects.filter(value="+19165550142")
    with pytest.raises(vault.VaultError):
        ContactPoint.objects.update(value="+19165550142")


@pytest.mark.django_db
def test_reseal_moves_every_value_to_the_newest_key_and_the_old_one_is_only_for_the_index(settings):
    settings.VAULT_KEYS = [FIRST]
    customer = person(by=clerk(), born_on=date(1980, 2, 29))
    customer = services.edit_customer(customer=customer, family_name="Ortega", by=clerk())

    settings.VAULT_KEYS = [SECOND, FIRST]
    call_command("reseal", stdout=StringIO())
    again = StringIO()
    call_command("reseal", stdout=again)

    settings.VAULT_KEYS = [SECOND]
    fresh = type(customer).objects.get(pk=customer.pk)
    assert fresh.born_on == "1980-02-29"
    assert {point.value for point in fresh.contact_points.all()} == {
        "maria@example.com",
        "+19165550142",
    }
    assert selectors.history_of(fresh)[0]["changes"][0]["after"] == "Ortega"
    assert re.findall(r"(\d+) (?:values )?sealed again", again.getvalue()) == ["0"] * len(
        re.findall("sealed again", again.getvalue())
    )
