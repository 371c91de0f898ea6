"""The office's settings on the tests' servers.

A module of its own, because pytest-django reads the settings before any conftest.py runs.
"""

import atexit
import base64
import os
import shutil
import tempfile

from tests import cluster

cluster.name_servers()
office_var = tempfile.mkdtemp(prefix="bindery-tests-")
atexit.register(shutil.rmtree, office_var, ignore_errors=True)
os.mkdir(f"{office_var}/static")  # whitenoise warns where it finds none
os.environ |= {
    "OFFICE_VAR": office_var,
    "REDIS_URL": cluster.redis_url(),
    "SECRET_KEY": "for-tests-only-" + "0123456789" * 5,
    "VAULT_KEYS": "tests:" + base64.b64encode(b"0123456789abcdef" * 2).decode(),
    # The owner makes and migrates the test database. tests/conftest.py then steps down to
    # the application role on every connection.
    "DATABASE_ROLE": "owner",
}

from office.settings import *  # noqa: E402, F403  the addresses come first

del os.environ["DATABASE_ROLE"]  # processes that a test starts are the application
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is slow by design
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
