import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, settings

from office.runner import compile_translations
from tests import database

# A busy machine draws slowly and is no reason to fail.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, before any of several workers reads them."""
    if not hasattr(config, "workerinput"):
        compile_translations()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The owner has made and migrated the database; from here on tests are the application."""
    with django_db_blocker.unblock():
        database.keep_as_migrated()
    with django_db_blocker.unblock(), database.as_application(), database.flush_by_the_owner():
        yield


@pytest.fixture(autouse=True)
def speak_english() -> Iterator[None]:
    """A request leaves its reader's language on the thread; the next test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def as_owner():
    """`with as_owner():` acts as the owner of the tables on this thread's connection."""
    return database.as_owner


@pytest.fixture
def application_url(transactional_db) -> str:
    """The test database, as the application itself signs in to it."""
    return _on_test_database(os.environ["DATABASE_URL"])


@pytest.fixture
def owner_url(transactional_db) -> str:
    return _on_test_database(os.environ["DATABASE_OWNER_URL"])


@pytest.fixture
def application_connection(application_url) -> Iterator[psycopg.Connection]:
    """A connection outside Django, signed in as the application role."""
    with psycopg.connect(application_url, autocommit=True) as own:
        yield own


@pytest.fixture
def owner_connection(owner_url) -> Iterator[psycopg.Connection]:
    with psycopg.connect(owner_url, autocommit=True) as own:
        yield own


@pytest.fixture
def office_environment(application_url, owner_url) -> dict[str, str]:
    """Environment of a web, worker or beat process that a test starts on its database."""
    own = {"DATABASE_URL": application_url, "DATABASE_OWNER_URL": owner_url}
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "office.settings"}


def _on_test_database(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line, also without -rs, that the browser tests did not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    for report in [report for report in skipped if "Chromium" in str(report.longrepr)][:1]:
        terminalreporter.write_line(report.longrepr[2].removeprefix("Skipped: "), yellow=True)
