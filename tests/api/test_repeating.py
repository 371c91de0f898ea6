"""A repeated call has one effect (G7), through the API's own doors."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from claims.models import Claim
from customers.models import Customer
from office import idempotency
from tests import factories
from tests.api.callers import is_problem, program
from tests.claims import scenes

CUSTOMER = {
    "kind": "person",
    "given_name": "Ana",
    "family_name": "Lima",
    "language": "en",
    "channel": "email",
    "street": "12 Alder Street",
    "city": "Sacramento",
    "jurisdiction": "US-CA",
    "postal_code": "95814",
}


@pytest.mark.django_db
def test_the_same_key_gives_the_same_answer_and_does_nothing():
    caller = program(factories.person("customer_service"))

    first, again = (caller.post("customers/", CUSTOMER, key="once-1234") for _ in range(2))

    assert (first.status_code, first.headers["Idempotent-Replayed"]) == (201, "false")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert first.json() == again.json()
    assert Customer.objects.filter(family_name="Lima").count() == 1


@pytest.mark.django_db
def test_the_same_key_for_another_body_is_refused():
    caller = program(factories.person("customer_service"))
    caller.post("customers/", CUSTOMER, key="once-1234")

    answer = caller.post("customers/", CUSTOMER | {"given_name": "Eva"}, key="once-1234")

    assert is_problem(answer, 422)
    assert not Customer.objects.filter(given_name="Eva").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["short", "x" * 121, "with a blank", "ümlaut-key"])
def test_a_post_wants_a_key(key):
    answer = program(factories.person("customer_service")).post("customers/", CUSTOMER, key=key)

    assert is_problem(answer, 400)
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]


@pytest.mark.django_db
def test_a_refused_call_may_be_sent_again():
    """What was not done is not remembered: mended, the call goes through with the same key."""
    caller = program(factories.person("customer_service"))
    refused = caller.post("customers/", CUSTOMER | {"jurisdiction": "Atlantis"}, key="once-1234")

    answer = caller.post("customers/", CUSTOMER, key="once-1234")

    assert (refused.status_code, answer.status_code) == (400, 201)


@pytest.mark.django_db
def test_while_the_first_is_at_work_the_second_is_told_to_wait(monkeypatch):
    monkeypatch.setattr(idempotency, "_alone", lambda actor, key: False)

    answer = program(factories.person("customer_service")).post("customers/", CUSTOMER)

    assert is_problem(answer, 409)
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_create_one_claim():
    crowd = 50
    policy = scenes.policy_in_force()
    caller = program(scenes.service_agent())
    together = threading.Barrier(crowd)
    notice = {
        "policy": policy.number,
        "lost_on": "2026-03-10",
        "lost_time": "22:30",
        "cause": "fire",
        "place": "12 Alder Street",
        "description": "A pan caught fire.",
        "reported_by": "Elena Vargas",
        "reporter_kind": "policyholder",
    }

    def report(_turn):
        together.wait()
        try:
            return caller.post("claims/", notice, key="one-of-them")
        finally:
            connection.close()

    with ThreadPoolExecutor(crowd) as pool:
        answers = list(pool.map(report, range(crowd)))

    assert Claim.objects.count() == 1
    codes = {answer.status_code for answer in answers}
    fresh = [a for a in answers if a.headers.get("Idempotent-Replayed") == "false"]
    assert codes <= {201, 409}
    assert len(fresh) == 1
    assert all(a.headers["Retry-After"] == "1" for a in answers if a.status_code == 409)
