"""The workflow map: states in a column, acts as arrows, drawn from the declared transitions.

Given are the edges `(state, act, target)` themselves, so the picture cannot differ from what the
office does. An arrow to the next state runs down the middle; acts that skip ahead run on the
right, acts that go back on the left. Sources of one act with one target share a lane.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()

BOX = 190  # width of a state
ROW = 40  # its least height
PORT = 19  # height of one arrow beside it
GAP = 38  # between two states
LANE = 13  # between two upright lines
MARGIN = 8
LETTER = 6.1  # width of an average letter of an act's name, 11.5 px Inter
Edge = tuple[str, str, str]


@dataclass
class Bus:
    """One act with one target on one side, from any number of states."""

    act: str
    target: str
    sources: list[str] = field(default_factory=list)
    exits: list[float] = field(default_factory=list)
    entry: float = 0
    lane: int = 0

    @property
    def top(self) -> float:
        return min([*self.exits, self.entry])

    @property
    def bottom(self) -> float:
        return max([*self.exits, self.entry])


@register.inclusion_tag("charts/workflow_map.html")
def workflow_map(
    edges: Iterable[Edge],
    counts: Mapping[str, int] | None = None,
    labels: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    acts: Mapping[str, str] | None = None,
    title: str = "",
) -> dict[str, Any]:
    """Draw the map. The order of the states is that of `labels`, else of first mention."""
    names = dict(labels or {})
    words = {act: str(name) for act, name in (acts or {}).items()}
    edges = list(dict.fromkeys((state, act, target) for state, act, target in edges))
    order = _order(edges, names)
    moves = [edge for edge in edges if edge[0] != edge[2]]
    drawing = _draw(order, moves, words)
    counts, links = counts or {}, links or {}
    leaving = {state for state, _act, _target in moves}
    for box in drawing["boxes"]:
        state = box["state"]
        box["label"] = names.get(state) or (_words(state) if state else _("Not yet begun"))
        box["count"] = counts.get(state)
        box["link"] = links.get(state, "")
        box["final"] = state not in leaving
    named = {box["state"]: box["label"] for box in drawing["boxes"]}
    table = [(named[a], words.get(act, _words(act)), named[b]) for a, act, b in edges]
    return {**drawing, "table": table, "title": title or _("How the work flows")}


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _order(edges: list[Edge], names: Mapping[str, str]) -> list[str]:
    mentioned = [state for edge in edges for state in (edge[0], edge[2])]
    begun = [""] if "" in mentioned else []
    known = [state for state in names if state in mentioned]
    return list(dict.fromkeys([*begun, *known, *mentioned]))


def _draw(order: list[str], moves: list[Edge], words: Mapping[str, str]) -> dict[str, Any]:
    place = {state: i for i, state in enumerate(order)}
    ahead: dict[str, list[str]] = {}
    for state, act, target in moves:
        if place[target] == place[state] + 1:
            ahead.setdefault(state, []).append(words.get(act, _words(act)))
    right = _buses(moves, lambda a, b: place[b] > place[a] + 1)
    left = _buses(moves, lambda a, b: place[b] < place[a])
    boxes, bottom = _stack(order, [right, left])
    for side in (right, left):
        _assign_lanes(side)
    gutters = [_gutter(side, words) for side in (left, right)]
    start = MARGIN + gutters[0] + _lanes(left) * LANE
    end = start + BOX
    lines = [_line(bus, start, -1, gutters[0], words) for bus in left]
    lines += [_line(bus, end, 1, gutters[1], words) for bus in right]
    return {
        "boxes": boxes,
        "x": start,
        "middle": start + BOX / 2,
        "box_width": BOX,
        "lines": lines,
        "steps": _steps(boxes, ahead, start + BOX / 2),
        "width": end + gutters[1] + _lanes(right) * LANE + MARGIN,
        "height": bottom,
    }


def _buses(moves: list[Edge], belongs: Any) -> list[Bus]:
    buses: dict[tuple[str, str], Bus] = {}
    for state, act, target in moves:
        if belongs(state, target):
            bus = buses.setdefault((act, target), Bus(act, target))
            bus.sources.append(state)
    return list(buses.values())


def _stack(order: list[str], sides: list[list[Bus]]) -> tuple[list[dict[str, Any]], float]:
    """Place the boxes below each other, each high enough for its arrows, and give out ports."""
    boxes, y = [], float(MARGIN)
    for state in order:
        ports = max(
            sum((bus.target == state) + bus.sources.count(state) for bus in side) for side in sides
        )
        height = max(ROW, ports * PORT + 10)
        for side in sides:
            _give_ports(state, side, y, height)
        boxes.append({"state": state, "y": y, "height": height, "text_y": y + height / 2 + 4.5})
        y += height + GAP
    return boxes, y - GAP + MARGIN


def _give_ports(state: str, side: list[Bus], y: float, height: float) -> None:
    entering = [bus for bus in side if bus.target == state]
    leaving = [bus for bus in side if state in bus.sources]
    free = (height - PORT * (len(entering) + len(leaving))) / 2 + y + PORT / 2
    for bus in entering:
        bus.entry, free = free, free + PORT
    for bus in leaving:
        bus.exits.append(free)
        free += PORT


def _assign_lanes(side: list[Bus]) -> None:
    """The shortest line runs nearest; two lines share a lane only where they do not meet."""
    taken: list[list[Bus]] = []
    for bus in sorted(side, key=lambda bus: bus.bottom - bus.top):
        bus.lane = next((i for i, lane in enumerate(taken) if _fits(bus, lane)), len(taken))
        if bus.lane == len(taken):
            taken.append([])
        taken[bus.lane].append(bus)


def _fits(bus: Bus, lane: list[Bus]) -> bool:
    return all(bus.bottom + 4 < other.top or bus.top > other.bottom + 4 for other in lane)


def _lanes(side: list[Bus]) -> int:
    return max((bus.lane + 1 for bus in side), default=0)


def _gutter(side: list[Bus], words: Mapping[str, str]) -> float:
    longest = max((len(words.get(bus.act, _words(bus.act))) for bus in side), default=0)
    return longest * LETTER + 18 if side else 0


def _line(
    bus: Bus, edge: float, way: int, gutter: float, words: Mapping[str, str]
) -> dict[str, Any]:
    """Paths of one bus: a stub from each source, the upright line, the arrow into the target."""
    lane = edge + way * (gutter + (bus.lane + 0.5) * LANE)
    tip = edge + way * 7
    path = "".join(f"M{edge:g} {y:g}H{lane:g}" for y in bus.exits)
    path += f"M{lane:g} {bus.top:g}V{bus.bottom:g}M{lane:g} {bus.entry:g}H{tip:g}"
    return {
        "path": path,
        "tip": f"{edge:g},{bus.entry:g} {tip:g},{bus.entry - 4:g} {tip:g},{bus.entry + 4:g}",
        "text": words.get(bus.act, _words(bus.act)),
        "text_x": edge + way * 8,
        "anchor": "start" if way > 0 else "end",
        "text_ys": [y - 4 for y in bus.exits],
    }


def _steps(
    boxes: list[dict[str, Any]], ahead: dict[str, list[str]], middle: float
) -> list[dict[str, Any]]:
    steps = []
    for box, following in pairwise(boxes):
        if box["state"] in ahead:
            top, end = box["y"] + box["height"], following["y"]
            wings = f"{middle - 4:g},{end - 8:g} {middle + 4:g},{end - 8:g}"
            steps.append(
                {
                    "path": f"M{middle:g} {top:g}V{end - 7:g}",
                    "tip": f"{middle:g},{end:g} {wings}",
                    "text": ", ".join(ahead[box["state"]]),
                    "text_x": middle + 9,
                    "text_y": (top + end) / 2 + 3,
                }
            )
    return steps
