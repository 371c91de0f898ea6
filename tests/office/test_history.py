"""Row history (G10): every change of what people keep as data has its author, by any way."""

import re
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import services as customers
from customers.models import ContactPoint, Licence
from office import history
from office.models import AuthorityLimit, Role, RowChange, User
from tests import factories

pytestmark = pytest.mark.django_db
SEALED = "•••"


def changes(record):
    return list(RowChange.objects.of(record))


def limit(**fields):
    return AuthorityLimit.objects.create(
        kind="reserve", amount=Decimal("500.00"), valid_from=date(2026, 1, 1), **fields
    )


def test_a_change_by_raw_sql_shows_up_with_what_was_and_what_is():
    role = Role.objects.get(code="agent")

    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_role SET name = 'Broker' WHERE code = 'agent'")

    change, *_before = changes(role)
    assert (change.operation, change.row_table, change.by) == ("UPDATE", "office_role", None)
    assert (change.before, change.after) == ({"name": "Agent"}, {"name": "Broker"})
    assert change.login  # whoever was signed in to the database


def test_what_begins_and_what_ends_is_told_whole():
    made = limit()
    key = made.pk
    made.delete()

    ended, begun = RowChange.objects.filter(
        record_table="office_authoritylimit", record_key=str(key)
    )
    assert begun.before is None
    assert begun.after["amount"] == 500.00
    assert (ended.operation, ended.after, ended.before["kind"]) == ("DELETE", None, "reserve")


@pytest.mark.parametrize(
    "write",
    [
        lambda made: AuthorityLimit.objects.filter(pk=made.pk).update(amount=Decimal("900.00")),
        lambda made: AuthorityLimit.objects.bulk_update(
            [AuthorityLimit(pk=made.pk, amount=Decimal("900.00"))], ["amount"]
        ),
        lambda made: setattr(made, "amount", Decimal("900.00")) or made.save(),
    ],
    ids=["update", "bulk_update", "save"],
)
def test_the_author_is_who_acts_by_whatever_way_it_is_written(write):
    made, author = limit(), factories.person(name="Ada Root")

    with history.acting(lambda: author):
        write(made)

    change = changes(made)[0]
    assert change.by == author
    assert (change.before, change.after) == ({"amount": 500.00}, {"amount": 900.00})


def test_a_write_that_changes_nothing_is_no_change():
    made = limit()

    AuthorityLimit.objects.filter(pk=made.pk).update(kind="reserve")

    assert [change.operation for change in changes(made)] == ["INSERT"]


@pytest.mark.django_db(transaction=True)
def test_a_statement_alone_has_its_author_and_leaves_none_behind():
    author, other = factories.person(), factories.person()
    made = limit()

    with history.acting(lambda: author):
        AuthorityLimit.objects.filter(pk=made.pk).update(amount=Decimal("900.00"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_authoritylimit SET amount = 1 WHERE id = %s", [made.pk])
        cursor.execute("SELECT current_setting('office.actor', true)")
        assert cursor.fetchone() == ("",)
    with history.acting(lambda: other):
        AuthorityLimit.objects.filter(pk=made.pk).update(amount=Decimal("2.00"))

    assert [change.by for change in changes(made)] == [other, None, author, None]


# Through the doors


def test_an_administrator_s_edit_stands_on_the_record_s_page_with_their_name():
    ada = factories.person(name="Ada Root", is_superuser=True)
    role, client = Role.objects.get(code="agent"), factories.signed_in(ada)
    form = {"name": "Broker", "description": role.description, "permissions": "claims.view_claim"}

    client.post(reverse("admin:office_role_change", args=["agent"]), form)

    change = changes(role)[0]
    page = client.get(reverse("admin:office_role_history", args=["agent"])).content.decode()
    assert change.by == ada
    assert change.after == {"name": "Broker", "permissions": ["claims.view_claim"]}
    assert "Ada Root" in page
    assert "Broker" in page
    assert "claims.view_claim" in page


def test_roles_given_and_taken_are_part_of_the_person_s_history():
    person, author = factories.person("agent"), factories.person()

    with history.acting(lambda: author):
        person.roles.set(Role.objects.filter(code="accountant"))

    told = [
        (change.operation, (change.after or change.before)["role_id"], change.by)
        for change in changes(person)
        if change.row_table == "office_user_roles"
    ]
    assert set(told) == {
        ("INSERT", "accountant", author),
        ("DELETE", "agent", author),
        ("INSERT", "agent", None),
    }


def test_a_licence_is_part_of_its_agent_s_history():
    seller = factories.agent(appointed=False)

    Licence.objects.filter(agent=seller, jurisdiction="US-CA").update(valid_to=date(2026, 12, 1))

    told = [change for change in changes(seller) if change.operation == "UPDATE"]
    assert [change.after for change in told] == [{"valid_to": "2026-12-01"}] * 2
    assert {change.row_table for change in told} == {"customers_licence"}


def test_whoever_may_not_see_a_record_does_not_see_its_history():
    client = factories.signed_in(factories.person("agent"))

    assert client.get(reverse("admin:office_role_history", args=["agent"])).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_page_reads_as_often_for_three_changes_as_for_one(count):
    client = factories.signed_in(factories.person(is_superuser=True))
    made, author = limit(), factories.person()
    for number in range(count - 1):
        with history.acting(lambda: author):
            AuthorityLimit.objects.filter(pk=made.pk).update(amount=Decimal(number))

    with CaptureQueriesContext(connection) as said:
        client.get(reverse("admin:office_authoritylimit_history", args=[made.pk]))

    tables = [re.search(r'FROM "(\w+)"', one["sql"])[1] for one in said]
    assert tables == [
        *("django_session", "office_user", "office_authoritylimit", "office_role"),
        "office_rowchange",
    ]


# What must not be told


def test_secrets_and_personal_data_are_told_as_changed_and_not_repeated():
    holder = factories.customer()
    contact = holder.contact_points.get()
    moved = factories.ADDRESSES["US-CA"] | {"street": "77 Canary Court", "jurisdiction": "US-CA"}
    customers.change_address(
        customer=holder, address=moved, by=factories.person("customer_service")
    )
    ContactPoint.objects.filter(pk=contact.pk).update(last4="4711", blind=b"x" * 32)
    user = factories.person(name="Canary Name", email="canary@example.org")
    user.set_password("canary-secret")
    user.save()

    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(c::text, ' '), '') FROM office_rowchange c")
        (everything,) = cursor.fetchone()
    assert "Canary" not in everything
    assert "canary" not in everything
    assert "4711" not in everything
    assert "Alder" not in everything
    assert user.password not in everything
    told = changes(user)
    assert told[0].after == {"password": SEALED}
    assert told[-1].after["email"] == told[-1].after["name"] == SEALED


def test_signing_in_and_the_look_of_the_page_are_no_changes():
    user = factories.person()
    before = len(changes(user))

    User.objects.filter(pk=user.pk).update(last_login="2026-03-12T10:00:00Z", theme="dark")

    assert len(changes(user)) == before


def test_every_sealed_column_of_a_kept_table_is_sealed_in_its_history_too():
    open_columns = [
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        if (kept := history.kept_tables().get(model._meta.db_table))
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and field.column not in kept.sealed
    ]

    assert open_columns == []


# What the application cannot do


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO office_rowchange (at, record_table, record_key, row_table, operation, login)"
        " VALUES (now(), 'office_role', 'agent', 'office_role', 'UPDATE', 'me')",
        "UPDATE office_rowchange SET login = 'nobody'",
        "DELETE FROM office_rowchange",
        "TRUNCATE office_rowchange",
        "ALTER TABLE office_role DISABLE TRIGGER keep_history",
        "DROP TRIGGER keep_history ON office_role",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION office_keep_history() RETURNS trigger"
        " AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql",
    ],
)
def test_the_application_can_neither_write_nor_silence_the_history(sql):
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as one:
        one.execute(sql)

    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_the_owner_too_is_refused_by_the_trigger(as_owner):
    limit()

    refused = pytest.raises(DatabaseError, match="written once and never changed")
    with as_owner(), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE office_rowchange SET login = 'nobody'")


# What migrate does


def test_migrate_makes_the_triggers_equal_to_the_declarations(as_owner):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_history ON office_role")
        cursor.execute(
            "CREATE OR REPLACE TRIGGER keep_history AFTER UPDATE ON office_user FOR EACH ROW"
            " EXECUTE FUNCTION office_keep_history('office_user', 'id', '', '')"
        )
        cursor.execute(
            "CREATE TRIGGER keep_history AFTER UPDATE ON office_job FOR EACH ROW"
            " EXECUTE FUNCTION office_keep_history('office_job', 'id', '', '')"
        )
        history.write_triggers()
        standing = history.written_triggers(cursor)

    assert standing.keys() == history.kept_tables().keys()
    assert "email,name,password" in standing["office_user"]
    assert "INSERT OR DELETE OR UPDATE" in standing["office_role"]


def test_a_second_migrate_has_nothing_to_write(as_owner, django_assert_num_queries):
    with as_owner(), django_assert_num_queries(1):
        history.write_triggers()
