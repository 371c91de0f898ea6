"""Private files: written once, readable by this process alone, never served by their path."""

import hashlib
import os
import shutil
import uuid
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from office.exceptions import Refused

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


class Kept(NamedTuple):
    """Where a file lies below MEDIA_ROOT, and what it is."""

    path: str
    size: int
    sha256: str


def keep(content: bytes, *, folder: str, suffix: str) -> Kept:
    """Write a file under a random name and return once it is on the disk.

    The row that names it is written afterwards: a crash in between leaves a file without a row,
    which harms nobody, never a row without its file.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{digest[:2]}/{digest[2:4]}/{uuid.uuid4()}{suffix}"
    target = _inside(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Kept(path, len(content), digest)


def open_file(path: str) -> BinaryIO:
    return _inside(path).open("rb")


def read_verified(path: str, sha256: str) -> bytes:
    """The content of a file that still is what its row says."""
    with open_file(path) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused(_("This file was changed after it was stored and cannot be shown."))
    return content


def remove(path: str) -> None:
    _inside(path).unlink(missing_ok=True)


def demand_space(size: int) -> None:
    """Refuse while the disk would keep less than the reserve that the office needs to run."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    if shutil.disk_usage(root).free - size < settings.UPLOAD_FREE_BYTES:
        raise Refused(_("The office cannot take files at the moment. Please try again later."))


def _inside(path: str) -> Path:
    root = Path(settings.MEDIA_ROOT).resolve()
    target = (root / path).resolve()
    if root not in target.parents:
        raise ValueError("A stored file lies below MEDIA_ROOT.")
    return target
