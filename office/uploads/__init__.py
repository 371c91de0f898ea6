"""Files that people send: measured, recognised, cleaned, kept apart, checked, released.

Nothing of what arrives is stored as it came: pictures are painted anew, PDFs are rewritten
without what could act, texts are kept as plain text. What cannot be made harmless is refused
with a sentence that says what to send instead.
"""

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.http import FileResponse, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from office import clock, storage
from office.enums import UploadState
from office.exceptions import Refused
from office.models import Document, Upload, User
from office.uploads import images, pdfs, recognise
from office.uploads.handler import SizeLimitedUploadHandler, TooMuchAtOnce
from office.uploads.recognise import JPEG, PDF, PNG, WEBP

__all__ = [
    "SizeLimitedUploadHandler",
    "TooMuchAtOnce",
    "download",
    "receive",
    "thumbnail",
    "tidy",
]

NAME_LENGTH = 160
CLEANERS: dict[str, Callable[[bytes], tuple[str, bytes]]] = {
    JPEG: images.paint_anew,
    PNG: images.paint_anew,
    WEBP: images.paint_anew,
    PDF: pdfs.rewrite,
}
SUFFIXES = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf", "text/plain": ".txt", "text/csv": ".csv"}
THUMBNAIL_WIDTHS = (160, 320, 960)


class _Clean(NamedTuple):
    name: str
    media_type: str
    content: bytes


def receive(file: UploadedFile, *, by: User, source: str) -> Upload:
    """Take a file in and return it released, or refuse it and say why."""
    content = _measured(file)
    clean = _cleaned(content, file.name or "")
    upload = _quarantine(clean, by=by, source=source)
    finding = _scan(upload)
    if finding:
        _refuse(upload, finding)
    upload.state = UploadState.RELEASED
    upload.save(update_fields=["state"])
    return upload


def _measured(file: UploadedFile) -> bytes:
    refusal = getattr(file, "refusal", "")
    if refusal:
        raise Refused(refusal)
    if not file.size:
        raise Refused(_("The file is empty."))
    _demand_size(file.size)
    return file.read()


def _demand_size(size: int) -> None:
    if size > settings.UPLOAD_MAX_BYTES:
        message = _("The file is too large: %(size)s. The most we can take is %(limit)s.")
        sizes = {
            "size": filesizeformat(size),
            "limit": filesizeformat(settings.UPLOAD_MAX_BYTES),
        }
        raise Refused(message % sizes)


def _cleaned(content: bytes, name: str) -> _Clean:
    media_type = recognise.media_type(content, name)
    cleaner = CLEANERS.get(media_type)
    if cleaner:
        media_type, content = cleaner(content)
    else:
        content = recognise.plain_text(content, media_type)
    _demand_size(len(content))
    return _Clean(_safe_name(name, SUFFIXES[media_type]), media_type, content)


def _safe_name(name: str, suffix: str) -> str:
    """The sender's name for the file, as one visible word chain with the ending of what it is."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = "".join(c for c in stem if c.isprintable() and c not in '<>:"/|?*')
    stem = re.sub(r"(\.[A-Za-z][A-Za-z0-9]{0,4})+$", "", stem.strip()).strip(". ") or _("file")
    return f"{stem[: NAME_LENGTH - len(suffix)]}{suffix}"


def _quarantine(clean: _Clean, *, by: User, source: str) -> Upload:
    """Store the cleaned file where nobody can open it yet, within the sender's day."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
        _demand_quota(by, len(clean.content))
        storage.demand_space(len(clean.content))
        kept = storage.keep(clean.content, folder="uploads", suffix=SUFFIXES[clean.media_type])
        return Upload.objects.create(
            name=clean.name,
            media_type=clean.media_type,
            path=kept.path,
            size=kept.size,
            sha256=kept.sha256,
            state=UploadState.QUARANTINED,
            source=source,
            created_at=clock.now(),
            created_by=by,
        )


def _demand_quota(by: User, size: int) -> None:
    """Asked under the lock on the sender's row, so that two requests cannot share one rest."""
    midnight = clock.start_of(clock.today(by.time_zone), by.time_zone)
    today = Upload.objects.filter(created_by=by, created_at__gte=midnight)
    sent = today.aggregate(total=Sum("size"))["total"] or 0
    if sent + size > settings.UPLOAD_DAILY_BYTES:
        message = _("You have sent %(sent)s today; the most for one day is %(limit)s.")
        sizes = {
            "sent": filesizeformat(sent),
            "limit": filesizeformat(settings.UPLOAD_DAILY_BYTES),
        }
        raise Refused(message % sizes)


def _scan(upload: Upload) -> str:
    """What the configured scanner finds, "" when nothing. A scanner that fails is a finding."""
    if not settings.UPLOAD_SCANNER:
        return ""
    scanner: Callable[[bytes], str] = import_string(settings.UPLOAD_SCANNER)
    content = storage.read_verified(upload.path, upload.sha256)
    try:
        return scanner(content)
    except Exception as error:  # a scanner is foreign code: whatever it raises keeps the file out
        return f"{type(error).__name__} in the scanner"


def _refuse(upload: Upload, finding: str) -> None:
    storage.remove(upload.path)
    upload.state, upload.reason, upload.path = UploadState.REFUSED, finding[:200], ""
    upload.save(update_fields=["state", "reason", "path"])
    raise Refused(_("Our virus check did not let this file pass. Please send another copy."))


def download(stored: Upload | Document) -> FileResponse:
    """The file as an attachment that no browser runs. The caller has asked who may have it."""
    _demand_released(stored)
    if isinstance(stored, Document):
        name = f"{stored.title}.pdf"
        content: BinaryIO = BytesIO(storage.read_verified(stored.path, stored.sha256))
    else:
        name, content = stored.name, storage.open_file(stored.path)
    response = FileResponse(
        content, as_attachment=True, filename=name, content_type=_content_type(stored)
    )
    return _harmless(response)


def paper(content: bytes, name: str) -> HttpResponse:
    """A PDF that was drawn for this reader and is not kept, as an attachment."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _harmless(response)


def thumbnail(upload: Upload, *, width: int = 320) -> HttpResponse:
    """A small JPEG of a released picture: the only way an upload is shown inside a page."""
    _demand_released(upload)
    if upload.media_type not in (JPEG, PNG):
        raise Refused(_("There is no picture of this file."))
    if width not in THUMBNAIL_WIDTHS:
        raise ValueError(f"Thumbnails are {THUMBNAIL_WIDTHS} wide.")
    content = storage.read_verified(upload.path, upload.sha256)
    response = HttpResponse(images.shrink(content, width), content_type=JPEG)
    response["Content-Disposition"] = "inline"
    return _harmless(response)


def _content_type(stored: Upload | Document) -> str:
    is_text = stored.media_type.startswith("text/")
    return f"{stored.media_type}; charset=utf-8" if is_text else stored.media_type


def tidy(*, before: datetime) -> int:
    """Settle or remove the files that acts before this moment left behind; returns how many."""

    def path_of(name: str) -> str:
        for kept in (Document, Upload):
            if path := kept.objects.filter(path__endswith=f"/{name}").values_list("path").first():
                return path[0]
        return ""

    return storage.tidy(path_of, before=before)


def _demand_released(stored: Upload | Document) -> None:
    if isinstance(stored, Upload) and stored.state != UploadState.RELEASED:
        raise Refused(_("This file was not released and cannot be opened."))


def _harmless(response: HttpResponse | FileResponse) -> Any:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
