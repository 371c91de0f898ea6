"""Accepted work is done exactly once (G4); the chaos tests do the same with real processes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from office import clock, outbox
from office.models import InboxReceipt, OutboxMessage

DONE = []


@outbox.consumer("tests.note")
def note(*, word):
    DONE.append(word)


@outbox.consumer("tests.stumble")
def stumble(*, word):
    DONE.append(word)
    raise RuntimeError(word)


@outbox.consumer("tests.write_to_bank", atomic=False)
def write_to_bank(*, word):
    assert not connection.in_atomic_block
    DONE.append(word)


@pytest.fixture(autouse=True)
def _nothing_done():
    DONE.clear()


@pytest.fixture
def sent(monkeypatch):
    """What went to the broker, as (task, message id)."""
    letters = []
    monkeypatch.setattr(
        "office.celery.app.send_task",
        lambda task, kwargs, **_: letters.append((task, kwargs["message_id"])),
    )
    return letters


@pytest.fixture
def broker_down(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise ConnectionError("The broker is down.")

    monkeypatch.setattr("office.celery.app.send_task", refuse)


@pytest.mark.django_db(transaction=True)
def test_a_message_stands_or_falls_with_its_transaction():
    with transaction.atomic():
        outbox.put("tests.note", word="never")
        transaction.set_rollback(True)

    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db
def test_relay_publishes_each_message_once(sent):
    first = outbox.put("tests.note", word="a")
    second = outbox.put("tests.note", word="b")

    counts = [outbox.relay(), outbox.relay()]

    assert counts == [2, 0]
    assert sent == [("tests.note", first.pk), ("tests.note", second.pk)]


@pytest.mark.django_db
def test_a_message_waits_for_its_day(sent):
    due = clock.now() + timedelta(days=30)
    outbox.put("tests.note", word="later", due_at=due)

    assert outbox.relay() == 0
    with clock.travel(due):
        assert outbox.relay() == 1


@pytest.mark.django_db
def test_a_broker_that_is_down_only_delays(broker_down, monkeypatch):
    row = outbox.put("tests.note", word="patience")

    assert outbox.relay() == 0

    row.refresh_from_db()
    assert (row.published_at, row.attempts) == (None, 0)


@pytest.mark.django_db
def test_consumer_leaves_a_receipt_and_a_repeat_does_nothing():
    row = outbox.put("tests.note", word="once")

    note(message_id=row.pk)
    note(message_id=row.pk)

    assert DONE == ["once"]
    assert InboxReceipt.objects.filter(message=row).count() == 1
    assert OutboxMessage.objects.get(pk=row.pk).done_at is not None


@pytest.mark.django_db
def test_a_consumer_that_fails_leaves_its_work_undone_and_named():
    row = outbox.put("tests.stumble", word="ouch")

    with pytest.raises(RuntimeError):
        stumble(message_id=row.pk)

    row.refresh_from_db()
    assert (row.done_at, row.error) == (None, "RuntimeError")
    assert not InboxReceipt.objects.filter(message=row).exists()


@pytest.mark.django_db(transaction=True)
def test_outside_work_runs_outside_a_transaction():
    row = outbox.put("tests.write_to_bank", word="pay")

    write_to_bank(message_id=row.pk)

    assert DONE == ["pay"]
    assert InboxReceipt.objects.filter(message=row).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("published_ago", "swept"), [(30, 0), (61, 1)])
def test_sweeper_publishes_again_what_was_published_but_not_done(sent, published_ago, swept):
    row = outbox.put("tests.note", word="lost")
    outbox.relay()
    _age(row, published_ago)

    assert outbox.sweep(after_seconds=60) == swept


@pytest.mark.django_db
def test_sweeper_waits_twice_as_long_after_each_try(sent):
    """After the second try 120 s, after the third 240 s."""
    row = outbox.put("tests.note", word="lost")
    OutboxMessage.objects.filter(pk=row.pk).update(attempts=3)

    swept = []
    for seconds in (239, 241):
        _age(row, seconds)
        swept.append(outbox.sweep(after_seconds=60))

    assert swept == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_fifty_workers_do_one_message_once():
    row = outbox.put("tests.note", word="race")

    def work(_):
        try:
            note(message_id=row.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(work, range(50)))

    assert DONE == ["race"]


@pytest.mark.django_db(transaction=True)
def test_two_relays_share_the_work(sent):
    for number in range(20):
        outbox.put("tests.note", word=str(number))

    def work(_):
        try:
            return outbox.relay(limit=10)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        published = sum(pool.map(work, range(2))) + outbox.relay()

    assert published == 20
    assert len(set(sent)) == len(sent) == 20


def _age(row, seconds):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_outboxmessage SET published_at = now() - %s * interval '1 second' "
            "WHERE id = %s",
            [seconds, row.pk],
        )
