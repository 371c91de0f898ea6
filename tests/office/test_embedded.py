"""The embedded PostgreSQL and Valkey, for real, in folders of their own."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg.errors import InsufficientPrivilege

from office import embedded
from office.embedded import account, postgres
from office.embedded.account import Account, EmbeddedError, reachable_folder, reachable_program
from office.embedded.ports import is_free

ROOT = Path(__file__).resolve().parent.parent.parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it is about not being root")


@pytest.fixture(scope="module")
def shallow():
    """A folder that the unprivileged account can enter; pytest's own is private."""
    with tempfile.TemporaryDirectory(prefix="bindery-embedded-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="module")
def services(shallow):
    services = embedded.start(shallow / "office")
    yield services
    services.stop()


def as_role(services, role, database="bindery"):
    return psycopg.connect(services.postgres.url(role, database), autocommit=True)


def value(connection, query):
    return connection.execute(query).fetchone()[0]


def test_the_application_is_neither_owner_nor_superuser(services):
    with as_role(services, "bindery_owner") as owner:
        owner.execute("CREATE TABLE cars (plate text, id bigint GENERATED ALWAYS AS IDENTITY)")

    with as_role(services, "bindery_app") as app:
        app.execute("INSERT INTO cars (plate) VALUES ('7ABC123')")
        app.execute("UPDATE cars SET plate = '7ABC124'")
        assert value(app, "SELECT plate FROM cars") == "7ABC124"
        for forbidden in (
            "TRUNCATE cars",
            "ALTER TABLE cars DISABLE TRIGGER ALL",
            "DROP TABLE cars",
            "CREATE TABLE boats ()",
            "SET session_replication_role = replica",
            "SET ROLE bindery_owner",
            "CREATE DATABASE another",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_the_owner_of_an_office_can_neither_make_databases_nor_put_triggers_to_sleep(services):
    with as_role(services, "bindery_owner") as owner:
        for forbidden in ("CREATE DATABASE another", "SET session_replication_role = replica"):
            with pytest.raises(InsufficientPrivilege):
                owner.execute(forbidden)


def test_pages_have_time_limits_and_the_owner_has_none(services):
    limits = {
        "lock_timeout": "5s",
        "statement_timeout": "15s",
        "transaction_timeout": "1min",
        "idle_in_transaction_session_timeout": "30s",
    }

    with as_role(services, "bindery_app") as app, as_role(services, "bindery_owner") as owner:
        assert {name: value(app, f"SHOW {name}") for name in limits} == limits
        assert {value(owner, f"SHOW {name}") for name in limits} == {"0"}


def test_text_keeps_its_letters_in_every_alphabet(services):
    with as_role(services, "bindery_app") as app:
        for word in ("ñ", "жук", "ΩΜΕΓΑ"):
            assert value(app, f"SELECT cardinality(show_trgm('{word}'))") == len(word) + 1
        assert value(app, "SELECT upper('ñ')") == "Ñ"
        assert value(app, "SELECT unaccent('Muñoz')") == "Munoz"


def test_each_server_wants_its_password(services):
    url = services.postgres.url("bindery_app").replace(
        services.postgres.passwords["bindery_app"], "x"
    )
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=services.valkey.port).ping()


def test_valkey_keeps_accepted_work_and_never_evicts(services):
    client = redis.Redis.from_url(services.valkey.url())

    assert client.config_get("appendonly") == {"appendonly": "yes"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_secrets_are_for_our_eyes_only(services):
    for name in ("services.json", "valkey.conf", "postgres.log", "valkey.log"):
        assert (services.home / name).stat().st_mode & 0o077 == 0, name
    for name in ("postgres", "valkey"):
        assert (services.home / name).stat().st_mode & 0o777 == 0o700, name


def test_a_second_start_takes_over_what_runs(services):
    second = embedded.start(services.home)

    assert second.environment() == services.environment()
    assert len(second.notes) == 2
    assert all("taken over" in note for note in second.notes)


@as_root
def test_under_root_the_servers_run_as_an_account_that_owns_only_their_data(services):
    pid = int((services.postgres.data / "postmaster.pid").read_text().splitlines()[0])

    status = Path(f"/proc/{pid}/status").read_text()

    assert f"Uid:\t{account.NOBODY}\t{account.NOBODY}\t{account.NOBODY}" in status
    assert "Groups:\t \n" in status
    assert services.postgres.data.stat().st_uid == account.NOBODY
    assert services.home.stat().st_uid == 0


def test_a_second_start_keeps_data_and_survives_stale_files_and_a_taken_port(shallow):
    folder = shallow / "kept"
    first = embedded.start(folder, durable=False)
    with as_role(first, "bindery_owner") as owner:
        owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    redis.Redis.from_url(first.valkey.url()).set("kept", "42")
    first.stop()
    # a power cut left this, and the number is another program's by now: ours
    (first.postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n.\n0\n1\n")

    with socket.create_server(("127.0.0.1", first.postgres.port)):
        second = embedded.start(folder, durable=False)
    try:
        with as_role(second, "bindery_owner") as owner:
            assert value(owner, "SELECT answer FROM kept") == 42
        assert second.postgres.port != first.postgres.port
        assert second.notes == [
            f"Removed a stale PostgreSQL pid file (process {os.getpid()} is not ours)."
        ]
    finally:
        second.stop()


def test_what_was_committed_is_there_after_both_servers_were_killed(shallow):
    first = embedded.start(shallow / "durable")
    with as_role(first, "bindery_owner") as owner:
        owner.execute("CREATE TABLE committed AS SELECT 42 AS answer")
    redis.Redis.from_url(first.valkey.url()).set("work", "accepted")
    killed = [first.postgres._server, first.valkey._server]
    for server in killed:
        server.kill()
        server.wait()

    second = embedded.start(shallow / "durable")
    try:
        with as_role(second, "bindery_owner") as owner:
            assert value(owner, "SELECT answer FROM committed") == 42
        assert redis.Redis.from_url(second.valkey.url()).get("work") == b"accepted"
    finally:
        second.stop()


def test_a_folder_of_another_version_is_refused_with_the_way_out(shallow):
    data = shallow / "old" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    (data.parent / "services.json").write_text(
        '{"passwords": {"valkey": "x"}, "ports": {"postgres": 0, "valkey": 0}}'
    )

    with pytest.raises(
        EmbeddedError, match=r"PostgreSQL 17; this office runs PostgreSQL 18\. Dump"
    ):
        embedded.start(data.parent)


def test_data_without_its_passwords_is_refused_and_not_overwritten(shallow):
    data = shallow / "forgotten" / "postgres"
    data.mkdir(parents=True)

    with pytest.raises(EmbeddedError, match=r"its passwords .* are not"):
        embedded.start(data.parent)
    assert not (data.parent / "services.json").exists()


def test_what_was_half_made_is_made_again(shallow):
    folder = shallow / "half"
    (folder / "postgres.new" / "base").mkdir(parents=True)

    services = embedded.start(folder, durable=False, valkey=False)
    services.stop()

    assert (folder / "postgres" / "PG_VERSION").exists()
    assert not (folder / "postgres.new").exists()


@as_root
def test_data_goes_elsewhere_when_the_account_cannot_enter(shallow, monkeypatch):
    monkeypatch.setattr(account, "ROOTS_HOME", shallow / "lib")
    private = shallow / "private"
    private.mkdir(mode=0o700)

    home = reachable_folder(private / "services", Account(account.NOBODY, account.NOBODY))

    assert home.parent == shallow / "lib"
    assert (private / "services").resolve() == home
    services = embedded.start(private / "services", durable=False, valkey=False)
    try:
        assert services.home == home
        with as_role(services, "bindery_app") as app:
            assert value(app, "SELECT 1") == 1
    finally:
        services.stop()


@as_root
def test_programs_are_copied_when_the_account_cannot_reach_them(shallow, monkeypatch):
    monkeypatch.setattr(account, "ROOTS_HOME", shallow / "copies")
    package = shallow / "locked" / "wheel"
    (package / "bin").mkdir(parents=True)
    (package.parent / "wheel.libs").mkdir()
    program = package / "bin" / "hello"
    program.write_text("#!/bin/sh\necho 1.0\n")
    program.chmod(0o755)
    package.parent.chmod(0o700)

    found = reachable_program(program, package, "1.0", Account(account.NOBODY, account.NOBODY))

    assert found == shallow / "copies" / "software" / "wheel-1.0" / "wheel" / "bin" / "hello"
    assert (shallow / "copies" / "software" / "wheel-1.0" / "wheel.libs").is_dir()
    assert found.stat().st_uid == 0  # what the account runs it cannot change


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's death signal")
def test_the_servers_end_with_their_starter_even_when_it_is_killed(shallow):
    script = (
        "import sys, time; from pathlib import Path; from office import embedded;"
        f"services = embedded.start(Path({str(shallow / 'tied')!r}), durable=False);"
        "print(services.postgres.port, services.valkey.port, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
    ports = [int(port) for port in starter.stdout.readline().split()]
    assert not any(is_free(port) for port in ports)

    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()

    deadline = time.monotonic() + 15
    while not all(is_free(port) for port in ports):
        assert time.monotonic() < deadline, "a server outlived its starter"
        time.sleep(0.1)


def test_a_throwaway_leaves_nothing_behind():
    before = set(Path(tempfile.gettempdir()).iterdir())

    with embedded.throwaway() as services:
        port = services.postgres.port
        with as_role(services, "bindery_owner", "postgres") as owner:
            owner.execute("CREATE DATABASE one_more")
            owner.execute("SET session_replication_role = replica")
            owner.execute("SET ROLE bindery_app")

    left = {path for path in Path(tempfile.gettempdir()).iterdir() if path not in before}
    assert not [path for path in left if path.name.startswith(f"bindery-throwaway-{os.getpid()}-")]
    assert is_free(port)


def test_the_next_run_sweeps_up_after_one_that_was_killed():
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        check=True,
    )
    left = Path(tempfile.gettempdir()) / f"bindery-throwaway-{int(ended.stdout)}-left"
    left.mkdir()

    embedded.sweep()

    assert not left.exists()


def test_the_containers_first_start_makes_the_same_roles(shallow, monkeypatch):
    monkeypatch.setattr(postgres.Postgres, "_make_roles", lambda server: None)
    bare = embedded.start(shallow / "container", durable=False, valkey=False)
    try:
        run_the_init_script(bare.postgres)
        monkeypatch.setitem(bare.postgres.passwords, "bindery_app", "app")
        with psycopg.connect(
            host="127.0.0.1",
            port=bare.postgres.port,
            dbname="bindery",
            user="bindery_owner",
            password="ow'ner",
        ) as owner:
            owner.execute("CREATE TABLE cars (plate text)")
        with as_role(bare, "bindery_app") as app:
            assert value(app, "SELECT count(*) FROM cars") == 0
            assert value(app, "SHOW lock_timeout") == "5s"
            with pytest.raises(InsufficientPrivilege):
                app.execute("TRUNCATE cars")
    finally:
        bare.stop()


def run_the_init_script(server):
    script = (ROOT / "deploy" / "postgres-init.sh").read_text()
    roles = str(ROOT / "office" / "embedded" / "roles.sql")
    programs = server._program("psql").parent
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGPASSWORD": server.passwords["postgres"],
        "BINDERY_OWNER_PASSWORD": "ow'ner",
        "BINDERY_APP_PASSWORD": "app",
    }
    script = script.replace("/office/roles.sql", roles)
    subprocess.run(["sh", "-c", script], env=environment, check=True, stdout=subprocess.DEVNULL)
