"""The tests' own database: who they are in it, and that each finds it as migrate left it."""

import threading

import pytest
from django.db import ProgrammingError, connection

from office.models import Holiday, OutboxMessage, Role
from tests import database


def who():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, current_setting('lock_timeout'),"
            " current_setting('session_replication_role')"
        )
        return cursor.fetchone()


def test_a_test_is_the_application_with_its_limits(db):
    assert who() == ("bindery_app", "5s", "origin")


def test_a_thread_of_a_test_is_the_application_too(transactional_db):
    seen = []

    def look():
        seen.append(who())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [("bindery_app", "5s", "origin")]


def test_the_owner_is_there_to_prove_triggers(db, as_owner):
    with as_owner():
        assert who()[0] == "bindery_owner"

    assert who()[0] == "bindery_app"


@pytest.mark.parametrize(
    "forbidden",
    [
        "TRUNCATE office_outboxmessage",
        "ALTER TABLE office_outboxmessage DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE mine ()",
    ],
)
def test_the_application_can_switch_nothing_off(transactional_db, forbidden):
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(forbidden)


def test_between_tests_the_database_becomes_as_migrate_left_it(transactional_db, as_owner):
    roles, holidays = set(Role.objects.values_list("pk", "name")), Holiday.objects.count()
    OutboxMessage.objects.create(task="claims.issue_letter")
    Role.objects.create(code="intruder", name="Intruder")
    with as_owner():
        Holiday.objects.all()[:1].get().delete()

    database.restore_as_migrated()

    assert OutboxMessage.objects.count() == 0
    assert set(Role.objects.values_list("pk", "name")) == roles
    assert Holiday.objects.count() == holidays > 0
    assert who() == ("bindery_app", "5s", "origin")
