"""Subset Inter to one woff2 for each script, so that a page in English loads 1 of 4 files.

The ranges are read from static/css/fonts.css: the browser and the subsetter cannot disagree.
"""

import hashlib
import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case", "cv05", "ss03"]
WEIGHTS = (400, 700)
FACE = re.compile(r"@font-face\s*{.*?/build/([\w-]+)\.woff2.*?unicode-range:([^;]+);", re.DOTALL)


class Command(BaseCommand):
    """Writes static/build/*.woff2; does nothing when they are there and of this release."""

    help = "Make the web fonts from the wheel."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--collect", action="store_true", help="Then collect and hash all static files."
        )

    def handle(self, *args: Any, collect: bool, **options: Any) -> None:
        self._make_fonts()
        if collect:
            call_command("collectstatic", interactive=False, verbosity=0)

    def _make_fonts(self) -> None:
        static = Path(settings.BASE_DIR) / "static"
        sheet = (static / "css" / "fonts.css").read_text()
        target = static / "build"
        stamp = target / "inter.stamp"
        wanted = _fingerprint(sheet)
        if stamp.exists() and stamp.read_text() == wanted:
            self.stdout.write("The web fonts are up to date.")
            return
        target.mkdir(exist_ok=True)
        for name, codepoints in faces(sheet):
            path = target / f"{name}.woff2"
            _cut(codepoints, path)
            self.stdout.write(f"{path.name}: {path.stat().st_size // 1024} KB")
        stamp.write_text(wanted)


def faces(sheet: str) -> Iterator[tuple[str, set[int]]]:
    """Names and code points of the faces that a stylesheet declares."""
    for name, ranges in FACE.findall(sheet):
        codepoints: set[int] = set()
        for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", ranges):
            codepoints.update(range(int(first, 16), int(last or first, 16) + 1))
        yield name, codepoints


def _fingerprint(sheet: str) -> str:
    recipe = (sheet, version("fontpkg-inter"), version("fonttools"), str(FEATURES), str(WEIGHTS))
    return hashlib.sha256("\n".join(recipe).encode()).hexdigest()


def _cut(codepoints: set[int], path: Path) -> None:
    """Subset first, then narrow the weights: the other order works ten times longer."""
    source = files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"
    choices = subset.Options(layout_features=FEATURES, notdef_outline=True, hinting=False)
    font = TTFont(str(source), lazy=True)
    cutter = subset.Subsetter(choices)
    cutter.populate(unicodes=codepoints)
    cutter.subset(font)
    narrow = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    narrow.flavor = "woff2"
    narrow.save(path)
