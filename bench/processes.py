"""Processes of an office or of a floor, started for a row and ended with it, by their number."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.office import ROOT
from office.embedded.ports import free_port

BIN = Path(sys.executable).parent
PATIENCE = 60
ENDING = 15
SERVER = {
    "GRANIAN_HOST": "127.0.0.1",
    "GRANIAN_WORKERS": "2",
    "GRANIAN_BLOCKING_THREADS": "8",
    "GRANIAN_LOG_LEVEL": "error",
}


@contextmanager
def running(*command: str, **settings: str) -> Iterator[int]:
    """A process in a group of its own; gives its number."""
    process = subprocess.Popen(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(ENDING)


@contextmanager
def web(application: str, **settings: str) -> Iterator[tuple[int, int]]:
    """granian with two workers, as `make run` starts it: (port, process). Answers before it is
    given."""
    port = free_port()
    told = SERVER | {"GRANIAN_PORT": str(port), "OFFICE_PROCESS": "web"} | settings
    with running("granian", "--interface", "wsgi", application, **told) as pid:
        _wait_for(port)
        yield port, pid


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, HTTPException), Browser(port) as browser:
            browser.get("/healthz")
            return
        time.sleep(0.1)
    raise TimeoutError(f"Nothing answers at port {port}.")


class Browser:
    """One connection that is kept open, and the cookies of somebody who signed in."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        pairs = [f"{name}={value}" for name, value in (cookies or {}).items()]
        self.headers = {"Cookie": "; ".join(pairs), "Accept-Language": "en"}

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_error: object) -> None:
        self.line.close()

    def get(self, path: str) -> bytes:
        self.line.request("GET", path, headers=self.headers)
        answer = self.line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise HTTPException(f"{path} answered {answer.status}.")
        return body


def memory(pid: int) -> float:
    """Megabytes that a process and all its children hold; what they share is counted once."""
    family, shares = [pid], 0
    for one in family:
        family += _children(one)
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    shares += int(line.split()[1])
    return shares / 1024


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []
