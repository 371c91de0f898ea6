"""Every sentence of the code and the templates, brought into locale/*/LC_MESSAGES/django.po.

`makemessages` calls GNU gettext, which a machine need not have. Babel reads the same sources: a
template first becomes Python by `templatize`, as `makemessages` does it.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

CALLS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATES = {".html", ".txt", ".mjml"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%")


class Command(BaseCommand):
    help = "Bring the translations' files up to date with the sentences of the sources."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail when a translation is amiss."
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        template, faults = gathered(), 0
        for path in po_files():
            known = read(path)
            found = list(absent(known, template)) if check else []
            if not check:
                update(known, template)
                write(path, known)
            found += amiss(known)
            for fault in found:
                self.stderr.write(f"{path.relative_to(settings.BASE_DIR)}: {fault}")
            self.stdout.write(f"{known.locale}: {len(known)} sentences, {len(found)} amiss.")
            faults += len(found)
        if faults and check:
            raise CommandError("Run manage.py gather_messages, then translate what is amiss.")


def po_files() -> list[Path]:
    """One for each language that the office speaks, beside the language that it is written in."""
    folder = Path(settings.LOCALE_PATHS[0])
    spoken = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return [folder / code / "LC_MESSAGES" / "django.po" for code in spoken]


def gathered() -> Catalog:
    """Every sentence with the files that say it, and without a translation."""
    catalog = Catalog(fuzzy=False)
    for path in sources():
        for _line, message, comments, context in extract("python", code(path), CALLS):
            place = (str(path.relative_to(settings.BASE_DIR)), 1)
            catalog.add(message, locations=[place], auto_comments=comments, context=context)
    for path, title in kinds():
        catalog.add(title, locations=[(str(path.relative_to(settings.BASE_DIR)), 1)])
    return catalog


def sources() -> Iterator[Path]:
    house = Path(settings.BASE_DIR)
    rooms = [Path(app.path) for app in apps.get_app_configs()]
    own = [room for room in rooms if room.parent == house]
    for folder in [*own, house / "templates"]:
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".py" or path.suffix in TEMPLATES:
                yield path


def kinds() -> Iterator[tuple[Path, str]]:
    """What the catalogue calls the kinds of product: titles of JSON Schemas, so English alone."""
    for path in sorted((Path(settings.BASE_DIR) / "policies/catalog/kinds").glob("*.yaml")):
        yield path, yaml.safe_load(path.read_text())["risk_schema"]["title"]


def code(path: Path) -> BytesIO:
    text = path.read_text()
    if path.suffix in TEMPLATES:
        text = templatize(text, origin=str(path))
    return BytesIO(text.encode())


def update(known: Catalog, template: Catalog) -> None:
    """What is still said keeps its translation, what is said no longer goes."""
    known.update(template, no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def write(path: Path, catalog: Catalog) -> None:
    """By file and without line numbers, so that a moved sentence changes nothing here."""
    with path.open("wb") as file:
        write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False)


def absent(known: Catalog, template: Catalog) -> Iterator[str]:
    """Sentences of the sources that the file does not hold."""
    for message in sentences(template):
        if known.get(original(message, 0), message.context) is None:
            yield f"missing: {original(message, 0)!r}"


def amiss(known: Catalog) -> Iterator[str]:
    """Translations that nobody should read, in words for whoever mends them."""
    for message in sentences(known):
        if message.fuzzy:
            yield f"fuzzy: {original(message, 0)!r}"
        forms = translations(message)
        wanted = known.num_plurals if message.pluralizable else 1
        if len(forms) != wanted or not all(forms):
            yield f"untranslated: {original(message, 0)!r}"
            continue
        for number, form in enumerate(forms):
            yield from mismatches(original(message, number), form)


def mismatches(english: str, form: str) -> Iterator[str]:
    if placeholders(form) != placeholders(english):
        yield f"other placeholders: {form!r} for {english!r}"
    if edges(form) != edges(english):
        yield f"other blanks at its ends: {form!r} for {english!r}"


def sentences(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def original(message: Message, number: int) -> str:
    """The English of one form. Every form but the first stands for many."""
    return str(message.id[min(number, 1)] if message.pluralizable else message.id)


def translations(message: Message) -> list[str]:
    """Its forms, of which there is one unless it counts something."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [str(form or "") for form in forms]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def edges(text: str) -> tuple[str, str]:
    """The blanks around a sentence, which join it to its neighbours."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
