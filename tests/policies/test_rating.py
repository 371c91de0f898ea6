from datetime import date
from decimal import Decimal

import pytest

from policies.catalogue import load_folder
from policies.rating import RatingError, compile_plan
from tests.policies.risks import (
    auto,
    home,
    select,
)

ON = date(2026, 3, 1)
C = [select("C")]


@pytest.fixture(scope="module")
def plans():
    return {product.code: compile_plan(product.rating) for product in load_folder()}


def premiums(rated) -> dict[str, Decimal]:
    return {f"{a.item}:{a.coverage}": a.premium for a in rated.amounts}


# The shipped products, by hand


def test_bindery_auto_in_omaha(plans):
    # ZIP 681: 1.12. Licensed 2006-05-01: 19 years, 1.00. One violation: 1.14. Home too 0.08 and
    # defensive driving 0.05: x 0.87. Four years old, sedan, 25,000: 1.00 each.
    # BI   196.00 x 1.12 = 219.52; x 1.14 = 250.2528 -> 250.25; 100/300 x 1.24 = 310.31;
    #      x 0.87 = 269.9697 -> 269.97
    # COMP 171.00 x 1.12 = 191.52; anti-theft x 0.95 = 181.944 -> 181.94;
    #      x 0.87 = 158.2878 -> 158.29
    # COLL 224.00 x 1.12 = 250.88; x 1.14 = 286.0032 -> 286.00; x 0.87 = 248.82
    coverages = [
        select("BI", "v1", limit="100/300"),
        select("COMP", "v1", limit="value", deductible="500"),
        select("COLL", "v1", limit="value", deductible="500"),
    ]

    rated = plans["BIND-PA"].rate(auto(), coverages, "US-NE", ON)

    assert premiums(rated) == {
        "v1:BI": Decimal("269.97"),
        "v1:COMP": Decimal("158.29"),
        "v1:COLL": Decimal("248.82"),
    }
    assert rated.premium == Decimal("677.08")
    assert (rated.tax, rated.fee) == (Decimal("0.00"), Decimal("12.00"))
    assert rated.total == Decimal("689.08")


def test_bindery_auto_with_two_vehicles_caps_the_discounts(plans):
    # Two vehicles 0.12 + home 0.08 + defensive driving 0.05 + good student 0.10 = 0.35, at most
    # 0.25. The second driver, licensed for 2 years: 1.75, no violation.
    # v2 PD 131.00 x 1.12 = 146.72; x 1.75 = 256.76; 25000 x 1.00; x 0.75 = 192.57
    # v1 PD 146.72; x 1.14 = 167.2608 -> 167.26; 50000 x 1.06 = 177.2956 -> 177.30;
    #       (0.12 + 0.08 + 0.05 = 0.25) x 0.75 = 132.975 -> 132.98 (half to even: 97.5 -> 98)
    risk = auto()
    second = {**risk["drivers"][0], "key": "d2", "licensed_on": "2023-06-01"}
    risk["drivers"].append({**second, "violations": 0, "good_student": True})
    risk["vehicles"].append({**risk["vehicles"][0], "key": "v2", "primary_driver": "d2"})
    coverages = [select("PD", "v1", limit="50000"), select("PD", "v2", limit="25000")]

    rated = plans["BIND-PA"].rate(risk, coverages, "US-NE", ON)

    assert premiums(rated) == {"v1:PD": Decimal("132.98"), "v2:PD": Decimal("192.57")}


def test_bindery_auto_never_falls_below_its_minimum_premium(plans):
    # Towing alone is 7.00; the minimum in Nebraska is 120.00, plus the policy fee of 12.00.
    rated = plans["BIND-PA"].rate(auto(), [select("TOW", "v1", limit="100")], "US-NE", ON)

    assert (rated.premium, rated.total) == (Decimal("120.00"), Decimal("132.00"))


def test_harborline_auto_in_denver_for_six_months(plans):
    # Age 37: between 35 (1.000) and 65 (0.960): 1 - 2 x 0.04 / 30 = 0.99733 -> 0.997.
    # Value 25,000: between 20,000 (1.000) and 60,000 (1.750): 1 + 5 x 0.75 / 40 = 1.09375 -> 1.094.
    # BI   272.00 x 1.10 = 299.20; x 0.997 = 298.3024 -> 298.30; good credit x 0.93 = 277.419 ->
    #      277.42; violation + 38.00 = 315.42; 0.12 + 0.12 capped at 0.20: x 0.80 = 252.336 ->
    #      252.34; whole dollars 252; half a year 126.00
    # COMP 118.00 x 1.48 = 174.64; x 1.10 = 192.104 -> 192.10; x 0.93 = 178.653 -> 178.65;
    #      x 1.094 = 195.4431 -> 195.44; x 1.05 = 205.212 -> 205.21; x 0.90 = 184.689 -> 184.69;
    #      185; half a year 92.50
    risk = auto()
    risk["vehicles"][0]["postal_code"] = "80202"
    coverages = [
        select("BI", "v1", limit="50/100"),
        select("COMP", "v1", limit="value", deductible="500"),
    ]

    rated = plans["HARBOR-PA"].rate(risk, coverages, "US-CO", ON)

    assert premiums(rated) == {"v1:BI": Decimal("126.00"), "v1:COMP": Decimal("92.50")}
    assert (rated.premium, rated.fee, rated.total) == (
        Decimal("218.50"),
        Decimal("0.50"),
        Decimal("219.00"),
    )


def test_harborline_auto_in_california_looks_at_experience_and_not_at_age_or_credit(plans):
    # 19 years licensed: 1 + 9 x 0.05 / 35 = 1.012857 -> 1.013.
    # BI 272.00 x 1.14 = 310.08; ZIP 941 x 1.00; x 1.013 = 314.11104 -> 314.11; + 38.00 = 352.11;
    #    x 0.80 = 281.688 -> 281.69; 282; half a year 141.00; fraud fee 0.88 for the vehicle
    risk = auto(credit_tier="poor")
    risk["vehicles"][0]["postal_code"] = "94103"
    risk["drivers"][0]["born_on"] = "1950-01-01"

    rated = plans["HARBOR-PA"].rate(risk, [select("BI", "v1", limit="50/100")], "US-CA", ON)

    assert (rated.premium, rated.total) == (Decimal("141.00"), Decimal("141.88"))


def test_bindery_home_in_tampa(plans):
    # DWELL 1024.00 x curve 1.23 (300,000: 1.00, 500,000: 1.46) = 1259.52; ZIP 336 x 1.20 =
    #       1511.424 -> 1511.42; masonry, class 3 x 0.90 = 1360.278 -> 1360.28; 28 years x 1.00;
    #       roof 8 years x 0.97 = 1319.4716 -> 1319.47; tile x 0.94 = 1240.3018 -> 1240.30;
    #       one loss x 1.15 = 1426.345 -> 1426.34 (to even); alarm x 0.94 = 1340.7596 -> 1340.76
    # HURRICANE 1.750 x 400 = 700.00; x 0.90 = 630.00; x 0.97 = 611.10; x 0.94 = 574.434 -> 574.43
    # LIAB  66.00 x 1.15 = 75.90; pool + 24.00 = 99.90
    # SCHEDULED 1.60 x 65 = 104.00
    # Sum 2119.09; assessment 1 % = 21.1909 -> 21.19; fees 2.00 + 25.00
    coverages = [
        select("DWELL", "dwelling", limit="full", deductible="1000"),
        select("HURRICANE", "dwelling", limit="full", deductible="2%"),
        select("LIAB", limit="300000"),
        select("SCHEDULED", "s1", limit="agreed"),
    ]

    rated = plans["BIND-HO"].rate(home(), coverages, "US-FL", ON)

    assert premiums(rated) == {
        "dwelling:DWELL": Decimal("1340.76"),
        "dwelling:HURRICANE": Decimal("574.43"),
        ":LIAB": Decimal("99.90"),
        "s1:SCHEDULED": Decimal("104.00"),
    }
    assert (rated.premium, rated.tax, rated.fee, rated.total) == (
        Decimal("2119.09"),
        Decimal("21.19"),
        Decimal("27.00"),
        Decimal("2167.28"),
    )


def test_harborline_home_in_tampa(plans):
    # DWELL 3.180 x 400 = 1272.00; x 1.38 = 1755.36; masonry x 0.88 = 1544.7168 -> 1544.72;
    #       class 3 x 0.95 = 1467.484 -> 1467.48; 28 years: 0.900 + 18 x 0.150 / 20 = 1.035 ->
    #       1518.8418 -> 1518.84; tile under 20 years x 0.93 = 1412.5212 -> 1412.52; one loss
    #       + 145.00 = 1557.52 -> 1558; alarm x 0.95 = 1480.10; 1480
    # CONTENTS 0.520 x 400 = 208.00; x 1.38 = 287.04; x 0.88 = 252.5952 -> 252.60; x 0.95 = 239.97;
    #       x 0.95 = 227.9715 -> 227.97; not below 60: 228
    # MEDPAY 14. Sum 1722.00; assessment 17.22; surcharge 2.00
    coverages = [
        select("DWELL", "dwelling", limit="full", deductible="2500"),
        select("CONTENTS", "dwelling", limit="50%", deductible="2500"),
        select("MEDPAY", limit="5000"),
    ]

    rated = plans["HARBOR-HO"].rate(home(), coverages, "US-FL", ON)

    assert premiums(rated) == {
        "dwelling:DWELL": Decimal("1480.00"),
        "dwelling:CONTENTS": Decimal("228.00"),
        ":MEDPAY": Decimal("14.00"),
    }
    assert rated.total == Decimal("1741.22")


def test_ages_are_those_of_the_first_day_of_the_term(plans):
    # Licensed on 2006-05-01: 9 years on 2016-04-30 (1.12), 10 years the day after (1.00).
    # MED 26.00 x 1.12 (ZIP) = 29.12; x 1.12 = 32.6144 -> 32.61.
    coverages = [select("MED", "v1", limit="5000"), select("PD", "v1", limit="100000")]
    rate = plans["BIND-PA"].rate

    before = rate(auto(), coverages, "US-NE", date(2016, 4, 30))
    after = rate(auto(), coverages, "US-NE", date(2016, 5, 1))

    assert premiums(before)["v1:MED"] == Decimal("32.61")
    assert premiums(after)["v1:MED"] == Decimal("29.12")


# What cannot be rated says why, and where


def refusal(plan, risk, coverages, jurisdiction="US-NE") -> RatingError:
    with pytest.raises(RatingError) as caught:
        plan.rate(risk, coverages, jurisdiction, ON)
    return caught.value


BI = [select("BI", "v1", limit="100/300")]


def test_a_missing_field_is_named_with_its_path(plans):
    risk = auto()
    del risk["vehicles"][0]["annual_miles"]

    error = refusal(plans["BIND-PA"], risk, BI)

    assert str(error) == "To rate this we need: Miles a year."
    assert error.path == error.field == "vehicles.v1.annual_miles"


def test_a_missing_field_that_no_chosen_coverage_asks_for_does_not_matter(plans):
    risk = auto()
    del risk["vehicles"][0]["value"]

    assert plans["BIND-PA"].rate(risk, BI, "US-NE", ON).premium == Decimal("269.97")


def test_a_value_outside_the_table_is_named_with_its_path(plans):
    risk = auto()
    risk["vehicles"][0]["postal_code"] = "10001"

    error = refusal(plans["BIND-PA"], risk, BI)

    assert str(error) == (
        "ZIP code where it is kept: 100 is outside the table “Territory” of this product."
    )
    assert error.path == "vehicles.v1.postal_code"


def test_a_driver_that_is_not_listed_is_named(plans):
    risk = auto()
    risk["vehicles"][0]["primary_driver"] = "d9"

    assert refusal(plans["BIND-PA"], risk, BI).path == "drivers.d9.licensed_on"


def test_an_unreadable_date_is_named(plans):
    risk = auto()
    risk["drivers"][0]["licensed_on"] = "last May"

    error = refusal(plans["BIND-PA"], risk, BI)

    assert str(error) == "We cannot read this value: Licensed since."
    assert error.path == "drivers.d1.licensed_on"


def test_a_float_is_refused_and_an_exact_text_is_read(plans):
    coverages = [select("COLL", "v1", limit="value", deductible="500")]
    risk = auto()
    expected = plans["BIND-PA"].rate(risk, coverages, "US-NE", ON)

    risk["vehicles"][0]["value"] = "25000.00"
    assert plans["BIND-PA"].rate(risk, coverages, "US-NE", ON) == expected

    risk["vehicles"][0]["value"] = 25000.0
    assert refusal(plans["BIND-PA"], risk, coverages).path == "vehicles.v1.value"


def test_an_option_that_the_product_does_not_have_is_named(plans):
    error = refusal(plans["BIND-PA"], auto(), [select("BI", "v1", limit="1/2")])

    assert error.path == "coverages.v1:BI.limit"


def test_a_coverage_of_another_place_an_item_that_is_gone_and_a_place_without_rates(plans):
    plan = plans["BIND-PA"]

    pip = refusal(plan, auto(), [select("PIP", "v1", limit="10000", deductible="0")])
    gone = refusal(plan, auto(), [select("BI", "v7", limit="100/300")])
    nowhere = refusal(plan, auto(), BI, "US-TX")
    nothing = refusal(plan, auto(), [])

    assert str(pip) == "The coverage PIP is not offered in US-NE."
    assert gone.path == "vehicles.v7"
    assert str(nowhere) == "This product is not sold in US-TX."
    assert str(nothing) == "Choose at least one coverage."


# The worksheet


def test_the_worksheet_shows_each_step_with_its_table_input_factor_and_amount(plans):
    worksheet = plans["BIND-PA"].worksheet(auto(), BI, "US-NE", ON)

    shown = [
        (line.step, line.table, line.input, line.factor, line.amount) for line in worksheet.lines
    ]

    assert shown[1] == ("territory", "territory", "zip3 681", Decimal("1.12"), Decimal("219.52"))
    assert shown[8] == (
        "discounts",
        "several_vehicles + multi_policy + good_student + defensive_driving",
        "vehicle_count 1 −0.00, risk.multi_policy true −0.08, "
        "driver.good_student false −0.00, driver.defensive_driving true −0.05",
        Decimal("0.87"),
        Decimal("269.97"),
    )
    assert [line.step for line in worksheet.lines[9:]] == [
        "annual",
        "term",
        "subtotal",
        "minimum_premium",
        "premium",
        "policy_fee",
    ]
    assert worksheet.lines[-1].to_json() == {
        "step": "policy_fee",
        "names": {"en": "Policy fee", "es": "Cargo de póliza"},
        "table": "",
        "table_version": "",
        "item": "",
        "coverage": "",
        "input": "BM filed rule 4",
        "factor": "12.00",
        "amount": "281.97",
    }


def test_the_worksheet_of_what_cannot_be_rated_is_refused_with_the_same_sentence(plans):
    risk = auto()
    del risk["vehicles"][0]["annual_miles"]

    with pytest.raises(RatingError, match="Miles a year"):
        plans["BIND-PA"].worksheet(risk, BI, "US-NE", ON)
    with pytest.raises(RatingError, match="not offered"):
        plans["BIND-PA"].worksheet(auto(), [select("XYZ")], "US-NE", ON)
