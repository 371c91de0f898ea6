"""Is the office alive, and can it work? For load balancers, containers and `make run`."""

import functools
import time
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

HEARTBEAT_FRESH_SECONDS = 30  # worker and beat write one every five seconds
OUTBOX_PATIENCE_SECONDS = 300

# Messages that failed are not the queue's age: they are retried ever more slowly, and one
# that can never succeed must not take the whole office off the line.
OUTBOX_AGE = """
    SELECT extract(epoch FROM now() - min(greatest(put_at, due_at)) FILTER (WHERE error = '')),
        count(*) FILTER (WHERE error <> '')
    FROM office_outboxmessage
    WHERE done_at IS NULL AND (due_at IS NULL OR due_at <= now())
"""


class NotReady(Exception):
    """What is wrong, without addresses or secrets: anybody may read this page."""


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; it asks nothing of its neighbours, so it never restarts for them."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every neighbour that work needs, its answer and its milliseconds; 503 if any fails."""
    checks = {name: _timed(check) for name, check in CHECKS.items()}
    ready = all(check["ok"] for check in checks.values())
    response = JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)
    # Django would log each 503 of each probe as an error.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's, untyped
    return response


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "answers"


def valkey() -> str:
    cache.set("readyz", "1", 10)
    if cache.get("readyz") != "1":
        raise NotReady("does not keep what it is given")
    return "answers"


@functools.cache  # a refusal is an exception and is not remembered
def migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReady(f"{len(waiting)} to apply: run `make migrate`")
    return "applied"


def heartbeat(process: str) -> str:
    written = cache.get(f"heartbeat:{process}")
    if written is None:
        raise NotReady("no sign of life")
    age = time.time() - written
    if age >= HEARTBEAT_FRESH_SECONDS:
        raise NotReady(f"last sign of life {age:.0f} s ago")
    return f"seen {max(age, 0):.0f} s ago"


def outbox() -> str:
    with connection.cursor() as cursor:
        cursor.execute(OUTBOX_AGE)
        age, failing = cursor.fetchone()
    detail = f"oldest waits {max(age or 0, 0):.0f} s, {failing} failing"
    if age and age > OUTBOX_PATIENCE_SECONDS:
        raise NotReady(detail)
    return detail


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "cache": valkey,
    "migrations": migrations,
    "worker": functools.partial(heartbeat, "worker"),
    "beat": functools.partial(heartbeat, "beat"),
    "outbox": outbox,
}


def _timed(check: Callable[[], str]) -> dict[str, object]:
    began = time.perf_counter()
    try:
        ok, detail = True, check()
    except NotReady as error:
        ok, detail = False, str(error)
    except Exception as error:  # the neighbour's error may name hosts and roles: its type is enough
        ok, detail = False, type(error).__name__
    return {"ok": ok, "ms": round((time.perf_counter() - began) * 1000, 1), "detail": detail}
