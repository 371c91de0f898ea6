"""A list costs the same number of queries for one row and for three (literal counts)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.api.callers import program
from tests.claims import scenes
from tests.factories import claim_at

pytestmark = pytest.mark.django_db
# The key with its user, the user's roles, the rows; the first use of a key is noted once more.
QUERIES = {
    "claims/": 3,
    "customers/": 3,
    "policies/": 3,
    "invoices/": 3,
    "payments/": 3,
    "submissions/": 3,
    "ledger/entries/": 3,
    "ledger/lines/": 3,
}


def everything():
    claim_at("payable", policy=scenes.policy_in_force(holder=scenes.customer()))
    factories.submission()


def counted(caller):
    found = {}
    for path in QUERIES:
        with CaptureQueriesContext(connection) as queries:
            assert caller.get(path).status_code == 200
        found[path] = len(queries)
    return found


def test_lists_cost_the_same_for_one_and_for_three_rows():
    caller = program(factories.person("compliance"))
    caller.get("claims/")
    everything()
    one = counted(caller)
    everything()
    everything()

    three = counted(caller)

    assert one == QUERIES
    assert three == QUERIES
    assert len(caller.get("claims/").json()["results"]) == 3
