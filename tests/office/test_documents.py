"""Documents: data are only words (G15), what is missing is named, what is issued stays."""

import hashlib
import stat
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings as office_settings
from django.db import transaction
from django.utils.translation import gettext_lazy

from office import clock, documents, uploads
from office.exceptions import Refused
from office.models import Document, User
from tests.hostile.typesetting import PAYLOADS
from tests.papers import words_of

STYLE = Path(office_settings.BASE_DIR) / "templates" / "documents" / "style.typ"
LETTER = """
#show: letter.with(
  title: t[Your claim][Su siniestro],
  number: data.number,
  date: data.date,
  recipient: data.recipient,
)
We received your report of #data.loss.
"""
DATA = {
    "number": "CL-2026-000042",
    "date": date(2026, 11, 21),
    "recipient": {"name": "Marguerite Okafor", "lines": ["48 Alder Quay", "Sacramento CA"]},
    "loss": "a burst pipe",
}


@pytest.fixture
def template(settings, tmp_path):
    """Write a template and return its name; each stands beside the real style."""
    folder = tmp_path / "templates" / "documents"
    folder.mkdir(parents=True)
    (folder / "style.typ").write_text(STYLE.read_text())
    settings.BASE_DIR = tmp_path

    def write(text, name="letter_for_test"):
        (folder / f"{name}.typ").write_text(text)
        return name

    return write


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def words(template, text, data, language="en"):
    """The words of a document without its blanks, in which PDF and source differ."""
    pdf = documents.render(template(text), data, language=language)
    return "".join(words_of(pdf).split())


# What a document says


def test_a_letter_says_who_what_and_where(template):
    said = words(template, LETTER, DATA)

    for part in ("MargueriteOkafor", "48AlderQuay", "CL-2026-000042", "Yourssincerely"):
        assert part in said
    assert "Wereceivedyourreportofaburstpipe." in said
    assert "November21,2026" in said


def test_a_letter_speaks_the_readers_language(template):
    said = words(template, LETTER, DATA, "es")

    assert "Susiniestro" in said
    assert "Estimado/aMargueriteOkafor:" in said
    assert "21denoviembrede2026" in said
    assert "Yourclaim" not in said


def test_a_sheet_has_facts_tables_with_totals_and_notices(template):
    text = """
#show: sheet.with(title: "Declarations", number: data.number)
#facts(([Insured], data.insured), ([Term], data.term))
#ledger(head: ([Coverage], [Premium]), rows: data.rows, figures: (1,), total: ([Total], data.total))
#notice(tone: "warn", title: [Deductible])[You bear #data.deductible.]
#clause[Section I, 12.b][Wear is not covered.]
"""
    data = {
        "number": "PA-2026-000001",
        "insured": "Ana Núñez",
        "term": "one year",
        "rows": [["Liability", "$300.00"], ["Collision", "$200.00"]],
        "total": "$500.00",
        "deductible": "$500",
    }

    said = words(template, text, data)

    for part in ("AnaNúñez", "Collision$200.00", "Total$500.00", "Youbear$500.", "SectionI,12.b"):
        assert part in said


def test_the_pdf_is_tagged_titled_and_dated(template):
    with clock.travel(datetime(2026, 11, 21, 12, 0, tzinfo=UTC)):
        pdf = documents.render(template(LETTER), DATA, language="es")

    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "es-US"
        assert str(opened.docinfo.Title) == "Su siniestro"
        assert str(opened.docinfo.CreationDate).startswith("D:20261121120000")
        assert "pdfuaid" in opened.Root.Metadata.read_bytes().decode()
        fonts = {str(font.BaseFont) for font in opened.pages[0].resources.Font.values()}
        assert all("Inter" in font for font in fonts)


def test_the_same_data_at_the_same_moment_give_the_same_bytes(template):
    name = template(LETTER)

    with clock.travel(datetime(2026, 11, 21, tzinfo=UTC)):
        one, other = (documents.render(name, DATA, language="en") for _ in range(2))

    assert one == other


def test_lazy_words_and_lists_are_words_too(template):
    text = '#show: paper.with(title: "x")\n#data.label #data.items.join("|")'

    said = words(template, text, {"label": gettext_lazy("Total"), "items": ["a", None, "3"]})

    assert "Totala||3" in said


# What is missing or wrong


@pytest.mark.parametrize("value", [None, "", "absent"])
def test_a_missing_field_stops_the_document_and_is_named(template, value):
    data = {key: item for key, item in DATA.items() if key != "loss"}
    if value != "absent":
        data["loss"] = value

    with pytest.raises(Refused, match="“loss” is missing") as refusal:
        documents.render(template(LETTER), data, language="en")

    assert refusal.value.field == "loss"


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (Decimal("1.00"), "write this Decimal as text"),
        (1.5, "write this float as text"),
        (datetime(2026, 1, 1, tzinfo=UTC), "somebody's zone"),
        (object(), "write this object as text"),
    ],
)
def test_only_words_days_and_whole_numbers_are_data(template, value, advice):
    with pytest.raises(TypeError, match=advice):
        documents.render(template(LETTER), {**DATA, "loss": value}, language="en")


def test_endless_data_are_refused(template):
    with pytest.raises(Refused, match="too long"):
        documents.render(template(LETTER), {**DATA, "loss": "x" * 3_000_000}, language="en")


@pytest.mark.parametrize("name", ["../secrets", "/etc/passwd", "letter.typ", "Letter", ""])
def test_a_templates_name_is_no_path(template, name):
    with pytest.raises(ValueError, match="made of words"):
        documents.render(name, DATA, language="en")


# What is hostile


@pytest.mark.parametrize("payload", PAYLOADS)
def test_data_are_never_source(template, tmp_path, payload):
    (tmp_path / "secret.txt").write_text("CANARY-IN-THE-MINE")
    payload = payload.replace("/SECRET_PLACE", str(tmp_path))
    text = '#show: paper.with(title: "x")\n#data.text'

    said = words(template, text, {"text": payload})

    assert "CANARY" not in said
    assert "root:" not in said
    assert said.startswith("".join(payload.split())), "the payload stands there as it was typed"


def test_data_hold_no_control_characters_and_no_reversed_direction(template):
    text = '#show: paper.with(title: "x")\n#data.text'

    said = words(template, text, {"text": "pay\u202e\x00\ud800 $1\u2066"})

    assert said.startswith("pay$1")


@pytest.mark.parametrize(
    "reach",
    [
        '#read("/etc/passwd")',
        '#include "x.typ"',
        '#import "x.typ": *',
        '#import "@preview/cetz:0.3.4": *',
        '#image("x.png")',
        "#eval(data.text)",
        '#let x = json("x.json")',
        '#plugin("x.wasm")',
        "#csv.decode(data.text)",
    ],
)
def test_a_template_that_reaches_out_is_refused(template, reach):
    with pytest.raises(ValueError, match="sees only its data"):
        documents.render(template(reach), {"text": "x"}, language="en")


def test_the_root_that_typst_sees_is_empty():
    root = Path(documents._empty_root())

    assert list(root.iterdir()) == []
    assert stat.S_IMODE(root.stat().st_mode) == 0o500


def test_threads_render_at_once(template):
    name, made = template(LETTER), []

    def work():
        made.append(len(documents.render(name, DATA, language="en")))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 8


# What is issued


@pytest.fixture
def clerk(transactional_db):
    return User.objects.create_user("clerk@example.com", name="Noor Haddad")


def issue(template, clerk):
    return documents.issue(
        template=template(LETTER),
        data=DATA,
        language="en",
        kind="acknowledgement",
        title="Your claim / CL-2026-000042",
        source="claim:CL-2026-000042",
        by=clerk,
    )


def test_an_issued_document_is_stored_privately_with_its_hash(template, clerk):
    document = issue(template, clerk)

    content = documents.open(document).read()
    path = Path(office_settings.MEDIA_ROOT) / document.path
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert document.size == len(content) == path.stat().st_size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert document.path.startswith(f"documents/{document.sha256[:2]}/{document.sha256[2:4]}/")
    assert (document.created_by, document.media_type) == (clerk, "application/pdf")
    assert Document.objects.get() == document


def test_a_document_that_cannot_be_made_leaves_nothing(template, clerk):
    with pytest.raises(Refused):
        documents.issue(
            template=template(LETTER),
            data={},
            language="en",
            kind="acknowledgement",
            title="x",
            source="claim:CL-2026-000042",
            by=clerk,
        )

    assert not Document.objects.exists()
    assert not list(Path(office_settings.MEDIA_ROOT).rglob("*.pdf"))


def test_an_act_that_is_rolled_back_leaves_no_document(template, clerk):
    with pytest.raises(KeyError), transaction.atomic():  # noqa: PT012  the error rolls it back
        document = issue(template, clerk)
        assert documents.open(document).read().startswith(b"%PDF")
        raise KeyError

    media = Path(office_settings.MEDIA_ROOT)
    assert not list((media / "documents").rglob("*.pdf"))
    assert uploads.tidy(before=clock.now() + timedelta(minutes=1)) == 1
    assert not list(media.rglob("*.pdf"))


def test_a_document_whose_process_died_after_the_commit_finds_its_place(template, clerk):
    document = issue(template, clerk)
    media = Path(office_settings.MEDIA_ROOT)
    path = media / document.path
    path.rename(media / "incoming" / path.name)
    assert documents.open(document).read().startswith(b"%PDF")

    assert uploads.tidy(before=clock.now() - timedelta(days=1)) == 0
    assert uploads.tidy(before=clock.now() + timedelta(minutes=1)) == 1

    assert path.exists()


def test_a_changed_file_is_not_shown(template, clerk):
    document = issue(template, clerk)
    path = Path(office_settings.MEDIA_ROOT) / document.path
    path.write_bytes(path.read_bytes().replace(b"Typst", b"Tipst"))

    with pytest.raises(Refused, match="changed after it was stored"):
        documents.open(document)


def test_a_document_is_downloaded_under_its_title(template, clerk):
    response = uploads.download(issue(template, clerk))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert "/" not in response["Content-Disposition"].partition("filename=")[2]
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert b"".join(response.streaming_content).startswith(b"%PDF")


# The templates that ship


def test_every_template_that_ships_sees_only_its_data():
    folder = STYLE.parent
    for body in folder.rglob("*.typ"):
        if body != STYLE:
            name = str(body.relative_to(folder).with_suffix(""))
            assert documents._source(name).endswith(body.read_bytes())
