"""Days of policies where days are odd (G18): leap days, time changes, year ends, zones.

Cover begins and ends at midnight where the insured lives. Los Angeles is 8 hours behind UTC in
winter and 7 in summer; clocks go forward on 8 March 2026 and back on 1 November 2026.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from office import clock
from policies import selectors, services
from tests import factories
from tests.policies.test_issue import issue
from underwriting import selectors as underwriting
from underwriting import services as renewals

pytestmark = pytest.mark.django_db

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # 23 and 25 hours long


def issued(valid_from, **fields):
    with clock.travel(datetime(2026, 1, 2, 18, tzinfo=UTC)):
        return issue(valid_from=valid_from, **fields)


@pytest.mark.parametrize(
    ("first_day", "last_moment_before"),
    [
        (SPRING, datetime(2026, 3, 8, 7, 59, 59, tzinfo=UTC)),  # the day begins in winter time
        (SPRING + timedelta(days=1), datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC)),
        (AUTUMN, datetime(2026, 11, 1, 6, 59, 59, tzinfo=UTC)),
        (AUTUMN + timedelta(days=1), datetime(2026, 11, 2, 7, 59, 59, tzinfo=UTC)),
    ],
)
def test_cover_begins_at_midnight_of_the_insured_also_when_clocks_change(
    first_day, last_moment_before
):
    policy = issued(first_day)
    known = datetime(2027, 1, 1, tzinfo=UTC)

    before = selectors.cover_at(policy, last_moment_before, known)
    after = selectors.cover_at(policy, last_moment_before + timedelta(seconds=1), known)

    assert before is None
    assert after.day == first_day


@pytest.mark.parametrize(
    ("last_day", "midnight"),
    [
        (AUTUMN, datetime(2026, 11, 1, 7, tzinfo=UTC)),
        (AUTUMN + timedelta(days=1), datetime(2026, 11, 2, 8, tzinfo=UTC)),
    ],
)
def test_an_announced_end_comes_at_midnight_of_the_insured_and_once(last_day, midnight):
    policy = issued(date(2026, 3, 1))
    with clock.travel(datetime(2026, 10, 1, 18, tzinfo=UTC)):
        services.cancel_policy(
            policy=policy,
            side="insured",
            reason="request",
            effective_on=last_day,
            by=factories.person("policy_administrator"),
        )

    with clock.travel(midnight - timedelta(seconds=1)):
        assert list(selectors.cancellations_due()) == []
    with clock.travel(midnight):
        (due,) = selectors.cancellations_due()
        services.take_effect(cancellation=due, by=factories.office())
        services.take_effect(cancellation=due, by=factories.office())
        assert list(selectors.cancellations_due()) == []

    term = policy.terms.get()
    assert term.transactions.filter(kind="cancellation").count() == 1
    assert term.segments.current().get().valid.upper == last_day


def test_a_change_on_the_leap_day_counts_it_once():
    """29 February 2028 is day 60 of a term of 366 days from 1 January: 307 days are after it."""
    with clock.travel(datetime(2027, 12, 20, 18, tzinfo=UTC)):
        policy = issue(valid_from=date(2028, 1, 1))
        services.endorse_policy(
            policy=policy,
            effective_on=date(2028, 2, 29),
            patch=[{"op": "set", "path": "risk.vehicles.v1.value", "value": 10000}],
            by=factories.person("policy_administrator"),
        )

    term = policy.terms.get()
    first, second = term.segments.current().order_by("valid")
    assert (term.valid_to - term.valid_from).days == 366
    assert (first.valid.upper, second.valid.lower) == (date(2028, 2, 29), date(2028, 2, 29))
    # COLL 432.64 x 59/366 + 311.50 x 307/366 = 69.7425... + 261.2855... = 331.03 (331.0280...)
    shares = [p.written for s in (first, second) for p in s.premiums.filter(coverage="COLL")]
    assert sum(shares) == Decimal("331.03")


def test_a_term_from_the_leap_day_is_renewed_to_the_last_of_february():
    with clock.travel(datetime(2028, 2, 1, 18, tzinfo=UTC)):
        policy = issue(valid_from=date(2028, 2, 29))
    ends_on = date(2029, 2, 28)
    with clock.travel(datetime(2028, 12, 20, 18, tzinfo=UTC)):
        renewal = renewals.prepare_renewal(policy=policy, by=factories.office())
        renewal = renewals.offer_renewal(renewal=renewal, by=factories.office())
        renewals.accept_renewal(renewal=renewal, by=factories.person("policy_administrator"))

    first, second = policy.terms.order_by("sequence")
    assert (first.valid_to, second.valid_from, second.valid_to) == (
        ends_on,
        ends_on,
        date(2030, 2, 28),
    )


def test_the_work_on_a_term_that_ends_with_the_year_begins_in_the_year_before():
    """90 days before 3 January 2027 is 5 October 2026."""
    policy = issued(date(2026, 1, 3))
    assert policy.terms.get().valid_to == date(2027, 1, 3)

    assert underwriting.policies_to_renew(date(2026, 10, 4)) == []
    assert underwriting.policies_to_renew(date(2026, 10, 5)) == [policy.pk]
