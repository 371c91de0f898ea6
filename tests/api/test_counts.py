"""A list costs the same number of queries for one row and for three (literal counts)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.api.callers import program
from tests.claims import scenes
from tests.factories import claim_at

pytestmark = pytest.mark.django_db
# The key with its user and their grants; the rows. The first use of a key is noted besides.
QUERIES = {
    "claims/": 2,
    "customers/": 2,
    "policies/": 2,
    "invoices/": 2,
    "payments/": 2,
    "renewals/": 2,
    "submissions/": 2,
    "ledger/entries/": 2,
    "ledger/lines/": 2,
}


def everything():
    claim_at("payable", policy=scenes.policy_in_force(holder=scenes.customer()))
    factories.submission()
    factories.renewal_offered(scenes.policy_in_force())


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
