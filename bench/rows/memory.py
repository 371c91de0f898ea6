"""`memory.rest`: web, worker and beat of the Procfile when they have nothing to do any more.

The floor is a bare Django and a bare Celery with as many processes and threads.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench import processes
from bench.harness import Contest, Row
from bench.office import Office, build_static

SETTLE_SECONDS = 15
WORKER = ("worker", "--concurrency", "2", "--loglevel", "WARNING")
BEAT = ("beat", "--loglevel", "WARNING")


@contextmanager
def at_rest(office: Office, size: int) -> Iterator[Contest]:
    build_static()
    with ExitStack() as stack:
        ours = _start(stack, "office.wsgi:application", "office.celery")
        floor = _start(stack, "bench.bare:application", "bench.bare")
        time.sleep(SETTLE_SECONDS)
        yield Contest(
            lambda: sum(processes.memory(pid) for pid in ours),
            lambda: sum(processes.memory(pid) for pid in floor),
        )


def _start(stack: ExitStack, application: str, queue: str) -> list[int]:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    beat = (*BEAT, "--schedule", f"{folder}/schedule")
    port, web = stack.enter_context(processes.web(application))
    with processes.Browser(port) as browser:
        for _visit in range(20):
            browser.get("/healthz")
    celery = ("celery", "--app", queue, "--quiet")
    worker = stack.enter_context(processes.running(*celery, *WORKER, OFFICE_PROCESS="worker"))
    clock = stack.enter_context(processes.running(*celery, *beat, OFFICE_PROCESS="beat"))
    return [web, worker, clock]


ROWS = [Row("memory.rest", "MB", goal=1.3, size=1, prepare=at_rest)]
