"""One claim through all eight steps, by the services, with the amounts of each table."""

import pytest

from claims import selectors
from claims.enums import ClaimState
from claims.models import Claim
from office.workflow import verify_chain
from tests.claims import scenes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", list(ClaimState))
def test_claim_comes_to_every_state_by_its_services(state):
    claim = scenes.claim_at(state)

    fresh = Claim.objects.get(pk=claim.pk)
    assert fresh.state == state
    assert verify_chain(fresh) is None
    assert [sentence for check in selectors.INVARIANTS for sentence in check()] == []
