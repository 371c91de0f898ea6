"""`rating.one`, `rating.worksheet`, `rating.book`: one risk, its worksheet, and a book at once.

The floor of one risk is the same chain in bare Python: a look-up in a dictionary, a product and a
rounding of Decimals for each step. The floor of a book is PostgreSQL: the same tables joined and
multiplied in numeric, rounded step by step. Ours reads the packed pages of a book and rates them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import pairwise
from time import perf_counter
from typing import Any

from bench import book
from bench.harness import Contest, Row, rate
from bench.office import Office

RISKS_A_ROUND = 4_000
ON = date(2026, 3, 1)
CENT = Decimal("0.01")
FEW = 100  # records beside which the book of risks lies
# name of a step: its keys or the edges of its bands
EXACT = {
    "territory": [f"z{n}" for n in range(40)],
    "vehicle_use": ["pleasure", "commute", "business"],
    "body": ["sedan", "suv", "pickup", "van", "sports"],
    "tier": ["excellent", "good", "fair", "poor", "unknown"],
    "deductible_code": ["250", "500", "1000", "2000"],
}
BANDED = {
    "experience": [0, 1, 3, 6, 10, 40, 55, 90],
    "accidents": [0, 1, 2, 3, 21],
    "miles": [0, 5000, 7500, 12000, 20000, 100001],
    "age": [0, 3, 6, 10, 15, 80],
}


def factor_of(step: int, place: int) -> str:
    """Factors around one with three places, so that every step has something to round."""
    return str(Decimal(800 + (step * 37 + place * 53) % 450) / 1000)


def document() -> dict[str, Any]:
    """A plan of ten steps as the catalogue would hold it."""
    names = {"en": "A step", "es": "Un paso"}
    base = {"version": "1", "kind": "exact", "keys": ["jurisdiction"], "rows": [["XX", "431.00"]]}
    tables: dict[str, Any] = {"base": base}
    steps = [{"code": "base", "name": names, "kind": "base", "table": "base"}]
    steps[0]["inputs"] = ["jurisdiction"]
    for number, (name, keys) in enumerate(EXACT.items()):
        rows = [[key, factor_of(number, place)] for place, key in enumerate(keys)]
        tables[name] = {"version": "1", "kind": "exact", "keys": [name], "rows": rows}
    for number, (name, edges) in enumerate(BANDED.items(), len(EXACT)):
        rows = [
            [str(a), str(b), factor_of(number, place)]
            for place, (a, b) in enumerate(pairwise(edges))
        ]
        tables[name] = {"version": "1", "kind": "banded", "keys": [name], "rows": rows}
    for name in (*EXACT, *BANDED):
        step = {"code": name, "name": names, "kind": "factor", "table": name}
        steps.append(step | {"inputs": [f"risk.{name}"]})
    cents = {"places": 2, "mode": "half_up"}  # as PostgreSQL rounds
    rest = {"version": "1", "term_factor": "1", "round": cents, "inputs": {}}
    return rest | {"tables": tables, "steps": steps}


def compiled() -> Any:
    from policies.rating import RatingPlan, compile_plan

    coverages: dict[str, str] = {"C": "policy"}
    levies: dict[str, list] = {"XX": []}
    plan = RatingPlan.from_json(document(), coverages=coverages, levies=levies, labels={})
    return compile_plan(plan)


def risk_of(number: int) -> dict[str, Any]:
    """A risk of the plan; each field goes through its values at a pace of its own."""
    made: dict[str, Any] = {}
    for place, (name, keys) in enumerate(EXACT.items(), 1):
        made[name] = keys[number * place * 7 % len(keys)]
    for place, (name, edges) in enumerate(BANDED.items(), 1):
        made[name] = number * place * 13 % edges[-1]
    return made


CHOSEN = [{"coverage": "C", "item": "", "limit": "", "deductible": ""}]


@contextmanager
def one(_office: Office, _size: int) -> Iterator[Contest]:
    plan, bare, risks = compiled(), Bare(), [risk_of(n) for n in range(RISKS_A_ROUND)]
    for risk in risks[:200]:
        assert plan.rate(risk, CHOSEN, "XX", ON).premium == bare.premium(risk)
    yield Contest(
        lambda: rate(lambda risk: plan.rate(risk, CHOSEN, "XX", ON), risks),
        lambda: rate(bare.premium, risks),
    )


@contextmanager
def worksheet(_office: Office, _size: int) -> Iterator[Contest]:
    plan, bare, risks = compiled(), Bare(), [risk_of(n) for n in range(RISKS_A_ROUND)]
    yield Contest(
        lambda: rate(lambda risk: plan.worksheet(risk, CHOSEN, "XX", ON), risks),
        lambda: rate(bare.premium, risks),
    )


class Bare:
    """The plan by hand: dictionaries whose bands are spread out to every whole number."""

    def __init__(self) -> None:
        tables = document()["tables"]
        self.base = Decimal(tables["base"]["rows"][0][1])
        self.cells: list[tuple[str, dict[Any, Decimal]]] = []
        for name in EXACT:
            self.cells.append((name, {key: Decimal(f) for key, f in tables[name]["rows"]}))
        for name in BANDED:
            spread = {
                x: Decimal(f) for a, b, f in tables[name]["rows"] for x in range(int(a), int(b))
            }
            self.cells.append((name, spread))

    def premium(self, risk: dict[str, Any]) -> Decimal:
        amount = self.base
        for name, cells in self.cells:
            amount = (amount * cells[risk[name]]).quantize(CENT, "ROUND_HALF_UP")
        return amount


@contextmanager
def whole_book(office: Office, size: int) -> Iterator[Contest]:
    from policies.rating.book import BookPlan
    from policies.selectors import book as packed

    book.at_least(office, FEW)
    many = BookPlan(compiled())
    pages = write_pages(many, size)
    write_rows(office, size)
    query = joins()

    def ours() -> float:
        began, cents = perf_counter(), 0
        for page in pages:
            cents += int(many.rate(packed.read_page(page, many.wanted)).premium.sum())
        took = perf_counter() - began
        sums["ours"] = Decimal(cents).scaleb(-2)
        return size / took

    def floor() -> float:
        from django.db import connection

        began = perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(query)
            (sums["floor"],) = cursor.fetchone()
        return size / (perf_counter() - began)

    sums: dict[str, Decimal] = {}
    ours(), floor()
    yield Contest(ours, floor, also={"equal_to_the_cent": sums["ours"] == sums["floor"]})


def write_pages(many: Any, size: int) -> list[int]:
    """The risks as packed pages, as `pack_book` keeps those of segments."""
    from office import clock
    from policies.models import BookColumn, BookPage, Product
    from policies.rating.book import Frame, Insured
    from policies.services.book import PAGE

    pages, product = [], Product.objects.earliest("pk")
    for start in range(0, size, PAGE):
        numbers = range(start, min(start + PAGE, size))
        insured = [Insured(n, risk_of(n), CHOSEN, "XX", ON) for n in numbers]
        page = BookPage.objects.create(
            product=product,
            segments=len(insured),
            frame=Frame.of(insured).to_bytes(),
            packed_at=clock.now(),
        )
        BookColumn.objects.bulk_create(
            BookColumn(page=page, name=name, data=column.to_bytes())
            for name, column in many.pack(insured).items()
        )
        pages.append(page.pk)
    return pages


def write_rows(office: Office, size: int) -> None:
    """The same risks and tables in plain SQL."""
    tables = document()["tables"]
    with office.loading() as owner:
        owner.execute("CREATE SCHEMA IF NOT EXISTS bench")
        owner.execute("GRANT USAGE ON SCHEMA bench TO bindery_app")
        words = ", ".join(f"{name} text" for name in EXACT)
        numbers = ", ".join(f"{name} int" for name in BANDED)
        owner.execute(
            f"DROP TABLE IF EXISTS bench.risks; CREATE TABLE bench.risks ({words}, {numbers})"
        )
        with owner.cursor().copy("COPY bench.risks FROM STDIN") as copy:
            for number in range(size):
                copy.write_row(tuple(risk_of(number).values()))
        for name in EXACT:
            owner.execute(f"DROP TABLE IF EXISTS bench.{name}")
            owner.execute(f"CREATE TABLE bench.{name} (key text PRIMARY KEY, factor numeric)")
            owner.cursor().executemany(
                f"INSERT INTO bench.{name} VALUES (%s, %s)", tables[name]["rows"]
            )
        for name in BANDED:
            owner.execute(f"DROP TABLE IF EXISTS bench.{name}")
            owner.execute(f"CREATE TABLE bench.{name} (low int, high int, factor numeric)")
            owner.cursor().executemany(
                f"INSERT INTO bench.{name} VALUES (%s, %s, %s)", tables[name]["rows"]
            )
        owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA bench TO bindery_app")
    office.settle()


def joins() -> str:
    amount, tables = "431.00", ["bench.risks r"]
    for name in EXACT:
        amount = f"round({amount} * {name}.factor, 2)"
        tables.append(f"JOIN bench.{name} {name} ON {name}.key = r.{name}")
    for name in BANDED:
        amount = f"round({amount} * {name}.factor, 2)"
        band = f"r.{name} >= {name}.low AND r.{name} < {name}.high"
        tables.append(f"JOIN bench.{name} {name} ON {band}")
    return f"SELECT sum({amount}) FROM {' '.join(tables)}"


ROWS = [
    Row("rating.one", "risks/s", goal=0.2, size=1, prepare=one),
    Row("rating.worksheet", "worksheets/s", goal=0.05, size=1, prepare=worksheet),
    Row("rating.book", "risks/s", goal=4.0, size=1_000_000, prepare=whole_book),
]
