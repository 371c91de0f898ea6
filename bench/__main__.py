"""`make bench`, `make bench NAME=claim`, `make bench GROW=1`.

Rows that lie among few records come first, so that the book of records only grows.
"""

import argparse
import importlib
import pkgutil
import traceback
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bench import harness, rows
from bench.harness import Measured, Row, say
from bench.office import Office, throwaway_office

RESULTS = Path(__file__).parent / "results.json"
ORDER = (
    "ledger.post_one", "ledger.post_bulk", "ledger.trial_balance", "claim.act", "claim.act_bulk",
    "rating.one", "rating.worksheet", "rating.book", "rating.write_back", "rating.celery",
    "results.month_end", "policy.bind", "page.worklist", "search.customers", "api.claims",
    "pdf.declarations", "memory.rest",
)  # fmt: skip
LARGEST = 1_000_000
GROWTH = 10


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _asked(arguments)
    began = perf_counter()
    with throwaway_office() as office:
        measured = run(office, asked)
    say("\n" + harness.table(measured))
    harness.write_results(RESULTS, measured)
    say(f"\n{harness.machine()}\n{RESULTS}, after {perf_counter() - began:.0f} s")
    wanted = {row.name for row in all_rows() if row.name.startswith(asked.name)}
    if missing := wanted - {found.row.name for found in measured}:
        raise SystemExit(f"Not measured: {', '.join(sorted(missing))}.")


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("name", nargs="?", default="", help="rows whose name begins so")
    parser.add_argument("--grow", action="store_true", help="also at ten times the size")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--size", type=int, default=0, help="records to lie among")
    return parser.parse_args(arguments)


def run(office: Office, asked: argparse.Namespace) -> list[Measured]:
    """One result a row, that of its largest size."""
    chosen = [row for row in all_rows() if row.name.startswith(asked.name)]
    if not chosen:
        raise SystemExit(f"No row begins with “{asked.name}”. There are: {', '.join(ORDER)}.")
    work = [(size, ORDER.index(row.name), row) for row in chosen for size in sizes(row, asked)]
    found: dict[str, Measured] = {}
    for size, _place, row in sorted(work, key=lambda piece: piece[:2]):
        now = _measured(row, office, size, asked.rounds or row.rounds)
        if now:
            before = found.get(row.name)
            found[row.name] = harness.grown(before, now) if before else now
    return [found[name] for name in ORDER if name in found]


def _measured(row: Row, office: Office, size: int, rounds: int) -> Measured | None:
    """One row; what breaks one is told and does not take the others with it."""
    try:
        now = harness.measure(row, office, size=size, rounds=rounds)
    except Exception:
        say(f"{row.name} among {size:,} could not be measured:\n{traceback.format_exc()}")
        return None
    say(
        f"{row.name} among {size:,}: {now.ours:g} {row.unit}, floor {now.floor:g}, "
        f"ratio {now.ratio:.2f}"
    )
    return now


def sizes(row: Row, asked: argparse.Namespace) -> list[int]:
    """The row's own size; with GROW also ten times as many, which end at a million."""
    if asked.size:
        return [asked.size]
    if asked.grow:
        small = min(row.size, LARGEST // GROWTH)
        return [row.flat_from or small, small * GROWTH]
    return [row.flat_from, row.size] if row.flat_from else [row.size]


def all_rows() -> list[Row]:
    """The rows of every module of `bench.rows`, in the order of the table."""
    names = [module.name for module in pkgutil.iter_modules(rows.__path__)]
    modules = [importlib.import_module(f"bench.rows.{name}") for name in names]
    found = [row for module in modules for row in module.ROWS]
    return sorted(found, key=lambda row: ORDER.index(row.name))


if __name__ == "__main__":
    main()
