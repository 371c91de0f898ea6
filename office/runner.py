"""`make run`: the whole office on one machine, from an empty folder to “Ready”.

Starts PostgreSQL and Valkey unless the environment names some, prepares what the first page
needs, then runs the Procfile's processes until Ctrl-C. Ends with nothing left running.
"""

import base64
import fcntl
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from honcho import environ, manager, process

from office import embedded
from office.embedded.account import death_signal
from office.embedded.ports import is_free

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
READY_SECONDS = 120
manager.KILL_WAIT = 20  # a worker may finish what it has begun
COMMANDS = ROOT / "office" / "management" / "commands"


class CannotRun(RuntimeError):
    """A sentence for whoever typed `make run`."""


def main() -> None:
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    try:
        with ExitStack() as stack:
            sys.exit(run_office(stack))
    except (CannotRun, embedded.EmbeddedError) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)


def run_office(stack: ExitStack) -> int:
    """Everything in order; what `stack` holds is undone in reverse, however we leave."""
    began = time.monotonic()
    var = Path(os.environ.get("OFFICE_VAR") or ROOT / "var").absolute()
    var.mkdir(parents=True, exist_ok=True)
    stack.enter_context(only_office_in(var))
    port = chosen_port()
    stack.enter_context(servers(var))
    complete_environment(var, port)
    prepare(var)
    processes = Processes(port, var / "demo-logins.txt", began)
    processes.loop()
    return processes.returncode or 0


@contextmanager
def only_office_in(var: Path) -> Iterator[None]:
    """The lock is the kernel's, so a killed office leaves none behind."""
    with (var / "office.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotRun(
                f"An office already runs in {var} (process {lock.read().strip()}). Stop it "
                "with Ctrl-C, or give this one another folder and port: "
                "OFFICE_VAR=var2 PORT=8001 make run"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotRun(f"PORT must be a number between 1 and 65535, not “{text}”.")
    port = int(text)
    if not is_free(port):
        raise CannotRun(
            f"Port {port} is in use by another program. Stop that program, or choose another "
            f"port: PORT={port + 1 if port < 65535 else 8000} make run"
        )
    return port


@contextmanager
def servers(var: Path) -> Iterator[None]:
    """Our own PostgreSQL and Valkey, for those of the two that the environment does not name."""
    named = [name for name in ("DATABASE_URL", "DATABASE_OWNER_URL") if os.environ.get(name)]
    if len(named) == 1:
        raise CannotRun(
            f"{named[0]} is set alone. Set both DATABASE_URL (the application's role) and "
            "DATABASE_OWNER_URL (the role that owns the tables), or neither."
        )
    own_valkey = not os.environ.get("REDIS_URL")
    if named and not own_valkey:
        yield
        return
    say("Starting PostgreSQL and Valkey …")
    folder = var / "services"
    begin_again_if_interrupted(var, folder, own_postgres=not named)
    services = embedded.start(folder, postgres=not named, valkey=own_valkey)
    try:
        for note in services.notes:
            say(f"  {note}")
        if services.home != folder:
            say(f"  Their data is in {services.home}, because their account cannot enter {var}.")
        os.environ.update(services.environment())
        yield
    finally:
        services.stop()
        say("PostgreSQL and Valkey have stopped.")


def begin_again_if_interrupted(var: Path, folder: Path, *, own_postgres: bool) -> None:
    """A demo office that was only half filled has never been opened: start from nothing."""
    if not (own_postgres and seeding_mark(var).exists()):
        return
    say("  The last start was interrupted while it filled the demo office. Beginning again.")
    embedded.start(folder).stop()
    embedded.remove(folder)
    seeding_mark(var).unlink()


def seeding_mark(var: Path) -> Path:
    return var / "seeding"


def complete_environment(var: Path, port: int) -> None:
    """What the environment left open: keys made up once, one's own machine, a demo."""
    defaults = secret_keys(var) | {
        "OFFICE_VAR": str(var),
        "OFFICE_URL": f"http://127.0.0.1:{port}",
        "DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "office.settings",
        "GRANIAN_HOST": "127.0.0.1",
        "GRANIAN_WORKERS": "2",
        "GRANIAN_BLOCKING_THREADS": "8",
        "GRANIAN_LOG_LEVEL": "error",
        "LOG_LEVEL": "WARNING",  # the terminal is for what the office has to say
    }
    for name, value in defaults.items():
        os.environ[name] = os.environ.get(name) or value
    os.environ["OFFICE_VAR"] = str(var)
    os.environ["GRANIAN_PORT"] = str(port)
    os.environ["PATH"] = os.pathsep.join([str(Path(PYTHON).parent), os.environ["PATH"]])
    os.environ["PYTHONUNBUFFERED"] = "1"
    if os.geteuid() == 0:  # it is one's own machine, and the demo's worker says so at each start
        os.environ["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"


def secret_keys(var: Path) -> dict[str, str]:
    path = var / "keys.json"
    if not path.exists():
        path.touch(mode=0o600)
        vault_key = base64.b64encode(secrets.token_bytes(32)).decode()
        keys = {"SECRET_KEY": secrets.token_urlsafe(64), "VAULT_KEYS": f"k1:{vault_key}"}
        path.write_text(json.dumps(keys))
    return dict(json.loads(path.read_text()))


def prepare(var: Path) -> None:
    """Translations, then the database, and beside it the static files, which need none of it."""
    stamp, state = var / "static.stamp", state_of_static_files()
    if stamp.exists() and stamp.read_text() == state:
        prepare_database(var)
        return
    compile_translations()
    with beside("Building the static files", "build_assets", "--collect"):
        prepare_database(var)
    stamp.write_text(state_of_static_files())


def prepare_database(var: Path) -> None:
    step("Bringing the database up to date", "migrate", "--no-input", role="owner")
    fill_demo_office(var)


def compile_translations() -> None:
    """By Babel, because GNU gettext may not be there."""
    compiler = [PYTHON, "-m", "babel.messages.frontend", "-q", "compile"]
    call("Compiling the translations", [*compiler, "--domain", "django", "--directory", "locale"])


def state_of_static_files() -> str:
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for folder in ("static", "locale"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".mo":
                digest.update(f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()


def fill_demo_office(var: Path) -> None:
    wanted = os.environ["DEMO"] == "1" and (COMMANDS / "seed_office.py").exists()
    if wanted and office_is_empty():
        mark = seeding_mark(var)
        mark.touch()
        step("Filling the demo office", "seed_office")
        mark.unlink()


def office_is_empty() -> bool:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        row = connection.execute("SELECT NOT EXISTS (SELECT FROM customers_customer)").fetchone()
    return bool(row and row[0])


def step(what: str, *command: str, role: str = "application") -> None:
    call(what, managed(*command), DATABASE_ROLE=role)


def managed(*command: str) -> list[str]:
    """A command of manage.py. Django's checks are for developers: `make check` makes them."""
    return [PYTHON, str(ROOT / "manage.py"), *command, "--verbosity", "0", "--skip-checks"]


@contextmanager
def beside(what: str, *command: str) -> Iterator[None]:
    """Run a command of manage.py while the block does something else, and wait for it then.

    What it says is shown only where it fails. A block that breaks off ends it.
    """
    say(f"{what}, and meanwhile:")
    with tempfile.TemporaryFile() as said:
        helper = subprocess.Popen(
            managed(*command),
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
            preexec_fn=death_signal(signal.SIGTERM),
        )
        try:
            yield
            helper.wait()
        finally:
            helper.terminate()
            helper.wait()
        if helper.returncode:
            said.seek(0)
            say(said.read().decode(errors="replace"))
            raise CannotRun(f"{what} failed (see above), so the office did not open.")


def call(what: str, command: list[str], **settings: str) -> None:
    say(f"{what} …")
    ended = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=False)
    if ended.returncode:
        raise CannotRun(f"{what} failed (see above), so the office did not open.")


class TiedPopen(process.Popen):
    """A child that is told to end when its parent is gone."""

    def __init__(self, command: str, **options: object) -> None:
        super().__init__(f"exec {command}", preexec_fn=death_signal(signal.SIGTERM), **options)


class TiedProcess(process.Process):
    """Honcho's process, whose relay dies with us even by kill -9, and its child with the relay."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._child_ctor = TiedPopen

    def run(self, events: object = None, ignore_signals: bool = False) -> None:
        ask_kernel = death_signal(signal.SIGKILL)
        if ask_kernel:
            ask_kernel()
        super().run(events, ignore_signals)


class Processes(manager.Manager):
    """Web, worker and beat of the Procfile; says when the office is ready."""

    def __init__(self, port: int, logins: Path, began: float) -> None:
        super().__init__()
        self._process_ctor = TiedProcess
        self._ends_when_started = False
        self.port, self.logins, self.began = port, logins, began
        commands = environ.parse_procfile((ROOT / "Procfile").read_text()).processes
        for name, command in commands.items():
            settings = os.environ | {"OFFICE_PROCESS": name}
            self.add_process(name, command, env=settings, cwd=str(ROOT))

    def terminate(self) -> None:
        """Honcho knows whom to end once each child has said its pid; a signal may come earlier."""
        if super()._all_started():
            super().terminate()
        else:
            self._ends_when_started = True

    def _all_started(self) -> bool:
        started: bool = super()._all_started()
        if started and self._ends_when_started:
            super().terminate()
        return started

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._announce, daemon=True).start()

    def _announce(self) -> None:
        address = f"http://127.0.0.1:{self.port}"
        began, warned = time.monotonic(), False
        while not self._terminating:
            ready, answer = ask_readiness(f"{address}/readyz")
            if ready:
                self._welcome(address)
                return
            if time.monotonic() - began > READY_SECONDS and not warned:
                say(f"\nThe office is not ready after {READY_SECONDS} s, still waiting: {answer}")
                warned = True
            time.sleep(0.2)

    def _welcome(self, address: str) -> None:
        say(f"\nReady: {address}   ({time.monotonic() - self.began:.0f} s)")
        if self.logins.exists():
            say(self.logins.read_text())
        say("Ctrl-C stops the office. Its data stays.")


def ask_readiness(address: str) -> tuple[bool, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as response:
            return True, response.read().decode()
    except urllib.error.HTTPError as error:
        return False, error.read().decode(errors="replace")[:2000]
    except OSError as error:
        return False, str(error)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
