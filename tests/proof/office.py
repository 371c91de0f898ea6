"""The office's own processes on the test database, with a Valkey of their own to be killed.

Only processes that were started here are ever killed, by their number.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import redis

from office import embedded
from office.embedded.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 90
CELERY = [str(BIN / "celery"), "--app", "office.celery", "--quiet"]


class Office:
    """`start("worker")`, `kill("worker")`: each process is a group of its own."""

    def __init__(self, environment: dict[str, str], folder: Path, **more: str) -> None:
        self.folder, self.port = folder, free_port()
        self.var = folder / "var"  # its own bank and files, not those of other tests
        (self.var / "static").mkdir(parents=True)
        self.services = embedded.start(folder / "services", postgres=False)
        self.environment = (
            environment
            | self.services.environment()
            | {
                "OFFICE_VAR": str(self.var),
                "OFFICE_URL": f"http://127.0.0.1:{self.port}",
                "LOG_LEVEL": "WARNING",
            }
            | more
        )
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, *names: str) -> None:
        for name in names:
            with (self.folder / f"{name}.log").open("a") as log:
                self.running[name] = subprocess.Popen(
                    self._command(name),
                    cwd=ROOT,
                    env=self.environment | {"OFFICE_PROCESS": name},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        if "web" in names:
            until(self._answers, "the web process answers")

    def _command(self, name: str) -> list[str]:
        schedule = str(self.folder / "celerybeat-schedule")
        web = ["--interface", "wsgi", "--port", str(self.port), "--respawn-failed-workers"]
        return {
            "worker": [*CELERY, "worker", "--concurrency", "2", "--loglevel", "WARNING"],
            "beat": [*CELERY, "beat", "--schedule", schedule, "--loglevel", "WARNING"],
            "web": [str(BIN / "granian"), *web, "office.wsgi:application"],
        }[name]

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, HTTPException):
            return self.ask("GET", "/healthz")[0] == 200
        return False

    def ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """One request; (status, body). OSError or HTTPException when nobody answers."""
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            return answer.status, answer.read().decode()

    def children(self, name: str) -> list[int]:
        """The process numbers of what a running process has forked."""
        pid = self.running[name].pid
        try:
            return [
                int(child)
                for task in Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()
            ]
        except FileNotFoundError:
            return []

    def kill(self, name: str) -> None:
        """kill -9 for a process and all that it has forked."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def kill_child(self, name: str) -> bool:
        for child in self.children(name)[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                return True
        return False

    @property
    def queue(self) -> redis.Redis:
        return redis.Redis.from_url(self.environment["REDIS_URL"], socket_timeout=5)

    def kill_valkey(self) -> None:
        os.kill(self.queue.info("server")["process_id"], signal.SIGKILL)
        until(lambda: not self.services.valkey.answers(), "Valkey is dead")

    def start_valkey(self) -> None:
        self.services.valkey.start()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.services.stop()
        embedded.remove(self.services.home)


@contextlib.contextmanager
def running(environment: dict[str, str], **more: str) -> Iterator[Office]:
    folder = Path(tempfile.mkdtemp(prefix="bindery-proof-"))
    folder.chmod(0o711)  # the servers' own account passes through
    office = Office(environment, folder, **more)
    try:
        yield office
    except BaseException as error:
        for log in sorted(folder.glob("*.log")):
            error.add_note(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")
        raise
    finally:
        office.stop()
        shutil.rmtree(folder, ignore_errors=True)


def until(
    condition: Callable[[], object],
    what: str | Callable[[], str],
    seconds: float = PATIENCE,
    pause: float = 0.05,
) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(
                f"not in {seconds:.0f} s: {what if isinstance(what, str) else what()}"
            )
        time.sleep(pause)


def invariants(environment: dict[str, str]) -> subprocess.CompletedProcess:
    """`manage.py invariants` as operations run it."""
    return subprocess.run(
        [sys.executable, "manage.py", "invariants"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
