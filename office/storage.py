"""Private files: written once, readable by this process alone, never served by their path."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from office.exceptions import Refused

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
INCOMING = "incoming"


class Kept(NamedTuple):
    """Where a file lies below MEDIA_ROOT, and what it is."""

    path: str
    size: int
    sha256: str


def keep(content: bytes, *, folder: str, suffix: str) -> Kept:
    """Write a file under a random name and return once it is on the disk.

    It waits in `incoming` and moves to its place when the transaction commits: an act that is
    rolled back leaves no file without a row, and a row never stands without its file.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{digest[:2]}/{digest[2:4]}/{uuid.uuid4()}{suffix}"
    arriving = _arriving(path)
    arriving.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    handle = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    transaction.on_commit(lambda: _settle(path), robust=True)
    return Kept(path, len(content), digest)


def _settle(path: str) -> None:
    target = _inside(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    _arriving(path).replace(target)


def tidy(path_of: Callable[[str], str], *, before: datetime) -> int:
    """Look after what was left in `incoming` before a moment; returns how many files.

    `path_of(name)` is the path that a row has for a file of this name, "" where no row has one.
    A row's file is moved to its place (the process died between commit and move); the files of
    acts that were rolled back are removed.
    """
    left = [
        file
        for file in (Path(settings.MEDIA_ROOT) / INCOMING).glob("*")
        if file.stat().st_mtime < before.timestamp()
    ]
    for file in left:
        if path := path_of(file.name):
            _settle(path)
        else:
            file.unlink()
    return len(left)


def open_file(path: str) -> BinaryIO:
    return _where(path).open("rb")


def read_verified(path: str, sha256: str) -> bytes:
    """The content of a file that still is what its row says."""
    with open_file(path) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused(_("This file was changed after it was stored and cannot be shown."))
    return content


def remove(path: str) -> None:
    _where(path).unlink(missing_ok=True)


def demand_space(size: int) -> None:
    """Refuse while the disk would keep less than the reserve that the office needs to run."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    if shutil.disk_usage(root).free - size < settings.UPLOAD_FREE_BYTES:
        raise Refused(_("The office cannot take files at the moment. Please try again later."))


def _where(path: str) -> Path:
    """The file's place, or where it waits for the commit of the act that wrote it."""
    target = _inside(path)
    return target if target.exists() else _arriving(path)


def _arriving(path: str) -> Path:
    return Path(settings.MEDIA_ROOT) / INCOMING / Path(path).name


def _inside(path: str) -> Path:
    root = Path(settings.MEDIA_ROOT).resolve()
    target = (root / path).resolve()
    if root not in target.parents:
        raise ValueError("A stored file lies below MEDIA_ROOT.")
    return target
