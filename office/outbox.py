"""Work accepted with the business transaction and done after it, exactly once.

`put` writes a row in the caller's transaction. The relay publishes rows to Celery, the sweeper
publishes again what was not done in time, and the consumer's receipt makes a repeat harmless.
"""

import os
import threading
import time
from collections.abc import Callable
from functools import wraps

import structlog
from celery import shared_task
from django.db import connection, transaction

from office import clock
from office.models import OutboxMessage

log = structlog.get_logger(__name__)
BATCH = 200
RING_SECONDS = 10  # beat relays every two seconds: an old ring has nothing to say
RING_PAUSE = 0.05
CONSUMERS: dict[str, Callable] = {}


def message(task, *, due_at=None, **ids):
    """A message to hand to `workflow.move(tell=…)`. `ids` are small JSON values, never names."""
    return OutboxMessage(task=task, payload=ids, due_at=due_at)


def put(task, *, due_at=None, **ids):
    """Accept work in this transaction; it is done after the commit, once, even if workers die."""
    row = message(task, due_at=due_at, **ids)
    row.save(force_insert=True)
    ring_after_commit()
    return row


def put_all(messages):
    """Accept many messages in one statement."""
    if messages:
        with connection.cursor() as cursor:
            cursor.execute(*insert_sql(messages))
        ring_after_commit()


def insert_sql(messages):
    """One INSERT for many messages, to be part of a larger statement. (sql, params)"""
    payload = OutboxMessage._meta.get_field("payload")
    params = []
    for row in messages:
        params += [row.task, payload.get_db_prep_save(row.payload, connection), row.due_at]
    marks = ", ".join(["(%s, %s, %s, 0, '')"] * len(messages))
    return (
        f"INSERT INTO office_outboxmessage (task, payload, due_at, attempts, error) VALUES {marks}",
        params,
    )


def ring_after_commit():
    """Wake the relay once the transaction holds. A broker that is down only delays the work."""
    if not any(ring in hook for hook in connection.run_on_commit):
        transaction.on_commit(ring, robust=True)


def ring():
    """Wake the relay soon. Whoever did the work does not wait for the broker."""
    _bell.ask()


class _Bell:
    """Rings from a thread of its own: at once, and once for all that asked within the pause.

    The thread ends with the process; a ring that is lost so costs the two seconds until beat's.
    """

    def __init__(self):
        self.asked = threading.Event()
        self.thread = threading.Thread(target=self._attend, name="doorbell", daemon=True)
        self.starting = threading.Lock()

    def ask(self):
        self.asked.set()
        with self.starting:
            if self.thread.ident is None:
                self.thread.start()

    def _attend(self):
        while self.asked.wait():
            self.asked.clear()
            try:
                relay_task.apply_async(retry=False, expires=RING_SECONDS)
            except Exception as error:
                log.warning("outbox.doorbell_silent", error=type(error).__name__)
            time.sleep(RING_PAUSE)


def _hang_a_bell():
    """A forked child has none of its parent's threads."""
    global _bell
    _bell = _Bell()


_hang_a_bell()
os.register_at_fork(after_in_child=_hang_a_bell)


def relay(limit=BATCH):
    """Publish what waits. Several relays share the work: each takes rows the others do not hold."""
    with transaction.atomic():
        rows = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(published_at=None, done_at=None)
            .exclude(due_at__gt=clock.now())
            .order_by("id")[:limit]
        )
        published = [row.pk for row in rows if _publish(row)]
        _mark_published(published)
    return len(published)


def sweep(after_seconds=60, limit=BATCH):
    """Publish again what was published but not done: its worker died or the queue was lost."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM office_outboxmessage WHERE done_at IS NULL AND published_at < "
            "now() - least(3600, %s * power(2, least(attempts - 1, 10))) * interval '1 second' "
            "ORDER BY published_at LIMIT %s FOR UPDATE SKIP LOCKED",
            [after_seconds, limit],
        )
        rows = OutboxMessage.objects.in_bulk([pk for (pk,) in cursor.fetchall()])
        published = [row.pk for row in rows.values() if _publish(row)]
        _mark_published(published)
    return len(published)


def consumer(name, *, atomic=True):
    """Declare a task that does an outbox message. The function gets the message's ids.

    With `atomic`, the function and the receipt commit together: exactly once. Without, the
    function runs first (it talks to the outside and must itself be idempotent), then the receipt.
    """

    def declare(function):
        @shared_task(name=name)
        @wraps(function)
        def task(message_id):
            return _consume(function, message_id, atomic)

        CONSUMERS[name] = function
        return task

    return declare


def _consume(function, message_id, atomic):
    row = OutboxMessage.objects.get(pk=message_id)
    if row.done_at:
        return
    try:
        if atomic:
            with transaction.atomic():
                if _receipt(message_id):
                    function(**row.payload)
        else:
            function(**row.payload)
            with transaction.atomic():
                _receipt(message_id)
    except Exception as error:
        OutboxMessage.objects.filter(pk=message_id).update(error=type(error).__name__)
        raise


def _receipt(message_id):
    """True for the first who asks: a second waits for the first's commit and then gets False."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH first AS (INSERT INTO office_inboxreceipt (message_id) VALUES (%s) "
            "ON CONFLICT DO NOTHING RETURNING message_id), "
            "done AS (UPDATE office_outboxmessage SET done_at = now(), error = '' "
            "WHERE id = %s AND done_at IS NULL) SELECT count(*) FROM first",
            [message_id, message_id],
        )
        (receipts,) = cursor.fetchone()
    return receipts == 1


def _publish(row):
    from office.celery import app

    try:
        app.send_task(row.task, kwargs={"message_id": row.pk}, retry=False)
    except Exception as error:
        log.warning("outbox.broker_silent", message_id=row.pk, error=type(error).__name__)
        return False
    return True


def _mark_published(ids):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_outboxmessage SET published_at = now(), attempts = attempts + 1 "
            "WHERE id = ANY(%s)",
            [ids],
        )


@shared_task(name="office.relay_outbox")
def relay_task():
    while relay() == BATCH:
        pass


@shared_task(name="office.sweep_outbox")
def sweep_task():
    sweep()
