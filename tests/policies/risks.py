"""Risks and small plans that the tests of policies share."""

from copy import deepcopy
from typing import Any

from policies.rating import CompiledPlan, RatingPlan, compile_plan

NAMES = {"en": "A step", "es": "Un paso"}
CENTS = {"places": 2, "mode": "half_even"}

AUTO: dict[str, Any] = {
    "vehicles": [
        {
            "key": "v1",
            "vin": "1HGCM82633A004352",
            "model_year": 2022,
            "make": "Honda",
            "model": "Accord",
            "body": "sedan",
            "use": "commute",
            "annual_miles": 12000,
            "value": 25000,
            "postal_code": "68102",
            "primary_driver": "d1",
            "anti_theft": True,
        }
    ],
    "drivers": [
        {
            "key": "d1",
            "name": "Sarah Johnson",
            "born_on": "1988-04-12",
            "licensed_on": "2006-05-01",
            "at_fault_accidents": 0,
            "violations": 1,
            "good_student": False,
            "defensive_driving": True,
        }
    ],
    "years_insured": 6,
    "multi_policy": True,
    "credit_tier": "good",
}

HOME: dict[str, Any] = {
    "dwelling": {
        "key": "dwelling",
        "street": "1 Elm Street",
        "city": "Tampa",
        "postal_code": "33602",
        "year_built": 1998,
        "square_feet": 2000,
        "stories": 1,
        "construction": "masonry",
        "protection_class": 3,
        "roof_year": 2018,
        "roof_material": "tile",
        "replacement_cost": 400000,
        "occupancy": "owner",
        "coast_miles": 12,
        "sprinklers": False,
        "burglar_alarm": True,
        "pool": True,
    },
    "scheduled_items": [{"key": "s1", "class": "jewelry", "description": "Ring", "value": 6500}],
    "losses": 1,
    "multi_policy": False,
}

# A family of six in Omaha on 1 March 2026: 40, 38 and four children of 18, 13, 11 and 6.
MEDICAL: dict[str, Any] = {
    "metal": "silver",
    "deductible": "4500",
    "out_of_pocket": "9200",
    "office_visit": "copay_40",
    "postal_code": "68102",
    "enrollment": "open",
    "members": [
        {"key": key, "name": name, "relationship": who, "born_on": born, "tobacco": key == "m2"}
        for key, name, who, born in (
            ("m1", "Ana Ruiz", "self", "1985-06-20"),
            ("m2", "Luis Ruiz", "spouse", "1987-04-02"),
            ("m3", "Eva Ruiz", "child", "2008-01-15"),
            ("m4", "Leo Ruiz", "child", "2012-10-30"),
            ("m5", "Mia Ruiz", "child", "2014-12-01"),
            ("m6", "Noa Ruiz", "child", "2019-08-08"),
        )
    ],
}

TERM_LIFE: dict[str, Any] = {
    "level_years": "20",
    "level_from": "2026-03-01",
    "replaces": False,
    "lives": [
        {
            "key": "l1",
            "name": "Ana Ruiz",
            "born_on": "1988-08-20",
            "sex": "female",
            "tobacco": "never",
            "health_class": "preferred",
            "height_inches": 66,
            "weight_pounds": 140,
            "occupation": "office",
            "hobby": "none",
            "income": 90000,
            "sum_insured": 500000,
        }
    ],
    "beneficiaries": [
        {
            "key": "b1",
            "name": "Luis Ruiz",
            "life": "l1",
            "relationship": "spouse",
            "order": "primary",
            "share": 100,
        }
    ],
}

# Twenty employees of an Omaha firm: 12 alone of 34 on average, 8 with families of 45.
GROUP_MEDICAL: dict[str, Any] = {
    "employer": "Kestrel Restoration",
    "industry": "construction",
    "postal_code": "68102",
    "years_in_business": 9,
    "eligible_employees": 24,
    "waived_employees": 2,
    "employer_pays": 80,
    "employer_pays_dependents": 25,
    "waiting_period": "30",
    "deductible": "1500",
    "office_visit": "copay_40",
    "census": [
        {"key": "c1", "class_name": "Crew", "tier": "employee", "age": 34, "employees": 12},
        {"key": "c2", "class_name": "Office", "tier": "family", "age": 45, "employees": 8},
    ],
}


def group_medical(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(GROUP_MEDICAL), **changes}


def term_life(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(TERM_LIFE), **changes}


def medical(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(MEDICAL), **changes}


LIABILITY: dict[str, Any] = {
    "operations": "Bakery with a small office building",
    "legal_form": "llc",
    "postal_code": "68102",
    "years_in_business": 8,
    "losses": 0,
    "subcontracted_cost": 0,
    "liquor_receipts": 0,
    "classes": [
        {
            "key": "c1",
            "description": "Bakery on Dodge Street",
            "class_code": "10107",
            "basis": "receipts",
            "exposure": 850000,
        },
        {
            "key": "c2",
            "description": "Offices above the bakery",
            "class_code": "61226",
            "basis": "area",
            "exposure": 4000,
        },
        {
            "key": "c3",
            "description": "Parking lot",
            "class_code": "46622",
            "basis": "units",
            "exposure": 12,
        },
    ],
    "additional_insureds": [
        {
            "key": "a1",
            "name": "First Prairie Bank",
            "interest": "lender",
            "address": "1 Farnam Street, Omaha",
        }
    ],
}


PROPERTY: dict[str, Any] = {
    "operations": "Hardware store",
    "years_in_business": 12,
    "losses": 0,
    "coinsurance": "90",
    "valuation": "replacement",
    "multi_policy": True,
    "buildings": [
        {
            "key": "b1",
            "name": "Store",
            "street": "20 Dodge Street",
            "city": "Omaha",
            "postal_code": "68102",
            "construction": "joisted_masonry",
            "occupancy": "retail",
            "protection_class": 3,
            "year_built": 2001,
            "stories": 1,
            "square_feet": 6000,
            "roof_year": 2018,
            "roof_material": "membrane",
            "coast_miles": 900,
            "sprinklers": False,
            "fire_alarm": True,
            "burglar_alarm": True,
            "building_value": 600000,
            "contents_value": 150000,
            "business_income": 300000,
        },
        {
            "key": "b2",
            "name": "Warehouse",
            "street": "8 Rail Yard",
            "city": "Omaha",
            "postal_code": "68102",
            "construction": "noncombustible",
            "occupancy": "warehouse",
            "protection_class": 5,
            "year_built": 2016,
            "stories": 1,
            "square_feet": 4000,
            "roof_year": 2016,
            "roof_material": "metal",
            "coast_miles": 900,
            "sprinklers": True,
            "fire_alarm": False,
            "burglar_alarm": False,
            "building_value": 400000,
            "contents_value": 100000,
            "business_income": 0,
        },
    ],
}

COMPENSATION: dict[str, Any] = {
    "operations": "Restaurant with an office",
    "legal_form": "corporation",
    "years_in_business": 9,
    "losses": 1,
    "experience_mod": "0.84",
    "schedule_percent": 0,
    "drug_free": False,
    "safety_program": True,
    "payrolls": [
        {
            "key": "p1",
            "description": "Kitchen and service",
            "class_code": "9082",
            "employees": 22,
            "payroll": 1500000,
        },
        {
            "key": "p2",
            "description": "Office",
            "class_code": "8810",
            "employees": 3,
            "payroll": 145000,
        },
    ],
    "officers": [
        {
            "key": "o1",
            "name": "María Núñez",
            "title": "officer",
            "included": True,
            "class_code": "8810",
            "payroll": 60000,
        },
        {
            "key": "o2",
            "name": "Luis Núñez",
            "title": "officer",
            "included": False,
            "class_code": "9082",
            "payroll": 50000,
        },
    ],
}


# Risks that every carrier takes without a second look; an officer left out asks for a paper.
COMMERCIAL = {
    "liability": LIABILITY,
    "property": PROPERTY,
    "compensation": {**COMPENSATION, "officers": COMPENSATION["officers"][:1]},
}


def auto(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(AUTO), **changes}


def home(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(HOME), **changes}


def liability(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(LIABILITY), **changes}


def property_(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(PROPERTY), **changes}


def compensation(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(COMPENSATION), **changes}


def select(coverage: str, item: str = "", limit: str = "", deductible: str = "") -> dict[str, str]:
    key = f"{item}:{coverage}" if item else coverage
    return {
        "key": key,
        "coverage": coverage,
        "item": item,
        "limit": limit,
        "deductible": deductible,
    }


def exact(*rows: list[Any]) -> dict[str, Any]:
    keys = [f"key{index}" for index in range(len(rows[0]) - 1)]
    return {"version": "1", "kind": "exact", "keys": keys, "rows": list(rows)}


def banded(*rows: list[Any]) -> dict[str, Any]:
    keys = [f"key{index}" for index in range(len(rows[0]) - 2)]
    return {"version": "1", "kind": "banded", "keys": keys, "rows": list(rows)}


def interpolated(*rows: list[Any], places: int = 4) -> dict[str, Any]:
    keys = [f"key{index}" for index in range(len(rows[0]) - 1)]
    rounding = {"places": places, "mode": "half_even"}
    return {"version": "1", "kind": "interpolated", "keys": keys, "rows": list(rows)} | {
        "round": rounding
    }


def step(kind: str, table: str, *inputs: str, **more: Any) -> dict[str, Any]:
    code = more.pop("code", f"{kind}_{table}")
    return {
        "code": code,
        "name": NAMES,
        "kind": kind,
        "table": table,
        "inputs": list(inputs),
    } | more


def plan_of(
    steps: list[dict[str, Any]],
    tables: dict[str, Any],
    *,
    coverages: dict[str, str] | None = None,
    levies: dict[str, Any] | None = None,
    **more: Any,
) -> CompiledPlan:
    """A compiled plan of one state XX with the coverage C per policy, unless told otherwise."""
    document = {
        "version": "1",
        "term_factor": "1",
        "round": CENTS,
        "inputs": {},
        "tables": tables,
        "steps": steps,
    } | more
    plan = RatingPlan.from_json(
        document, coverages=coverages or {"C": "policy"}, levies=levies or {"XX": []}, labels={}
    )
    return compile_plan(plan)
