"""Group medical: composite rates by tier, moved by the group's average age, worked out by hand."""

from copy import deepcopy
from datetime import date
from decimal import Decimal as D

import pytest

from policies.catalogue import load_folder
from policies.catalogue.application import coverage_errors, default_coverages, risk_errors
from policies.catalogue.loading import check, load_prohibited
from policies.catalogue.reading import Source
from policies.rating import compile_plan
from tests.policies.risks import group_medical
from underwriting.appetite import evaluate, facts

ON = date(2026, 3, 1)
CODES = ["BIND-GM", "CORD-GM"]
POSTAL_CODES = {"US-CA": "90012", "US-CO": "80202", "US-FL": "33139", "US-NE": "68102"}


@pytest.fixture(scope="module")
def shipped():
    return {product.code: product for product in load_folder()}


def rated(product, risk, place="US-NE"):
    wanted = default_coverages(product, risk, place)
    return compile_plan(product.rating).rate(risk, wanted, place, ON)


def test_composite_rates_of_our_own_carrier(shipped):
    """Nebraska, 20 employees; average age (12 × 34 + 8 × 45) ÷ 20 = 38.4.

    The age curve is 0.89 at 35 and 1.00 at 40: 0.89 + 3.4 ÷ 5 × 0.11 = 0.9648. Omaha 1.00;
    10 to 25 covered × 1.02; construction 1.00 for a small employer; deductible and copay 1.00.
    c1: 512.00 × 12 = 6,144.00; × 0.9648 = 5,927.7312; × 1.02 = 6,046.2858 (…285824);
        × 12 months = 72,555.43 (72,555.4296)
    c2: 1,480.00 × 8 = 11,840.00; × 0.9648 = 11,423.2320; × 1.02 = 11,651.6966 (…69664);
        × 12 = 139,820.36 (139,820.3592)
    Premium 212,375.79; premium tax of group sickness and accident 0.5 % = 1,061.88 (1,061.87895).
    """
    answer = rated(shipped["BIND-GM"], group_medical())

    assert {one.item: one.premium for one in answer.amounts} == {
        "c1": D("72555.43"),
        "c2": D("139820.36"),
    }
    assert (answer.premium, answer.tax, answer.total) == (
        D("212375.79"),
        D("1061.88"),
        D("213437.67"),
    )


def test_composite_rates_of_the_other_carrier(shipped):
    """Nebraska, each step in cents; 38.4 falls in the band 35 to 40: 0.95.

    Size: 1.04 at 10, 0.99 at 50, at 20: 1.04 − 10 ÷ 40 × 0.05 = 1.0275. Copay × 1.01.
    Credits: the employer pays 80 percent, 0.02; eight families, 0.00.
    c1: 6,036.00 × 12 = 72,432.00; × 0.95 = 68,810.40; × 1.0275 = 70,702.69 (….686);
        × 1.01 = 71,409.72 (….7169); × 0.98 = 69,981.53 (….5256)
    c2: 6,036.00 × 8 = 48,288.00; × 2.88 = 139,069.44; × 0.95 = 132,115.97 (….968);
        × 1.0275 = 135,749.16 (….1592); × 1.01 = 137,106.65 (….6516); × 0.98 = 134,364.52 (….517)
    Premium 204,346.05; premium tax 0.5 % = 1,021.73 (1,021.73025).
    """
    answer = rated(shipped["CORD-GM"], group_medical())

    assert {one.item: one.premium for one in answer.amounts} == {
        "c1": D("69981.53"),
        "c2": D("134364.52"),
    }
    assert (answer.premium, answer.tax, answer.total) == (
        D("204346.05"),
        D("1021.73"),
        D("205367.78"),
    )


@pytest.mark.parametrize("code", CODES)
def test_everybody_of_a_tier_pays_the_same_whatever_their_age(shipped, code):
    """Composite: 45 CFR § 147.102(c)(3). Split by age, the same twelve cost the same, in cents."""
    split = group_medical()
    split["census"][0:1] = [
        {"key": "y", "class_name": "Young", "tier": "employee", "age": 24, "employees": 6},
        {"key": "o", "class_name": "Old", "tier": "employee", "age": 44, "employees": 6},
    ]

    parts = {one.item: one.premium for one in rated(shipped[code], split).amounts}

    assert parts["y"] == parts["o"]
    whole = rated(shipped[code], group_medical()).amounts[0].premium
    assert abs(parts["y"] + parts["o"] - whole) <= D("0.05")  # each row rounds for itself


@pytest.mark.parametrize(
    ("place", "employees", "is_priced"),
    [
        ("US-NE", 50, False),  # 42 U.S.C. § 300gg-91(e)(4): up to 50 a small employer
        ("US-NE", 51, True),
        ("US-FL", 51, True),
        ("US-CA", 60, False),  # small up to 100 there
        ("US-CO", 60, False),
    ],
)
@pytest.mark.parametrize("code", CODES)
def test_industry_is_priced_only_where_the_employer_is_not_small(
    shipped, code, place, employees, is_priced
):
    def premium(industry: str) -> D:
        risk = group_medical(industry=industry, postal_code=POSTAL_CODES[place])
        risk["census"] = [{**risk["census"][0], "employees": employees}]
        return rated(shipped[code], risk, place).premium

    assert (premium("mining") != premium("finance")) is is_priced


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("place", list(POSTAL_CODES))
def test_the_usual_cover_can_be_chosen_in_each_state(shipped, code, place):
    product, risk = shipped[code], group_medical(postal_code=POSTAL_CODES[place])
    wanted = default_coverages(product, risk, place)

    assert risk_errors(product, risk) == []
    assert coverage_errors(product, risk, wanted, place) == []
    assert rated(product, risk, place).premium > 0


def fired(product, **changes) -> set[str]:
    """The codes of the rules that fire, none of which cannot be worked out."""
    rules = [
        {"code": one.code, "blocks": one.blocks, "when": one.when, "messages": one.messages}
        for one in product.appetite
    ]
    known = facts(risk=group_medical(**changes), coverages=[], jurisdiction="US-NE", on=ON)
    found = evaluate(rules, known)
    assert [one.error for one in found if one.error] == []
    return {one.rule for one in found if one.fired}


def test_participation_counts_those_without_other_cover(shipped):
    """20 of 24 − 2: 90.9 percent. Of 30 − 1: 68.97, below 70 and 75; of 28 − 1: 74.07."""
    assert fired(shipped["BIND-GM"]) == fired(shipped["CORD-GM"]) == set()

    thin = {"eligible_employees": 30, "waived_employees": 1}
    assert fired(shipped["BIND-GM"], **thin) == {"participation"}
    between = {"eligible_employees": 28, "waived_employees": 1}
    assert fired(shipped["BIND-GM"], **between) == set()
    assert fired(shipped["CORD-GM"], **between) == {"participation"}


def test_the_employer_must_bear_a_share_and_the_census_must_fit(shipped):
    assert fired(shipped["BIND-GM"], employer_pays=49) == {"contribution"}
    assert fired(shipped["BIND-GM"], eligible_employees=21) == {"enrolled_beyond_eligible"}
    assert fired(shipped["CORD-GM"], eligible_employees=101, waived_employees=80) == {"too_many"}


def test_industry_in_california_is_refused_with_its_law(shipped):
    document = deepcopy(shipped["BIND-GM"].to_json())
    step = next(one for one in document["rating"]["steps"] if one["code"] == "industry")
    step["except_jurisdictions"] = ["US-CO"]
    source = Source(document=document)
    check(source, load_prohibited())

    assert [problem.reason for problem in source.problems] == [
        "industry must not decide a price in US-CA: Cal. Ins. Code § 10753.14(a)"
    ]


def test_claims_experience_of_a_group_is_health_status(shipped):
    document = deepcopy(shipped["BIND-GM"].to_json())
    document["risk_schema"]["properties"]["past_claims"] = {
        "type": "integer",
        "x-title": {"en": "Past claims", "es": "Siniestros pasados"},
    }
    document["rating"]["inputs"]["covered"] = {"kind": "value", "of": "risk.past_claims"}
    source = Source(document=document)
    check(source, load_prohibited())

    assert {problem.reason.partition(": ")[2] for problem in source.problems} == {
        "42 U.S.C. § 300gg-4(a), (b); 45 CFR § 146.121"
    }
