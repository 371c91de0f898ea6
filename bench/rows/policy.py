"""`policy.bind`: a quote becomes a policy, end to end: rate, rules, issue, bill, post, outbox.

Each bind is undone after it was measured, so that one quote serves for all; a commit to the disk is
added to each. The floor sends the very statements of one bind again, in one transaction, by hand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bench import book
from bench.harness import Contest, Row, rate
from bench.office import Office

BINDS_A_ROUND = 12
STATEMENTS = 25
COMMIT = "INSERT INTO bench_commit VALUES (1)"


@contextmanager
def bind(office: Office, size: int) -> Iterator[Contest]:
    from django.db import connection, transaction

    from tests import factories
    from underwriting import services

    book.at_least(office, size)
    quote = factories.quote()
    seller: Any = quote.submission.agent.user
    with psycopg.connect(office.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS bench_commit (n int)")
        statements = _statements(quote, seller)

        def ours(_n: int) -> None:
            with transaction.atomic():
                services.bind_quote(quote=quote, pay_plan="full", by=seller)
                transaction.set_rollback(True)
            with connection.cursor() as cursor:
                cursor.execute(COMMIT)

        with psycopg.connect(office.application_url, autocommit=True) as hand:

            def floor(_n: int) -> None:
                hand.execute("BEGIN")
                for statement in statements:
                    hand.execute(statement.encode())
                hand.execute("ROLLBACK")
                hand.execute(COMMIT.encode())

            many = range(BINDS_A_ROUND)
            fact = f"{len(statements)} statements of at most {STATEMENTS}"
            yield Contest(
                lambda: rate(ours, many),
                lambda: rate(floor, many),
                also={fact: len(statements) <= STATEMENTS},
            )
        owner.execute("DROP TABLE bench_commit")


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
