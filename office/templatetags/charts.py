"""Charts as our own SVG: they scale without shrinking their words, follow the theme and print.

Every chart carries its data in a table. Words and figures are HTML beside the drawing, so they
keep their size on a phone; only shapes are in the SVG, which stretches.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from office import money

register = template.Library()

WIDTH = 100  # of every drawing; it is stretched to its box
HEIGHT = 40  # of the plot of a line
Number = Decimal | int


@register.inclusion_tag("charts/bars.html")
def bar_chart(rows: Sequence[tuple[str, Number]], title: str = "", currency: str = "") -> dict:
    """Horizontal bars: rows of (label, value). Bars start at zero; a negative one stays empty."""
    measured = [(label, Decimal(value)) for label, value in rows]
    top = max((value for _label, value in measured), default=Decimal(0))
    bars = [
        {
            "label": label,
            "value": _written(value, currency),
            "parts": [{"x": "0", "width": _share(max(value, Decimal(0)), top), "series": 1}],
        }
        for label, value in measured
    ]
    table = [(bar["label"], [bar["value"]]) for bar in bars]
    return {"title": title, "bars": bars, "head": [_("Value")], "table": table, "legend": []}


@register.inclusion_tag("charts/bars.html")
def stacked_chart(
    rows: Sequence[tuple[str, Sequence[Number]]],
    series: Sequence[str],
    title: str = "",
    currency: str = "",
) -> dict:
    """Stacked bars: rows of (label, one value for each series); at most five series."""
    measured = [
        (label, [max(Decimal(value), Decimal(0)) for value in values]) for label, values in rows
    ]
    top = max((sum(values, Decimal(0)) for _label, values in measured), default=Decimal(0))
    bars = [
        {
            "label": label,
            "value": _written(sum(values, Decimal(0)), currency),
            "parts": _stack(values, top),
        }
        for label, values in measured
    ]
    table = [(label, [_written(value, currency) for value in values]) for label, values in measured]
    legend = [{"label": name, "series": place} for place, name in enumerate(series, 1)]
    return {"title": title, "bars": bars, "head": list(series), "table": table, "legend": legend}


@register.inclusion_tag("charts/bars.html")
def waterfall_chart(
    start: tuple[str, Number],
    steps: Sequence[tuple[str, Number]],
    end: str,
    title: str = "",
    currency: str = "",
) -> dict:
    """From a first amount by steps to the last: each step hangs where the one before it ended.

    Totals and rises and falls have a series each; the last bar is the sum of all.
    """
    label, first = start[0], Decimal(start[1])
    level, rows = first, [(label, first, Decimal(0), first, 1)]
    for name, value in steps:
        change = Decimal(value)
        low, high = min(level, level + change), max(level, level + change)
        rows.append((name, change, low, high, 2 if change > 0 else 3))
        level += change
    rows.append((end, level, Decimal(0), level, 1))
    top = max(high for _name, _value, _low, high, _series in rows)
    bars = [
        {
            "label": name,
            "value": _written(value, currency),
            "parts": [{"x": _share(low, top), "width": _share(high - low, top), "series": series}],
        }
        for name, value, low, high, series in rows
    ]
    table = [(bar["label"], [bar["value"]]) for bar in bars]
    return {"title": title, "bars": bars, "head": [_("Value")], "table": table, "legend": []}


def _stack(values: Sequence[Decimal], top: Decimal) -> list[dict[str, Any]]:
    parts, start = [], Decimal(0)
    for place, value in enumerate(values, 1):
        if value:
            parts.append({"x": _share(start, top), "width": _share(value, top), "series": place})
        start += value
    return parts


@register.inclusion_tag("charts/line.html")
def line_chart(rows: Sequence[tuple[str, Number]], title: str = "", currency: str = "") -> dict:
    """One line over time: rows of (label, value) in order. The scale holds zero."""
    labels = [label for label, _value in rows]
    values = [Decimal(value) for _label, value in rows]
    low, high = min([*values, Decimal(0)]), max([*values, Decimal(0)])
    points = _points(values, low, high)
    zero = _height(Decimal(0), low, high)
    return {
        "title": title,
        "points": " ".join(points),
        "area": f"0,{zero} {' '.join(points)} {WIDTH},{zero}",
        "zero": zero,
        "low": _written(low, currency),
        "high": _written(high, currency),
        "first": labels[0] if labels else "",
        "last": labels[-1] if labels else "",
        "head": [_("Value")],
        "table": [
            (label, [_written(value, currency)])
            for label, value in zip(labels, values, strict=True)
        ],
    }


@register.simple_tag
def sparkline(values: Sequence[Number], label: str) -> str:
    """A line of the size of a word. `label` says what it shows: it is the whole text of it."""
    measured = [Decimal(value) for value in values]
    low, high = min(measured, default=Decimal(0)), max(measured, default=Decimal(0))
    points = " ".join(_points(measured, low, high))
    return render_to_string("charts/sparkline.html", {"points": points, "label": label})


def _points(values: Sequence[Decimal], low: Decimal, high: Decimal) -> list[str]:
    if not values:
        return []
    step = Decimal(WIDTH) / max(len(values) - 1, 1)
    return [f"{_short(step * i)},{_height(value, low, high)}" for i, value in enumerate(values)]


def _height(value: Decimal, low: Decimal, high: Decimal) -> str:
    """Distance from the top of the plot; a flat line lies in the middle."""
    if high == low:
        return _short(Decimal(HEIGHT) / 2)
    return _short((high - value) / (high - low) * HEIGHT)


def _share(value: Decimal, top: Decimal) -> str:
    return _short(value / top * WIDTH) if top else "0"


def _short(number: Decimal) -> str:
    """SVG wants a point, whatever the language: two places, no zeros behind."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _written(value: Decimal, currency: str) -> str:
    if currency:
        return money.format(value, currency)
    places = 0 if value == value.to_integral_value() else 2
    return number_format(value, places, force_grouping=True)
