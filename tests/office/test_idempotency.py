"""A repeated request has one effect (G7); tests/proof does it with a killed web process."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from office import idempotency
from office.models import Department, IdempotencyKey, User


@pytest.fixture
def actor():
    return User.objects.create_user("program@bindery.example", name="A program")


@pytest.mark.django_db
def test_the_second_request_gets_the_first_answer(actor):
    answers = [
        idempotency.once(actor=actor, key="key-0001", body=b"{}", work=lambda: (201, {"n": 1})),
        idempotency.once(actor=actor, key="key-0001", body=b"{}", work=lambda: (201, {"n": 2})),
    ]

    assert answers == [(201, {"n": 1}, False), (201, {"n": 1}, True)]


@pytest.mark.django_db
def test_a_key_for_another_body_is_refused(actor):
    idempotency.once(actor=actor, key="key-0001", body=b"1", work=lambda: (201, {}))

    with pytest.raises(idempotency.OtherBody):
        idempotency.once(actor=actor, key="key-0001", body=b"2", work=lambda: (201, {}))


@pytest.mark.django_db
def test_keys_belong_to_their_actor(actor):
    other = User.objects.create_user("other@bindery.example", name="Another")
    idempotency.once(actor=actor, key="key-0001", body=b"1", work=lambda: (201, {"whose": 1}))

    answer = idempotency.once(
        actor=other, key="key-0001", body=b"2", work=lambda: (201, {"whose": 2})
    )

    assert answer == (201, {"whose": 2}, False)


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_leaves_no_key_and_no_trace(actor):
    def work():
        Department.objects.filter(code="claims").update(name="changed")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        idempotency.once(actor=actor, key="key-0001", body=b"{}", work=work)

    assert not IdempotencyKey.objects.exists()
    assert not Department.objects.filter(name="changed").exists()


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_have_one_effect(actor):
    done, together = [], threading.Barrier(50)

    def work():
        done.append(1)
        return 201, {}

    def request(_):
        together.wait()
        try:
            status, _payload, replayed = idempotency.once(
                actor=actor, key="key-0001", body=b"{}", work=work
            )
            return status, replayed
        except idempotency.Busy:
            return 409, False
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(request, range(50)))

    assert len(done) == 1
    assert answers.count((201, False)) == 1
    assert set(answers) <= {(201, False), (201, True), (409, False)}
