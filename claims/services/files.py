"""Files that come in with a notice, as an answer to a request, or on their own."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from claims.models import Attachment, Claim, DocumentRequest
from office import clock
from office.enums import UploadState
from office.exceptions import Refused
from office.models import Upload, User
from office.workflow import move


def attach_uploads(
    *,
    claim: Claim,
    uploads: Iterable[Upload],
    by: User,
    request: DocumentRequest | None = None,
    caption: str = "",
) -> None:
    """Join files to the claim, each to one claim only and only after it was checked."""
    at = clock.now()
    for upload in uploads:
        if upload.state == UploadState.REFUSED:
            raise Refused(
                _("“%(name)s” was refused: %(reason)s")
                % {"name": upload.name, "reason": upload.reason},
                field="uploads",
            )
        if Attachment.objects.filter(upload=upload).exists():
            raise Refused(
                _("“%(name)s” is attached already.") % {"name": upload.name}, field="uploads"
            )
        Attachment.objects.create(
            claim=claim,
            upload=upload,
            request=request,
            caption=caption,
            attached_at=at,
            attached_by=by,
        )


@transaction.atomic
def attach_files(
    *, claim: Claim, uploads: Iterable[Upload], caption: str = "", by: User, note: str = ""
) -> Claim:
    """Keep photos and papers that nobody asked for."""
    uploads = list(uploads)
    if not uploads:
        raise Refused(_("Choose at least one file."), field="uploads")
    facts = {"uploads": [str(upload.pk) for upload in uploads]}
    claim = move(claim, "attach", by=by, note=note, facts=facts)
    attach_uploads(claim=claim, uploads=uploads, by=by, caption=caption)
    return claim
