"""A real PostgreSQL 18 and a real Valkey 9 from their wheels, for trying, tests, small offices.

    services = embedded.start(Path("var/services"))
    os.environ.update(services.environment())
    …
    services.stop()

Production names its own servers in DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL instead.
Nothing here needs Django, because the addresses must be known before its settings are read.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from office.embedded.account import Account, EmbeddedError, reachable_folder
from office.embedded.postgres import DATABASE, Postgres, new_passwords
from office.embedded.valkey import Valkey

__all__ = ["EmbeddedError", "Services", "remove", "start", "sweep", "throwaway"]

THROWAWAY = "bindery-throwaway-"


@dataclass
class Services:
    """The servers that were asked for; one that the office has elsewhere is `None`."""

    home: Path
    postgres: Postgres | None
    valkey: Valkey | None

    @property
    def notes(self) -> list[str]:
        return [note for server in self._servers() for note in server.notes]

    def environment(self, database: str = DATABASE) -> dict[str, str]:
        addresses = {}
        if self.postgres:
            addresses["DATABASE_URL"] = self.postgres.url("bindery_app", database)
            addresses["DATABASE_OWNER_URL"] = self.postgres.url("bindery_owner", database)
        if self.valkey:
            addresses["REDIS_URL"] = self.valkey.url()
        return addresses

    def start(self) -> None:
        try:
            for server in self._servers():
                server.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for server in reversed(self._servers()):
            server.stop()

    def _servers(self) -> list[Postgres | Valkey]:
        return [server for server in (self.postgres, self.valkey) if server]


def start(
    folder: Path,
    *,
    durable: bool = True,
    for_tests: bool = False,
    tied: bool = True,
    postgres: bool = True,
    valkey: bool = True,
) -> Services:
    """Start the servers in `folder`, or take over those that run there already.

    durable: fsync on. for_tests: the owner may make databases and put triggers to sleep.
    tied: the servers end when this process ends, however it ends.
    """
    account = Account.for_data(folder / "postgres")
    home = reachable_folder(folder, account)
    with _one_at_a_time(home):
        memory = _remembered(home)
        words, ports = memory["passwords"], memory["ports"]
        services = Services(
            home,
            Postgres(home, account, words, durable, for_tests, tied, ports["postgres"])
            if postgres
            else None,
            Valkey(home, account, words["valkey"], durable, tied, ports["valkey"])
            if valkey
            else None,
        )
        services.start()
        for name, server in (("postgres", services.postgres), ("valkey", services.valkey)):
            if server:
                ports[name] = server.port
        _remember(home, memory)
    return services


@contextlib.contextmanager
def throwaway(*, durable: bool = False, tied: bool = True) -> Iterator[Services]:
    """Servers in a new temporary folder that is removed at the end."""
    sweep()
    parent = Path(tempfile.mkdtemp(prefix=f"{THROWAWAY}{os.getpid()}-"))
    parent.chmod(0o711)
    try:
        services = start(parent / "services", durable=durable, for_tests=True, tied=tied)
        try:
            yield services
        finally:
            services.stop()
            remove(services.home)
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def remove(folder: Path) -> None:
    """Remove stopped servers and all they know, also where `folder` is only a link to them."""
    shutil.rmtree(folder.resolve(), ignore_errors=True)
    if folder.is_symlink():
        folder.unlink()


def sweep() -> None:
    """Remove the folders of throw-away runs that were killed before they could."""
    for left in Path(tempfile.gettempdir()).glob(f"{THROWAWAY}*"):
        pid = int(left.name.removeprefix(THROWAWAY).split("-")[0])
        with contextlib.suppress(OSError):
            if left.stat().st_uid == os.geteuid() and not _lives(pid):
                shutil.rmtree(left, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remembered(home: Path) -> dict:
    """Passwords and ports of the servers in this folder, made up at the first start."""
    path = home / "services.json"
    if path.exists():
        return json.loads(path.read_text())
    if (home / "postgres").exists():
        raise EmbeddedError(
            f"{home / 'postgres'} is there, but its passwords ({path}) are not. "
            "Put the file back, or name another folder in OFFICE_VAR."
        )
    passwords = new_passwords() | {"valkey": secrets.token_hex(20)}
    memory = {"passwords": passwords, "ports": {"postgres": 0, "valkey": 0}}
    _remember(home, memory)
    return memory


def _remember(home: Path, memory: dict) -> None:
    path = home / "services.json"
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(memory, indent=1))
    unfinished.rename(path)
