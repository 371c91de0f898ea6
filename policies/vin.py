"""Vehicle identification numbers: what a VIN says about itself. Pure.

Seventeen characters without I, O and Q (ISO 3779). In North America the ninth is a check digit
and the tenth the model year (49 CFR 565.15); the first three name the maker (`data/wmi.csv`, a
part of the register: a maker that is not there is not known, and nothing is said of it).
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAKERS = Path(__file__).parent / "data" / "wmi.csv"
CHECK_PLACE, YEAR_PLACE, ERA_PLACE = 8, 9, 6  # counted from zero
NORTH_AMERICA = frozenset("12345")

# 49 CFR 565.15(c), tables III and IV.
VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
# Table VII: A is 1980 and 2010, without I, O, Q, U, Z; then 1 to 9; thirty years a round.
YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
FIRST_YEAR, ROUND = 1980, 30


@dataclass(frozen=True, slots=True)
class Reading:
    """What a VIN says. `is_sound`: its check digit is right, or it needs none.

    model_years: every year that its tenth character can mean; none where the character means none.
    maker: None where the register does not know it.
    """

    vin: str
    is_sound: bool
    model_years: tuple[int, ...]
    maker: str | None

    def fits_year(self, year: int) -> bool:
        return not self.needs_check or year in self.model_years

    @property
    def needs_check(self) -> bool:
        """Only vehicles for North America have to follow the rules of 49 CFR 565."""
        return self.vin[0] in NORTH_AMERICA


def read_vin(vin: str) -> Reading | None:
    """What the VIN says; None where it is no VIN at all."""
    vin = vin.strip().upper()
    if len(vin) != len(WEIGHTS) or not set(vin) <= VALUES.keys():
        return None
    sound = vin[0] not in NORTH_AMERICA or vin[CHECK_PLACE] == check_digit(vin)
    return Reading(vin, sound, _model_years(vin), _makers().get(vin[:3]))


def check_digit(vin: str) -> str:
    """The weighted sum of the values, modulo 11; ten is written X."""
    rest = sum(VALUES[sign] * weight for sign, weight in zip(vin, WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _model_years(vin: str) -> tuple[int, ...]:
    """Passenger cars say the round by their seventh character: a letter is 2010 or later."""
    place = YEAR_CODES.find(vin[YEAR_PLACE])
    if place < 0:
        return ()
    first = FIRST_YEAR + place
    return (first + ROUND,) if vin[ERA_PLACE].isalpha() else (first, first + ROUND)


@cache
def _makers() -> dict[str, str]:
    with MAKERS.open(encoding="utf-8", newline="") as file:
        return {row["wmi"]: row["maker"] for row in csv.DictReader(file)}
