"""`policy.bind`: a quote becomes a policy, end to end: rate, rules, issue, bill, post, outbox.

Each bind is undone after it was measured, so that one quote serves for all; a commit to the disk is
added to each. The floor sends the very statements of one bind again, in one transaction, by hand.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import psycopg
from psycopg import sql

from bench import book
from bench.harness import Contest, Row, rate
from bench.office import Office

BINDS_A_ROUND = 12
STATEMENTS = 25
SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value),
    last_value IS NOT NULL
FROM pg_sequences
"""
COMMIT = "INSERT INTO bench_commit VALUES (1)"


@contextmanager
def bind(office: Office, size: int) -> Iterator[Contest]:
    from django.db import connection, transaction

    from tests import factories
    from underwriting import services

    book.at_least(office, size)
    quote = factories.quote()
    seller: Any = quote.submission.agent.user

    def ours(_n: int) -> None:
        with transaction.atomic():
            services.bind_quote(quote=quote, pay_plan="full", by=seller)
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute(COMMIT)

    with Replay(office, lambda: _statements(quote, seller)) as replay:
        statements = len(replay.statements)
        yield Contest(
            lambda: rate(ours, range(BINDS_A_ROUND)),
            replay.round,
            also={f"{statements} statements of at most {STATEMENTS}": statements <= STATEMENTS},
        )


class Replay:
    """The statements of one bind again and again, each time undone.

    They name the keys that they made: so the sequences are set back before each time.
    """

    def __init__(self, office: Office, record: Callable[[], list[str]]) -> None:
        self.office, self.record = office, record

    def __enter__(self) -> "Replay":
        self.owner = psycopg.connect(self.office.owner_url, autocommit=True)
        self.owner.execute("CREATE TABLE IF NOT EXISTS bench_commit (n int)")
        before = self.owner.execute(SEQUENCES).fetchall()
        self.statements = [statement.encode() for statement in self.record()]
        used = set(before) - set(self.owner.execute(SEQUENCES).fetchall())
        self.back = sql.SQL(", ").join(
            sql.SQL("setval({}, {}, {})").format(name, value, called)
            for name, value, called in sorted(used)
        )
        self.hand = psycopg.connect(self.office.application_url, autocommit=True)
        return self

    def __exit__(self, *_error: object) -> None:
        self.hand.close()
        self.owner.execute("DROP TABLE bench_commit")
        self.owner.close()

    def round(self) -> float:
        took = 0.0
        for _n in range(BINDS_A_ROUND):
            self.owner.execute(sql.SQL("SELECT ") + self.back)
            began = perf_counter()
            self.hand.execute("BEGIN")
            for statement in self.statements:
                self.hand.execute(statement)
            self.hand.execute("ROLLBACK")
            self.hand.execute(COMMIT.encode())
            took += perf_counter() - began
        return BINDS_A_ROUND / took


def _statements(quote: Any, seller: Any) -> list[str]:
    """What one bind sends. What it makes has other keys when sent again: undone, nobody asks."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from underwriting import services

    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        services.bind_quote(quote=quote, pay_plan="full", by=seller)
        transaction.set_rollback(True)
    ends = ("BEGIN", "ROLLBACK", "COMMIT", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS")
    return [query["sql"] for query in asked if not query["sql"].startswith(ends)]


ROWS = [Row("policy.bind", "policies/s", goal=0.4, size=1_000, prepare=bind)]
