"""A loss in the gap between a cancellation and a reinstatement is not covered; beside it, it is."""

from datetime import UTC, date, datetime

import pytest

from claims.models import Claim
from office import clock
from office.exceptions import Refused
from policies import services as policies
from policies.models import Policy
from tests.claims import scenes

pytestmark = pytest.mark.django_db

ADMINISTRATOR = ("policy_administrator", "policy_administration", "Pia Stone")


def lapsed():
    """A policy that covered nothing from 5 March 2026 to 12 March."""
    policy = scenes.policy_in_force()
    by = scenes.staff(*ADMINISTRATOR)
    with clock.travel(datetime(2026, 3, 5, 18, tzinfo=UTC)):
        policies.cancel_policy(
            policy=policy,
            side="insured",
            reason="request",
            effective_on=date(2026, 3, 5),
            by=by,
        )
    with clock.travel(scenes.NOTICE):
        return policies.reinstate_policy(
            policy=Policy.objects.get(pk=policy.pk), from_on=date(2026, 3, 12), by=by
        )


@pytest.mark.parametrize(
    ("lost_at", "covered"),
    [
        (datetime(2026, 3, 5, 7, 59, tzinfo=UTC), True),  # 23:59 on the 4th in Sacramento
        (datetime(2026, 3, 5, 8, 0, tzinfo=UTC), False),  # 00:00 on the 5th
        (datetime(2026, 3, 12, 6, 59, tzinfo=UTC), False),  # 23:59 on the 11th, in summer time
        (datetime(2026, 3, 12, 7, 0, tzinfo=UTC), True),
    ],
)
def test_the_gap_begins_and_ends_at_midnight_where_the_insured_lives(lost_at, covered):
    policy = lapsed()

    with clock.travel(scenes.NOTICE):
        if covered:
            assert scenes.notify(policy, lost_at=lost_at).state == "received"
        else:
            with pytest.raises(Refused):
                scenes.notify(policy, lost_at=lost_at)

    assert Claim.objects.exists() is covered
