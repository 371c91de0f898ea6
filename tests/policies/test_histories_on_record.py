"""Random histories through the services: no order leaves a trace, no cent is lost."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accounting.selectors import invariants as books
from office import clock
from policies import selectors, services
from policies.models import Policy
from tests import factories
from tests.figures import figure
from tests.policies.changing import MILES, USE, VALUE, may_go_back, setting

pytestmark = pytest.mark.django_db

AUGUST = datetime(2026, 8, 15, 18, tzinfo=UTC)
FIRST, TODAY = date(2026, 3, 1), date(2026, 8, 15)


def random_changes(random: Random) -> list[tuple[date, list[dict]]]:
    """Changes of which no two set the same thing on the same day, nor anything to what it was."""
    values = {
        USE: ["pleasure", "business"],
        MILES: [4000, 9000, 20000, 27000],
        VALUE: [8000, 15000, 31000],
        "risk.multi_policy": [True],
        "coverages.v1:COLL.deductible": ["250", "1000"],
    }
    found = {}
    for _number in range(random.randint(2, 5)):
        path = random.choice(sorted(values))
        day = FIRST + timedelta(days=random.randint(0, 364))
        found[path, day] = (day, [setting(path, random.choice(values[path]))])
    return list(found.values())


def keeping(policy, day, patch):
    """What each conflict is answered with here: later changes stand from their day on."""
    change = selectors.plan_change(policy, effective_on=day, patch=patch)
    return {one.name: "keep" for one in change.conflicts}


def endorse(policy, day, patch, by):
    with clock.travel(AUGUST), transaction.atomic():
        return services.endorse_policy(
            policy=policy,
            effective_on=day,
            patch=patch,
            decisions=keeping(policy, day, patch),
            by=by,
        )


def recorded(policy, day, patch, by):
    """The transaction; None for a change that says what is so already."""
    with clock.travel(AUGUST):
        if selectors.plan_change(policy, effective_on=day, patch=patch).is_empty:
            return None
    return endorse(policy, day, patch, by)


def told(policy):
    term = policy.terms.get()
    believed = [
        (belief.valid_from, belief.valid_to, belief.state, belief.premiums)
        for belief, _row in selectors.beliefs_held(term)
    ]
    return believed, term.written, term.fees, term.tax


def assert_invariants_hold():
    assert [row for row in selectors.invariants() if not row[1]] == []
    assert [row for row in books() if not row.ok] == []


def settled(policy, changes, by):
    """The policy after the changes; None where one was refused: it changed nothing as it came."""
    if all(recorded(policy, day, patch, by) for day, patch in changes):
        return told(policy)
    return None


@settings(max_examples=figure(20), deadline=None)
@given(seed=st.integers(0, 2**32))
def test_two_orders_of_the_same_changes_are_the_same_on_record(seed):
    """Also in what an end keeps of them, and in what a reinstatement gives back."""
    random = Random(seed)
    by = factories.person("policy_administrator")
    may_go_back(by, 365)
    changes = random_changes(random)
    end = TODAY - timedelta(days=random.randint(0, 30))
    outcomes = []

    for _order in range(2):
        random.shuffle(changes)
        policy = factories.policy_in_force(pay_plan=random.choice(["full", "monthly"]))
        outcomes.append(settled(policy, changes, by))
        assume(outcomes[-1] is not None)
        outcomes[-1] = [outcomes[-1], *ended_and_begun(policy, end, by)]

    assert outcomes[0] == outcomes[1]
    before, _ended, after = outcomes[0]
    assert after == before
    assert_invariants_hold()


def ended_and_begun(policy, day, by):
    """What is believed after an end on a day, and after a reinstatement without a gap."""
    cancelled(policy, day, by)
    after = told(policy)
    begun_again(policy, day, by)
    return after, told(policy)


def cancelled(policy, day, by):
    with clock.travel(AUGUST), transaction.atomic():
        services.cancel_policy(
            policy=Policy.objects.get(pk=policy.pk),
            side="insured",
            reason="request" if day == TODAY else "replaced",
            effective_on=day,
            proof="The policy that replaced it." if day < TODAY else "",
            by=by,
        )


def begun_again(policy, day, by):
    with clock.travel(AUGUST), transaction.atomic():
        services.reinstate_policy(
            policy=Policy.objects.get(pk=policy.pk),
            from_on=day,
            statement="No loss, says the insured." if day < TODAY else "",
            by=by,
        )


@settings(max_examples=figure(20), deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_term_and_the_books_agree_after_every_step(seed):
    """Changes, reversals, ends and new beginnings: after each the invariants hold."""
    random = Random(seed)
    by = factories.person("policy_administrator")
    may_go_back(by, 365)
    policy = factories.policy_in_force(pay_plan=random.choice(["full", "quarterly", "monthly"]))
    since = TODAY - timedelta(days=30)  # what was taken up again is not pulled away
    for day, patch in random_changes(random):
        written = recorded(policy, day, patch, by)
        if written and random.random() < 0.4:
            with clock.travel(AUGUST), transaction.atomic():
                services.reverse_transaction(transaction=written, by=by)
        if random.random() < 0.4:
            off_on = since + timedelta(days=random.randint(0, (TODAY - since).days))
            since = off_on + timedelta(days=random.randint(0, (TODAY - off_on).days))
            cancelled(policy, off_on, by)
            assert_invariants_hold()
            begun_again(policy, since, by)
        assert_invariants_hold()
