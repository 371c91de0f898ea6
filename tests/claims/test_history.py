"""Claims taken over from another system, in the state they have there."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from claims import selectors, services
from claims.enums import OPEN, ClaimState
from claims.models import Claim
from office import clock
from office.exceptions import Refused
from office.workflow import verify_chain
from tests.claims import scenes

pytestmark = pytest.mark.django_db


def take_over(state, **changes):
    known = {
        "policy": scenes.policy_in_force(),
        "lost_at": scenes.LOSS,
        "notified_at": datetime(2026, 3, 11, 18, tzinfo=UTC),
        "cause": "fire",
        "description": "A pan caught fire.",
        "place": "12 Alder Street, Sacramento",
        "reported_by": "Elena Vargas",
        "reference": "OLD-77",
        "by": scenes.office(),
    }
    with clock.travel(scenes.NOTICE):
        return services.import_claim(state=state, **(known | changes))


@pytest.mark.parametrize("state", list(ClaimState))
def test_a_claim_is_taken_over_in_every_state(state):
    claim = Claim.objects.get(pk=take_over(state).pk)

    assert claim.state == state
    assert (claim.due_on is not None) == (state in OPEN)
    event = claim.events.get()
    assert (event.kind, event.from_state, event.to_state) == ("import_claim", "", state)
    assert event.facts == {"reference": "OLD-77", "state": state}
    assert verify_chain(claim) is None
    assert [sentence for check in selectors.INVARIANTS for sentence in check()] == []


def test_only_the_office_itself_takes_claims_over():
    for user in (scenes.supervisor(), scenes.service_agent()):
        with pytest.raises(PermissionDenied), transaction.atomic():
            take_over(ClaimState.CLOSED, by=user)


def test_a_claim_without_its_old_number_is_refused():
    with pytest.raises(Refused, match="number in the other system"), transaction.atomic():
        take_over(ClaimState.CLOSED, reference=" ")
