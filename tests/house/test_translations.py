"""The office speaks every language that it offers: nothing is missing, half done or half filled."""

import ast
from datetime import date
from decimal import Decimal

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import formats, translation
from django.utils.translation import gettext, ngettext, pgettext

from claims.enums import ClaimState
from office.management.commands import gather_messages

APPS = ("office", "customers", "accounting", "policies", "claims", "underwriting", "portal")


@pytest.fixture
def house(tmp_path, settings):
    """A house of one template, whose Spanish is up to date."""
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        """<c-card title="{% translate 'Cover' %}" />{% blocktranslate count n=2 %}{{ n }} claim
        {% plural %}{{ n }} claims{% endblocktranslate %}"""
    )
    (po,) = gather_messages.po_files()
    po.parent.mkdir(parents=True)
    gather_messages.write(po, Catalog(locale="es", fuzzy=False))
    return tmp_path


def spanish(message, string, **options):
    """A catalogue of one sentence."""
    catalog = Catalog(locale="es", fuzzy=False)
    catalog.add(message, string, **options)
    return list(gather_messages.amiss(catalog))


def test_every_sentence_of_the_office_is_translated(capsys):
    try:
        call_command("gather_messages", check=True)
    except CommandError:
        pytest.fail(capsys.readouterr().err, pytrace=False)


def test_every_plural_has_all_forms_of_its_language():
    for path in gather_messages.po_files():
        catalog = gather_messages.read(path)
        plurals = [message for message in catalog if message.pluralizable and message.id]

        assert plurals
        assert all(len(message.string) == catalog.num_plurals for message in plurals)


def test_the_compiled_sentences_reach_the_reader():
    with translation.override("es"):
        assert gettext("Policyholder") == "Titular de la póliza"
        assert ngettext("%(n)d business day", "%(n)d business days", 2) == "%(n)d días hábiles"
        assert pgettext("invoice", "Open") == "Abierta"
        assert ClaimState.DENIED.label == "Denegado"


def test_spanish_days_and_numbers_are_those_of_the_united_states():
    """Small months as the RAE writes them, and CLDR es_US: 1,234.5 where Spain has 1.234,5."""
    with translation.override("es"):
        assert formats.date_format(date(2026, 4, 8)) == "8 abr 2026"
        assert formats.number_format(Decimal("1234.5"), force_grouping=True) == "1,234.5"


def test_a_check_names_the_sentences_that_were_never_gathered(house, capsys):
    with pytest.raises(CommandError):
        call_command("gather_messages", check=True)

    assert "missing: 'Cover'" in capsys.readouterr().err


def test_gathering_keeps_what_was_translated_and_lets_go_what_is_said_no_longer(house):
    (po,) = gather_messages.po_files()
    catalog = gather_messages.read(po)
    catalog.add("Cover", "Cobertura")
    catalog.add("Gone", "Ido")
    gather_messages.write(po, catalog)

    call_command("gather_messages")

    catalog = gather_messages.read(po)
    assert catalog["Cover"].string == "Cobertura"
    assert "Gone" not in catalog
    assert [message.id for message in catalog if message.pluralizable] != []


def test_a_translation_may_be_empty_nowhere():
    assert spanish("Cover", "") == ["untranslated: 'Cover'"]
    assert spanish(("a claim", "claims"), ("un reclamo", "")) == ["untranslated: 'a claim'"]


def test_a_guess_is_no_translation():
    assert spanish("Cover", "Cobertura", flags=["fuzzy"]) == ["fuzzy: 'Cover'"]


@pytest.mark.parametrize(
    ("english", "other"),
    [
        ("%(n)s claims", "%(m)s reclamos"),
        ("%(n)s claims", "reclamos"),
        ("%(n)d claims", "%(n)s reclamos"),
        ("{name} signs", "{nombre} firma"),
        ("%(rate)s%% of it", "%(rate)s% de ello"),
    ],
)
def test_a_translation_fills_in_what_its_english_fills_in(english, other):
    assert [fault.partition(":")[0] for fault in spanish(english, other)] == ["other placeholders"]


def test_a_placeholder_may_stand_elsewhere_or_twice():
    assert spanish("%(a)s of %(b)s", "%(b)s, %(a)s, %(b)s") == []


def test_the_blanks_that_join_a_sentence_to_its_neighbours_stay():
    assert spanish(" and ", "y") == ["other blanks at its ends: 'y' for ' and '"]


def test_no_sentence_hides_in_a_formatted_string():
    """The gatherer does not look inside them, so nobody would be asked to translate it."""
    files = (path for app in APPS for path in (settings.BASE_DIR / app).rglob("*.py"))
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in files
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"_", "gettext", "ngettext", "pgettext", "npgettext"}
    ]

    assert hidden == []
