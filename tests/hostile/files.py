"""Pictures, texts and strangers: what must be refused, and what must come out harmless."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image, PngImagePlugin

MARK = b"HOSTILE-MARK"


def _picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "navy" if mode == "RGB" else 0).save(out, kind, **options)
    return out.getvalue()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(width: int, height: int, pixels: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels or zlib.compress(b"")) + _chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _with_place() -> bytes:
    image = Image.new("RGB", (40, 30), "navy")
    exif = Image.Exif()
    exif[0x010E] = MARK.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 34.0, 0.0), 3: "W", 4: (121.0, 29.0, 0.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=MARK)
    return out.getvalue()


def _with_text() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", f"<script>{MARK.decode()}</script>", zip=True)
    return _picture("PNG", pnginfo=notes)


def _archive(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def _text_bomb() -> bytes:
    """A PNG whose text chunk unpacks to 100 megabytes."""
    packed = b"Comment\x00\x00" + zlib.compress(b" " * 100 * 1024**2)
    whole = _picture("PNG")
    return whole[:33] + _chunk(b"zTXt", packed) + whole[33:]


# Pictures that carry something along: they are taken, and it is gone.
CLEANED: dict[str, Callable[[], bytes]] = {
    "place_and_comment.jpg": _with_place,
    "script_in_a_comment.png": _with_text,
    "html_behind.jpg": lambda: _picture("JPEG") + b"<html><script>" + MARK,
    "archive_behind.png": lambda: _picture("PNG") + _archive(payload=MARK.decode()),
    "php_in_the_profile.jpg": lambda: _picture("JPEG", icc_profile=b"<?php " + MARK * 20),
    "xmp.webp": lambda: _picture("WEBP", xmp=b"<x:xmpmeta>" + MARK + b"</x:xmpmeta>"),
    "named_as_a_page.html": lambda: _picture("PNG") + MARK,
    "named_as_a_program.jpg.exe": lambda: _picture("JPEG") + MARK,
}

# What is refused, and the words that say why.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.jpg": (lambda: b"", "is empty"),
    "pixel_bomb.png": (lambda: _png(50_000, 50_000), "25 megapixels"),
    "just_too_many_pixels.png": (lambda: _png(5_001, 5_000), "25 megapixels"),
    "pixel_bomb.jpg": (
        lambda: _picture("JPEG").replace(b"\x00\x1e\x00\x28", b"\xff\xff\xff\xff"),
        "25 megapixels",
    ),
    "text_bomb.png": (_text_bomb, "picture is damaged"),
    "cut.jpg": (lambda: _picture("JPEG")[:300], "picture is damaged"),
    "cut.png": (lambda: _picture("PNG")[:60], "picture is damaged"),
    "no_pixels.png": (lambda: _png(40, 30), "picture is damaged"),
    "header_alone.jpg": (lambda: b"\xff\xd8\xff\xe0", "picture is damaged"),
    "header_alone.webp": (lambda: b"RIFF\x00\x00\x00\x00WEBPVP8 ", "picture is damaged"),
    "phone.heic": (lambda: b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, "as JPEG"),
    "phone.avif": (lambda: b"\x00\x00\x00\x18ftypavif" + b"\x00" * 64, "as JPEG"),
    "moving.gif": (lambda: _picture("GIF", mode="P"), "Please send a JPEG"),
    "scan.tiff": (lambda: _picture("TIFF"), "Please send a JPEG"),
    "drawing.svg": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "Please send a JPEG",
    ),
    "drawing.png": (lambda: b"<?xml version='1.0'?><svg/>", "Please send a JPEG"),
    "page.html": (lambda: b"<!doctype html><script>alert(1)</script>", "Please send a JPEG"),
    "page.txt": (lambda: b"hello <script>alert(1)</script>", "Please send a JPEG"),
    "page_in_utf16.txt": (
        lambda: "\ufeff<html><script>alert(1)</script>".encode("utf-16-le"),
        "Please send a JPEG",
    ),
    "mail.txt": (lambda: b"MIME-Version: 1.0\nContent-Type: text/html\n", "Please send a JPEG"),
    "script.txt": (lambda: b"#!/bin/sh\nrm -rf /\n", "Please send a JPEG"),
    "script.php": (lambda: b"GIF <?php system($_GET[0]); ?>", "Please send a JPEG"),
    "batch.bat": (lambda: b"@echo off\r\ndel *.*\r\n", "Please send a JPEG"),
    "letter.rtf": (lambda: b"{\\rtf1\\object\\objautlink}", "Please send a JPEG"),
    "print.txt": (lambda: b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file", "Please send a JPEG"),
    "program.pdf": (lambda: b"MZ\x90\x00" + b"\x00" * 200, "Please send a JPEG"),
    "program.jpg": (lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 200, "Please send a JPEG"),
    "macros.docm": (lambda: _archive(word__vbaProject="x"), "Please send a JPEG"),
    "archive.zip": (lambda: _archive(a="x"), "Please send a JPEG"),
    "archive.gz": (lambda: b"\x1f\x8b\x08" + b"\x00" * 40, "Please send a JPEG"),
    "old.doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "Please send a JPEG"),
    "noise.txt": (lambda: bytes(range(256)) * 8, "Please send a JPEG"),
    "long.txt": (lambda: b"a" * (2 * 1024**2 + 1), "too long"),
    "pdf_behind_noise.pdf": (lambda: b"GIF89a\x00\x00%PDF-1.4\n", "Please send a JPEG"),
}

NAMES: dict[str, str] = {
    "../../etc/passwd": "passwd.png",
    "..\\..\\windows\\system32\\cmd.exe": "cmd.png",
    "photo.png.html": "photo.png",
    "photo\u202egnp.exe": "photognp.png",
    "a\x00b\r\nSet-Cookie: x": "abSet-Cookie x.png",
    '"><script>.png': "script.png",
    "": "file.png",
    "...": "file.png",
    "Roof, 12.50 m².JPEG": "Roof, 12.50 m².png",
    "n" * 400 + ".png": "n" * 156 + ".png",
}
