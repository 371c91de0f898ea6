"""Changing a policy by a program: a preview without effect, an endorsement once, a reversal."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest

from office import clock
from policies.models import TermTransaction
from tests import factories
from tests.policies.changing import VALUE, setting

pytestmark = pytest.mark.django_db

AUGUST = datetime(2026, 8, 15, 18, tzinfo=UTC)
BODY = {"effective_on": "2026-09-01", "patch": [setting(VALUE, 10000)]}


@pytest.fixture(autouse=True)
def _in_august():
    with clock.travel(AUGUST):
        yield


@pytest.fixture
def policy():
    return factories.policy_in_force(pay_plan="quarterly")


@pytest.fixture
def client(policy):
    return factories.signed_in(factories.person("policy_administrator"))


def post(client, address, body, key="a-key-of-mine"):
    return client.post(
        f"/api/{address}",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_a_preview_says_the_price_by_item_and_coverage_and_writes_nothing(client, policy):
    """-60.07 and -17.06 (test_endorsing.py); each quarter then 342.39 or .38, and 3.00."""
    answer = post(client, f"policies/{policy.number}/endorse/preview/", BODY)

    told = answer.json()
    assert answer.status_code == 200
    assert (told["premium"], told["fees"], told["total"]) == ("-77.13", "0.00", "-77.13")
    changed = {
        (c["item"], c["coverage"]): c["difference"]
        for c in told["cells"]
        if c["difference"] != "0.00"
    }
    assert changed == {("v1", "COLL"): "-60.07", ("v1", "COMP"): "-17.06"}
    assert [bill["total"] for bill in told["bills"]] == ["345.39", "345.38", "345.38"]
    assert (told["credit"], told["recorded"], told["conflicts"], told["held"]) == (
        "0.00",
        1,
        [],
        [],
    )
    assert TermTransaction.objects.count() == 1


def test_an_endorsement_is_issued_once_a_key(client, policy):
    first = post(client, f"policies/{policy.number}/endorse/", BODY)
    again = post(client, f"policies/{policy.number}/endorse/", BODY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["sequence"], first.json()["premium"]) == (2, "-77.13")
    assert TermTransaction.objects.count() == 2


def test_a_conflict_is_named_by_the_preview_and_refused_without_a_decision(client, policy):
    post(client, f"policies/{policy.number}/endorse/", BODY)
    other = {**BODY, "patch": [setting(VALUE, 12000)]}
    name = f"same_day.2.{VALUE}"

    told = post(client, f"policies/{policy.number}/endorse/preview/", other).json()
    refused = post(client, f"policies/{policy.number}/endorse/", other, key="another-key")
    done = post(
        client,
        f"policies/{policy.number}/endorse/",
        {**other, "decisions": {name: "mine"}},
        key="the-third-key",
    )

    assert told["conflicts"] == [
        {
            "name": name,
            "kind": "same_day",
            "path": VALUE,
            "sequence": 2,
            "choices": ["mine", "theirs"],
        }
    ]
    assert refused.status_code == 409
    assert done.status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 400),
        ({**BODY, "patch": []}, 400),
        ({**BODY, "patch": [{"op": "set", "path": "risk"}]}, 409),
        ({**BODY, "patch": [{"op": "set", "path": "risk.lives", "value": 9.5}]}, 409),
        ({**BODY, "effective_on": "2031-01-01"}, 409),
        ({**BODY, "recorded": 7}, 409),
    ],
)
def test_what_makes_no_sense_is_a_problem_and_no_crash(client, policy, body, code):
    assert post(client, f"policies/{policy.number}/endorse/", body).status_code == code


def test_a_transaction_is_taken_back_and_the_stack_says_so(client, policy):
    post(client, f"policies/{policy.number}/endorse/", BODY)

    answer = post(
        client,
        f"policies/{policy.number}/transactions/1/2/reverse/",
        {"note": "A mistake."},
        key="back-again",
    )
    rows = client.get(f"/api/policies/{policy.number}/transactions/").json()

    assert answer.status_code == 201
    assert [(row["sequence"], row["kind"], row["reverses"]) for row in rows] == [
        (1, "new_business", None),
        (2, "endorsement", None),
        (3, "reversal", 2),
    ]
    assert sum(D(row["premium"]) for row in rows) == D("1472.38")


def test_what_was_known_when_is_asked_by_two_times(client, policy):
    post(client, f"policies/{policy.number}/endorse/", BODY)
    address = f"/api/policies/{policy.number}/"

    now = client.get(address, {"effective": "2026-09-01"}).json()
    before = client.get(
        address, {"effective": "2026-09-01", "known_at": "2026-08-15T17:59:59Z"}
    ).json()

    assert now["cover"]["risk"]["vehicles"][0]["value"] == 10000
    assert before["cover"]["risk"]["vehicles"][0]["value"] == 25000


def test_the_stack_is_read_in_a_bounded_number_of_statements(
    client, policy, django_assert_num_queries
):
    address = f"/api/policies/{policy.number}/transactions/"
    client.get(address)
    with django_assert_num_queries(QUERIES):
        client.get(address)
    post(client, f"policies/{policy.number}/endorse/", BODY)
    post(
        client,
        f"policies/{policy.number}/transactions/1/2/reverse/",
        {"note": "A mistake."},
        key="back-again",
    )
    with django_assert_num_queries(QUERIES):
        client.get(address)


QUERIES = 7  # session, person, grants; policy, terms, documents; transactions
