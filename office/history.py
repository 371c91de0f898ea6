"""Row history: who changed what, in the tables that people keep as data (G10).

A trigger in the database writes it, so that bulk writes, the admin and raw SQL are seen alike. The
application's role can neither switch it off nor write into it: docs/decisions/0012.
A model takes part by `row_history = Kept(…)`; migrate makes the triggers equal to that.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connections, transaction

TRIGGER = "keep_history"
SETTING = "office.actor"  # of the transaction: the user whose request or task writes
_TABLE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
_actor: ContextVar[Callable[[], Any] | None] = ContextVar("actor", default=None)


@dataclass(frozen=True)
class Kept:
    """How a table's changes are kept. Columns by their names in the database.

    Of those that are `sealed` the history says that they changed, and never what they were: secrets
    and what must be erasable. A change of `passing` columns alone is none. `of` and `key`: the
    table on whose record's page the row belongs, and the column that names that record. `since`:
    "birth", or "change" where the row itself says who wrote it.
    """

    sealed: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    of: str = ""
    key: str = ""
    since: str = "birth"


# Of packages: how a person signs in.
OF_PACKAGES = {
    "account_emailaddress": Kept(of="office_user", key="user_id", sealed=("email",)),
    "mfa_authenticator": Kept(
        of="office_user", key="user_id", sealed=("data",), passing=("last_used_at",)
    ),
}


@cache
def kept_tables() -> dict[str, Kept]:
    """Every table whose changes are kept; the links between many of a kept model are part of it."""
    found = dict(OF_PACKAGES)
    for model in apps.get_models():
        kept = getattr(model, "row_history", None)
        if kept is None:
            continue
        table, key = model._meta.db_table, model._meta.pk.column
        found[table] = replace(kept, of=kept.of or table, key=kept.key or key)
        for field in model._meta.local_many_to_many:
            found[field.m2m_db_table()] = Kept(of=table, key=field.m2m_column_name())
    return found


# Who writes


@contextmanager
def acting(who: Callable[[], Any]) -> Iterator[None]:
    """What is written inside has the author that `who()` gives when it is written."""
    token = _actor.set(who)
    try:
        yield
    finally:
        _actor.reset(token)


def act_as(who: Callable[[], Any]) -> None:
    """For a process that always works for the same author."""
    _actor.set(who)


def watch(connection: Any, **_kwargs: Any) -> None:
    """Tell the database the author before each statement that writes to a kept table."""
    if _name_the_author not in connection.execute_wrappers:
        connection.execute_wrappers.append(_name_the_author)


def _name_the_author(execute, sql, params, many, context):
    found = _TABLE.match(sql) if isinstance(sql, str) else None
    who = _actor.get() if found and found[1] in kept_tables() else None
    author = who() if who else None
    if author is None or author.pk is None:
        return execute(sql, params, many, context)
    connection = context["connection"]
    with transaction.atomic(using=connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(author.pk)])
        return execute(sql, params, many, context)


# What migrate writes


def write_triggers(using: str = "default") -> None:
    """Make the database's triggers equal to the declarations. Migrate calls this, as the owner."""
    declared = {table: _trigger_sql(table, kept) for table, kept in kept_tables().items()}
    with connections[using].cursor() as cursor:
        standing = written_triggers(cursor)
        for table in standing.keys() - declared.keys():
            cursor.execute(f'DROP TRIGGER {TRIGGER} ON "{table}"')
        for table, sql in declared.items():
            if standing.get(table) != sql:
                cursor.execute(sql.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1))


def written_triggers(cursor: Any) -> dict[str, str]:
    """{table: the trigger's definition} as the database has them."""
    cursor.execute(
        "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s",
        [TRIGGER],
    )
    return dict(cursor.fetchall())


def _trigger_sql(table: str, kept: Kept) -> str:
    """In PostgreSQL's own words, so that one that stands can be told from one that differs."""
    events = "INSERT OR DELETE OR UPDATE" if kept.since == "birth" else "DELETE OR UPDATE"
    told = ", ".join(
        f"'{one}'" for one in (kept.of, kept.key, ",".join(kept.sealed), ",".join(kept.passing))
    )
    return (
        f"CREATE TRIGGER {TRIGGER} AFTER {events} ON public.{table} "
        f"FOR EACH ROW EXECUTE FUNCTION office_keep_history({told})"
    )
