"""The test database under two roles, and how it becomes as new between tests.

Tests run as the application role, which may neither truncate nor touch append-only rows.
So the flush after a `transaction=True` test is done by the owner, under
`session_replication_role = replica`: no trigger, no foreign key, any order. Rows that
migrations wrote (roles, workflow edges, permissions) are put back, so that each test
finds the database as migrate left it. Deleting beats Django's TRUNCATE of every table:
most are empty.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

APPLICATION = "bindery_app"

KEEP = """
DROP SCHEMA IF EXISTS as_migrated CASCADE;
CREATE SCHEMA as_migrated;
CREATE TABLE as_migrated.kept (name text, columns text);
DO $$
DECLARE
    found record;
    filled boolean;
BEGIN
    FOR found IN
        SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ') AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND c.relname <> 'django_migrations'
            AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        GROUP BY c.relname
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', found.name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE as_migrated.%I AS SELECT %s FROM public.%I',
                           found.name, found.columns, found.name);
        END IF;
        INSERT INTO as_migrated.kept
            VALUES (found.name, CASE WHEN filled THEN found.columns END);
    END LOOP;
END $$;
"""

RESTORE = """
DO $$
DECLARE
    found record;
    filled boolean;
BEGIN
    FOR found IN SELECT name, columns FROM as_migrated.kept LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', found.name) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM public.%I', found.name);
        END IF;
        IF found.columns IS NOT NULL THEN
            EXECUTE format(
                'INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE '
                'SELECT %s FROM as_migrated.%I',
                found.name, found.columns, found.columns, found.name);
        END IF;
    END LOOP;
END $$;
"""


def keep_as_migrated() -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP)


def restore_as_migrated(_test_case: TransactionTestCase | None = None) -> None:
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL statement_timeout = '5min'")
        cursor.execute(RESTORE)


@contextlib.contextmanager
def as_owner() -> Iterator[None]:
    """Inside, this thread's connection acts as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {APPLICATION}")


@contextlib.contextmanager
def as_application() -> Iterator[None]:
    """Every connection opened inside, in any thread, has the application's role and limits."""
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    before = dict(options)
    options |= {"assume_role": APPLICATION, "options": _limits_of_the_application()}
    connection.close()
    try:
        yield
    finally:
        connection.close()
        options.clear()
        options |= before


@contextlib.contextmanager
def flush_by_the_owner() -> Iterator[None]:
    django_flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = restore_as_migrated
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = django_flush


def _limits_of_the_application() -> str:
    """Its time limits come with a login; SET ROLE alone does not bring them.

    Those of whole transactions stay out: a rolled-back test is one transaction, however long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(rolconfig) FROM pg_roles WHERE rolname = %s", [APPLICATION])
        limits = [setting for (setting,) in cursor.fetchall()]
    return " ".join(f"-c {setting}" for setting in limits if "transaction" not in setting)
