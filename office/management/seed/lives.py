"""What people insure of themselves: their life, with their spouse's, and the family's health."""

from datetime import date
from typing import Any

from office.management.seed.risks import GIVEN, WOMEN, Dice, born_on

# metal level: its deductibles and the most that a person pays in a year
PLANS = {
    "bronze": (["6000", "7500"], ["9200"]),
    "silver": (["3000", "4500"], ["7000", "9200"]),
    "gold": (["1000", "1500"], ["5000", "7000"]),
    "platinum": (["0", "500"], ["3000", "5000"]),
}
SUMS = [100000, 150000, 200000, 250000, 300000, 400000, 500000]
SPOUSE_SUMS = [50000, 75000, 100000, 150000]


def medical(dice: Dice, buyer: dict[str, str], today: date) -> dict[str, Any]:
    """The buyer, often a spouse, and the children who are young enough."""
    metal = dice.choices(list(PLANS), weights=[3, 5, 3, 1])[0]
    deductibles, most = PLANS[metal]
    return {
        "metal": metal,
        "deductible": dice.choice(deductibles),
        "out_of_pocket": dice.choice(most),
        "office_visit": dice.choice(["copay_25", "copay_40", "deductible"]),
        "postal_code": buyer["postal_code"],
        "enrollment": _why_now(dice, today),
        "members": _family(dice, buyer["name"], today),
    }


def _why_now(dice: Dice, today: date) -> str:
    """Open enrollment is for cover from January or February; else something has happened."""
    if today.month <= 2:
        return "open"
    return dice.choice(["lost_cover", "lost_cover", "moved", "marriage", "birth"])


def _family(dice: Dice, name: str, today: date) -> list[dict[str, Any]]:
    family = name.split()[-1]
    members = [(name, "self", born_on(name))]
    if dice.random() < 0.5:
        spouse = f"{dice.choice(GIVEN)} {family}"
        members.append((spouse, "spouse", born_on(spouse)))
    for _child in range(dice.choices([0, 1, 2, 3], weights=[4, 3, 2, 1])[0]):
        born = date(today.year - dice.randint(1, 24), dice.randint(1, 12), dice.randint(1, 28))
        if born.year - members[0][2].year >= 20:
            members.append((f"{dice.choice(GIVEN)} {family}", "child", born))
    return [
        {
            "key": f"m{number}",
            "name": who,
            "relationship": relationship,
            "born_on": born.isoformat(),
            "tobacco": relationship != "child" and dice.random() < 0.1,
        }
        for number, (who, relationship, born) in enumerate(members, start=1)
    ]


def term_life(dice: Dice, buyer: dict[str, str], today: date) -> dict[str, Any]:
    """The buyer's life, and in most policies the spouse's: each is paid for the other."""
    name = buyer["name"]
    lives = [_life(dice, "l1", name, today, SUMS)]
    if dice.random() < 0.65:
        spouse = f"{dice.choice(GIVEN)} {name.split()[-1]}"
        lives.append(_life(dice, "l2", spouse, today, SPOUSE_SUMS))
    oldest = max(today.year - date.fromisoformat(life["born_on"]).year for life in lives)
    return {
        "level_years": dice.choice(["20", "20", "30"] if oldest <= 45 else ["10", "15", "20"]),
        "replaces": False,
        "lives": lives,
        "beneficiaries": _beneficiaries(dice, lives),
    }


def _life(dice: Dice, key: str, name: str, today: date, sums: list[int]) -> dict[str, Any]:
    sex = "female" if name.split()[0] in WOMEN else "male"
    inches = dice.randint(61, 69) if sex == "female" else dice.randint(66, 75)
    income = dice.randrange(42000, 140000, 1000)
    # 45 years and more than $250,000 wait for an examination, and 20 incomes for an underwriter
    most = 250000 if today.year - born_on(name).year >= 45 else 10 * income
    return {
        "key": key,
        "name": name,
        "born_on": born_on(name).isoformat(),
        "sex": sex,
        "tobacco": dice.choices(["never", "former", "current"], weights=[7, 2, 1])[0],
        "health_class": dice.choices(
            ["preferred_plus", "preferred", "standard", "substandard"], weights=[4, 9, 6, 1]
        )[0],
        "height_inches": inches,
        "weight_pounds": round(dice.uniform(20.5, 30.5) * inches**2 / 703),  # by body mass index
        "occupation": dice.choice(["office", "office", "office", "light", "manual"]),
        "hobby": dice.choices(["none", "scuba", "climbing"], weights=[18, 1, 1])[0],
        "income": income,
        "sum_insured": dice.choice([one for one in sums if one <= most]),
    }


def _beneficiaries(dice: Dice, lives: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two spouses are each other's; whoever is alone names two relatives by halves."""
    if len(lives) == 2:
        shares = [("l1", lives[1]["name"], "spouse", 100), ("l2", lives[0]["name"], "spouse", 100)]
    else:
        family = lives[0]["name"].split()[-1]
        kin = dice.choice(["child", "sibling", "parent"])
        names = [f"{given} {family}" for given in dice.sample(GIVEN, 2)]
        shares = [("l1", name, kin, 50) for name in names]
    return [
        {
            "key": f"b{number}",
            "name": name,
            "life": life,
            "relationship": relationship,
            "order": "primary",
            "share": share,
        }
        for number, (life, name, relationship, share) in enumerate(shares, start=1)
    ]


RISKS = {"medical": medical, "term_life": term_life}
