"""Bank accounts: checked, sealed, and verified by a second person."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from customers import services
from customers.models import BankAccount
from office.exceptions import Refused
from tests.customers.people import clerk, person, someone

pytestmark = pytest.mark.django_db

IBAN = "DE89 3704 0044 0532 0130 00"  # the example of ISO 13616's registry for Germany
ROUTING = "021000021"  # 3·0+7·2+1·1 +3·0+7·0+1·0 +3·0+7·2+1·1 = 30, a multiple of ten


def _add(customer, by, iban_or_account=IBAN, **fields):
    return services.add_bank_account(
        customer=customer, holder="María Núñez", iban_or_account=iban_or_account, by=by, **fields
    )


def test_an_iban_is_kept_without_blanks_and_shown_masked():
    author = clerk()

    account = _add(person(by=author), author)

    fresh = BankAccount.objects.get(pk=account.pk)
    assert (fresh.kind, fresh.account, fresh.routing) == ("iban", "DE89370400440532013000", "")
    assert (str(fresh), fresh.masked) == ("•••• 3000", "•••• 3000")


def test_a_us_account_needs_its_routing_number():
    author = clerk()

    account = _add(person(by=author), author, "0001-2345 6789", routing=ROUTING)

    assert (account.kind, account.account, account.routing) == ("us", "000123456789", ROUTING)


@pytest.mark.parametrize(
    ("account", "routing", "field"),
    [
        ("DE88 3704 0044 0532 0130 00", "", "account"),  # wrong check digits
        ("DE89 3704", "", "account"),
        ("ZZ89370400440532013000", "", "account"),
        ("123", ROUTING, "account"),
        ("123456789012345678", ROUTING, "account"),
        ("12345678", "021000022", "routing"),  # 30 + 1: one digit off
        ("12345678", "02100002", "routing"),
        ("12345678", "000000000", "routing"),
        ("12345678", "٠٢١٠٠٠٠٢١", "routing"),
        ("12345678", "", "routing"),
    ],
)
def test_a_wrong_number_is_refused_at_its_field(account, routing, field):
    author = clerk()
    customer = person(by=author)

    with pytest.raises(Refused) as refusal, transaction.atomic():
        _add(customer, author, account, routing=routing)

    assert refusal.value.field == field
    assert BankAccount.objects.count() == 0


def test_the_same_account_twice_is_refused_until_it_is_retired():
    author = clerk()
    customer = person(by=author)
    first = _add(customer, author)

    with pytest.raises(Refused, match="already has this account"), transaction.atomic():
        _add(customer, author)
    services.retire_bank_account(account=first, by=author)

    assert _add(customer, author).pk != first.pk


def test_a_second_person_verifies():
    author, accountant = clerk(), someone("accountant")
    account = _add(person(by=author), author)

    verified = services.verify_bank_account(account=account, by=accountant)

    assert verified.verified_by == accountant
    assert verified.verified_at is not None
    assert list(BankAccount.objects.verified()) == [account]


def test_whoever_entered_the_account_does_not_verify_it():
    both = someone("customer_service", "accountant")
    account = _add(person(by=both), both)

    with pytest.raises(Refused, match="Somebody else must verify it"), transaction.atomic():
        services.verify_bank_account(account=account, by=both)

    assert BankAccount.objects.get(pk=account.pk).verified_at is None


def test_the_database_too_wants_a_second_person():
    author = clerk()
    account = _add(person(by=author), author)

    with pytest.raises(IntegrityError, match="second_person"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_bankaccount SET verified_by_id = created_by_id, verified_at = now() "
            "WHERE id = %s",
            [account.pk],
        )


def test_verifying_twice_or_after_the_end_is_refused():
    author, accountant = clerk(), someone("accountant")
    account = _add(person(by=author), author)
    services.verify_bank_account(account=account, by=accountant)
    retired = _add(person(by=author), author, "12345678", routing=ROUTING)
    services.retire_bank_account(account=retired, by=author)

    with pytest.raises(Refused, match="already verified"), transaction.atomic():
        services.verify_bank_account(account=account, by=someone("accountant"))
    with pytest.raises(Refused, match="no longer in use"), transaction.atomic():
        services.verify_bank_account(account=retired, by=accountant)


def test_a_clerk_does_not_verify():
    author = clerk()
    account = _add(person(by=author), author)

    with pytest.raises(PermissionDenied), transaction.atomic():
        services.verify_bank_account(account=account, by=clerk())


def test_no_table_holds_the_account_in_clear():
    author = clerk()
    _add(person(by=author), author)

    with connection.cursor() as cursor:
        cursor.execute("SELECT b::text FROM customers_bankaccount b")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(e::text, '') FROM customers_customerevent e")
        events = cursor.fetchone()[0]

    assert "370400440532013000" not in row + events
    assert b"370400440532013000".hex() not in row
