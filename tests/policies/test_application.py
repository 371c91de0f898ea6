from decimal import Decimal

import pytest

from policies.catalogue import load_folder
from policies.catalogue.application import (
    coverage_errors,
    coverage_terms,
    default_coverages,
    fit_coverages,
    risk_errors,
)
from tests.policies.risks import auto, home, select


@pytest.fixture(scope="module")
def shipped():
    return {product.code: product for product in load_folder()}


def errors(product, risk) -> dict[str, str]:
    return {error.path: error.message for error in risk_errors(product, risk)}


def option(coverages, key: str, name: str = "limit") -> str:
    return next(one[name] for one in coverages if one["key"] == key)


# The risk


def test_a_complete_application_has_no_errors(shipped):
    assert errors(shipped["BIND-PA"], auto()) == {}
    assert errors(shipped["BIND-HO"], home()) == {}
    assert errors(shipped["HARBOR-HO"], home(scheduled_items=[])) == {}


def test_each_error_stands_at_its_field_in_words(shipped):
    risk = auto(years_insured=-1)
    vehicle = risk["vehicles"][0]
    del vehicle["make"]
    vehicle |= {"vin": "SHORT", "use": "racing", "model_year": "2022", "model": ""}
    risk["drivers"][0]["born_on"] = "12 April 1988"

    assert errors(shipped["BIND-PA"], risk) == {
        "years_insured": "Years insured without a gap: at least 0.",
        "vehicles.v1.make": "Make: this is needed.",
        "vehicles.v1.model": "Model: this is needed.",
        "vehicles.v1.vin": "VIN: this does not have the right form.",
        "vehicles.v1.use": "Main use: choose one of the list.",
        "vehicles.v1.model_year": "Model year: this value is of the wrong kind.",
        "drivers.d1.born_on": "Date of birth: write a date as YYYY-MM-DD.",
    }


def test_an_empty_list_and_an_unknown_field_are_errors(shipped):
    assert errors(shipped["BIND-PA"], auto(vehicles=[])) == {
        "vehicles": "Vehicles: add at least one."
    }
    assert errors(shipped["BIND-PA"], auto(colour="red")) == {
        "": "there is a field that this product does not know."
    }


def test_a_float_is_an_error_also_where_it_is_whole(shipped):
    risk = auto()
    risk["vehicles"][0]["value"] = 25000.0

    assert errors(shipped["BIND-PA"], risk) == {
        "vehicles.v1.value": "Write a whole number, or an amount as text."
    }


def test_a_main_driver_who_is_not_listed_and_a_key_used_twice_are_errors(shipped):
    risk = auto()
    risk["vehicles"].append({**risk["vehicles"][0], "primary_driver": "d7"})

    assert errors(shipped["BIND-PA"], risk) == {
        "vehicles.v1.key": "This key is used twice.",
        "vehicles.v1.primary_driver": "Main driver: choose one of the list.",
    }


# The coverages


def test_the_defaults_are_the_mandatory_and_usual_coverages_of_every_item(shipped):
    risk = auto()
    risk["vehicles"].append({**risk["vehicles"][0], "key": "v2"})

    chosen = default_coverages(shipped["HARBOR-PA"], risk, "US-FL")

    assert {one["key"] for one in chosen} == {
        f"{vehicle}:{code}"
        for vehicle in ("v1", "v2")
        for code in ("BI", "PD", "UM", "PIP", "COMP", "COLL")
    }
    assert coverage_errors(shipped["HARBOR-PA"], risk, chosen, "US-FL") == []


def test_the_defaults_of_every_product_and_state_can_be_chosen(shipped):
    for product in shipped.values():
        risk = auto() if product.kind == "auto" else home()
        for place in product.jurisdictions:
            chosen = default_coverages(product, risk, place)

            assert coverage_errors(product, risk, chosen, place) == []


def test_what_is_missing_below_the_law_twice_or_for_nothing_is_told(shipped):
    chosen = [
        select("BI", "v1", limit="25/50"),
        select("COLL", "v1", limit="value", deductible="750"),
        select("MED", "v1", limit="5000"),
        select("MED", "v1", limit="5000"),
        select("TOW", "v9", limit="100"),
        select("PIP", "v1", limit="10000", deductible="0"),
    ]

    found = {
        e.path: e.message for e in coverage_errors(shipped["BIND-PA"], auto(), chosen, "US-CA")
    }

    assert found == {
        "coverages.v1:BI.limit": "Choose one of: 30/60, 50/100, 100/300, 250/500.",
        "coverages.v1:COLL.deductible": "Choose one of: 250, 500, 1000, 2000.",
        "coverages.v1:MED": "This coverage is chosen twice.",
        "coverages.v9:TOW": "This coverage is for an item that is not insured.",
        "coverages.v1:PIP": "This coverage is not offered here.",
        "coverages.v1:PD": "Property damage liability is mandatory in US-CA.",
    }


def test_another_carrier_offers_the_nearest_option_and_says_what_differs(shipped):
    # Harborline: limits up to 100/300, deductibles 500, 1000, 2500, towing 75 only.
    wanted = [
        select("BI", "v1", limit="250/500"),
        select("PD", "v1", limit="15000"),
        select("COLL", "v1", limit="value", deductible="2000"),
        select("COMP", "v1", limit="value", deductible="250"),
        select("TOW", "v1", limit="100"),
        select("PIP", "v1", limit="10000", deductible="0"),
    ]

    fitted, notes = fit_coverages(shipped["HARBOR-PA"], auto(), wanted, "US-NE")

    assert option(fitted, "v1:BI") == "100/300"
    assert option(fitted, "v1:PD") == "25000"
    assert option(fitted, "v1:COLL", "deductible") == "1000"
    assert option(fitted, "v1:COMP", "deductible") == "500"
    assert notes == [
        "Bodily injury liability: 100/300 instead of 250/500.",
        "Property damage liability: 25000 instead of 15000.",
        "Collision: 1000 instead of 2000.",
        "Other than collision: 500 instead of 250.",
        "Towing and labor: 75 instead of 100.",
        "Personal injury protection is not offered.",
        "Uninsured motorist is mandatory and was added.",
    ]
    assert coverage_errors(shipped["HARBOR-PA"], auto(), fitted, "US-NE") == []


def test_an_option_without_a_size_falls_back_to_the_usual_one(shipped):
    wanted = [select("DWELL", "dwelling", limit="extended", deductible="1%")]

    fitted, notes = fit_coverages(shipped["HARBOR-HO"], home(), wanted, "US-CO")

    assert option(fitted, "dwelling:DWELL") == "full"
    assert option(fitted, "dwelling:DWELL", "deductible") == "1%"
    assert notes[0] == "A – Dwelling: full instead of extended."


def test_terms_are_in_money(shipped):
    # 400,000 to rebuild: contents 70 % = 280,000; hurricane deductible 2 % = 8,000.
    product, risk = shipped["BIND-HO"], home()

    contents = coverage_terms(
        product, risk, select("CONTENTS", "dwelling", limit="70%", deductible="2500")
    )
    hurricane = coverage_terms(
        product, risk, select("HURRICANE", "dwelling", limit="full", deductible="2%")
    )
    ring = coverage_terms(product, risk, select("SCHEDULED", "s1", limit="agreed"))
    injury = coverage_terms(shipped["BIND-PA"], auto(), select("BI", "v1", limit="100/300"))

    assert (contents.limit, contents.deductible) == (Decimal("280000.00"), Decimal("2500"))
    assert (hurricane.limit, hurricane.deductible) == (Decimal("400000.00"), Decimal("8000.00"))
    assert (ring.limit, ring.deductible, ring.item) == (Decimal("6500.00"), Decimal("0"), "s1")
    assert (injury.each_person, injury.limit) == (Decimal("100000"), Decimal("300000"))
    assert (
        coverage_terms(
            product, risk, select("WATER", "dwelling", limit="5000", deductible="1000")
        ).waiting_days
        == 14
    )
