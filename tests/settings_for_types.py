"""The settings as mypy reads them: no server has to run for a look at the types."""

import os

os.environ.setdefault("DATABASE_URL", "postgresql://types:only@127.0.0.1:1/types")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
os.environ.setdefault("SECRET_KEY", "for-types-only")

from office.settings import *  # noqa: F403 the addresses come first
