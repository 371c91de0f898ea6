"""Term life: prices by hand, level for as long as agreed, and beneficiaries whose shares sum."""

from copy import deepcopy
from datetime import date
from decimal import Decimal as D

import pytest

from policies.catalogue import load_folder
from policies.catalogue.application import (
    coverage_errors,
    coverage_terms,
    default_coverages,
    risk_errors,
    stamped,
)
from policies.catalogue.loading import check, load_prohibited
from policies.catalogue.reading import Source
from policies.rating import RatingError, compile_plan
from tests.policies.risks import select, term_life

ON = date(2026, 3, 1)
PLACES = ("US-CA", "US-CO", "US-FL", "US-NE")
CODES = ["BIND-TL", "CORD-TL"]


@pytest.fixture(scope="module")
def shipped():
    return {product.code: product for product in load_folder()}


def rated(product, risk, coverages=None, place="US-NE", on=ON):
    wanted = coverages or default_coverages(product, risk, place)
    return compile_plan(product.rating).rate(risk, wanted, place, on)


def death(product, risk, on=ON) -> D:
    amounts = rated(product, risk, on=on).amounts
    return next(one.premium for one in amounts if one.coverage == "DEATH")


def with_life(**changes) -> dict:
    risk = term_life()
    risk["lives"][0] |= changes
    return risk


def errors(product, risk) -> dict[str, str]:
    return {error.path: error.message for error in risk_errors(product, risk)}


def test_a_life_of_37_with_every_rider_at_our_own_carrier(shipped):
    """Bindery, Nebraska, female, never smoked, 20 level years, 500,000.

    Born 1988-08-20: 37 at the last birthday. The curve is 0.96 at 35 and 1.33 at 40:
        0.96 + 2 ÷ 5 × 0.37 = 1.108; × 500 thousand = 554.00
    Band 500,000 to 1,000,000 × 0.84 = 465.36; preferred × 0.84 = 390.90 (390.9024);
        66 inches and 140 pounds, office: 1.00; Nebraska × 0.97 = 379.17 (379.173)
    Terminal illness, 50 %: 0.00. Accidental death 0.60 × 500 = 300.00.
    Waiver at 30 to 40: 0.13 × 500 = 65.00. Children, 10,000: 52.00.
    Premium 796.17; premium tax 1 % = 7.96; policy fee 50.00; total 854.13.
    """
    wanted = [
        select("DEATH", "l1", "full"),
        select("TERMINAL", "l1", "50%"),
        select("ACCIDENT", "l1", "100%"),
        select("WAIVER", "l1"),
        select("CHILD", "", "10000"),
    ]

    answer = rated(shipped["BIND-TL"], term_life(), wanted)

    assert {one.coverage: one.premium for one in answer.amounts} == {
        "DEATH": D("379.17"),
        "TERMINAL": D("0.00"),
        "ACCIDENT": D("300.00"),
        "WAIVER": D("65.00"),
        "CHILD": D("52.00"),
    }
    assert (answer.premium, answer.tax, answer.fee, answer.total) == (
        D("796.17"),
        D("7.96"),
        D("50.00"),
        D("854.13"),
    )


def test_the_other_carrier_takes_the_age_at_the_nearest_birthday(shipped):
    """Cordillera: 172 days before the 38th birthday, 193 after the 37th: 38.

    Female, 38: 0.79 × 500 = 395.00; 20 level years at 30 to 40 × 1.50 = 592.50; preferred × 0.88
        = 521.40; 500,000 × 0.85 = 443.19; no extra, one life
    Terminal illness, 75 %: 0.03 × 500 = 15.00
    Premium 458.19; premium tax 1 % = 4.58; policy fee 65.00; total 527.77.
    """
    answer = rated(shipped["CORD-TL"], term_life())

    assert {one.coverage: one.premium for one in answer.amounts} == {
        "DEATH": D("443.19"),
        "TERMINAL": D("15.00"),
    }
    assert (answer.premium, answer.total) == (D("458.19"), D("527.77"))


@pytest.mark.parametrize("code", CODES)
def test_the_premium_stays_level_until_the_level_years_are_over(shipped, code):
    product, risk = shipped[code], term_life()
    at_issue = death(product, risk)

    assert {death(product, risk, date(year, 3, 1)) for year in (2027, 2036, 2045)} == {at_issue}


def test_after_the_level_years_the_price_is_another(shipped):
    """379.17 × 8.50 = 3,222.945, half even 3,222.94; Cordillera 443.19 × 9.00 = 3,988.71."""
    assert death(shipped["BIND-TL"], term_life(), date(2046, 3, 1)) == D("3222.94")
    assert death(shipped["CORD-TL"], term_life(), date(2046, 3, 1)) == D("3988.71")


def test_new_business_is_stamped_with_its_first_day_and_keeps_it(shipped):
    product = shipped["BIND-TL"]
    applied = term_life()
    del applied["level_from"]

    taken = stamped(product, applied, ON)

    assert taken == term_life()
    assert errors(product, applied) == errors(product, taken) == {}
    assert rated(product, applied) == rated(product, taken)


def test_a_hobby_and_smoking_cost_what_the_tables_say(shipped):
    """Male, 35, current smoker, standard, 100,000, 10 years, private pilot, at Bindery.

    2.06 × 100 thousand = 206.00; band 1.00; standard; office; Nebraska × 0.97 = 199.82;
    private flying 3.50 for each 1,000 = 350.00; together 549.82.
    """
    product = shipped["BIND-TL"]
    risk = with_life(
        born_on="1991-01-05",
        sex="male",
        tobacco="current",
        health_class="standard",
        hobby="aviation",
        sum_insured=100000,
    ) | {"level_years": "10"}

    assert death(product, risk) == D("549.82")


@pytest.mark.parametrize("code", CODES)
def test_mortality_rises_with_age_and_is_higher_for_men(shipped, code):
    curves: dict[tuple, list[D]] = {}
    for *keys, _age, rate in shipped[code].document["rating"]["tables"]["rate"]["rows"]:
        curves.setdefault(tuple(keys), []).append(D(rate))

    assert all(curve == sorted(curve) for curve in curves.values())
    for keys, curve in curves.items():
        if "female" in keys:
            men = curves[tuple("male" if key == "female" else key for key in keys)]
            assert all(hers < his for hers, his in zip(curve, men, strict=True))


def test_a_life_beyond_the_table_is_refused_at_its_date_of_birth(shipped):
    for code, label in (("BIND-TL", "Rate for each 1,000"), ("CORD-TL", "Rate for each 1,000")):
        with pytest.raises(RatingError) as caught:
            rated(shipped[code], with_life(born_on="1946-01-01"))

        assert caught.value.path == "lives.l1.born_on"
        assert label in str(caught.value)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("place", PLACES)
def test_the_usual_cover_can_be_chosen_in_each_state(shipped, code, place):
    product, risk = shipped[code], term_life()
    wanted = default_coverages(product, risk, place)

    assert {one["coverage"] for one in wanted} == {"DEATH", "TERMINAL"}
    assert coverage_errors(product, risk, wanted, place) == []
    assert rated(product, risk, wanted, place).premium > 0


def test_the_death_benefit_is_the_sum_insured_and_the_terminal_benefit_a_part_of_it(shipped):
    product, risk = shipped["BIND-TL"], term_life()
    limits = {
        one["coverage"]: coverage_terms(product, risk, one).limit
        for one in default_coverages(product, risk, "US-NE")
    }

    assert limits == {"DEATH": D("500000.00"), "TERMINAL": D("250000.00")}


# Beneficiaries


def beneficiary(key: str, share: int, life: str = "l1", order: str = "primary") -> dict:
    return {
        "key": key,
        "name": f"Person {key}",
        "life": life,
        "relationship": "child",
        "order": order,
        "share": share,
    }


def test_the_shares_of_one_life_and_order_sum_to_a_hundred(shipped):
    product = shipped["BIND-TL"]
    shared = [
        beneficiary("b1", 50),
        beneficiary("b2", 30),
        beneficiary("b3", 20),
        beneficiary("b4", 100, order="contingent"),
    ]
    assert errors(product, term_life(beneficiaries=shared)) == {}

    shared[2]["share"] = 19
    assert errors(product, term_life(beneficiaries=shared)) == {
        "beneficiaries.b3.share": ("Share in percent: these must sum to 100. They sum to 99.")
    }


def test_a_beneficiary_of_a_life_that_is_not_insured_is_refused(shipped):
    product = shipped["BIND-TL"]
    risk = term_life(beneficiaries=[beneficiary("b1", 100, life="l9")])

    assert errors(product, risk) == {
        "beneficiaries.b1.life": "Is paid when this life ends: choose one of the list."
    }


# What is refused at load


def said_of(document) -> list[tuple[str, str]]:
    source = Source(document=document)
    check(source, load_prohibited())
    return [(problem.path, problem.reason) for problem in source.problems]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"field": "portion", "total": 100}, "“portion” is not known"),
        ({"field": "share", "by": ["branch"], "total": 100}, "“branch” is not known"),
        ({"field": "share", "total": "100"}, "a sum needs the whole number that it must come to"),
    ],
)
def test_a_sum_of_what_is_not_there_is_refused(shipped, rule, reason):
    document = deepcopy(shipped["BIND-TL"].to_json())
    document["risk_schema"]["properties"]["beneficiaries"]["x-sum"] = rule

    assert said_of(document) == [("risk_schema.properties.beneficiaries.x-sum", reason)]


def test_a_link_to_no_list_and_a_stamp_that_is_no_date_are_refused(shipped):
    document = deepcopy(shipped["BIND-TL"].to_json())
    properties = document["risk_schema"]["properties"]
    properties["beneficiaries"]["items"]["properties"]["life"]["x-link"] = "people"
    properties["replaces"]["x-stamp"] = True

    assert said_of(document) == [
        (
            "risk_schema.properties.replaces.x-stamp",
            "only a date is filled in with the first day of cover",
        ),
        (
            "risk_schema.properties.beneficiaries.items.properties.life.x-link",
            "“people” is not known",
        ),
    ]


def test_genes_must_not_price_a_life_in_florida_but_sex_and_health_may(shipped):
    document = deepcopy(shipped["BIND-TL"].to_json())
    fields = document["risk_schema"]["properties"]["lives"]["items"]["properties"]
    fields["health_class"]["x-variable"] = "genetic_information"

    assert said_of(document) == [
        (
            "rating.steps.2",
            "genetic_information must not decide a price in US-FL: Fla. Stat. § 627.4301(2)",
        )
    ]
