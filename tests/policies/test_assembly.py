"""Which forms a contract needs, and the edition that may be issued. Pure: no database."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.assembly import Edition, Filed, Lack, assemble, forms_needed
from policies.catalogue import Form

JANUARY, JULY = date(2026, 1, 1), date(2026, 7, 1)
NAMES = {"en": "A form", "es": "Un formulario"}


def edition(key=1, number="F 1", *, since=date(2025, 1, 1), to=None, approved=True, filed=None):
    filings = (Filed(key, "US-CA", since, True),) if filed is None else filed
    return Edition(key, number, f"ed {key}", since, to, approved, filings)


def chosen(register, on=JANUARY, place="US-CA", held=()):
    found = assemble(["F 1"], register, jurisdiction=place, on=on, held=held)
    return [one.edition.key for one in found.chosen], [one.why for one in found.missing]


def test_a_form_goes_with_its_coverages_and_a_form_without_any_with_every_policy():
    forms = [
        Form("BASE", "01 25", NAMES, ()),
        Form("RENT", "01 25", NAMES, ("RENT",)),
        Form("TOW", "01 25", NAMES, ("TOW", "ROAD")),
    ]

    assert [one.number for one in forms_needed(forms, {"BI", "ROAD"})] == ["BASE", "TOW"]


def test_the_latest_edition_in_use_on_the_day_is_issued():
    register = {"F 1": [edition(1), edition(2, since=JULY)]}

    assert chosen(register, JANUARY) == ([1], [])
    assert chosen(register, JULY) == ([2], [])


def test_where_the_new_edition_is_not_filed_the_one_before_stays_in_use():
    new = edition(2, since=JULY, filed=(Filed(9, "US-NE", JULY, True),))
    old = edition(1, filed=(Filed(1, "US-CA", JANUARY, True), Filed(2, "US-NE", JANUARY, True)))
    register = {"F 1": [old, new]}

    assert chosen(register, JULY, "US-CA") == ([1], [])
    assert chosen(register, JULY, "US-NE") == ([2], [])


@pytest.mark.parametrize(
    ("register", "why"),
    [
        ({}, Lack.UNKNOWN),
        ({"F 1": [edition(since=JULY)]}, Lack.NOT_IN_USE),
        ({"F 1": [edition(to=JANUARY)]}, Lack.NOT_IN_USE),
        ({"F 1": [edition(approved=False)]}, Lack.NOT_REVIEWED),
        ({"F 1": [edition(filed=())]}, Lack.NOT_FILED),
        ({"F 1": [edition(filed=(Filed(1, "US-CA", JULY, True),))]}, Lack.NOT_FILED),
        ({"F 1": [edition(filed=(Filed(1, "US-CA", JANUARY, False),))]}, Lack.NOT_FILED),
    ],
)
def test_what_cannot_be_issued_says_why(register, why):
    assert chosen(register) == ([], [why])


def test_what_the_term_has_already_is_not_issued_again():
    assert chosen({"F 1": [edition(1)]}, held={"F 1"}) == ([], [])


days = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.tuples(days, st.none() | days, st.booleans(), days, st.booleans()), max_size=6),
    days,
)
def test_whatever_is_issued_is_in_use_reviewed_and_filed_and_none_later_is(rows, on):
    editions = [
        edition(key, since=since, to=to, approved=ok, filed=(Filed(key, "US-CA", day, may),))
        for key, (since, to, ok, day, may) in enumerate(rows)
    ]

    found = assemble(["F 1"], {"F 1": editions}, jurisdiction="US-CA", on=on)

    fit = {
        key
        for key, (since, to, ok, day, may) in enumerate(rows)
        if since <= on and (to is None or on < to) and ok and day <= on and may
    }
    assert len(found.chosen) + len(found.missing) == 1
    assert bool(found.chosen) == bool(fit)
    if fit:
        latest = max(rows[key][0] for key in fit)
        assert found.chosen[0].edition.key in fit
        assert found.chosen[0].edition.in_use_from == latest
