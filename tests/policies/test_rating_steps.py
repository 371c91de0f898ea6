from datetime import date
from decimal import Decimal

import pytest

from policies.rating import RatingError
from tests.policies.risks import CENTS, NAMES, banded, exact, interpolated, plan_of, select, step

ON = date(2026, 3, 1)
C = [select("C")]


def rate(plan, risk) -> Decimal:
    return plan.rate(risk, C, "XX", ON).premium


def refused_at(plan, risk) -> str:
    with pytest.raises(RatingError) as caught:
        rate(plan, risk)
    return caught.value.path


def test_bands_hold_from_their_lower_edge_to_below_the_upper():
    plan = plan_of(
        [step("base", "b", "risk.n")], {"b": banded(["1", "5", "10.00"], ["5", "9", "20.00"])}
    )

    assert [rate(plan, {"n": n}) for n in (1, 4, 5, 8)] == [
        Decimal("10.00"),
        Decimal("10.00"),
        Decimal("20.00"),
        Decimal("20.00"),
    ]
    for outside in (0, 9, -1):
        assert refused_at(plan, {"n": outside}) == "n"


def test_curves_are_straight_between_points_and_end_at_them():
    # Between (10, 1.00) and (40, 2.00): at 20 1.3333, at 39 1.9667.
    plan = plan_of(
        [step("base", "b"), step("factor", "curve", "risk.n")],
        {"b": exact(["1000.00"]), "curve": interpolated(["10", "1.00"], ["40", "2.00"])},
    )

    assert [rate(plan, {"n": n}) for n in (10, 20, 39, 40)] == [
        Decimal("1000.00"),
        Decimal("1333.30"),
        Decimal("1966.70"),
        Decimal("2000.00"),
    ]
    for outside in (9, 41):
        assert refused_at(plan, {"n": outside}) == "n"


def test_every_step_rounds_to_its_own_places_and_in_its_own_mode():
    # 10.00 x 1.005 = 10.05; x 1.5 = 15.075: half even 15.08, half up 15.08, down 15.07, up 15.08.
    # 15.07 x 1.005 = 15.14535: no places, up: 16.
    def of(mode):
        return plan_of(
            [
                step("base", "b"),
                step("factor", "f", code="first", round={"places": 3, "mode": "half_even"}),
                step("factor", "g", round={"places": 2, "mode": mode}),
            ],
            {"b": exact(["10.00"]), "f": exact(["1.005"]), "g": exact(["1.5"])},
        )

    modes = {mode: rate(of(mode), {}) for mode in ("half_even", "half_up", "up", "down")}

    assert modes == {
        "half_even": Decimal("15.08"),
        "half_up": Decimal("15.08"),
        "up": Decimal("15.08"),
        "down": Decimal("15.07"),
    }


def test_loadings_are_added_each_times_its_exposure():
    # 100.00 + 12.50 = 112.50; + 0.40 x 2500 / 100 = 10.00 -> 122.50.
    plan = plan_of(
        [
            step("base", "b"),
            step("add", "flat"),
            step("add", "rate", exposure={"input": "risk.value", "per": "100"}),
        ],
        {"b": exact(["100.00"]), "flat": exact(["12.50"]), "rate": exact(["0.40"])},
    )

    assert rate(plan, {"value": 2500}) == Decimal("122.50")
    assert refused_at(plan, {"value": "much"}) == "value"


def test_the_minimum_of_a_coverage_raises_it_and_leaves_a_greater_one():
    plan = plan_of(
        [step("base", "b", "risk.n"), step("minimum", "least")],
        {"b": exact(["low", "10.00"], ["high", "90.00"]), "least": exact(["25.00"])},
    )

    assert rate(plan, {"n": "low"}) == Decimal("25.00")
    assert rate(plan, {"n": "high"}) == Decimal("90.00")


def test_the_minimum_of_the_policy_is_shared_out_in_proportion_to_the_cent():
    # 10.00 + 20.00 are 20.00 short of 50.00: 6.666… and 13.333… -> 6.67 and 13.33.
    plan = plan_of(
        [
            step("base", "b", "coverage"),
            step("minimum", "least", "jurisdiction", scope="policy"),
        ],
        {"b": exact(["C", "10.00"], ["D", "20.00"]), "least": exact(["XX", "50.00"])},
        coverages={"C": "policy", "D": "policy"},
    )

    rated = plan.rate({}, [select("C"), select("D")], "XX", ON)

    assert {f"{a.item}:{a.coverage}": a.premium for a in rated.amounts} == {
        ":C": Decimal("16.67"),
        ":D": Decimal("33.33"),
    }


def test_a_free_coverage_carries_the_minimum_of_the_policy_alone():
    plan = plan_of(
        [step("base", "b"), step("minimum", "least", "jurisdiction", scope="policy")],
        {"b": exact(["0.00"]), "least": exact(["*", "50.00"])},
    )

    assert rate(plan, {}) == Decimal("50.00")


def test_a_row_for_one_place_wins_over_the_row_for_all():
    plan = plan_of(
        [step("base", "b", "jurisdiction", "coverage")],
        {"b": exact(["*", "*", "1.00"], ["YY", "*", "2.00"], ["YY", "C", "3.00"])},
        levies={"XX": [], "YY": []},
        coverages={"C": "policy", "D": "policy"},
    )

    assert plan.rate({}, C, "XX", ON).premium == Decimal("1.00")
    assert plan.rate({}, C, "YY", ON).premium == Decimal("3.00")
    assert plan.rate({}, [select("D")], "YY", ON).premium == Decimal("2.00")


def test_keys_may_be_texts_truth_values_and_integers():
    plan = plan_of(
        [step("base", "b", "risk.kind", "risk.flag", "risk.class")],
        {"b": exact(["a", "true", "7", "1.00"], ["a", "false", "7", "2.00"])},
    )

    assert rate(plan, {"kind": "a", "flag": True, "class": 7}) == Decimal("1.00")
    assert rate(plan, {"kind": "a", "flag": False, "class": "7"}) == Decimal("2.00")
    assert refused_at(plan, {"kind": "a", "flag": None, "class": 7}) == "flag"


def test_inputs_are_derived_from_the_risk():
    # Three items (3 -> 30.00), worth 1 + 2 + 4 = 7 (1.5), no tier given (0.9): 40.50.
    # On 1 March 2026 somebody born on 29 February 2004 is 22: 2.0 -> 81.00.
    plan = plan_of(
        [
            step("base", "b", "items"),
            step("factor", "worth", "worth"),
            step("factor", "tier", "tier"),
            step("factor", "age", "age"),
        ],
        {
            "b": banded(["3", "4", "30.00"]),
            "worth": banded(["7", "8", "1.5"]),
            "tier": exact(["none", "0.9"]),
            "age": banded(["22", "23", "2.0"]),
        },
        inputs={
            "items": {"kind": "count", "of": "risk.things"},
            "worth": {"kind": "sum", "of": "risk.things", "field": "worth"},
            "tier": {"kind": "value", "of": "risk.tier", "default": "none"},
            "age": {"kind": "years_since", "of": "risk.owner.born_on"},
        },
    )
    things = [{"key": str(worth), "worth": worth} for worth in (1, 2, 4)]

    assert rate(plan, {"things": things, "owner": {"born_on": "2004-02-29"}}) == Decimal("81.00")


def test_taxes_and_fees_are_on_the_whole_premium():
    # 2.35 % of 333.33 = 7.833255 -> 7.83; a fee of 5.00 and 1.50 for each of two items.
    def levy(code, kind, **more):
        return {"code": code, "kind": kind, "name": NAMES, "source": "a law"} | more

    plan = plan_of(
        [step("base", "b")],
        {"b": exact(["333.33"])},
        levies={
            "XX": [
                levy("tax", "tax", rate="0.0235"),
                levy("fee", "fee", amount="5.00"),
                levy("plate", "fee", amount="1.50", per="vehicles"),
            ]
        },
    )
    risk = {"vehicles": [{"key": "a"}, {"key": "b"}]}

    rated = plan.rate(risk, C, "XX", ON)

    assert [(t.code, t.amount) for t in rated.taxes] == [("tax", Decimal("7.83"))]
    assert [(f.code, f.amount) for f in rated.fees] == [
        ("fee", Decimal("5.00")),
        ("plate", Decimal("3.00")),
    ]
    assert rated.total == Decimal("349.16")
    assert plan.levies(Decimal("100.00"), risk, "XX")[0][0].amount == Decimal("2.35")


# Steps over a list


def classes(*items):
    names = ("key", "code", "basis", "exposure")
    return {"classes": [dict(zip(names, item, strict=True)) for item in items]}


def liability_plan():
    """Class rates per 1,000 of receipts, and per unit for what is counted."""
    one = {"over": "classes", "coverages": ["C"]}
    by_thousands = {"input": "item.basis", "in": ["receipts", "payroll"]}
    return plan_of(
        [
            step(
                "base",
                "rates",
                "item.code",
                exposure={"input": "item.exposure", "per": "1000"},
                where=by_thousands,
                **one,
            ),
            step(
                "add",
                "rates",
                "item.code",
                exposure={"input": "item.exposure"},
                where={"input": "item.basis", "in": ["units"]},
                **one,
            ),
            step("factor", "limit", "limit"),
        ],
        {"rates": exact(["bakery", "1.234"], ["hotel", "21.50"]), "limit": exact(["1M", "1.5"])},
    )


def test_a_base_over_a_list_is_the_sum_of_its_items_each_rounded():
    # 1.234 x 250,500 / 1,000 = 309.117 -> 309.12; 1.234 x 1,000 / 1,000 = 1.234 -> 1.23;
    # 21.50 x 12 units = 258.00. 309.12 + 1.23 + 258.00 = 568.35; x 1.5 = 852.525 -> 852.52.
    plan = liability_plan()
    risk = classes(
        ("c1", "bakery", "receipts", 250500),
        ("c2", "bakery", "payroll", 1000),
        ("c3", "hotel", "units", 12),
    )
    coverages = [select("C", limit="1M")]

    worksheet = plan.worksheet(risk, coverages, "XX", ON)

    assert plan.rate(risk, coverages, "XX", ON).premium == Decimal("852.52")
    assert [(line.step, line.item, line.input, line.amount) for line in worksheet.lines[:4]] == [
        ("base_rates", "c1", "item.code bakery, item.exposure 250500 ÷ 1000", Decimal("309.12")),
        ("base_rates", "c2", "item.code bakery, item.exposure 1000 ÷ 1000", Decimal("310.35")),
        ("add_rates", "c3", "item.code hotel, item.exposure 12 ÷ 1", Decimal("568.35")),
        ("factor_limit", "", "limit 1M", Decimal("852.52")),
    ]


def test_a_list_without_an_item_that_counts_costs_nothing():
    plan, coverages = liability_plan(), [select("C", limit="1M")]

    worksheet = plan.worksheet({"classes": []}, coverages, "XX", ON)

    assert worksheet.rated.premium == Decimal("0.00")
    assert [(line.step, line.factor) for line in worksheet.lines[:2]] == [
        ("base_rates", None),
        ("add_rates", None),
    ]


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("code", "circus", "classes.c2.code"),
        ("code", None, "classes.c2.code"),
        ("exposure", "many", "classes.c2.exposure"),
        ("exposure", 2.5, "classes.c2.exposure"),
        ("basis", None, "classes.c2.basis"),
    ],
)
def test_an_item_that_cannot_be_counted_is_named(field, value, path):
    risk = classes(("c1", "bakery", "receipts", 10), ("c2", "bakery", "receipts", 10))
    risk["classes"][1][field] = value

    with pytest.raises(RatingError) as caught:
        liability_plan().rate(risk, [select("C", limit="1M")], "XX", ON)

    assert caught.value.path == path


# Steps of the whole policy


def compensation_plan():
    """Two coverages under experience and size, a third beside them, and a minimum for all."""
    some = {"scope": "policy", "coverages": ["C", "D"], "round": CENTS}
    return plan_of(
        [
            step("base", "b", "coverage"),
            step("factor", "experience", "risk.experience", **some),
            step("factor", "size", "premium", **some),
            step("add", "constant", "jurisdiction", **some),
            step("minimum", "least", "jurisdiction", scope="policy", round=CENTS),
        ],
        {
            "b": exact(["C", "900.00"], ["D", "100.01"], ["E", "50.00"]),
            "experience": interpolated(["0.50", "0.50"], ["2.00", "2.00"]),
            "size": banded(["0", "800", "1.00"], ["800", "2000", "0.95"]),
            "constant": exact(["XX", "160.00"]),
            "least": exact(["XX", "1000.00"]),
        },
        coverages={"C": "policy", "D": "policy", "E": "policy"},
    )


def test_steps_of_the_whole_policy_change_the_sum_of_their_coverages():
    # 1000.01 x 0.84 = 840.0084 -> 840.01; x 0.95 = 798.0095 -> 798.01; + 160.00 = 958.01.
    # C: 900.00 - 160.00 x 0.89999 (144.00) = 756.00; - 42.00 x 756.00 / 840.01 (37.80) = 718.20;
    # + 160.00 x 718.20 / 798.01 (144.00) = 862.20. D: 958.01 - 862.20 = 95.81.
    # With E 50.00 the policy costs 1008.01, more than the least of 1000.00.
    plan = compensation_plan()
    coverages = [select("C"), select("D"), select("E")]

    worksheet = plan.worksheet({"experience": "0.84"}, coverages, "XX", ON)

    rated = plan.rate({"experience": "0.84"}, coverages, "XX", ON)
    assert {amount.coverage: amount.premium for amount in rated.amounts} == {
        "C": Decimal("862.20"),
        "D": Decimal("95.81"),
        "E": Decimal("50.00"),
    }
    assert worksheet.rated == rated
    whole = [(line.step, line.input, line.amount) for line in worksheet.lines[9:]]
    assert whole == [
        ("subtotal", "", Decimal("1050.01")),
        ("factor_experience", "risk.experience 0.84", Decimal("890.01")),
        ("factor_size", "premium 840.01", Decimal("848.01")),
        ("add_constant", "", Decimal("1008.01")),
        ("minimum_least", "", Decimal("1008.01")),
        ("premium", "", Decimal("1008.01")),
    ]


def test_a_step_of_the_whole_policy_leaves_other_coverages_alone():
    # Only E: 50.00, raised to the least of 1000.00; no experience is asked for.
    rated = compensation_plan().rate({}, [select("E")], "XX", ON)

    assert rated.premium == Decimal("1000.00")


@pytest.mark.parametrize(
    ("experience", "path"), [(None, "experience"), ("2.01", "experience"), ("2.00", "coverages")]
)
def test_what_a_step_of_the_whole_policy_cannot_use_is_named(experience, path):
    # 1000.01 x 2.00 = 2000.02: the size table ends at 2000.
    with pytest.raises(RatingError) as caught:
        compensation_plan().rate({"experience": experience}, [select("C"), select("D")], "XX", ON)

    assert caught.value.path == path
