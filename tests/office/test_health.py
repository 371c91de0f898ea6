"""/healthz and /readyz: what a load balancer and `make run` ask."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError

from office import health
from office.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def heartbeats():
    """Worker and beat showed themselves five seconds ago."""
    health.migrations.cache_clear()
    for process in ("worker", "beat"):
        cache.set(f"heartbeat:{process}", time.time() - 5, 60)
    yield
    cache.delete_many(["heartbeat:worker", "heartbeat:beat"])
    health.migrations.cache_clear()


def failed(client):
    """Names and reasons of the checks that failed; the status must agree with them."""
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    wrong = {name: check["detail"] for name, check in checks.items() if not check["ok"]}
    assert answer.status_code == (503 if wrong else 200)
    assert answer.json()["ready"] is not bool(wrong)
    return wrong


def put_minutes_ago(minutes, **fields):
    put_at = datetime.now(UTC) - timedelta(minutes=minutes)
    return OutboxMessage.objects.create(task="claims.issue_letter", put_at=put_at, **fields)


def test_the_process_answers_without_asking_anybody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_stranger_learns_that_the_office_is_ready_and_how_long_each_check_took(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    checks = answer.json()["checks"]
    assert list(checks) == ["database", "cache", "migrations", "worker", "beat", "outbox"]
    assert all(check["ok"] is True and check["ms"] >= 0 for check in checks.values())
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_a_process_that_never_showed_itself_is_missed(client, process):
    cache.delete(f"heartbeat:{process}")

    assert failed(client) == {process: "no sign of life"}


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_a_process_is_missed_after_thirty_seconds(client, process):
    cache.set(f"heartbeat:{process}", time.time() - 29, 60)
    assert failed(client) == {}

    cache.set(f"heartbeat:{process}", time.time() - 31, 60)
    assert failed(client) == {process: "last sign of life 31 s ago"}


def test_work_that_waits_longer_than_five_minutes_is_noticed(client):
    put_minutes_ago(4)
    assert failed(client) == {}

    put_minutes_ago(6)
    assert failed(client) == {"outbox": "oldest waits 360 s, 0 failing"}


def test_work_that_is_done_or_not_yet_due_does_not_wait(client):
    now = datetime.now(UTC)
    put_minutes_ago(60, done_at=now)
    put_minutes_ago(60, due_at=now + timedelta(hours=1))

    assert failed(client) == {}


def test_work_that_became_due_late_waits_since_then(client):
    put_minutes_ago(60, due_at=datetime.now(UTC) - timedelta(minutes=1))

    assert failed(client) == {}


def test_a_message_that_always_fails_is_counted_and_does_not_close_the_office(client):
    put_minutes_ago(60, error="Refused")

    assert failed(client) == {}
    assert client.get("/readyz").json()["checks"]["outbox"]["detail"] == (
        "oldest waits 0 s, 1 failing"
    )


def test_migrations_that_wait_are_counted(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: [object()] * 2)

    assert failed(client) == {"migrations": "2 to apply: run `make migrate`"}


def test_a_neighbour_that_fails_is_named_without_its_secrets(client, monkeypatch):
    def refuse():
        raise OperationalError("connection to db.internal as bindery_app failed")

    monkeypatch.setitem(health.CHECKS, "database", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"]["detail"] == "OperationalError"
    assert b"bindery_app" not in answer.content


def test_a_cache_that_forgets_is_noticed(client, monkeypatch):
    monkeypatch.setattr(health.cache, "set", lambda *_: None)
    cache.delete("readyz")

    assert failed(client) == {"cache": "does not keep what it is given"}
