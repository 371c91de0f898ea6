"""The office that is measured: durable servers of its own, migrated, and thrown away afterwards."""

import base64
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from office import embedded

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Office:
    """Where the database is, for the owner who loads it and the application that works in it."""

    owner_url: str
    application_url: str

    @contextmanager
    def loading(self) -> Iterator[psycopg.Connection]:
        """The owner with triggers and foreign keys asleep, to write a book of records at once."""
        with psycopg.connect(self.owner_url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET maintenance_work_mem = '512MB'")
            connection.execute("SET max_parallel_maintenance_workers = 2")
            yield connection

    def settle(self) -> None:
        """Statistics for the planner and a clean start for the rounds, as after a quiet night."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


@contextmanager
def throwaway_office() -> Iterator[Office]:
    """Servers with fsync and synchronous commit on, the schema migrated, Django set up on them."""
    var = tempfile.mkdtemp(prefix="bindery-bench-")
    try:
        with embedded.throwaway(durable=True) as services:
            addresses = services.environment()
            os.environ.update(addresses | environment(var))
            run("migrate", "--no-input", "--verbosity", "0", role="owner")
            import django

            django.setup()
            yield Office(addresses["DATABASE_OWNER_URL"], addresses["DATABASE_URL"])
            from django.db import connections

            connections.close_all()
    finally:
        shutil.rmtree(var, ignore_errors=True)


def environment(var: str) -> dict[str, str]:
    """Production's settings with keys that are nobody's."""
    return {
        "OFFICE_VAR": var,
        "OFFICE_PROCESS": "web",  # with its pool of connections
        "DJANGO_SETTINGS_MODULE": "office.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "VAULT_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "DEMO": "0",
        "DEBUG": "0",
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(ROOT),
    }


def run(*command: str, role: str = "application") -> None:
    """A management command in a process of its own."""
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command],
        env=os.environ | {"DATABASE_ROLE": role},
        cwd=ROOT,
        check=True,
    )


def build_static() -> None:
    """Fonts, translations and hashed static files, once a bench, as a page names them."""
    from office.runner import compile_translations

    if not (Path(os.environ["OFFICE_VAR"]) / "static" / "staticfiles.json").exists():
        compile_translations()
        run("build_assets", "--collect", "--verbosity", "0", "--skip-checks")
