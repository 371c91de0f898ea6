"""`ledger.*`: posting one entry, posting many, and the trial balance.

Ours posts through the service with every guard on: balanced, open month, own transaction, balances
kept. The floors write the same rows into twins of the two tables, by INSERTs or by COPY.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

import psycopg

from bench import twins
from bench.harness import Contest, Row, milliseconds, rate
from bench.office import Office

ENTRIES_A_ROUND = 150
BULK = 1_000
MEDIAN = 50
MILLION = 1_000_000
DAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 18, tzinfo=UTC)
# Account and amount of each line: entries of two, three and four lines in turn.
SHAPES = (
    (("1100", "812.40"), ("2200", "-812.40")),
    (("1100", "500.00"), ("4100", "-450.00"), ("2300", "-50.00")),
    (("1100", "120.25"), ("4100", "-100.25"), ("2300", "-12.00"), ("4200", "-8.00")),
)
DIMS = {"product": "BIND-PA", "line": "casualty", "carrier": "BIND", "jurisdiction": "US-CA"}


def shapes() -> list[list[tuple[str, Decimal]]]:
    """The lines of SHAPES over accounts that this office has."""
    from accounting.models import Account

    codes = list(Account.objects.order_by("code").values_list("code", flat=True))
    names = {code: codes[place] for place, code in enumerate(("1100", "2200", "2300", "4100"))}
    names["4200"] = codes[4]
    return [[(names[code], Decimal(amount)) for code, amount in shape] for shape in SHAPES]


# One entry, durable


@contextmanager
def post_one(office: Office, size: int) -> Iterator[Contest]:
    from accounting.services import Leg, post_entry
    from office.models import User

    load(office, size)
    by, lines = User.objects.service(), shapes()
    legs = [[Leg(account, amount, **DIMS) for account, amount in shape] for shape in lines]
    places = range(ENTRIES_A_ROUND)

    def ours(place: int) -> None:
        post_entry(
            source=f"claim:{place}", memo="Bench", lines=legs[place % 3], by=by, booked_on=DAY
        )

    with Hand(office, by.pk) as hand:
        yield Contest(
            lambda: rate(ours, places),
            lambda: rate(lambda place: hand.post(place, lines[place % 3]), places),
        )


class Hand:
    """psycopg on the twins: BEGIN, one INSERT for the entry, one for each line, COMMIT."""

    ENTRY = (
        "INSERT INTO bench.accounting_entry (kind, at, booked_on, period_id, source, reference, "
        "memo, by_id, xact) VALUES ('journal', %s, %s, '2026-11', %s, '', 'Bench', %s, "
        "pg_current_xact_id()) RETURNING id"
    )
    LINE = (
        "INSERT INTO bench.accounting_line (entry_id, account_id, amount, currency, product, line, "
        "carrier, jurisdiction) VALUES (%s, %s, %s, 'USD', %s, %s, %s, %s)"
    )

    def __init__(self, office: Office, by: int) -> None:
        self.office, self.by, self.keys = office, by, count(1)

    def __enter__(self) -> "Hand":
        twins.make(self.office, "accounting_entry", "true")
        twins.make(self.office, "accounting_line", "true")
        self.connection = psycopg.connect(self.office.application_url, autocommit=True)
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()
        twins.remove(self.office)

    def post(self, place: int, shape: list[tuple[str, Decimal]]) -> None:
        run = self.connection.execute
        run("BEGIN")
        (key,) = run(self.ENTRY, [AT, DAY, f"claim:{place}", self.by]).fetchone() or (0,)
        for account, amount in shape:
            run(self.LINE, [key, account, amount, *DIMS.values()])
        run("COMMIT")

    def copy(self, postings: list[tuple[str, list[tuple[str, Decimal]]]]) -> None:
        """The same by COPY, the keys made up here."""
        first = next(self.keys) * 10_000_000
        with self.connection.transaction(), self.connection.cursor() as cursor:
            xact = cursor.execute("SELECT pg_current_xact_id()::text").fetchone() or ("",)
            with cursor.copy(
                "COPY bench.accounting_entry (id, kind, at, booked_on, period_id, source, "
                "reference, memo, by_id, xact) FROM STDIN"
            ) as rows:
                for place, (source, _shape) in enumerate(postings):
                    head = (first + place, "journal", AT, DAY, "2026-11", source, "", "Bench")
                    rows.write_row((*head, self.by, xact[0]))
            with cursor.copy(
                "COPY bench.accounting_line (entry_id, account_id, amount, currency, product, "
                "line, carrier, jurisdiction) FROM STDIN"
            ) as rows:
                for place, (_source, shape) in enumerate(postings):
                    for account, amount in shape:
                        rows.write_row((first + place, account, amount, "USD", *DIMS.values()))


# Many at once


@contextmanager
def post_bulk(office: Office, size: int) -> Iterator[Contest]:
    from accounting.services import Leg, Posting, post_entries_bulk
    from office.models import User

    load(office, size)
    by, lines = User.objects.service(), shapes()
    legs = [[Leg(account, amount, **DIMS) for account, amount in shape] for shape in lines]
    ours = [
        Posting(source=f"claim:{place}", lines=legs[place % 3], memo="Bench", booked_on=DAY)
        for place in range(BULK)
    ]
    hand_made = [(f"claim:{place}", lines[place % 3]) for place in range(BULK)]
    with Hand(office, by.pk) as hand:
        yield Contest(
            lambda: BULK * rate(lambda _n: post_entries_bulk(postings=ours, by=by), [1]),
            lambda: BULK * rate(lambda _n: hand.copy(hand_made), [1]),
        )


# Trial balance

GROUPED = "SELECT account_id, currency, sum(amount) FROM accounting_line GROUP BY 1, 2"
COVERING = "CREATE INDEX bench_cover ON accounting_line (account_id, currency) INCLUDE (amount)"


@contextmanager
def trial_balance(office: Office, size: int) -> Iterator[Contest]:
    from accounting.selectors import trial_balance as ours

    load(office, size)
    with psycopg.connect(office.owner_url, autocommit=True) as owner:
        owner.execute(COVERING)
        owner.execute("VACUUM ANALYZE accounting_line, accounting_balance")
        grouped = {(row[0], row[1]): row[2] for row in owner.execute(GROUPED) if row[2]}
        told = {(row.account.pk, row.currency): row.amount for row in ours(date(2099, 1, 1))}
        assert told == grouped, "The balances are not those of the lines."
        asked = range(3)
        yield Contest(
            lambda: milliseconds(lambda _n: ours(DAY), asked, MEDIAN),
            lambda: milliseconds(lambda _n: owner.execute(GROUPED).fetchall(), asked, MEDIAN),
        )
        owner.execute("DROP INDEX bench_cover")


LOAD_PERIODS = """
INSERT INTO accounting_period (code, starts_on, ends_on, state)
SELECT to_char(month, 'YYYY-MM'), month, (month + interval '1 month - 1 day')::date, 'open'
FROM generate_series(DATE '2023-11-01', DATE '2026-11-01', interval '1 month') AS month
ON CONFLICT DO NOTHING
"""
LOAD_ENTRIES = """
INSERT INTO accounting_entry
    (id, kind, at, booked_on, period_id, source, reference, memo, by_id, xact)
OVERRIDING SYSTEM VALUE
SELECT n, 'journal', day + time '18:00', day, to_char(day, 'YYYY-MM'), 'claim:' || n %% 50000, '',
    'Bench', %(by)s, pg_current_xact_id()
FROM (SELECT n, DATE '2023-11-01' + (n %% 1096)::int AS day
    FROM generate_series(%(low)s::int, %(high)s::int) AS n) AS dated
"""
LOAD_LINES = """
INSERT INTO accounting_line
    (entry_id, account_id, amount, currency, product, line, carrier, jurisdiction)
SELECT n, (%(codes)s::text[])[1 + (n + side * 7) %% %(many)s::int],
    round((CASE side WHEN 0 THEN 1 ELSE -1 END) * (1 + n %% 90000) / 100.0, 2), 'USD',
    'BIND-PA', 'casualty', 'BIND', 'US-CA'
FROM generate_series(%(low)s::int, %(high)s::int) AS n, generate_series(0, 1) AS side
"""
LOAD_BALANCES = """
INSERT INTO accounting_balance AS b (account_id, currency, day, shard, amount)
SELECT account_id, currency, booked_on, entry_id %% 4, sum(amount)
FROM accounting_line JOIN accounting_entry e ON e.id = entry_id
WHERE entry_id BETWEEN %(low)s AND %(high)s GROUP BY 1, 2, 3, 4
ON CONFLICT (account_id, currency, day, shard) DO UPDATE SET amount = b.amount + excluded.amount
"""
FIRST = 100_000_000


def load(office: Office, size: int) -> None:
    """Let the ledger hold `size` lines of three years, two an entry, and their balances."""
    from accounting.models import Account
    from office.models import User

    codes = list(Account.objects.order_by("code").values_list("code", flat=True))
    by = User.objects.service().pk
    with office.loading() as owner:
        owner.execute(LOAD_PERIODS)
        (last,) = owner.execute(
            "SELECT coalesce(max(id), %(first)s) FROM accounting_entry WHERE id < 2 * %(first)s",
            {"first": FIRST},
        ).fetchone() or (FIRST,)
        low, high = max(last, FIRST) + 1, FIRST + size // 2
        if low > high:
            owner.commit()
            return
        words = {"low": low, "high": high, "by": by, "codes": codes, "many": len(codes)}
        for statement in (LOAD_ENTRIES, LOAD_LINES, LOAD_BALANCES):
            owner.execute(statement.encode(), words)
        owner.commit()
    office.settle()


ROWS = [
    Row("ledger.post_one", "entries/s", goal=1.0, size=10_000, prepare=post_one),
    Row("ledger.post_bulk", "entries/s", goal=0.6, size=10_000, prepare=post_bulk),
    Row("ledger.trial_balance", "ms", goal=0.05, size=MILLION, prepare=trial_balance),
]
