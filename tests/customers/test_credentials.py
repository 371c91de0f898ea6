"""Carriers, agents, licences, appointments: what is missing is named exactly."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation

from customers import selectors, services
from customers.models import Licence
from office.exceptions import Refused
from tests.customers.people import clerk, someone

pytestmark = pytest.mark.django_db

MARCH_1 = date(2026, 3, 1)


@pytest.fixture
def keeper():
    return someone("agency_manager")


@pytest.fixture
def dana(keeper):
    return services.add_agent(code="DR", name="Dana Ruiz", by=keeper)


@pytest.fixture
def harbor(keeper):
    return services.add_carrier(code="HARBOR", name="Harbor Mutual", by=keeper)


def _missing(dana, harbor, on=MARCH_1, line="property", jurisdiction="US-CA"):
    return selectors.missing_credentials(
        agent=dana, carrier=harbor, line=line, jurisdiction=jurisdiction, on=on
    )


def _license(dana, keeper, **fields):
    given = {"jurisdiction": "US-CA", "line": "property", "number": "0K12345"}
    return services.add_licence(
        agent=dana, by=keeper, **{**given, "valid_from": date(2025, 1, 1), **fields}
    )


def _appoint(dana, harbor, keeper, **fields):
    given = {"line": "property", "valid_from": date(2025, 1, 1)}
    return services.add_appointment(agent=dana, carrier=harbor, by=keeper, **{**given, **fields})


def test_without_both_each_is_named(dana, harbor):
    assert _missing(dana, harbor) == [
        "Dana Ruiz holds no property licence in California on 1 March 2026.",
        "Dana Ruiz has no property appointment with Harbor Mutual on 1 March 2026.",
    ]


def test_with_both_nothing_is_missing(dana, harbor, keeper):
    _license(dana, keeper)
    _appoint(dana, harbor, keeper)

    assert _missing(dana, harbor) == []


def test_only_the_missing_one_is_named(dana, harbor, keeper):
    _license(dana, keeper)

    assert _missing(dana, harbor) == [
        "Dana Ruiz has no property appointment with Harbor Mutual on 1 March 2026."
    ]


@pytest.mark.parametrize(
    ("on", "covered"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),  # the day it ends on is not covered
    ],
)
def test_a_licence_covers_its_period(dana, harbor, keeper, on, covered):
    _license(dana, keeper, valid_from=date(2026, 3, 1), valid_to=date(2027, 1, 1))
    _appoint(dana, harbor, keeper)

    assert (_missing(dana, harbor, on=on) == []) is covered


@pytest.mark.parametrize(
    "fields", [{"jurisdiction": "US-NE"}, {"line": "casualty"}], ids=["other state", "other line"]
)
def test_a_licence_for_something_else_does_not_count(dana, harbor, keeper, fields):
    _license(dana, keeper, **fields)
    _appoint(dana, harbor, keeper)

    assert _missing(dana, harbor) == [
        "Dana Ruiz holds no property licence in California on 1 March 2026."
    ]


def test_an_appointment_with_another_carrier_does_not_count(dana, harbor, keeper):
    other = services.add_carrier(code="BIND", name="Bindery Insurance", is_own=True, by=keeper)
    _license(dana, keeper)
    _appoint(dana, other, keeper)

    assert _missing(dana, harbor) == [
        "Dana Ruiz has no property appointment with Harbor Mutual on 1 March 2026."
    ]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"valid_from": MARCH_1, "valid_to": MARCH_1}, "valid_to"),
        ({"jurisdiction": "US-XX"}, "jurisdiction"),
    ],
)
def test_a_wrong_licence_is_refused(dana, keeper, fields, field):
    with pytest.raises(Refused) as refusal:
        _license(dana, keeper, **fields)

    assert refusal.value.field == field


def test_the_same_licence_twice_is_refused(dana, keeper):
    _license(dana, keeper)

    with pytest.raises(Refused, match="already a licence"):
        _license(dana, keeper)


def test_a_licence_is_ended_early(dana, harbor, keeper):
    licence = _license(dana, keeper)
    _appoint(dana, harbor, keeper)

    services.edit_licence(licence=licence, valid_to=date(2026, 2, 1), by=keeper)

    assert Licence.objects.get().valid_to == date(2026, 2, 1)
    assert len(_missing(dana, harbor)) == 1


def test_a_clerk_keeps_no_agents(dana):
    with pytest.raises(PermissionDenied), transaction.atomic():
        _license(dana, clerk())


def test_the_place_and_the_day_are_in_the_readers_language(dana, harbor):
    with translation.override("es"):
        sentences = _missing(dana, harbor)

    assert all("2026" in sentence and "Dana Ruiz" in sentence for sentence in sentences)
    assert all("marzo" in sentence for sentence in sentences)
