"""What the businesses of the demo insure: liability, property, their workers and their health."""

from datetime import date
from typing import Any

from office.management.seed.risks import GIVEN, Dice

# operations, liability class and basis, payroll class, occupancy of the building
TRADES = [
    ("Bakery with a shop", "10107", "receipts", "2003", "retail"),
    ("Coffee shop", "11039", "receipts", "9083", "restaurant"),
    ("Restaurant without alcohol", "16900", "receipts", "9082", "restaurant"),
    ("Bookstore", "10150", "receipts", "8017", "retail"),
    ("Hardware store", "13716", "receipts", "8017", "retail"),
    ("Furniture store", "13049", "receipts", "8044", "retail"),
    ("Grocery store", "13673", "receipts", "8006", "grocery"),
    ("Veterinary clinic", "18912", "receipts", "8831", "medical_office"),
    ("Landscape gardening", "97047", "payroll", "0042", "office"),
    ("Plumbing", "98482", "payroll", "5183", "warehouse"),
    ("Painting of buildings", "98304", "payroll", "5474", "office"),
    ("Offices let to others", "61226", "area", "8810", "office"),
]
EXPOSURES = {
    "receipts": (300000, 2400000, 10000),
    "payroll": (120000, 900000, 10000),
    "area": (3000, 40000, 500),
}


def liability(dice: Dice, place: dict[str, str], _today: date) -> dict[str, Any]:
    """One class of operations, and now and then the landlord as an additional insured."""
    operations, code, basis, _payroll, _occupancy = dice.choice(TRADES)
    landlord = {
        "key": "a1",
        "name": "Prairie Holdings LLC",
        "interest": "landlord",
        "address": f"1 Market Square, {place['city']}",
    }
    return {
        "operations": operations,
        "legal_form": "llc",
        "postal_code": place["postal_code"],
        "years_in_business": dice.randint(2, 30),
        "losses": dice.choices([0, 1, 2], weights=[7, 2, 1])[0],
        "subcontracted_cost": 0,
        "liquor_receipts": 0,
        "classes": [
            {
                "key": "c1",
                "description": operations,
                "class_code": code,
                "basis": basis,
                "exposure": dice.randrange(*EXPOSURES[basis]),
            }
        ],
        "additional_insureds": [landlord] if dice.random() < 0.4 else [],
    }


def building(dice: Dice, place: dict[str, str], today: date) -> dict[str, Any]:
    """One or two buildings at the customer's address."""
    operations, _code, _basis, _payroll, occupancy = dice.choice(TRADES)
    count = dice.choices([1, 2], weights=[3, 1])[0]
    return {
        "operations": operations,
        "years_in_business": dice.randint(2, 30),
        "losses": dice.choices([0, 1], weights=[4, 1])[0],
        "coinsurance": dice.choice(["80", "90"]),
        "valuation": "replacement",
        "multi_policy": dice.random() < 0.4,
        "buildings": [_building(dice, place, today, occupancy, n) for n in range(1, count + 1)],
    }


def _building(
    dice: Dice, place: dict[str, str], today: date, occupancy: str, number: int
) -> dict[str, Any]:
    built = today.year - dice.randint(4, 60)
    square_feet = dice.randrange(2000, 12000, 500)
    return {
        "key": f"b{number}",
        "name": "Main building" if number == 1 else "Store room",
        "street": place["street"],
        "city": place["city"],
        "postal_code": place["postal_code"],
        "construction": dice.choice(
            ["joisted_masonry", "noncombustible", "masonry_noncombustible"]
        ),
        "occupancy": occupancy if number == 1 else "warehouse",
        "protection_class": dice.randint(2, 6),
        "year_built": built,
        "stories": dice.choice([1, 1, 2]),
        "square_feet": square_feet,
        "roof_year": max(built, today.year - dice.randint(1, 14)),
        "roof_material": dice.choice(["built_up", "membrane", "metal"]),
        "coast_miles": 30 if place["jurisdiction"] == "US-FL" else 80,
        "sprinklers": dice.random() < 0.4,
        "fire_alarm": dice.random() < 0.6,
        "burglar_alarm": dice.random() < 0.6,
        "building_value": square_feet * dice.randint(120, 220),
        "contents_value": dice.randrange(40000, 300000, 5000),
        "business_income": dice.randrange(0, 600000, 20000),
    }


def compensation(dice: Dice, _place: dict[str, str], _today: date) -> dict[str, Any]:
    """The payroll of the trade and of its office, and the owner who is insured too."""
    operations, _code, _basis, payroll, _occupancy = dice.choice(TRADES)
    classes = dict.fromkeys([payroll, "8810"])
    return {
        "operations": operations,
        "legal_form": "corporation",
        "years_in_business": dice.randint(3, 30),
        "losses": dice.choices([0, 1, 2], weights=[6, 3, 1])[0],
        "experience_mod": dice.choice(["0.78", "0.84", "0.92", "1.00", "1.06", "1.15"]),
        "schedule_percent": 0,
        "drug_free": dice.random() < 0.2,
        "safety_program": dice.random() < 0.3,
        "payrolls": [
            {
                "key": f"p{number}",
                "description": operations if number == 1 else "Office",
                "class_code": code,
                "employees": dice.randint(2, 20),
                "payroll": dice.randrange(80000, 900000, 5000),
            }
            for number, code in enumerate(classes, start=1)
        ],
        "officers": [
            {
                "key": "o1",
                "name": f"{dice.choice(GIVEN)} Prairie",
                "title": "officer",
                "included": True,
                "class_code": "8810",
                "payroll": 62000,
            }
        ],
    }


def group_medical(dice: Dice, place: dict[str, str], _today: date) -> dict[str, Any]:
    """A shop's employees by class and tier; most who may take part do."""
    tiers = {"employee": dice.randint(3, 6), "family": dice.randint(1, 2)}
    tiers["spouse" if dice.random() < 0.5 else "children"] = dice.randint(1, 2)
    waived = dice.randint(0, 2)
    return {
        "employer": place["name"],
        "industry": dice.choice(["retail", "retail", "services", "services", "wholesale"]),
        "postal_code": place["postal_code"],
        "years_in_business": dice.randint(3, 30),
        "eligible_employees": sum(tiers.values()) + waived + dice.randint(0, 1),
        "waived_employees": waived,
        "employer_pays": dice.choice([75, 80, 90, 100]),
        "employer_pays_dependents": dice.choice([25, 50]),
        "waiting_period": dice.choice(["30", "60", "90"]),
        "deductible": dice.choice(["500", "1500", "3000"]),
        "office_visit": dice.choice(["copay_25", "copay_40"]),
        "census": [
            {
                "key": f"c{number}",
                "class_name": "Office" if tier == "family" else "Shop",
                "tier": tier,
                "age": dice.randint(27, 52),
                "employees": employees,
            }
            for number, (tier, employees) in enumerate(tiers.items(), start=1)
        ],
    }


RISKS = {
    "liability": liability,
    "property": building,
    "compensation": compensation,
    "group_medical": group_medical,
}
