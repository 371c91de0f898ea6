"""Were we on risk? The day of a loss, and what was believed when."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from office import clock
from policies import selectors
from policies.enums import TransactionKind
from policies.models import Segment
from policies.services import record_transaction
from tests import factories

pytestmark = pytest.mark.django_db

BOUND_AT = datetime(2026, 2, 20, 18, tzinfo=UTC)
LATER = datetime(2026, 11, 1, tzinfo=UTC)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "moment", "covered"),
    [
        # Los Angeles is UTC-8 in winter: cover begins at 08:00 UTC on 1 March 2026.
        ("US-CA", utc(2026, 3, 1, 7, 59, 59), False),
        ("US-CA", utc(2026, 3, 1, 8, 0, 0), True),
        # Miami is UTC-5: the same moment three hours earlier is already 1 March there.
        ("US-FL", utc(2026, 3, 1, 4, 59, 59), False),
        ("US-FL", utc(2026, 3, 1, 5, 0, 0), True),
        # The end: 00:00 of 1 March 2027 is not covered, the second before is.
        ("US-CA", utc(2027, 3, 1, 7, 59, 59), True),
        ("US-CA", utc(2027, 3, 1, 8, 0, 0), False),
        # The night in which clocks go forward, 8 March 2026, and back, 1 November 2026.
        ("US-CA", utc(2026, 3, 8, 10, 30), True),
        ("US-CA", utc(2026, 11, 1, 8, 30), True),
    ],
)
def test_cover_begins_and_ends_at_midnight_where_the_insured_lives(place, moment, covered):
    policy = factories.policy_in_force(place=place)

    cover = selectors.cover_at(policy, moment, known_at=LATER)

    assert (cover is not None) is covered


def test_the_day_of_a_loss_is_the_day_there():
    """1 July 2026, 05:30 UTC is still 30 June in Los Angeles (UTC-7 in summer)."""
    policy = factories.policy_in_force()

    cover = selectors.cover_at(policy, utc(2026, 7, 1, 5, 30), known_at=LATER)

    assert cover.day == date(2026, 6, 30)


def test_nothing_was_known_before_it_was_recorded():
    policy = factories.policy_in_force()
    just_before = BOUND_AT - timedelta(microseconds=1)

    assert selectors.as_of(policy, date(2026, 6, 1), just_before) is None
    assert selectors.as_of(policy, date(2026, 6, 1), BOUND_AT) is not None


def test_a_cover_knows_its_limits_deductibles_and_clauses():
    """The limit of COLL is the value of the vehicle, $25,000."""
    policy = factories.policy_in_force()

    cover = selectors.cover_at(policy, utc(2026, 6, 1, 20), known_at=LATER)

    collision = cover.terms_for("COLL", "v1")
    injury = cover.terms_for("BI", "v1")
    assert (collision.limit, collision.deductible) == (D(25000), D(500))
    assert (injury.each_person, injury.limit) == (D(100000), D(300000))
    assert "BM PA 00 01 (01 25), Part D, Exclusion 13" in {e.clause for e in collision.exclusions}
    assert cover.terms_for("TOW", "v1") is None
    assert cover.definition.code == "BIND-PA"


def endorse(policy, patch, *, on, at):
    """A change in mid-term by the path that new business takes."""
    with clock.travel(at):
        return record_transaction(
            term=policy.terms.get(),
            kind=TransactionKind.ENDORSEMENT,
            effective_on=on,
            patch=patch,
            by=factories.office(),
        )


VALUE_DOWN = [{"op": "set", "path": "risk.vehicles.v1.value", "value": 10000}]


def test_a_later_change_leaves_what_was_believed_before():
    policy = factories.policy_in_force()
    endorse(policy, VALUE_DOWN, on=date(2026, 9, 1), at=utc(2026, 8, 15))
    value = "risk", "vehicles", 0, "value"

    def believed(day, known_at):
        found = selectors.as_of(policy, day, known_at).segment.insured
        for step in value:
            found = found[step]
        return found

    assert believed(date(2026, 8, 31), LATER) == 25000
    assert believed(date(2026, 9, 1), LATER) == 10000
    assert believed(date(2026, 9, 1), utc(2026, 8, 14)) == 25000


def test_segments_of_a_change_share_the_premium_by_days_to_the_cent():
    """Value $10,000 lies at 0.72 of the curve; from 1 September 184 of 365 days are before.

    COLL 432.64 × 0.72 = 311.50 (311.5008); COMP 122.88 × 0.72 = 88.47 (88.4736).
    COLL written: (432.64 × 184 + 311.50 × 181) ÷ 365 = 372.5684… = 372.57
    COMP written: (122.88 × 184 + 88.47 × 181) ÷ 365 = 105.8168… = 105.82
    Change: 372.57 - 432.64 + 105.82 - 122.88 = -77.13
    """
    policy = factories.policy_in_force()

    change = endorse(policy, VALUE_DOWN, on=date(2026, 9, 1), at=utc(2026, 8, 15))

    term = policy.terms.get()
    written = {
        code: sum(
            row.written
            for segment in term.segments.current()
            for row in segment.premiums.all()
            if row.coverage == code
        )
        for code in ("COLL", "COMP", "BI")
    }
    assert written == {"COLL": D("372.57"), "COMP": D("105.82"), "BI": D("492.03")}
    assert change.premium == D("-77.13")
    assert term.written == D("1395.25")  # 1472.38 - 77.13


def test_current_segments_fill_the_term_and_old_ones_are_closed_at_the_moment():
    policy = factories.policy_in_force()
    at = utc(2026, 8, 15)

    endorse(policy, VALUE_DOWN, on=date(2026, 9, 1), at=at)

    segments = Segment.objects.filter(term__policy=policy)
    current = segments.current().order_by("valid")
    assert [(row.valid.lower, row.valid.upper) for row in current] == [
        (date(2026, 3, 1), date(2026, 9, 1)),
        (date(2026, 9, 1), date(2027, 3, 1)),
    ]
    (closed,) = segments.filter(recorded__upper_inf=False)
    assert closed.recorded == DateTimeTZRange(BOUND_AT, at)


def test_two_changes_in_the_same_instant_lose_no_history():
    """The second is recorded a microsecond after the first: an empty range would hide it."""
    policy = factories.policy_in_force()
    at = utc(2026, 8, 15)

    first = endorse(policy, VALUE_DOWN, on=date(2026, 9, 1), at=at)
    second = endorse(
        policy,
        [{"op": "set", "path": "risk.vehicles.v1.value", "value": 9000}],
        on=date(2026, 9, 1),
        at=at,
    )

    assert first.recorded_at == at
    assert second.recorded_at == at + timedelta(microseconds=1)
    assert selectors.as_of(policy, date(2026, 9, 1), at).risk["vehicles"][0]["value"] == 10000


def test_a_clock_that_went_back_does_not_go_back_in_the_record():
    policy = factories.policy_in_force()

    change = endorse(policy, VALUE_DOWN, on=date(2026, 9, 1), at=BOUND_AT - timedelta(days=3))

    assert change.recorded_at == BOUND_AT + timedelta(microseconds=1)
