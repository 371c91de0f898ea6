"""Papers the office issues: a template and data in, a tagged PDF out, stored once for good.

A template sees nothing but its data. The folder that typst calls its root is empty, the data are
strings inside JSON and never source, and what could reach a file, a package or the network is
refused in a template's text (docs/documents.md).
"""

import atexit
import json
import re
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import fontpkg_inter
import typst
from babel.dates import format_date
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from office import clock, money, storage
from office.exceptions import Refused
from office.models import Document, User

LARGEST_DATA = 2 * 1024 * 1024

# What reaches beyond the data: other files, packages, the network, text turned into source.
_REACHES_OUT = re.compile(
    r"\b(import|include)\s*[\"@]|"
    r"\b(read|eval|plugin|image|bibliography|json|csv|toml|yaml|xml|cbor)(\(|\.decode\b)"
)
_MISSING = re.compile(r'dictionary does not contain key "(?P<key>[^"]*)"')
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_threads = threading.local()


def render(template: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """The PDF of a template with these data.

    A field that is None or empty counts as missing; a template that uses a missing field is not
    rendered, and the refusal names the field.
    """
    inputs = {
        "data": _as_json(data, language),
        "office": json.dumps(_office()),
        "language": language,
    }
    try:
        pdf = _compiler().compile(
            input=_source(template),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=["ua-1"],
            timestamp=clock.now().replace(microsecond=0),
        )
        return cast(bytes, pdf)
    except typst.TypstError as error:
        missing = _MISSING.search(error.message)
        if not missing:
            raise
        message = _("The document cannot be made: “%(field)s” is missing.")
        raise Refused(message % {"field": missing["key"]}, field=missing["key"]) from None


def issue(
    *,
    template: str,
    data: Mapping[str, Any],
    language: str,
    kind: str,
    title: str,
    source: str,
    by: User,
) -> Document:
    """Render a document and store it with its SHA-256. Nothing changes it afterwards."""
    kept = storage.keep(
        render(template, data, language=language), folder="documents", suffix=".pdf"
    )
    return Document.objects.create(
        kind=kind,
        title=title,
        language=language,
        template=template,
        source=source,
        media_type="application/pdf",
        path=kept.path,
        size=kept.size,
        sha256=kept.sha256,
        created_at=clock.now(),
        created_by=by,
    )


def open(document: Document) -> BytesIO:
    """The document's content, proven to be what was issued."""
    return BytesIO(storage.read_verified(document.path, document.sha256))


def _compiler() -> typst.Compiler:
    """One compiler a thread (it serves one call at a time), with a cache that all share."""
    if not hasattr(_threads, "compiler"):
        root = _empty_root()
        _threads.compiler = typst.Compiler(
            root=root,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            package_path=root,
            package_cache_path=root,
        )
    return _threads.compiler


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(fontpkg_inter.ROOT / "files")],
    )


@cache
def _empty_root() -> str:
    root = tempfile.mkdtemp(prefix="bindery-documents-")
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    Path(root).chmod(0o500)
    return root


def _source(template: str) -> bytes:
    if not re.fullmatch(r"[a-z0-9_]+(/[a-z0-9_]+)*", template):
        raise ValueError(f"A template's name is made of words: {template}")
    folder = Path(settings.BASE_DIR) / "templates" / "documents"
    style, body = folder / "style.typ", folder / f"{template}.typ"
    return _joined(style, style.stat().st_mtime_ns, body, body.stat().st_mtime_ns)


@lru_cache(maxsize=128)
def _joined(style: Path, _style_version: int, body: Path, _body_version: int) -> bytes:
    text = body.read_text()
    if reaching := _REACHES_OUT.search(text):
        raise ValueError(f"{body.name}: a template sees only its data, not “{reaching[0]}”.")
    return f"{style.read_text()}\n{text}".encode()


def _office() -> dict[str, str]:
    return {
        "name": settings.OFFICE_NAME,
        "address": settings.OFFICE_ADDRESS,
        "url": settings.OFFICE_URL,
    }


def _as_json(data: Mapping[str, Any], language: str) -> str:
    text = json.dumps(_plain(data, language), ensure_ascii=False)
    if len(text) > LARGEST_DATA:
        raise Refused(_("The document would be too long to make."))
    return text


def _plain(value: Any, language: str) -> Any:
    """Data as JSON has them: days in the reader's words, text without what is not text."""
    match value:
        case bool() | int():
            return value
        case str() | Promise():
            return _text(str(value))
        case Mapping():
            filled = {k: v for k, v in value.items() if v is not None and v != ""}
            return {str(key): _plain(item, language) for key, item in filled.items()}
        case list() | tuple():
            return ["" if item is None else _plain(item, language) for item in value]
        case datetime():
            raise TypeError("A moment is a day in somebody's zone: use clock.day_of().")
        case date():
            return format_date(value, "long", locale=money.locale_of(language))
    raise TypeError(f"A document takes words: write this {type(value).__name__} as text first.")


def _text(text: str) -> str:
    """Text that can be set: no control characters, halves of characters, reversed directions."""
    text = _DIRECTIONS.sub("", text.replace("\r\n", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
