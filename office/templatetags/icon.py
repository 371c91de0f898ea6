"""`{% icon "shield" %}`: an icon of the lucide wheel as inline SVG, read once per process.

The wheel's own tag parses XML on every use, which doubled the time of a page of a hundred rows.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files
from zipfile import ZipFile

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_SVG = (
    '<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none"'
    ' stroke="currentColor" stroke-width="{stroke}" stroke-linecap="round"'
    ' stroke-linejoin="round" aria-hidden="true" focusable="false">{shapes}</svg>'
)


class UnknownIcon(LookupError):
    """No icon of this name is in the installed release of lucide."""


@register.simple_tag
def icon(name: str, size: int = 16, stroke: float = 2) -> SafeString:
    """Draw an icon. It says nothing to a screen reader: the text beside it does."""
    return _draw(str(name), size, stroke)


@lru_cache(maxsize=1024)
def _draw(name: str, size: int, stroke: float) -> SafeString:
    return format_html(_SVG, size=size, stroke=stroke, shapes=_shapes(name))


def _shapes(name: str) -> SafeString:
    try:
        source = _archive()[f"{name}.svg"]
    except KeyError:
        raise UnknownIcon(f"lucide has no icon named {name!r}.") from None
    inner = re.sub(r"<svg[^>]*>|</svg>", "", source)
    return mark_safe(" ".join(inner.split()))  # the wheel's own drawing, no input in it


@cache
def _archive() -> dict[str, str]:
    with (files("lucide") / "lucide.zip").open("rb") as packed, ZipFile(packed) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
