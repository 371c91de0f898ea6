"""The sanctions list: loaded as a whole or not at all, and matched by name in any spelling."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from customers import names, selectors, services
from customers.models import SanctionEntry
from office.exceptions import Refused
from tests.customers.people import clerk, someone

pytestmark = pytest.mark.django_db

HEAD = "reference,name,aliases,programme,listed_on\n"
LIST = (
    HEAD
    + "1,Viktor Anatolyevich Sokolenko,Віктор Соколенко; V. Sokolenko,Demo,2022-03-15\n"
    + "2,Compañía Naviera del Estrecho S.A.,,Demo,\n"
    + "3,Zenith,,Demo,\n"
)
SHIPPED = Path(__file__).resolve().parents[2] / "customers" / "data" / "sanctions-demo.csv"


def _load(text=LIST, by=None):
    return services.load_sanctions(
        file=StringIO(text), source="demo", by=by or someone("compliance")
    )


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sokolenko, Viktor", "sokolenko viktor"),
        ("O'Brien & Sons, Ltd.", "obrien sons"),
        ("Compañía S.A.", "compania"),
        ("The Co", "the"),
        ("LLC", "llc"),
        ("…", ""),
    ],
)
def test_a_name_is_compared_without_order_marks_and_company_forms(name, key):
    assert names.match_key(name) == key


@pytest.mark.parametrize(
    ("name", "references"),
    [
        ("Viktor Anatolyevich Sokolenko", ["1"]),
        ("SOKOLENKO Viktor", ["1"]),
        ("соколенко віктор", ["1"]),
        ("Viktor A. Sokolenko", ["1"]),
        ("Compania Naviera del Estrecho", ["2"]),
        ("Zenith Inc.", ["3"]),
        ("Zenith Roofing", []),
        ("Viktor", []),
        ("Maria Sokolenko", []),
        ("", []),
    ],
)
def test_a_name_matches_whole_or_with_all_its_words(name, references):
    _load()

    assert sorted({entry.reference for entry in selectors.sanctions_matches(name)}) == references


def test_a_new_list_replaces_the_old_which_stays_on_file():
    _load()

    counts = _load(HEAD + "3,Zenith,,Demo,\n4,New Name,,Demo,2026-01-01\n")

    assert counts == {"on_the_list": 2, "no_longer": 4}
    assert selectors.sanctions_matches("Viktor Anatolyevich Sokolenko") == []
    assert SanctionEntry.objects.filter(reference="1", is_current=False).count() == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,other\nA,B\n", "must name these columns"),
        ("", "must name these columns"),
        (HEAD, "holds no names"),
        (HEAD + "1,Fine Name,,,\n,No Reference,,,\n", "Line 3 has no reference"),
        (HEAD + "1,A Name,,,15.3.2022\n", "Line 2: “15.3.2022” is not a date"),
    ],
)
def test_a_bad_file_is_refused_and_the_list_stays(text, sentence):
    _load()

    with pytest.raises(Refused, match=sentence):
        _load(text)

    assert SanctionEntry.objects.filter(is_current=True).count() == 5


def test_a_clerk_loads_no_list():
    with pytest.raises(PermissionDenied):
        _load(by=clerk())


def test_the_command_loads_the_shipped_example():
    out = StringIO()

    call_command("load_sanctions", SHIPPED, stdout=out)

    assert out.getvalue() == "11 names on the list, 0 no longer on it.\n"
    assert selectors.sanctions_matches("Northwind Maritime")[0].source == "sanctions-demo"


def test_the_command_names_what_is_wrong(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("nothing here\n")

    with pytest.raises(CommandError, match=r"bad\.csv: The first line must name"):
        call_command("load_sanctions", bad)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_sanctions", tmp_path / "missing.csv")
