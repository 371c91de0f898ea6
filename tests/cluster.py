"""Where the tests' PostgreSQL and Valkey are: addresses in the environment, before settings.

Named servers win (DATABASE_URL with DATABASE_OWNER_URL and REDIS_URL). Otherwise a throw-away
cluster of this run, or the lasting one in the folder that BINDERY_TEST_CLUSTER names, which
several people share; then BINDERY_TEST_DB keeps their databases apart.
"""

import atexit
import contextlib
import os
import zlib
from pathlib import Path

from office import embedded

DATABASES_PER_PERSON = 8  # one for each xdist worker


def name_servers() -> None:
    """Set the three addresses. Workers of xdist inherit those of their controller."""
    if "DATABASE_URL" in os.environ:
        _demand_the_others()
        return
    folder = os.environ.get("BINDERY_TEST_CLUSTER")
    if folder:
        services = embedded.start(Path(folder), durable=False, for_tests=True, tied=False)
    else:
        stack = contextlib.ExitStack()
        atexit.register(stack.close)
        services = stack.enter_context(embedded.throwaway())
    person = os.environ.get("BINDERY_TEST_DB", "")
    os.environ.update(services.environment(f"bindery_{person}" if person else "bindery"))


def redis_url() -> str:
    """An own Valkey database for each person and xdist worker."""
    person = zlib.crc32(os.environ.get("BINDERY_TEST_DB", "").encode()) % 32
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    number = person * DATABASES_PER_PERSON + worker % DATABASES_PER_PERSON
    return f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{number}"


def _demand_the_others() -> None:
    missing = [name for name in ("DATABASE_OWNER_URL", "REDIS_URL") if name not in os.environ]
    if missing:
        raise RuntimeError(
            f"DATABASE_URL is set, but {' and '.join(missing)} not. The tests need all three, "
            "or none: then they start servers of their own."
        )
