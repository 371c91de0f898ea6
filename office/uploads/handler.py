"""Counts a request's files while they stream in, so that what is too large is never stored."""

import tempfile
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from office import storage
from office.exceptions import Refused

FILES_AT_ONCE = 4  # a request carries at most this many files of the largest size
IN_MEMORY = 512 * 1024


class TooMuchAtOnce(RequestDataTooBig):
    """The request is larger than several files; the text is a sentence for the sender."""


class SizeLimitedUploadHandler(FileUploadHandler):
    """Lets a file arrive up to the limit; the rest is counted and dropped.

    A dropped file comes out empty with `refusal`, the sentence for the sender, so that the form
    can show it next to the field and keep what else was typed. A request that announces more
    than several files' worth is turned away before it is read.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        most = FILES_AT_ONCE * settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if content_length > most:
            message = _("This is too much at once: %(size)s. Please send your files one by one.")
            raise TooMuchAtOnce(message % {"size": filesizeformat(content_length)})
        self.door = self._reason_to_drop(content_length)

    def _reason_to_drop(self, content_length: int) -> str:
        user = getattr(self.request, "user", None)
        if user is not None and not user.is_authenticated:
            return _("Please sign in before you send a file.")
        try:
            storage.demand_space(content_length)
        except Refused as refusal:
            return refusal.message
        return ""

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self.size, self.refusal = 0, self.door
        self.arriving = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > settings.UPLOAD_MAX_BYTES or self.refusal:
            self._drop()
        else:
            self.arriving.write(raw_data)

    def _drop(self) -> None:
        self.arriving.seek(0)
        self.arriving.truncate()

    def file_complete(self, file_size: int) -> UploadedFile:
        self.arriving.seek(0)
        uploaded = UploadedFile(
            self.arriving,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
        uploaded.refusal = self.refusal  # type: ignore[attr-defined]  # read by uploads.receive
        return uploaded

    def upload_interrupted(self) -> None:
        if hasattr(self, "arriving"):
            self.arriving.close()
