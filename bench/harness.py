"""Rounds of ours, of the floor and of the peers in turn: a busy machine is busy for all of them.

A figure is the median of its rounds. What counts is the ratio of ours to the floor, the least
that this machine needs for the same work by hand.
"""

import json
import math
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.office import Office

ROUNDS = 5
FLAT = 0.05  # the exponent of what counts as flat: a thousandfold size takes 1.4 times as long
Round = Callable[[], float]


@dataclass(frozen=True)
class Contest:
    """Who runs: each call is one round and returns its figure in the row's unit.

    `also` are facts beside the figures, each with whether it is as it must be.
    """

    ours: Round
    floor: Round
    peers: Mapping[str, Round] = field(default_factory=dict)
    also: Mapping[str, bool] = field(default_factory=dict)

    def runners(self) -> dict[str, Round]:
        return {"ours": self.ours, "floor": self.floor, **self.peers}


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `goal` is what ours / floor must reach: at least, or at most where less is better (`unit` is
    then a time or a memory). `size` is how many records the work lies among; with `flat_from` it
    is also measured among so few, and may not take noticeably longer among many.
    """

    name: str
    unit: str
    goal: float
    size: int
    prepare: Callable[[Office, int], AbstractContextManager[Contest]]
    rounds: int = ROUNDS
    flat_from: int = 0

    @property
    def less_is_better(self) -> bool:
        return not self.unit.endswith("/s")


@dataclass(frozen=True)
class Measured:
    """What came of a row at one size."""

    row: Row
    size: int
    ours: float
    floor: float
    peers: Mapping[str, float]
    also: Mapping[str, bool]
    rounds: int

    @property
    def ratio(self) -> float:
        return self.ours / self.floor

    @property
    def is_met(self) -> bool:
        within = (
            self.ratio <= self.row.goal if self.row.less_is_better else self.ratio >= self.row.goal
        )
        return within and all(self.also.values())

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.row.name,
            "unit": self.row.unit,
            "ours": self.ours,
            "floor": self.floor,
            "peers": dict(self.peers),
            "rounds": self.rounds,
        }


def measure(row: Row, office: Office, *, size: int, rounds: int) -> Measured:
    """Run the rounds of everybody in turn, after one that does not count."""
    with row.prepare(office, size) as contest:
        runners = contest.runners()
        for run in runners.values():
            run()
        found: dict[str, list[float]] = {name: [] for name in runners}
        for _round in range(rounds):
            for name, run in runners.items():
                found[name].append(run())
    figures = {name: round_off(statistics.median(some)) for name, some in found.items()}
    peers = {name: figures[name] for name in contest.peers}
    return Measured(row, size, figures["ours"], figures["floor"], peers, dict(contest.also), rounds)


def exponent(small: Measured, large: Measured) -> float:
    """How the time of one piece of work grows with the size: 0 is flat, 1 is linear."""
    factor = large.ours / small.ours
    if not small.row.less_is_better:
        factor = 1 / factor
    return math.log(factor) / math.log(large.size / small.size)


def grown(small: Measured, large: Measured) -> Measured:
    """`large` with what it says about growth; a row that must be flat is not met unless it is."""
    power = exponent(small, large)
    fact = (
        f"{small.ours:g} → {large.ours:g} {large.row.unit} from {small.size:,} to {large.size:,}, "
        f"exponent {power:+.2f}"
    )
    is_fine = power <= FLAT if large.row.flat_from else power < 1
    return replace(large, also={**large.also, fact: is_fine})


def rate(work: Callable[[Any], object], pieces: Sequence[Any]) -> float:
    """Pieces of work a second."""
    began = perf_counter()
    for piece in pieces:
        work(piece)
    return len(pieces) / (perf_counter() - began)


def milliseconds(work: Callable[[Any], object], pieces: Sequence[Any], percentile: int) -> float:
    """The percentile of the time that a piece of work takes."""
    times = []
    for piece in pieces:
        began = perf_counter()
        work(piece)
        times.append((perf_counter() - began) * 1000)
    return sorted(times)[min(len(times) - 1, len(times) * percentile // 100)]


def round_off(value: float) -> float:
    """Four figures say all that a busy machine knows."""
    return float(f"{value:.4g}")


def write_results(path: Path, rows: Sequence[Measured]) -> None:
    """`{"machine": …, "rows": [{"name", "unit", "ours", "floor", "peers", "rounds"}]}`."""
    plain = {"machine": machine(), "rows": [row.to_json() for row in rows]}
    path.write_text(json.dumps(plain, indent=1) + "\n")


def machine() -> str:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _lines_of("/proc/cpuinfo")
            if line.startswith("model name")
        ),
        platform.processor() or "unknown processor",
    )
    system = f"{platform.system()} {platform.release()}"
    return f"{os.cpu_count()} × {cpu}, {system}, Python {platform.python_version()}"


def _lines_of(path: str) -> Iterator[str]:
    try:
        yield from Path(path).read_text().splitlines()
    except OSError:
        return


HEAD = ("row", "unit", "size", "ours", "floor", "ratio", "goal", "met", "peers")


def table(rows: Sequence[Measured]) -> str:
    """What was measured, for people."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    text.insert(1, "  ".join("-" * width for width in widths))
    for row in rows:
        text += [
            f"{row.row.name}: {fact}{'' if ok else '  ← NOT MET'}" for fact, ok in row.also.items()
        ]
    return "\n".join(text)


def _cells(row: Measured) -> tuple[str, ...]:
    sign = "≤" if row.row.less_is_better else "≥"
    peers = ", ".join(f"{name} {figure:g}" for name, figure in row.peers.items())
    return (
        row.row.name,
        row.row.unit,
        f"{row.size:,}",
        f"{row.ours:g}",
        f"{row.floor:g}",
        f"{row.ratio:.2f}",
        f"{sign} {row.row.goal:g}",
        "yes" if row.is_met else "NO",
        peers,
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
