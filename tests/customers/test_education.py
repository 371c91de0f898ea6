"""Continuing education: what a state wants before a licence goes on, and who is warned."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from customers import education, selectors, services
from customers.models import Agent, Course
from office import clock
from office.exceptions import Refused
from tests import factories
from tests.customers.people import clerk, someone

MARCH_1 = date(2027, 3, 1)


def _credit(day, hours, *, is_ethics=False):
    return education.Credit(day, D(hours), is_ethics)


# The engine


def test_hours_before_the_period_and_on_its_last_day_do_not_count():
    credits = [
        _credit(date(2025, 2, 28), "10"),  # the period of 24 months begins on 1 March 2025
        _credit(date(2025, 3, 1), "6"),
        _credit(date(2027, 2, 28), "4"),
        _credit(MARCH_1, "8"),  # the licence has ended
    ]

    found = education.standing("US-CA", MARCH_1, credits)

    assert found.taken == D("10")  # 6 + 4
    assert found.missing == D("14")  # 24 - 10


def test_hours_in_ethics_are_hours_but_other_hours_are_not_ethics():
    """California wants 24 hours, 3 of them in ethics (Cal. Ins. Code § 1749.3)."""
    other = education.standing("US-CA", MARCH_1, [_credit(date(2026, 5, 1), "30")])
    both = education.standing(
        "US-CA",
        MARCH_1,
        [_credit(date(2026, 5, 1), "21"), _credit(date(2026, 5, 2), "3", is_ethics=True)],
    )

    assert (other.missing, other.missing_ethics, other.is_complete) == (D(3), D(3), False)
    assert (both.missing, both.is_complete) == (D(0), True)


def test_a_state_without_a_row_asks_nothing():
    assert education.standing("US-TX", MARCH_1, []) is None


# The acts


@pytest.fixture
def keeper(db):
    return someone("agency_manager")


@pytest.fixture
def dana(keeper):
    return services.add_agent(code="DR", name="Dana Ruiz", user=someone("agent"), by=keeper)


def _license(dana, keeper, *, line="property", until=MARCH_1):
    return services.add_licence(
        agent=dana,
        jurisdiction="US-CA",
        line=line,
        number="0K12345",
        valid_from=date(2025, 3, 1),
        valid_to=until,
        by=keeper,
    )


def _course(dana, keeper, **changes):
    told = {
        "jurisdiction": "US-CA",
        "title": "Coverage of water losses",
        "certificate": "C-1",
        "hours": D("10.0"),
        "completed_on": date(2026, 5, 1),
    }
    return services.record_course(agent=dana, by=keeper, **{**told, **changes})


def test_only_who_keeps_agents_records_courses(dana):
    with pytest.raises(PermissionDenied):
        _course(dana, clerk())


def test_a_course_is_not_recorded_in_advance(dana, keeper):
    with pytest.raises(Refused) as refusal:
        _course(dana, keeper, completed_on=clock.today() + clock.timedelta(days=1))

    assert refusal.value.field == "completed_on"


def test_a_certificate_counts_once_in_a_state(dana, keeper):
    _course(dana, keeper)

    with pytest.raises(Refused):
        _course(dana, keeper, title="The same again")


def test_the_database_refuses_a_course_without_hours(dana, keeper):
    course = _course(dana, keeper)

    with (
        pytest.raises(IntegrityError, match="course_has_hours"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE customers_course SET hours = 0 WHERE id = %s", [course.pk])


# The warnings


def _texts(agent, on):
    return [(row.ends_on, row.text) for row in selectors.running_out_of(agent, on=on)]


def test_nothing_is_said_ninety_one_days_before_and_all_ninety_days_before(dana, keeper):
    """1 March 2027 less 90 days is 1 December 2026: 31 in December, 31 in January, 28."""
    _license(dana, keeper)
    _course(dana, keeper)

    assert _texts(dana, date(2026, 11, 30)) == []
    assert _texts(dana, date(2026, 12, 1)) == [
        (
            MARCH_1,
            "Courses for California: 14 h missing, 3 of ethics (Cal. Ins. Code § 1749.3)",
        ),
        (MARCH_1, "Licence in California, Property"),
    ]


def test_a_renewed_licence_is_not_warned_of(dana, keeper):
    _license(dana, keeper)
    services.add_licence(
        agent=dana,
        jurisdiction="US-CA",
        line="property",
        number="0K12345",
        valid_from=MARCH_1,
        by=keeper,
    )

    assert _texts(dana, date(2026, 12, 1)) == []


def test_an_appointment_that_ends_is_named_with_its_carrier(dana, keeper):
    carrier = services.add_carrier(code="HARBOR", name="Harbor Mutual", by=keeper)
    services.add_appointment(
        agent=dana,
        carrier=carrier,
        line="casualty",
        valid_from=date(2025, 1, 1),
        valid_to=MARCH_1,
        by=keeper,
    )

    assert _texts(dana, date(2027, 2, 28)) == [
        (MARCH_1, "Appointment with Harbor Mutual, Casualty")
    ]
    assert _texts(dana, MARCH_1) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_warnings_read_as_often_for_three_agents_as_for_one(
    keeper, count, django_assert_num_queries
):
    for number in range(count):
        agent = services.add_agent(code=f"A{number}", name=f"Agent {number}", by=keeper)
        _license(agent, keeper)
        _license(agent, keeper, line="casualty")

    with django_assert_num_queries(3):
        found = selectors.running_out(Agent.objects.for_user(keeper), on=date(2026, 12, 1))

    assert len(found) == 3 * count  # two lines, and the courses of the one state


# The doors


def test_agents_see_their_own_page_and_no_other(dana, keeper):
    other = services.add_agent(code="HC", name="Hannah Cole", by=keeper)
    _license(dana, keeper)
    browser = factories.signed_in(dana.user)

    own = browser.get(f"/customers/agents/{dana.code}/")

    assert "0K12345" in own.content.decode()
    assert browser.get(f"/customers/agents/{other.code}/").status_code == 404


def test_a_course_is_recorded_from_the_page_and_counts(dana, keeper):
    _license(dana, keeper)
    told = {
        "title": "Ethics for producers",
        "jurisdiction": "US-CA",
        "certificate": "E-9",
        "hours": "3.0",
        "is_ethics": "on",
        "completed_on": "2026-05-01",
    }
    browser = factories.signed_in(keeper)

    with clock.travel(clock.start_of(date(2026, 12, 1))):
        browser.post("/customers/agents/DR/courses/new/", told)
        page = browser.get("/customers/agents/DR/").content.decode()

    assert Course.objects.get().is_ethics
    assert "3 of 24 h by 1 Mar 2027" in page
    assert "Courses for California: 21 h missing (Cal. Ins. Code § 1749.3)" in page


def test_wrong_hours_are_told_next_to_the_field_and_kept(dana, keeper):
    told = {"title": "Ethics", "jurisdiction": "US-CA", "certificate": "E-9", "hours": "0"}

    page = factories.signed_in(keeper).post("/customers/agents/DR/courses/new/", told)

    assert set(page.context["form"].errors) == {"hours", "completed_on"}
    assert "E-9" in page.content.decode()


def test_agents_find_their_own_warnings_on_the_desk_and_managers_those_of_all(dana, keeper):
    _license(dana, keeper)
    manager = factories.person("agency_manager", name="Gil Moss", department_id="agency")
    agent = factories.person("agent", name="Otto Falk", department_id="agency")
    services.add_agent(code="OF", name="Otto Falk", user=agent, by=keeper)

    with clock.travel(clock.start_of(date(2026, 12, 1))):
        pages = [factories.signed_in(who).get("/").context["queues"] for who in (manager, agent)]

    titles = [[queue["title"] for queue in queues] for queues in pages]
    assert titles == [["Licences, appointments and courses that run out"], []]
