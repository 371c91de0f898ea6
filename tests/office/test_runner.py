"""`make run`: what it refuses, what it makes up, and that it leaves nothing running."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from office import embedded, runner
from office.embedded.ports import free_port, is_free

ROOT = Path(__file__).resolve().parent.parent.parent
SLEEPER = (
    "import os, pathlib, time;"
    "pathlib.Path('{name}.pid').write_text(str(os.getpid())); time.sleep(120)"
)
SETTINGS = [
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "PORT",
    "OFFICE_VAR",
    "SECRET_KEY",
    "VAULT_KEYS",
    "DEMO",
    "OFFICE_URL",
    "LOG_LEVEL",
]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """A shell that has set nothing; afterwards the tests' own settings are back."""
    before = dict(os.environ)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    yield monkeypatch
    os.environ.clear()
    os.environ.update(before)


def test_the_port_is_8000_unless_told(environment):
    environment.setattr(runner, "is_free", lambda port: True)
    assert runner.chosen_port() == 8000

    environment.setenv("PORT", "8123")
    assert runner.chosen_port() == 8123


@pytest.mark.parametrize("text", ["http", "0", "65536", "80.5", "-1"])
def test_a_port_that_is_none_is_refused(environment, text):
    environment.setenv("PORT", text)

    with pytest.raises(runner.CannotRun, match=f"between 1 and 65535, not “{text}”"):
        runner.chosen_port()


def test_a_busy_port_is_refused_with_another_to_try(environment):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment.setenv("PORT", str(port))

        with pytest.raises(runner.CannotRun, match=f"Port {port} is in use.*PORT={port + 1}"):
            runner.chosen_port()


def test_a_second_office_in_the_same_folder_is_refused_by_the_first_ones_number(tmp_path):
    with (
        runner.only_office_in(tmp_path),
        pytest.raises(runner.CannotRun, match=rf"already runs in .* \(process {os.getpid()}\)"),
        runner.only_office_in(tmp_path),
    ):
        pytest.fail("two offices in one folder")

    with runner.only_office_in(tmp_path):
        pass  # the first has left


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
def test_one_database_role_alone_is_refused(environment, tmp_path, name):
    environment.setenv(name, "postgresql://somebody@db.example/bindery")

    with (
        pytest.raises(runner.CannotRun, match=f"{name} is set alone"),
        runner.servers(tmp_path),
    ):
        pytest.fail("started with one role")


def test_named_servers_win_and_none_is_started(environment, tmp_path):
    named = {
        "DATABASE_URL": "postgresql://app@db.example/bindery",
        "DATABASE_OWNER_URL": "postgresql://owner@db.example/bindery",
        "REDIS_URL": "redis://cache.example/0",
    }
    for name, url in named.items():
        environment.setenv(name, url)

    with runner.servers(tmp_path):
        assert {name: os.environ[name] for name in named} == named

    assert list(tmp_path.iterdir()) == []


def test_keys_are_made_up_once_and_kept_secret(tmp_path):
    first = runner.secret_keys(tmp_path)

    assert runner.secret_keys(tmp_path) == first
    assert len(first["SECRET_KEY"]) >= 50
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert json.loads((tmp_path / "keys.json").read_text()) == first


def test_what_the_environment_says_is_left_as_it_is(environment, tmp_path):
    environment.setenv("DEMO", "0")
    environment.setenv("SECRET_KEY", "ours")

    runner.complete_environment(tmp_path, 8123)

    assert os.environ["DEMO"] == "0"
    assert os.environ["SECRET_KEY"] == "ours"
    assert os.environ["OFFICE_URL"] == "http://127.0.0.1:8123"
    assert os.environ["GRANIAN_PORT"] == "8123"


def test_a_step_that_fails_stops_the_start(environment):
    with pytest.raises(runner.CannotRun, match="Trying failed"):
        runner.call("Trying", [sys.executable, "-c", "raise SystemExit(3)"])


def test_what_is_done_beside_speaks_only_where_it_fails(capsys):
    with (
        pytest.raises(runner.CannotRun, match="Trying failed"),
        runner.beside("Trying", "no_such_command"),
    ):
        pass

    assert "no_such_command" in capsys.readouterr().out


def test_what_is_done_beside_is_waited_for(environment, tmp_path):
    done = tmp_path / "done"
    slowly = f"import time, pathlib; time.sleep(0.3); pathlib.Path({str(done)!r}).touch()"
    environment.setattr(runner, "managed", lambda *command: [sys.executable, "-c", slowly])

    with runner.beside("Trying"):
        assert not done.exists()

    assert done.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_start_that_breaks_off_ends_what_is_done_beside(environment, tmp_path):
    environment.setattr(
        runner, "managed", lambda *command: [sys.executable, "-c", SLEEPER.format(name="x")]
    )
    environment.setattr(runner, "ROOT", tmp_path)

    pids = []

    def break_off():
        with runner.beside("Trying"):
            pids.extend(pids_of(tmp_path, 1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()

    assert_gone(pids)


@pytest.fixture
def script(tmp_path):
    """An office of two small processes that never end by themselves and note their numbers."""
    commands = "".join(
        f'{name}: {sys.executable} -c "{SLEEPER.format(name=name)}"\n'
        for name in ("first", "second")
    )
    (tmp_path / "Procfile").write_text(commands)
    path = tmp_path / "office_of_two.py"
    path.write_text(
        "import sys, pathlib\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from office import runner\n"
        "runner.ROOT = pathlib.Path(__file__).parent\n"
        f"processes = runner.Processes({free_port()}, runner.ROOT / 'none', 0)\n"
        "processes.loop()\n"
        "sys.exit(processes.returncode)\n"
    )
    return path


def pids_of(folder, count=2):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        texts = [path.read_text() for path in folder.glob("*.pid")]
        if len(texts) == count and all(texts):
            return [int(text) for text in texts]
        time.sleep(0.05)
    raise AssertionError("not all processes have started")


def assert_gone(pids):
    deadline = time.monotonic() + 15
    while alive := [pid for pid in pids if lives(pid)]:
        assert time.monotonic() < deadline, f"left running: {alive}"
        time.sleep(0.05)


def lives(pid):
    """Whether it runs; one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_running_however_the_office_ends(script, number):
    office = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.DEVNULL)
    pids = pids_of(script.parent)

    office.send_signal(number)
    office.wait(timeout=30)

    assert_gone(pids)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_when_one_process_ends_all_end(script):
    office = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.DEVNULL)
    pids = pids_of(script.parent)

    os.kill(pids[0], signal.SIGKILL)
    office.wait(timeout=30)

    assert_gone(pids)
    assert office.returncode != 0


def test_ports_that_listen_are_not_free():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not is_free(listener.getsockname()[1])
    assert not is_free(0)


def test_a_demo_office_that_was_half_filled_is_begun_again(tmp_path, capsys):
    var = tmp_path
    services = embedded.start(var / "services", durable=False, valkey=False)
    with psycopg.connect(services.postgres.url("bindery_owner")) as owner:
        owner.execute("CREATE TABLE half_filled ()")
    services.stop()
    runner.seeding_mark(var).touch()

    with runner.servers(var), psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("SELECT to_regclass('half_filled')").fetchone() == (None,)

    embedded.remove(var / "services")  # under root it is not in the folder of the tests
    assert not runner.seeding_mark(var).exists()
    assert "was interrupted while it filled the demo office" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("demo", "empty", "filled"), [("1", True, True), ("1", False, False), ("0", True, False)]
)
def test_only_an_empty_demo_office_is_filled(environment, tmp_path, demo, empty, filled):
    steps = []
    (tmp_path / "seed_office.py").touch()
    environment.setenv("DEMO", demo)
    environment.setattr(runner, "COMMANDS", tmp_path)
    environment.setattr(runner, "office_is_empty", lambda: empty)
    environment.setattr(runner, "step", lambda what, *command: steps.append(command))

    runner.fill_demo_office(tmp_path)

    assert steps == ([("seed_office",)] if filled else [])
    assert not runner.seeding_mark(tmp_path).exists()


def test_a_filling_that_fails_leaves_its_mark(environment, tmp_path):
    def fail(what, *command):
        raise runner.CannotRun(what)

    (tmp_path / "seed_office.py").touch()
    environment.setenv("DEMO", "1")
    environment.setattr(runner, "COMMANDS", tmp_path)
    environment.setattr(runner, "office_is_empty", lambda: True)
    environment.setattr(runner, "step", fail)

    with pytest.raises(runner.CannotRun):
        runner.fill_demo_office(tmp_path)

    assert runner.seeding_mark(tmp_path).exists()
