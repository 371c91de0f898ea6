"""Many changes of one term at once: each is recorded after the other, and nothing is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.db import connection

from accounting.selectors import invariants as books
from office import clock
from office.exceptions import Refused
from policies import selectors, services
from tests import factories
from tests.figures import figure
from tests.policies.changing import MILES, USE, VALUE, may_go_back, setting

pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = datetime(2026, 8, 15, 18, tzinfo=UTC)
THREADS = 8


def at_once(acts):
    """Run the acts in threads that start together; what each returned or was refused."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=30)
            with clock.travel(AUGUST):
                return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def back_dater():
    """The clock is everybody's: whichever thread comes back first puts it on today."""
    by = factories.person("policy_administrator")
    may_go_back(by, 365)
    return by


def endorsing(policy, by, *patch, on, **fields):
    return lambda: services.endorse_policy(
        policy=policy, effective_on=on, patch=patch, by=by, **fields
    )


def assert_invariants_hold():
    assert [row for row in selectors.invariants() if not row[1]] == []
    assert [row for row in books() if not row.ok] == []


@pytest.mark.parametrize("_round", range(figure(20)))
def test_compatible_changes_at_once_are_all_recorded(_round):
    policy = factories.policy_in_force(pay_plan="monthly")
    by = back_dater()

    results = at_once(
        [
            endorsing(policy, by, setting(path, value), on=date(2026, 9, 1))
            for path, value in ((MILES, 9000), (USE, "business"), (VALUE, 10000))
        ]
    )

    term = policy.terms.get()
    moments = list(term.transactions.order_by("sequence").values_list("recorded_at", flat=True))
    assert [result for result in results if isinstance(result, Refused)] == []
    assert term.transactions.count() == 4
    assert moments == sorted(set(moments))
    assert_invariants_hold()


@pytest.mark.parametrize("_round", range(figure(20)))
def test_of_changes_that_saw_the_same_history_one_is_recorded(_round):
    policy = factories.policy_in_force()
    by = back_dater()

    results = at_once(
        [
            endorsing(policy, by, setting(MILES, 9000 + n), on=date(2026, 9, 1), recorded=1)
            for n in range(THREADS)
        ]
    )

    done = [result for result in results if not isinstance(result, Refused)]
    assert len(done) == 1
    assert policy.terms.get().transactions.count() == 2
    assert policy.terms.get().written == D("1472.38") + done[0].premium
    assert_invariants_hold()


def test_one_reversal_of_many_at_once():
    policy = factories.policy_in_force()
    by = back_dater()
    with clock.travel(AUGUST):
        change = endorsing(policy, by, setting(VALUE, 10000), on=date(2026, 9, 1))()

    results = at_once([lambda: services.reverse_transaction(transaction=change, by=by)] * THREADS)

    assert len([result for result in results if not isinstance(result, Refused)]) == 1
    assert policy.terms.get().transactions.count() == 3
    assert policy.terms.get().written == D("1472.38")
    assert_invariants_hold()
