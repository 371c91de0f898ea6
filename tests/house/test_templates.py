"""The pages' own rules: every icon and component exists, nothing inline, nothing unused."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import get_template

from office import gallery, navigation
from office.templatetags.icon import UnknownIcon, icon

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
APPS = ("office", "customers", "accounting", "policies", "claims", "underwriting", "portal")
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if path.parts[-2] != "messages")
COMPONENTS = sorted(path.stem for path in (TEMPLATES / "cotton").glob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
SHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
CODE = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
RENDERED_BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}

ICON_IN_PAGE = re.compile(r"""{%\s*icon\s+["']([\w-]+)["']|\sicon=["']([\w-]+)["']""")
ICON_DEFAULT = re.compile(r"""{%\s*icon\s+[^%]*\|default:["']([\w-]+)["']""")
ICON_IN_CODE = re.compile(r"""["']icon["']\s*:\s*["']([\w-]+)["']|\bicon=["']([\w-]+)["']""")
COMPONENT = re.compile(r"<c-(?!slot|vars)([\w.-]+)")


def _name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return {next(filter(None, match.groups())) for match in pattern.finditer(text)}


def _offences(pattern: str, paths: list[Path]) -> list[str]:
    rule = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in paths
        for match in rule.finditer(path.read_text())
    ]


def test_every_icon_that_is_named_exists():
    names = {entry.icon for entry in navigation.SIDEBAR} | {row[2] for row in navigation.PORTAL}
    names |= set(gallery.ICONS)
    for page in PAGES:
        text = page.read_text()
        names |= _found(ICON_IN_PAGE, text) | _found(ICON_DEFAULT, text)
    for module in CODE:
        names |= _found(ICON_IN_CODE, module.read_text())

    missing = [name for name in sorted(names) if not _is_drawn(name)]

    assert len(names) > 30
    assert missing == []


def _is_drawn(name: str) -> bool:
    try:
        return "<path" in icon(name) or "<circle" in icon(name) or "<rect" in icon(name)
    except UnknownIcon:
        return False


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_page_compiles(path):
    assert get_template(_name(path)).template.nodelist is not None


def test_every_component_exists():
    used = {name for page in PAGES for name in COMPONENT.findall(page.read_text())}

    assert used - set(COMPONENTS) == set()


def test_every_component_is_shown_in_the_gallery():
    page = (TEMPLATES / "gallery.html").read_text()
    shown, waiting = set(), set(COMPONENT.findall(page))
    while waiting:
        shown |= waiting
        inside = [(TEMPLATES / "cotton" / f"{name}.html").read_text() for name in waiting]
        waiting = {name for text in inside for name in COMPONENT.findall(text)} - shown

    assert set(COMPONENTS) - shown == set()


def test_no_page_is_unused():
    sources = [path.read_text() for path in [*CODE, *PAGES, *(ROOT / "tests").rglob("*.py")]]
    everything = "\n".join(sources)
    installed = [Path(app.path) / "templates" for app in apps.get_app_configs()]

    unused = [
        name
        for name in map(_name, PAGES)
        if not name.startswith("cotton/")
        and name not in RENDERED_BY_DJANGO
        and not any((folder / name).exists() for folder in installed)
        and not _is_named(name, everything)
    ]

    assert unused == []


def _is_named(name: str, everything: str) -> bool:
    """By its whole name, or by an act: f"claims/{act}.html" where "pay" is one."""
    folder, _slash, file = name.rpartition("/")
    if re.search(rf"""["']{re.escape(name)}(#[\w-]+)?["']""", everything):
        return True
    by_act = re.search(rf"""f["']{folder}/\{{.*\}}\.html["']""", everything)
    return bool(by_act) and f'"{file.removesuffix(".html")}"' in everything


def test_nothing_is_styled_or_scripted_inline():
    assert _offences(r"\sstyle\s*=|<style", PAGES) == []
    assert _offences(r"\son[a-z]+\s*=\s*[\"']|hx-on|javascript:|\sx-data", PAGES) == []
    assert _offences(r"<script(?![^>]*(src=|type=\"application/json\"))[^>]*>", PAGES) == []


def test_nothing_is_fetched_from_elsewhere():
    assert _offences(r"(src|href|action)\s*=\s*[\"'](https?:)?//", PAGES) == []
    assert _offences(r"(https?:)?//[\w-]+\.\w+|@import", SHEETS) == []
    assert _offences(r"[\"'`](https?:)?//[\w-]+\.\w+", SCRIPTS) == []


def test_scripts_are_small_and_evaluate_nothing():
    """Under 12 KiB on every page, and little more on a page that loads one of its own."""
    head = (TEMPLATES / "pieces" / "head.html").read_text()
    own = [script for script in SCRIPTS if script.name not in head]
    assert sum(script.stat().st_size for script in SCRIPTS if script not in own) < 12 * 1024
    assert all(script.stat().st_size < 2 * 1024 for script in own)
    assert _offences(r"\beval\(|new Function|\.style\b|setTimeout\(\s*[\"'`]", SCRIPTS) == []


def test_every_stylesheet_and_script_is_linked():
    linked = {
        name for page in PAGES for name in re.findall(r"{% static '([^']+)' %}", page.read_text())
    }
    static = ROOT / "static"

    assert {path.relative_to(static).as_posix() for path in [*SHEETS, *SCRIPTS]} <= linked


WORDS_ALLOWED = {"Bindery", "Ctrl", "Enter", "Esc", "KB", "CSV", "XLSX"}
TRANSLATED = re.compile(r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
UNSPOKEN = re.compile(r"<script.*?</script>|<!--.*?-->|{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
ATTRIBUTE = re.compile(
    r"""\b(aria-label|placeholder|title|label|hint|alt)="([^"{]*[A-Za-z]{2}[^"{]*)\""""
)


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_word_on_a_page_can_be_translated(path):
    if path.name == "gallery.html":
        pytest.skip("The gallery's titles are the names of the components.")
    text = UNSPOKEN.sub("\0", TRANSLATED.sub("\0", path.read_text()))
    spoken = re.sub(r"<[^>]*>", " ", text)

    words = set(re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", spoken))) - WORDS_ALLOWED

    assert words == set()
    assert ATTRIBUTE.findall(text) == []
