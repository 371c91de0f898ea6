"""The ledger defends itself in the database: raw SQL as the application and as the owner (G5)."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.db import connection

from accounting import services
from accounting.models import Balance, Entry, Line
from tests.accounting.scenes import entry, person

INSERT_ENTRY = """
INSERT INTO accounting_entry
    (kind, at, booked_on, period_id, source, reference, memo, by_id, reverses_id, xact)
VALUES ('journal', now(), '2026-11-21', %(month)s, 'journal:raw', '', '', %(by)s, %(reverses)s,
    coalesce(%(xact)s::text::xid8, pg_current_xact_id()))
RETURNING id
"""
INSERT_LINES = """
INSERT INTO accounting_line
    (entry_id, account_id, currency, amount, product, line, carrier, jurisdiction)
SELECT entry, account, 'USD', amount, '', '', '', ''
FROM unnest(%s::bigint[], %s::text[], %s::numeric[]) AS row (entry, account, amount)
"""
TABLES = ["accounting_entry", "accounting_line"]
BALANCED = ("1000", "5.00"), ("3000", "-5.00")


@pytest.fixture
def posted(transactional_db):
    return entry(person("accountant", name="Alma Ortiz"), booked_on=date(2026, 11, 20))


def _lines(cursor, rows):
    """rows: (entry, account, amount as text), all in one INSERT."""
    entries, accounts, amounts = zip(*rows, strict=True)
    cursor.execute(INSERT_LINES, [list(entries), list(accounts), list(amounts)])


def _post_raw(connection, posted, *rows, month="2026-11", xact=None, reverses=None):
    """An entry of its own with these (account, amount) lines, in one transaction."""
    fields = {"by": posted.by_id, "month": month, "xact": xact, "reverses": reverses}
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(INSERT_ENTRY, fields)
        own = cursor.fetchone()[0]
        if rows:
            _lines(cursor, [(own, *row) for row in rows])


def _share_lines(connection, posted):
    """Two entries, each with one side of what would balance."""
    fields = {"by": posted.by_id, "month": "2026-11", "xact": None, "reverses": None}
    with connection.transaction(), connection.cursor() as cursor:
        pair = [cursor.execute(INSERT_ENTRY, fields).fetchone()[0] for _ in range(2)]
        _lines(cursor, [(pair[0], "1000", "5.00"), (pair[1], "3000", "-5.00")])


def _add_lines_later(connection, posted):
    with connection.transaction(), connection.cursor() as cursor:
        _lines(cursor, [(posted.pk, "1000", "5.00"), (posted.pk, "3000", "-5.00")])


# As the application role: it lacks the privilege.


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON {table}",
        "DROP TABLE {table}",
    ],
)
def test_the_application_may_only_add(posted, application_connection, table, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application_connection.execute(statement.format(table=table))

    assert (Entry.objects.count(), Line.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE bindery_owner",
        "INSERT INTO accounting_balance (account_id, currency, day, shard, amount) "
        "VALUES ('1000', 'USD', '2026-11-20', 9, 5.00)",
        "UPDATE accounting_balance SET amount = 0",
        "DELETE FROM accounting_balance",
        "INSERT INTO accounting_period (code, starts_on, ends_on, state) "
        "VALUES ('1999-01', '1999-01-01', '1999-01-31', 'open')",
        "DELETE FROM accounting_period",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_application_cannot_go_around(posted, application_connection, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application_connection.execute(statement)


# As the owner: the triggers hold.


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id + 1",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
    ],
)
def test_even_the_owner_cannot_change_what_is_posted(posted, owner_connection, table, statement):
    with pytest.raises(psycopg.errors.CheckViolation, match="written once and never changed"):
        owner_connection.execute(statement.format(table=table))


def _refused(words):
    return pytest.raises(psycopg.errors.CheckViolation, match=words)


def test_lines_that_do_not_balance_are_refused(posted, owner_connection):
    with _refused("out of balance by 0.01 USD"):
        _post_raw(owner_connection, posted, ("1000", "10.00"), ("3000", "-9.99"))


def test_lines_that_balance_only_together_with_another_entry_are_refused(posted, owner_connection):
    with _refused("out of balance"):
        _share_lines(owner_connection, posted)


def test_an_entry_without_lines_is_refused_at_the_commit(posted, owner_connection):
    with _refused("fewer than two lines"):
        _post_raw(owner_connection, posted)

    assert Entry.objects.count() == 1


def test_balanced_lines_added_later_to_a_posted_entry_are_refused(posted, owner_connection):
    with _refused("was not made in this transaction"):
        _add_lines_later(owner_connection, posted)

    assert Line.objects.count() == 2


def test_an_entry_that_names_another_transaction_is_refused(posted, owner_connection):
    with _refused("another transaction"):
        _post_raw(owner_connection, posted, *BALANCED, xact="999999999")


def test_an_entry_in_another_month_than_its_day_is_refused(posted, owner_connection):
    with _refused("month than its own"):
        _post_raw(owner_connection, posted, *BALANCED, month="2026-12")


def test_a_closed_month_is_closed_for_raw_sql_too(posted, owner_connection):
    services.close_period(code="2026-11", by=posted.by)

    with _refused("books of 2026-11 are closed"):
        _post_raw(owner_connection, posted, *BALANCED)


@pytest.mark.parametrize("amount", ["2.345", "0.001", "10.000"])
def test_a_third_decimal_is_refused_and_not_rounded(posted, owner_connection, amount):
    with _refused("amount"):
        _post_raw(owner_connection, posted, ("1000", amount), ("3000", f"-{amount}"))


def test_a_line_of_nothing_is_refused(posted, owner_connection):
    with _refused("accounting_line_is_not_zero"):
        _post_raw(owner_connection, posted, ("1000", "0"), ("3000", "0"))


def test_a_reversal_that_is_no_mirror_is_refused(posted, owner_connection):
    rows = ("1000", "-99.00"), ("3000", "99.00")

    with _refused("not the mirror"):
        _post_raw(owner_connection, posted, *rows, reverses=posted.pk)


def test_right_lines_by_raw_sql_reach_the_balances_as_well(posted, owner_connection):
    _post_raw(owner_connection, posted, *BALANCED)

    (balance,) = Balance.objects.filter(account_id="1000", day=date(2026, 11, 21))
    assert balance.amount == Decimal("5.00")


def test_no_trigger_of_the_ledger_is_asleep(posted):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN "
            "('accounting_entry'::regclass, 'accounting_line'::regclass) ORDER BY tgname"
        )
        triggers = cursor.fetchall()

    assert triggers == [
        ("append_only", "O"),
        ("append_only", "O"),
        ("append_only_truncate", "O"),
        ("append_only_truncate", "O"),
        ("entry_is_whole", "O"),
        ("take_entries", "O"),
        ("take_lines", "O"),
    ]
