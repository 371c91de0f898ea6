"""Individual medical: what the law lets a price depend on, and prices worked out by hand.

The age curve is the federal default of 45 CFR § 147.103 (CMS, market rating reforms, state
specific rating variations): 0–14 0.765, 18 0.913, 21–24 1.000, 38 1.246, 40 1.278, 64 3.000.
"""

from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest

from policies.catalogue import load_folder
from policies.catalogue.application import (
    coverage_errors,
    coverage_terms,
    default_coverages,
    risk_errors,
)
from policies.catalogue.loading import check, load_prohibited
from policies.catalogue.reading import Source
from policies.rating import compile_plan
from tests.policies.risks import medical, select

ON = date(2026, 3, 1)
PLACES = ("US-CA", "US-CO", "US-FL", "US-NE")
MEDICAL = ["BIND-MED", "CORD-MED"]


@pytest.fixture(scope="module")
def shipped():
    return {product.code: product for product in load_folder()}


def rated(product, risk, coverages, place="US-NE"):
    return compile_plan(product.rating).rate(risk, coverages, place, ON)


def by_item(answer) -> dict[str, Decimal]:
    return {amount.item: amount.premium for amount in answer.amounts}


def errors(product, risk) -> dict[str, str]:
    return {error.path: error.message for error in risk_errors(product, risk)}


def test_a_family_pays_for_two_adults_and_its_three_oldest_children(shipped):
    """Bindery, Nebraska, silver 421.85 a month at 21; Omaha, the plan and copay all 1.00.

    m1, 40: 421.85 × 1.278 = 539.12 (539.1243); × 12 = 6,469.44
    m2, 38: 421.85 × 1.246 = 525.63 (525.6251); tobacco × 1.15 = 604.47 (604.4745);
        × 12 = 7,253.64
    m3, 18: 421.85 × 0.913 = 385.15 (385.14905); × 12 = 4,621.80
    m4, 13 and m5, 11: 421.85 × 0.765 = 322.72 (322.71525); × 12 = 3,872.64 each
    m6, 6, is the fourth child under 21: nothing.
    Premium 26,090.16; premium tax 1 % = 260.90; total 26,351.06.
    """
    product = shipped["BIND-MED"]
    risk = medical()

    answer = rated(product, risk, default_coverages(product, risk, "US-NE"))

    assert by_item(answer) == {
        "m1": Decimal("6469.44"),
        "m2": Decimal("7253.64"),
        "m3": Decimal("4621.80"),
        "m4": Decimal("3872.64"),
        "m5": Decimal("3872.64"),
        "m6": Decimal("0.00"),
    }
    assert (answer.premium, answer.tax, answer.total) == (
        Decimal("26090.16"),
        Decimal("260.90"),
        Decimal("26351.06"),
    )


def test_the_other_carrier_rounds_later_and_has_its_own_tables(shipped):
    """Cordillera, Nebraska, gold 482.80 a month at 21, four places until the month's rate.

    m1, 40: 482.80 × 1.278 = 617.0184; area 68102 × 1.00; deductible 3,000 of gold × 0.90 =
        555.3166 (555.31656); maximum 7,000 × 1.00; copay 25 × 1.04 = 577.5293 (577.529264);
        not a child × 1.00, to cents = 577.53; × 12 = 6,930.36
    Dental 1,500 with a deductible of 100: 341.00 × 0.93 = 317.13; one member, no discount.
    Premium 7,247.49; premium tax 1 % = 72.47 (72.4749); total 7,319.96.
    """
    product = shipped["CORD-MED"]
    risk = medical(metal="gold", deductible="3000", out_of_pocket="7000", office_visit="copay_25")
    risk["members"] = risk["members"][:1]
    wanted = [
        select("MEDICAL", "m1", "", "plan"),
        select("DENTAL", "m1", "1500", "100"),
    ]

    answer = rated(product, risk, wanted)

    assert [amount.premium for amount in answer.amounts] == [
        Decimal("6930.36"),
        Decimal("317.13"),
    ]
    assert (answer.premium, answer.tax, answer.total) == (
        Decimal("7247.49"),
        Decimal("72.47"),
        Decimal("7319.96"),
    )


@pytest.mark.parametrize("code", MEDICAL)
def test_an_adult_of_64_pays_three_times_what_one_of_21_pays_and_tobacco_half_as_much_more(
    shipped, code
):
    """42 U.S.C. § 300gg(a)(1)(A)(iii) and (iv): age 3:1 at most, tobacco 1.5:1 at most."""
    tables = shipped[code].document["rating"]["tables"]
    adults = [Decimal(row[2]) for row in tables["age_curve"]["rows"] if int(row[0]) >= 21]
    tobacco = [Decimal(row[4]) for row in tables["tobacco"]["rows"] if row[1] == "true"]
    colorado = [Decimal(row[4]) for row in tables["tobacco"]["rows"] if row[0] == "US-CO"]

    assert max(adults) / min(adults) == Decimal("3")
    assert max(tobacco) <= Decimal("1.5")
    assert max(colorado) <= Decimal("1.15")  # Colo. Rev. Stat. § 10-16-105.6


@pytest.mark.parametrize("code", MEDICAL)
def test_tobacco_has_no_price_in_california(shipped, code):
    product = shipped[code]

    def premium(place: str, postal_code: str, *, tobacco: bool) -> Decimal:
        risk = medical(postal_code=postal_code)
        for member in risk["members"]:
            member["tobacco"] = tobacco
        return rated(product, risk, default_coverages(product, risk, place), place).premium

    in_california = {premium("US-CA", "90012", tobacco=uses) for uses in (True, False)}
    assert len(in_california) == 1
    assert premium("US-NE", "68102", tobacco=True) > premium("US-NE", "68102", tobacco=False)


@pytest.mark.parametrize("code", MEDICAL)
@pytest.mark.parametrize("place", PLACES)
def test_the_usual_cover_can_be_chosen_in_each_state(shipped, code, place):
    product, risk = shipped[code], medical()

    wanted = default_coverages(product, risk, place)

    assert {one["coverage"] for one in wanted} == {"MEDICAL"}
    assert coverage_errors(product, risk, wanted, place) == []


def test_the_deductible_is_that_of_the_plan_and_there_is_no_dollar_limit(shipped):
    """42 U.S.C. § 300gg-11: essential benefits have no limit in dollars."""
    terms = coverage_terms(shipped["BIND-MED"], medical(), select("MEDICAL", "m1", "", "plan"))

    assert (terms.deductible, terms.limit) == (Decimal("4500.00"), None)


def test_what_another_answer_rules_out_is_told_with_what_is_left(shipped):
    found = errors(shipped["BIND-MED"], medical(metal="platinum"))

    assert found == {
        "deductible": (
            "Deductible a person and year: with the other answers, choose one of: $0, $500."
        ),
        "out_of_pocket": (
            "Most that a person pays in a year: with the other answers, "
            "choose one of: $3,000, $5,000."
        ),
    }


# What the law forbids


def spoiled(product, field: dict, path: str) -> list[str]:
    """What is said of the product when a step reads a new field of a member."""
    document = deepcopy(product.to_json())
    document["risk_schema"]["properties"]["members"]["items"]["properties"] |= field
    step = next(one for one in document["rating"]["steps"] if one["code"] == "children")
    document["rating"]["inputs"]["child"] = {"kind": "value", "of": path}
    assert step["inputs"] == ["child"]
    source = Source(document=document)
    check(source, load_prohibited())
    return sorted({problem.reason for problem in source.problems})


def field_(name: str, **more) -> dict:
    titles = {"en": "New", "es": "Nuevo"}
    return {name: {"type": "integer", "x-title": titles, **more}}


def test_health_status_gender_and_genes_never_decide_a_price(shipped):
    law = {
        "health_score": "health_status must not decide a price in US-NE: "
        "42 U.S.C. § 300gg-4(a), (b); 45 CFR § 146.121",
        "sex": "gender must not decide a price in US-NE: "
        "42 U.S.C. § 300gg(a)(1); 45 CFR §§ 147.102(a), 147.104(e)",
        "gene_marker": "genetic_information must not decide a price in US-NE: "
        "42 U.S.C. §§ 300gg-4(c), 300gg-53",
        "occupation": "occupation must not decide a price in US-NE: "
        "42 U.S.C. § 300gg(a)(1); 45 CFR § 147.102(a)",
    }
    for name, sentence in law.items():
        found = spoiled(shipped["BIND-MED"], field_(name), f"item.{name}")

        assert sentence in found
        assert len(found) == len(PLACES)


def test_a_variable_under_another_name_and_one_behind_a_condition_are_found(shipped):
    hidden = field_("band", **{"x-variable": "health_status"})
    assert len(spoiled(shipped["BIND-MED"], hidden, "item.band")) == len(PLACES)

    document = deepcopy(shipped["BIND-MED"].to_json())
    document["risk_schema"]["properties"]["members"]["items"]["properties"] |= hidden
    document["rating"]["inputs"]["child"]["where"].append({"field": "band", "from": "1"})
    source = Source(document=document)
    check(source, load_prohibited())

    assert {problem.path for problem in source.problems} == {"rating.steps.7"}
    assert len(source.problems) == len(PLACES)


def test_tobacco_in_california_is_refused_with_its_law(shipped):
    document = deepcopy(shipped["BIND-MED"].to_json())
    step = next(one for one in document["rating"]["steps"] if one["code"] == "tobacco")
    del step["except_jurisdictions"]
    table = document["rating"]["tables"]["tobacco"]["rows"]
    table += [["US-CA", "true", "0", None, "1.20"], ["US-CA", "false", "0", None, "1.00"]]
    source = Source(document=document)
    check(source, load_prohibited())

    assert [problem.reason for problem in source.problems] == [
        "tobacco must not decide a price in US-CA: Cal. Ins. Code § 10965.9(a)"
    ]


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (
            {"kind": "rank", "of": "risk.members", "field": "birthday"},
            "the input “risk.members.birthday” leads to no field of the risk",
        ),
        (
            {
                "kind": "rank",
                "of": "risk.members",
                "field": "born_on",
                "where": [{"field": "role", "is": ["child"]}],
            },
            "the input “risk.members.role” leads to no field of the risk",
        ),
        (
            {"kind": "years_since", "of": "item.born_on", "until": "risk.begun_on"},
            "the input “risk.begun_on” leads to no field of the risk",
        ),
    ],
)
def test_an_input_that_reads_what_is_not_there_is_refused(shipped, spec, reason):
    document = deepcopy(shipped["BIND-MED"].to_json())
    document["rating"]["inputs"]["child"] = spec
    source = Source(document=document)
    check(source, load_prohibited())

    assert {problem.reason for problem in source.problems} == {reason}


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "mean", "of": "risk.members", "field": "born_on"},  # no rounding
        {"kind": "rank", "of": "risk.members"},  # no field
        {"kind": "count", "of": "risk.members", "where": [{"field": "tobacco"}]},  # no condition
    ],
)
def test_an_input_of_the_wrong_shape_is_refused(shipped, spec):
    document = deepcopy(shipped["BIND-MED"].to_json())
    document["rating"]["inputs"]["child"] = spec
    source = Source(document=document)
    check(source, load_prohibited())

    assert {
        problem.path.rpartition(".where")[0] or problem.path for problem in source.problems
    } == {"rating.inputs.child"}
