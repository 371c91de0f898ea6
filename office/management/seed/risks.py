"""Who buys and what they insure: drawn from small lists by the seed's own dice."""

from datetime import date, timedelta
from random import Random
from typing import Any

GIVEN = [
    "Elena", "Marguerite", "Tomasz", "Priya", "Oluwaseun", "Hannah", "Joseph", "Claire",
    "Amir", "Ruth", "Sven", "Ada", "Diego", "María", "Jin", "Fatima", "Lucas", "Aiko", "Noah",
    "Zoë", "Björn", "Ángela", "Kwame", "Leila", "Pavel", "Ingrid", "Rosa", "Hassan", "Mei",
    "Oskar", "Camila", "Mateo", "Naomi", "Viktor", "Sara", "Thandi", "Emil", "Yusuf", "Greta",
    "Rafael",
]  # fmt: skip
WOMEN = {
    "Elena", "Marguerite", "Priya", "Hannah", "Claire", "Ruth", "Ada", "María", "Fatima", "Aiko",
    "Zoë", "Ángela", "Leila", "Ingrid", "Rosa", "Mei", "Camila", "Naomi", "Sara", "Thandi",
    "Greta",
}  # fmt: skip
FAMILY = [
    "Vargas", "Okafor-Lindqvist", "Wiśniewski", "Raghunathan", "Martins", "Cole", "Adeyemi",
    "Beaumont", "Haddad", "Nakamura", "Bergström", "Delgado", "Núñez", "Kim", "Rahman",
    "Silva", "Tanaka", "Murphy", "García", "Novak", "Larsen", "Osei", "Petrova", "Ivanov",
    "Holm", "Castillo", "Aziz", "Chen", "Becker", "Flores", "Ortega", "Weiss", "Moreau",
    "Svensson", "Dlamini", "Fischer", "Demir", "Schmidt", "Romero", "Cruz",
]  # fmt: skip
FIRMS = """Harbor Street Bakery LLC|Lakeside Dental Group|Fern & Fable Books|Delgado Landscaping Inc
|Kestrel Restoration|Bluebird Coffee Roasters|Northgate Veterinary Clinic|Sunrise Daycare
|Pioneer Hardware Co|Golden Oak Furniture""".replace("\n", "").split("|")
STREETS = [
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Garnet", "Hawthorn", "Juniper",
    "Larkspur", "Magnolia", "Oak", "Poplar", "Sycamore", "Willow",
]  # fmt: skip
CITIES = {
    "US-CA": [("Los Angeles", "90012"), ("Sacramento", "95814"), ("San Diego", "92101")],
    "US-CO": [("Denver", "80202"), ("Boulder", "80302")],
    "US-FL": [("Miami", "33139"), ("Tampa", "33602")],
    "US-NE": [("Omaha", "68102"), ("Lincoln", "68508")],
}
CARS = [
    ("1HGCM82633A004352", "Toyota", "Corolla", "sedan", 22000),
    ("1M8GDM9AXKP042788", "Subaru", "Outback", "suv", 31000),
    ("5GZCZ43D13S812715", "Ford", "F-150", "pickup", 38000),
    ("JH4KA7650MC000000", "Honda", "Odyssey", "van", 29000),
    ("WBA3A5C51CF256521", "BMW", "Z4", "sports", 52000),
]


class Dice(Random):
    """The seed's dice: the same for the same number."""

    def place(self) -> str:
        return self.choices(list(CITIES), weights=[5, 3, 2, 2])[0]

    def days_between(self, low: int, high: int) -> timedelta:
        return timedelta(days=self.randint(low, high))


def person(dice: Dice, number: int, *, organisations: bool = True) -> dict[str, Any]:
    """The arguments of `add_customer` for one person or, now and then, one organisation."""
    place = dice.place()
    city, postal_code = dice.choice(CITIES[place])
    address = {
        "street": f"{dice.randint(1, 980)} {dice.choice(STREETS)} Street",
        "city": city,
        "jurisdiction": place,
        "postal_code": postal_code,
    }
    told: dict[str, Any] = {
        "address": address,
        "email": f"customer{number}@example.org",
        "phone": f"+1415555{number:04}",
        "language": "es" if dice.random() < 0.2 else "en",
    }
    if organisations and dice.random() < 0.1:
        return {**told, "kind": "organisation", "organisation_name": dice.choice(FIRMS)}
    given, family = dice.choice(GIVEN), dice.choice(FAMILY)
    name = {"given_name": given, "family_name": family}
    return {**told, "kind": "person", **name, "born_on": born_on(f"{given} {family}")}


def born_on(name: str) -> date:
    """Whoever bears this name has the same day of birth in each policy: 28 to 61 in 2026."""
    dice = Dice(name)
    return date(dice.randint(1965, 1997), dice.randint(1, 12), dice.randint(1, 28))


def auto(dice: Dice, buyer: dict[str, str], today: date) -> dict[str, Any]:
    """One or two vehicles and as many drivers."""
    count = dice.choices([1, 2], weights=[3, 1])[0]
    vehicles = []
    for number in range(1, count + 1):
        vin, make, model, body, value = dice.choice(CARS)
        vehicles.append(
            {
                "key": f"v{number}",
                "vin": vin,
                "model_year": today.year - dice.randint(1, 12),
                "make": make,
                "model": model,
                "body": body,
                "use": dice.choice(["pleasure", "commute", "commute"]),
                "annual_miles": dice.randrange(4000, 20000, 500),
                "value": value,
                "postal_code": buyer["postal_code"],
                "primary_driver": f"d{number}",
                "anti_theft": dice.random() < 0.4,
            }
        )
    drivers = [_driver(dice, buyer["name"], number) for number in range(1, count + 1)]
    return {
        "vehicles": vehicles,
        "drivers": drivers,
        "years_insured": dice.randint(0, 25),
        "multi_policy": dice.random() < 0.3,
        "credit_tier": dice.choice(["excellent", "good", "fair", "unknown"]),
    }


def _driver(dice: Dice, name: str, number: int) -> dict[str, Any]:
    if number > 1:
        name = f"{dice.choice(GIVEN)} {name.split()[-1]}"
    born = born_on(name)
    return {
        "key": f"d{number}",
        "name": name,
        "born_on": born.isoformat(),
        "licensed_on": (born + timedelta(days=365 * 18)).isoformat(),
        "at_fault_accidents": dice.choices([0, 1, 2], weights=[16, 3, 1])[0],
        "violations": dice.choices([0, 1], weights=[9, 1])[0],
        "good_student": False,
        "defensive_driving": dice.random() < 0.2,
    }


def home(dice: Dice, address: dict[str, str], today: date) -> dict[str, Any]:
    """A house where the customer lives."""
    built = today.year - dice.randint(4, 60)
    return {
        "dwelling": {
            "key": "dwelling",
            "street": address["street"],
            "city": address["city"],
            "postal_code": address["postal_code"],
            "year_built": built,
            "square_feet": dice.randrange(900, 3400, 100),
            "stories": dice.choice([1, 2]),
            "construction": dice.choice(["frame", "frame", "veneer", "masonry"]),
            "protection_class": dice.randint(2, 6),
            "roof_year": max(built, today.year - dice.randint(1, 16)),
            "roof_material": dice.choice(["asphalt", "asphalt", "tile", "metal"]),
            "replacement_cost": dice.randrange(240000, 620000, 10000),
            "occupancy": "owner",
            "coast_miles": 30 if address["jurisdiction"] == "US-FL" else 80,
            "sprinklers": dice.random() < 0.1,
            "burglar_alarm": dice.random() < 0.4,
            "pool": dice.random() < 0.1,
        },
        "scheduled_items": [],
        "losses": 0,
        "multi_policy": dice.random() < 0.3,
        "credit_tier": dice.choice(["excellent", "good", "fair", "unknown"]),
    }
