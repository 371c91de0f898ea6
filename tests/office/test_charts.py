"""Charts say the truth: widths by arithmetic, every figure in the table, every edge on the map."""

import re
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from office.templatetags import charts, workflow_map

CLAIM_EDGES = [
    ("received", "triage", "documenting"),
    ("documenting", "verify", "investigating"),
    ("investigating", "request_documents", "documenting"),
    ("investigating", "settle", "closed"),
    ("received", "withdraw", "closed"),
    ("documenting", "withdraw", "closed"),
    ("closed", "reopen", "investigating"),
]


def _draw(source: str, **context) -> str:
    return Template("{% load charts workflow_map %}" + source).render(Context(context))


def test_the_longest_bar_fills_the_track_and_the_others_keep_their_proportion():
    # 25 of 40 is 62.5 hundredths.
    drawn = charts.bar_chart([("Water", 40), ("Hail", 25), ("Theft", 0)])

    assert [bar["parts"][0]["width"] for bar in drawn["bars"]] == ["100", "62.5", "0"]


def test_a_negative_bar_is_empty_and_its_figure_stays():
    drawn = charts.bar_chart([("Paid", 10), ("Recovered", -4)])

    assert drawn["bars"][1]["parts"][0]["width"] == "0"
    assert drawn["bars"][1]["value"] == "-4"


def test_a_waterfall_hangs_each_step_where_the_one_before_ended():
    # 100 + 60 - 40 = 120; the longest reach is 160, so 100 is 62.5 hundredths, 60 is 37.5 and
    # 40 is 25; 160 - 40 = 120 is 75.
    drawn = charts.waterfall_chart(("Old", 100), [("Rate", 60), ("Credit", -40)], "New")

    assert [(b["label"], b["value"]) for b in drawn["bars"]] == [
        ("Old", "100"), ("Rate", "60"), ("Credit", "-40"), ("New", "120"),
    ]  # fmt: skip
    assert [bar["parts"][0] for bar in drawn["bars"]] == [
        {"x": "0", "width": "62.5", "series": 1},
        {"x": "62.5", "width": "37.5", "series": 2},
        {"x": "75", "width": "25", "series": 3},
        {"x": "0", "width": "75", "series": 1},
    ]


def test_stacked_parts_stand_end_to_end_and_leave_out_nothings():
    # Largest row 10 + 6 + 4 = 20 fills 100: 10 is 50, 6 is 30, 4 is 20. In the other 5 is 25.
    drawn = charts.stacked_chart([("Home", [10, 6, 4]), ("Auto", [0, 5, 0])], ["a", "b", "c"])

    home, auto = (bar["parts"] for bar in drawn["bars"])
    assert [(part["x"], part["width"]) for part in home] == [
        ("0", "50"),
        ("50", "30"),
        ("80", "20"),
    ]
    assert auto == [{"x": "0", "width": "25", "series": 2}]


def test_a_line_runs_from_edge_to_edge_on_a_scale_that_holds_zero():
    # 0 to 8 over a height of 40: 8 is at the top (0), 2 at 30, 4 at 20.
    drawn = charts.line_chart([("Jun", 8), ("Jul", 2), ("Aug", 4)])

    assert drawn["points"] == "0,0 50,30 100,20"
    assert (drawn["zero"], drawn["first"], drawn["last"]) == ("40", "Jun", "Aug")


def test_a_flat_sparkline_lies_in_the_middle_and_says_what_it_shows():
    html = _draw('{% sparkline values label="Three months, flat" %}', values=[7, 7, 7])

    assert 'points="0,20 50,20 100,20"' in html
    assert 'role="img" aria-label="Three months, flat"' in html


@pytest.mark.parametrize(
    ("tag", "rows"),
    [
        ("bar_chart rows", [("Water", Decimal("1234.5"))]),
        ("stacked_chart rows series", [("Water", [Decimal("1234.5")])]),
        ("line_chart rows", [("Water", Decimal("1234.5"))]),
    ],
)
def test_every_chart_carries_its_figures_in_a_table(tag, rows):
    html = _draw(f'{{% {tag} currency="USD" title="Paid" %}}', rows=rows, series=["Open"])

    assert "<details>" in html
    assert re.search(r'<th scope="row">Water</th><td class="num">\$1,234\.50</td>', html)


@pytest.mark.parametrize("tag", ["bar_chart rows", "stacked_chart rows rows", "line_chart rows"])
def test_a_chart_of_nothing_is_drawn_without_a_figure(tag):
    html = _draw(f"{{% {tag} %}}", rows=[])

    assert "<figure" in html
    assert "nan" not in html.lower()


def test_a_chart_keeps_its_points_in_a_language_with_decimal_commas():
    with translation.override("de"):
        html = _draw("{% bar_chart rows %}", rows=[("Wasser", 40), ("Hagel", 25)])

    assert 'width="62.5"' in html


def test_a_label_cannot_break_out_of_the_drawing():
    html = _draw("{% bar_chart rows %}", rows=[("<script>x</script>", 1)])

    assert "<script>" not in html


def test_every_declared_edge_is_on_the_map_and_in_its_table():
    html = _draw("{% workflow_map edges %}", edges=CLAIM_EDGES)

    acts = re.findall(r'<text class="act[^>]*>([^<]+)</text>', html)
    rows = re.findall(r"<tr><td>([^<]+)</td><td>([^<]+)</td><td>([^<]+)</td></tr>", html)
    assert sorted(acts) == [
        "Reopen",
        "Request documents",
        "Settle",
        "Triage",
        "Verify",
        "Withdraw",
        "Withdraw",
    ]
    assert [tuple(word.lower().replace(" ", "_") for word in row) for row in rows] == CLAIM_EDGES


def test_the_map_shows_names_counts_and_ways_out():
    html = _draw(
        "{% workflow_map edges counts labels=labels links=links acts=acts %}",
        edges=[("open", "settle", "closed")],
        counts={"open": 12},
        labels={"open": "Open claims", "closed": "Closed claims"},
        links={"open": "/claims/?state=open"},
        acts={"settle": "Settle the claim"},
    )

    assert 'Open claims<tspan class="count" dx="8">12</tspan>' in html
    assert '<a href="/claims/?state=open" class="state busy">' in html
    assert '<g class="state final">' in html
    assert "Settle the claim</text>" in html


def test_the_order_of_the_labels_is_the_order_of_the_map():
    drawn = workflow_map.workflow_map(
        [("b", "go", "c"), ("a", "go", "b"), ("", "begin", "a")],
        labels={"a": "A", "b": "B", "c": "C"},
    )

    assert [box["label"] for box in drawn["boxes"]] == ["Not yet begun", "A", "B", "C"]
    assert len(drawn["steps"]) == 3
    assert drawn["lines"] == []


def test_arrows_beside_one_box_do_not_share_a_height_and_lanes_do_not_touch():
    buses = [
        workflow_map.Bus("one", "c", ["a"], [10.0], 90.0),
        workflow_map.Bus("two", "c", ["b"], [40.0], 109.0),
        workflow_map.Bus("three", "f", ["e"], [200.0], 240.0),
    ]

    workflow_map._assign_lanes(buses)

    lanes = {bus.act: bus.lane for bus in buses}
    assert lanes["one"] != lanes["two"]
    assert lanes["three"] == 0
