"""What a plan reads of dates and of lists: ages, places in a list, means, counts."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.rating import RatingError
from policies.rating.reading import full_years, nearest_years
from tests.policies.risks import banded, exact, plan_of, select, step

ON = date(2026, 3, 1)
CHILDREN = [
    {"field": "relationship", "is": ["child"]},
    {"field": "born_on", "kind": "years_since", "to": "21"},
]


def member(key: str, relationship: str, born_on: str, **more) -> dict:
    return {"key": key, "relationship": relationship, "born_on": born_on, **more}


def per_member(spec: dict, *rows: list):
    """A plan of one coverage for each member, whose base is what the input finds."""
    return plan_of(
        [step("base", "b", "it")],
        {"b": banded(*rows)},
        inputs={"it": spec},
        coverages={"C": "members"},
    )


def each(plan, members: list[dict], **risk) -> dict[str, Decimal]:
    whole = {"members": members, **risk}
    rated = plan.rate(whole, [select("C", one["key"]) for one in members], "XX", ON)
    return {amount.item: amount.premium for amount in rated.amounts}


PLACES = (["0", "1", "70.00"], ["1", "2", "10.00"], ["2", "3", "20.00"], ["3", "4", "30.00"])
FURTHER = (["4", "100", "0.00"],)


def test_the_three_oldest_children_are_charged_and_those_after_them_are_not():
    # Ages on 2026-03-01: a 45, b 20, c 15, d 12, e 8, f 21 and so no child under 21 any more.
    family = [
        member("e", "child", "2017-09-30"),
        member("a", "self", "1980-05-05"),
        member("c", "child", "2010-06-15"),
        member("f", "child", "2005-03-01"),
        member("b", "child", "2005-03-02"),
        member("d", "child", "2013-12-31"),
    ]
    spec = {"kind": "rank", "of": "risk.members", "field": "born_on", "where": CHILDREN}

    assert each(per_member(spec, *PLACES, *FURTHER), family) == {
        "a": Decimal("70.00"),
        "f": Decimal("70.00"),
        "b": Decimal("10.00"),
        "c": Decimal("20.00"),
        "d": Decimal("30.00"),
        "e": Decimal("0.00"),
    }


def test_twins_have_places_of_their_own_whatever_the_order_of_the_list():
    spec = {"kind": "rank", "of": "risk.members", "field": "born_on"}
    twins = [member("t2", "child", "2010-01-01"), member("t1", "child", "2010-01-01")]

    for order in (twins, twins[::-1]):
        assert each(per_member(spec, *PLACES), order) == {
            "t1": Decimal("10.00"),
            "t2": Decimal("20.00"),
        }


def test_years_count_to_a_day_that_the_risk_states_else_to_the_first_day_of_the_term():
    # Born 1990-03-02: 35 full years on 2026-03-01; 30 on 2021-03-01; 31 on 2021-03-02.
    spec = {"kind": "years_since", "of": "item.born_on", "until": "risk.level_from"}
    plan = per_member(spec, *[[str(n), str(n + 1), f"{n}.00"] for n in range(25, 40)])
    life = [member("a", "self", "1990-03-02")]

    assert each(plan, life) == {"a": Decimal("35.00")}
    assert each(plan, life, level_from="2021-03-01") == {"a": Decimal("30.00")}
    assert each(plan, life, level_from="2021-03-02") == {"a": Decimal("31.00")}


@pytest.mark.parametrize(
    ("born", "on", "last", "nearest"),
    [
        ("1990-09-01", "2026-03-01", 35, 35),  # 181 days since, 184 to come
        ("1990-08-30", "2026-03-01", 35, 36),  # 183 days since, 182 to come
        ("1990-03-01", "2026-03-01", 36, 36),
        ("1990-03-02", "2026-03-01", 35, 36),
        ("2000-02-29", "2026-02-28", 25, 26),  # its birthday is 1 March
        ("2000-02-29", "2026-03-01", 26, 26),
    ],
)
def test_age_last_birthday_and_at_the_nearest(born, on, last, nearest):
    days = date.fromisoformat(born), date.fromisoformat(on)

    assert (full_years(*days), nearest_years(*days)) == (last, nearest)


def test_a_mean_is_weighted_and_rounded_as_stated():
    # (3 x 30 + 1 x 41 + 2 x 50) / 6 = 231 / 6 = 38.5; without weights 121 / 3 = 40.333… -> 40.33.
    rows = [
        {"key": "a", "age": 30, "enrolled": 3},
        {"key": "b", "age": 41, "enrolled": 1},
        {"key": "c", "age": 50, "enrolled": 2},
    ]
    table = (["0", "38.5", "1.00"], ["38.5", "40.33", "2.00"], ["40.33", "40.34", "3.00"])

    def mean(**more):
        rounding = {"places": 2, "mode": "half_even"}
        spec = {"kind": "mean", "of": "risk.members", "field": "age", "round": rounding}
        return set(each(per_member(spec | more, *table), rows).values())

    assert mean(weight="enrolled") == {Decimal("2.00")}
    assert mean() == {Decimal("3.00")}


def test_a_mean_of_nobody_cannot_be_read():
    rounding = {"places": 2, "mode": "half_even"}
    spec = {"kind": "mean", "of": "risk.members", "field": "age", "round": rounding}
    plan = per_member(spec | {"weight": "enrolled"}, ["0", "99", "1.00"])

    with pytest.raises(RatingError, match="cannot read"):
        each(plan, [{"key": "a", "age": 30, "enrolled": 0}])


def test_counts_and_sums_look_only_at_what_meets_the_conditions():
    people = [
        member("a", "self", "1980-05-05", hours=40),
        member("b", "child", "2010-06-15", hours=0),
        member("c", "child", "2004-06-15", hours=20),
        {"key": "d", "relationship": "child", "hours": 10},  # no date of birth: not a child
    ]
    count = {"kind": "count", "of": "risk.members", "where": CHILDREN}
    total = {
        "kind": "sum",
        "of": "risk.members",
        "field": "hours",
        "where": [{"field": "hours", "from": "20"}],
    }
    rows = [[str(n), str(n + 1), f"{n}.00"] for n in range(100)]

    assert set(each(per_member(count, *rows), people).values()) == {Decimal("1.00")}
    assert set(each(per_member(total, *rows), people).values()) == {Decimal("60.00")}


# Any family


days = st.integers(0, 36500).map(lambda n: date(1926, 3, 1) + timedelta(days=n))


@st.composite
def families(draw):
    keys = draw(st.lists(st.sampled_from("abcdefghij"), min_size=1, unique=True))
    return [
        member(
            key,
            draw(st.sampled_from(["self", "spouse", "child"])),
            draw(days).isoformat(),
            age=draw(st.integers(18, 99)),
            enrolled=draw(st.integers(1, 40)),
        )
        for key in keys
    ]


@settings(max_examples=300, deadline=None)
@given(families(), st.randoms())
def test_any_family_pays_for_its_three_oldest_children_in_any_order_of_the_list(family, dice):
    spec = {"kind": "rank", "of": "risk.members", "field": "born_on", "where": CHILDREN}
    plan = per_member(spec, ["0", "4", "1.00"], ["4", "100", "0.00"])
    mixed = list(family)
    dice.shuffle(mixed)

    born = {one["key"]: date.fromisoformat(one["born_on"]) for one in family}
    small = [
        one["key"]
        for one in family
        if one["relationship"] == "child" and full_years(born[one["key"]], ON) < 21
    ]
    free = set(sorted(small, key=lambda key: (born[key], key))[3:])

    paid = {key for key, premium in each(plan, mixed).items() if premium}
    assert paid == set(born) - free


@settings(max_examples=200, deadline=None)
@given(families(), st.integers(0, 3))
def test_the_worksheet_of_listed_inputs_ends_at_the_premium(family, places):
    rounding = {"places": places, "mode": "half_even"}
    mean = {"kind": "mean", "of": "risk.members", "field": "age", "weight": "enrolled"}
    plan = plan_of(
        [
            step("base", "flat"),
            step("factor", "place", "place"),
            step("add", "flat", code="load", exposure={"input": "average", "per": "10"}),
        ],
        {"flat": exact(["10.00"]), "place": banded(["0", "2", "1.5"], ["2", None, "1.1"])},
        inputs={
            "place": {"kind": "rank", "of": "risk.members", "field": "born_on"},
            "average": mean | {"round": rounding},
        },
        coverages={"C": "members"},
    )
    risk = {"members": family}
    chosen = [select("C", one["key"]) for one in family]

    worksheet = plan.worksheet(risk, chosen, "XX", ON)

    total = sum(one["enrolled"] for one in family)
    exact_mean = Fraction(sum(one["age"] * one["enrolled"] for one in family), total)
    average = Decimal(round(exact_mean * 10**places)).scaleb(-places)
    eldest = min(family, key=lambda one: (one["born_on"], one["key"]))["key"]
    load = average.quantize(Decimal(1).scaleb(-places))
    for line in worksheet.lines:
        if line.step == "place":
            assert line.amount == Decimal("15.00" if line.item == eldest else "11.00")
        if line.step == "load":
            before = Decimal("15.00" if line.item == eldest else "11.00")
            assert line.amount == round(before + load, 2)
    assert worksheet.rated == plan.rate(risk, chosen, "XX", ON)
    assert worksheet.lines[-1].amount == worksheet.rated.total
