"""What a file is, by what it holds: the sender's word and the file's name are not asked."""

import codecs
import csv
import io
import re

import puremagic
from django.utils.translation import gettext as _

from office import export
from office.exceptions import Refused

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
TEXT, CSV = "text/plain", "text/csv"
LARGEST_TEXT = 2 * 1024 * 1024

_STARTS = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"%PDF-": PDF}
_PHONE_PICTURES = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
# Text that a browser, a shell or an office program would take for something to run.
_ACTIVE_TEXT = re.compile(
    r"\A\s*(?:<[a-z!?%]|#!|%!PS|\{\\rtf|MIME-Version:|@echo\b|\[Internet)|"
    r"<(?:script|svg|html|iframe|object|embed|body|meta|!doctype)\b|<\?(?:php|xml|=)|javascript:",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def media_type(content: bytes, name: str) -> str:
    """The media type of content that the office takes; refuses all else by its name."""
    for start, found in _STARTS.items():
        if content.startswith(start):
            return found
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _PHONE_PICTURES:
        message = _(
            "We cannot open HEIC or AVIF pictures. Please send the picture as JPEG (on an "
            "iPhone: Settings, Camera, Formats, Most Compatible), or send a screenshot of it."
        )
        raise Refused(message)
    text = _decoded(content)
    if text is None or _ACTIVE_TEXT.search(text):
        raise Refused(_not_taken(content))
    return CSV if name.lower().endswith(".csv") else TEXT


def _not_taken(content: bytes) -> str:
    found = _suspected(content)
    if not found:
        return _("We do not know this kind of file. Please send a JPEG, PNG, WebP, PDF or text.")
    message = _(
        "We do not take files of this kind (%(kind)s). Please send a JPEG, PNG, WebP or PDF."
    )
    return message % {"kind": found}


def _suspected(content: bytes) -> str:
    """What puremagic takes it for, in a few words for the sender."""
    try:
        return puremagic.magic_string(content[:65536])[0].name[:60]
    except (puremagic.PureError, ValueError, IndexError):
        return ""


def _decoded(content: bytes) -> str | None:
    """The text, or None when this is none: bytes of no encoding, or control characters."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return _strictly(content, encoding)
    text = _strictly(content, "utf-8-sig")
    return text if text is not None else _strictly(content, "cp1252")


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROLS.search(text) else text


def plain_text(content: bytes, kind: str) -> bytes:
    """The text in UTF-8; in a CSV no cell is left that a spreadsheet would calculate."""
    if len(content) > LARGEST_TEXT:
        raise Refused(_("This text is too long. Please send it as a PDF."))
    text = _decoded(content) or ""
    if kind == CSV:
        text = _without_formulas(text)
    return text.encode()


def _without_formulas(text: str) -> str:
    try:
        dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, quoting=csv.QUOTE_ALL)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=dialect.delimiter):
            writer.writerow(
                [cell if export.is_number(cell) else export.escape(cell) for cell in row]
            )
    except csv.Error:
        raise Refused(_("This CSV file is damaged.")) from None
    return out.getvalue()
