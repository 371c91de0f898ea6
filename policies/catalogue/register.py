"""The forms that were in use before the office's register began: `register.yaml` of a folder.

<product>: forms by edition, and the filings of its forms and of its rates, one a state. A form that
a product names stands here or in the office's own register; else the product is refused.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from policies.catalogue.definition import ProductDefinition
from policies.catalogue.parts import Form
from policies.catalogue.reading import CatalogueError, Path_, Source, read_yaml
from policies.enums import FilingKind, FilingMethod
from policies.rating.plan import Json

REGISTER = "register.yaml"
Key = tuple[str, str]  # number and edition of a form
FILING = {"kind", "jurisdiction", "number", "method", "filed_on", "effective_on", "decided_on"}


@dataclass(frozen=True, slots=True)
class FilingEntry:
    """A filing of a product's forms or rates in one state; without a decision it is on file."""

    kind: str
    jurisdiction: str
    number: str
    method: str
    filed_on: date
    effective_on: date
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the register begins with for one product."""

    forms: frozenset[Key]
    filings: tuple[FilingEntry, ...]


def load_register(folder: Path, shipped: Path) -> Mapping[str, RegisterEntry]:
    """The register of a folder, or the shipped one where it has none, by the code of a product."""
    file = folder / REGISTER
    file = file if file.is_file() else shipped / REGISTER
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(file: Path, _version: int) -> Mapping[str, RegisterEntry]:
    source = read_yaml(file)
    for code, block in (source.document or {}).items():
        for path, reason in _faults(code, block):
            source.refuse(path, reason)
    if source.problems:
        raise CatalogueError(source.problems)
    return {code: _entry(block) for code, block in source.document.items()}


def _faults(code: str, block: Any) -> Iterator[tuple[Path_, str]]:
    if not isinstance(block, dict) or set(block) != {"forms", "filings"}:
        yield (code,), _("a product has its forms and its filings here")
        return
    for edition, numbers in block["forms"].items():
        if not isinstance(numbers, list) or not all(isinstance(one, str) for one in numbers):
            yield (code, "forms", edition), _("an edition has a list of form numbers")
    for index, one in enumerate(block["filings"]):
        place: Path_ = (code, "filings", index)
        missing = FILING - {"decided_on"} - set(one)
        for name in sorted({*missing, *(set(one) - FILING)}):
            yield (
                (*place, name),
                _("a filing has exactly: %(names)s") % {"names": ", ".join(sorted(FILING))},
            )
        if not missing:
            yield from _faulty_filing(place, one)


def _faulty_filing(place: Path_, one: Mapping[str, str]) -> Iterator[tuple[Path_, str]]:
    choices = {"kind": FilingKind.values, "method": FilingMethod.values}
    for name, known in choices.items():
        if one[name] not in known:
            yield (*place, name), _("“%(code)s” is not known") % {"code": one[name]}
    for name in ("filed_on", "effective_on", "decided_on"):
        try:
            date.fromisoformat(one.get(name, "2000-01-01"))
        except ValueError:
            yield (*place, name), _("this is no date")


def _entry(block: Json) -> RegisterEntry:
    forms = {(number, edition) for edition, ns in block["forms"].items() for number in ns}
    return RegisterEntry(frozenset(forms), tuple(_filing(one) for one in block["filings"]))


def _filing(one: Mapping[str, str]) -> FilingEntry:
    decided = one.get("decided_on")
    return FilingEntry(
        one["kind"],
        one["jurisdiction"],
        one["number"],
        one["method"],
        date.fromisoformat(one["filed_on"]),
        date.fromisoformat(one["effective_on"]),
        date.fromisoformat(decided) if decided else None,
    )


def check_register(source: Source, product: ProductDefinition, known: Collection[Key]) -> None:
    """Note each form of a product that no register knows, at its line."""
    for index, form in enumerate(product.forms):
        if (form.number, form.edition) not in known:
            told = {"form": f"{form.number} ({form.edition})"}
            source.refuse(
                ("forms", index), _("the register of forms does not have %(form)s") % told
            )


# The words of a form that came in with the catalogue.

WORDS = {
    "en": {
        "agreement": "Agreement",
        "belongs": "This form is part of {product} of {carrier}. It is read together with the "
        "declarations, which name the insured, the term, the coverages and their limits.",
        "insures": "We insure what the declarations show, for the term that they show, in return "
        "for the premium and relying on what was declared in the application.",
        "covered": "What is covered",
        "not_covered": "What is not covered",
        "conditions": "Conditions",
        "notice": "Tell us of a loss as soon as you can, protect what is insured from further "
        "damage, and show us what we ask for.",
        "change": "Nothing in this form is changed or waived except by an endorsement that we "
        "issue.",
    },
    "es": {
        "agreement": "Acuerdo",
        "belongs": "Este formulario forma parte de {product} de {carrier}. Se lee junto con las "
        "declaraciones, que indican el asegurado, la vigencia, las coberturas y sus límites.",
        "insures": "Aseguramos lo que muestran las declaraciones, por la vigencia que indican, a "
        "cambio de la prima y confiando en lo declarado en la solicitud.",
        "covered": "Lo que está cubierto",
        "not_covered": "Lo que no está cubierto",
        "conditions": "Condiciones",
        "notice": "Avísenos de un siniestro en cuanto pueda, proteja lo asegurado de más daños y "
        "muéstrenos lo que le pidamos.",
        "change": "Nada de este formulario se cambia ni se renuncia salvo por un anexo que "
        "emitamos.",
    },
}


def words_of_form(product: ProductDefinition, form: Form) -> dict[str, str]:
    """The text of a form by language: paragraphs, and headings that begin with a hash."""
    return {language: _words(product, form, language) for language in WORDS}


def _words(product: ProductDefinition, form: Form, language: str) -> str:
    say = WORDS[language]
    facts = {"product": product.names[language], "carrier": product.carrier_name}
    parts = [f"# {say['agreement']}", say["belongs"].format(**facts), say["insures"]]
    covered = [one for one in product.coverages if one.code in form.coverages]
    if covered:
        parts += [f"# {say['covered']}", *(f"- {one.names[language]}" for one in covered)]
    stem = f"{form.number} ({form.edition}), "
    excluded = {
        one.clause.removeprefix(stem): one.texts[language]
        for coverage in product.coverages
        for one in coverage.exclusions
        if one.clause.startswith(stem)
    }
    if excluded:
        parts.append(f"# {say['not_covered']}")
        parts += [f"- {text} ({place})" for place, text in excluded.items()]
    return "\n\n".join([*parts, f"# {say['conditions']}", say["notice"], say["change"]])
