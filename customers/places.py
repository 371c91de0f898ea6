"""Jurisdictions by ISO 3166-2, their names, and the time zone an address lies in."""

import gettext
from functools import cache
from pathlib import Path

import pycountry
import yaml
from babel.core import get_global
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from office.exceptions import Refused

# Each state's zone by population. Where a state has two, the first three digits of the postal
# code decide (49 CFR part 71); the person may choose another zone on the form.
_ZONES = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR",
}
_BY_STATE = {f"US-{state}": zone for zone, states in _ZONES.items() for state in states.split()}
_BY_POSTAL_CODE = {
    "US-FL": {"324": "America/Chicago", "325": "America/Chicago"},
    "US-NE": {"693": "America/Denver"},
}
REGULATORS = Path(__file__).parent / "data" / "regulators.yaml"
SOLD_IN = ("US-CA", "US-CO", "US-FL", "US-NE")


def is_known(jurisdiction: str) -> bool:
    return pycountry.subdivisions.get(code=jurisdiction) is not None


def name_of(jurisdiction: str, language: str | None = None) -> str:
    """ "California" for US-CA, in the reader's language; the code itself when it is unknown."""
    return _name(jurisdiction, (language or get_language() or "en")[:2])


@cache
def _name(jurisdiction: str, language: str) -> str:
    place = pycountry.subdivisions.get(code=jurisdiction)
    if place is None:
        return jurisdiction
    words = gettext.translation(
        "iso3166-2", pycountry.LOCALES_DIR, languages=[language], fallback=True
    )
    return words.gettext(place.name)


def zone_of(jurisdiction: str, postal_code: str = "") -> str:
    """The IANA zone of an address, "" where the place has several and the person must choose."""
    by_code = _BY_POSTAL_CODE.get(jurisdiction, {})
    if zone := by_code.get(postal_code.strip()[:3]) or _BY_STATE.get(jurisdiction):
        return zone
    zones = get_global("territory_zones").get(jurisdiction.partition("-")[0], [])
    return zones[0] if len(zones) == 1 else ""


def choices() -> list[tuple[str, str]]:
    """The states of the United States by name, those the office sells in first."""
    states = sorted((code for code in _BY_STATE), key=lambda code: (code not in SOLD_IN, code))
    return [(code, name_of(code)) for code in states]


def zones() -> list[str]:
    """The time zones of the United States; any other of the IANA list can be typed."""
    return sorted(_ZONES)


@cache
def regulators() -> dict[str, dict[str, str]]:
    return yaml.safe_load(REGULATORS.read_text(encoding="utf-8"))


def regulator_of(jurisdiction: str) -> dict[str, str]:
    """Name, address and phone; a denial without them is refused."""
    found = regulators().get(jurisdiction)
    if found is None:
        raise Refused(
            _("The address of the regulator of %(jurisdiction)s is not on file.")
            % {"jurisdiction": jurisdiction}
        )
    return found


def regulator_line(jurisdiction: str) -> str:
    """The regulator as one line of a letter; empty where none is on file."""
    found = regulators().get(jurisdiction)
    return f"{found['name']}, {found['address']}, {found['phone']}" if found else ""
