"""Files that people send (G14): none runs, none fills the disk, each gets a clear answer."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings as office_settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from office import clock, storage, uploads
from office.enums import UploadState
from office.exceptions import Refused
from office.models import Upload, User
from tests.hostile import files, pdfs

MEGABYTE = 1024**2


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.UPLOAD_FREE_BYTES = 0


@pytest.fixture
def sender(db):
    return User.objects.create_user("sender@example.com", name="Sarah Moreno")


def receive(sender, content, name="photo.jpg"):
    file = SimpleUploadedFile("x", content)
    file._name = name  # as a client may send it; SimpleUploadedFile would tidy it
    return uploads.receive(file, by=sender, source="claim:CL-2026-000001")


def picture(kind="JPEG", size=(40, 30), colour="navy", **options):
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


def stored_files():
    root = Path(office_settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()]


def kept(upload):
    return storage.read_verified(upload.path, upload.sha256)


# What arrives whole


@pytest.mark.parametrize(
    ("kind", "media_type", "suffix"),
    [
        ("JPEG", "image/jpeg", ".jpg"),
        ("PNG", "image/png", ".png"),
        ("WEBP", "image/jpeg", ".jpg"),
    ],
)
def test_a_picture_is_painted_anew_and_released(sender, kind, media_type, suffix):
    upload = receive(sender, picture(kind), "Kitchen ceiling.webp")

    assert upload.state == UploadState.RELEASED
    assert upload.media_type == media_type
    assert upload.name == f"Kitchen ceiling{suffix}"
    with Image.open(BytesIO(kept(upload))) as image:
        assert image.size == (40, 30)
        red, green, blue = image.convert("RGB").getpixel((5, 5))
        assert (red < 10, green < 10, 118 < blue < 138) == (True, True, True)  # navy is 0 0 128


def test_a_picture_stands_upright_and_has_no_memory(sender):
    image = Image.new("RGB", (40, 30), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x0110] = "SecretPhone 9"
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)

    content = kept(receive(sender, out.getvalue()))

    with Image.open(BytesIO(content)) as upright:
        assert upright.size == (30, 40)
        assert not upright.getexif()
    assert b"SecretPhone" not in content


def test_transparency_and_sixteen_bits_stay_visible(sender):
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    out = BytesIO()
    clear.save(out, "WEBP", lossless=True)
    grey = BytesIO()
    Image.new("I;16", (4, 4), 256 * 100).save(grey, "PNG")

    with Image.open(BytesIO(kept(receive(sender, out.getvalue())))) as white:
        assert min(white.getpixel((1, 1))) > 250
    with Image.open(BytesIO(kept(receive(sender, grey.getvalue(), "x.png")))) as scan:
        assert scan.convert("L").getpixel((1, 1)) == 100


def test_a_pdf_keeps_its_pages_and_web_links(sender):
    note = pikepdf.Dictionary(
        Subtype=pikepdf.Name.Link,
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.com/"),
    )
    content = pdfs.with_note(note)

    upload = receive(sender, content, "Estimate.pdf")

    assert (upload.media_type, upload.name) == ("application/pdf", "Estimate.pdf")
    with pikepdf.open(BytesIO(kept(upload))) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.pages[0].Annots[0].A.URI) == "https://example.com/"


def test_a_pdf_that_opens_without_a_password_loses_its_lock(sender):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    locked = pdfs.saved(pdf, encryption=pikepdf.Encryption(owner="bank", user="", R=6))

    upload = receive(sender, locked, "statement.pdf")

    assert b"/Encrypt" not in kept(upload)


@pytest.mark.parametrize(
    ("sent", "name", "media_type", "stays"),
    [
        ("Día de lluvia".encode(), "nota.txt", "text/plain", "Día de lluvia"),
        ("Día".encode("cp1252"), "nota.txt", "text/plain", "Día"),
        ("\ufeffDía".encode("utf-16-le"), "nota.txt", "text/plain", "Día"),
        (
            b"item;price\n=1+1;-12.50\n@SUM(A1);x",
            "list.csv",
            "text/csv",
            '"item";"price"\r\n"\'=1+1";"-12.50"\r\n"\'@SUM(A1)";"x"\r\n',
        ),
    ],
)
def test_text_is_kept_as_utf8_and_calculates_nothing(sender, sent, name, media_type, stays):
    upload = receive(sender, sent, name)

    assert upload.media_type == media_type
    assert kept(upload).decode() == stays


def test_files_are_private_and_have_random_names(sender):
    upload = receive(sender, picture(), "passport.jpg")

    (path,) = stored_files()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "passport" not in str(path)
    assert upload.path.startswith(f"uploads/{upload.sha256[:2]}/{upload.sha256[2:4]}/")
    assert path.parent.stat().st_mode & 0o777 == 0o700


# What is hostile


def test_there_are_sixty_kinds_of_hostile_files():
    """G14: PDFs that act or break, pictures that carry something or are something else."""
    assert len(pdfs.ACTING) + len(pdfs.REFUSED) + len(files.CLEANED) + len(files.REFUSED) >= 60


@pytest.mark.parametrize("name", pdfs.ACTING)
def test_a_pdf_that_acts_comes_out_without_it(sender, name):
    hostile = pdfs.ACTING[name]()
    assert pdfs.MARK.encode() in _all_bytes(hostile), "the file must carry what it says"

    clean = kept(receive(sender, hostile, "file.pdf"))

    unpacked = _all_bytes(clean)
    assert pdfs.MARK.encode() not in unpacked
    for word in (b"/JavaScript", b"/OpenAction", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/AA"):
        assert word not in unpacked
    with pikepdf.open(BytesIO(clean)) as pdf:
        assert len(pdf.pages) == 1


def _all_bytes(content):
    """The file as it lies there, and with every stream and object stream unpacked."""
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as pdf:
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
        )
    return content + out.getvalue()


@pytest.mark.parametrize("name", pdfs.REFUSED)
def test_a_pdf_that_cannot_be_cleaned_is_refused_in_clear_words(sender, name):
    make, sentence = pdfs.REFUSED[name]

    with pytest.raises(Refused, match=sentence):
        receive(sender, make(), "file.pdf")

    assert stored_files() == []
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", files.CLEANED)
def test_a_picture_leaves_behind_what_it_carried(sender, name):
    hostile = files.CLEANED[name]()
    assert files.MARK in hostile or name.startswith("script_in"), "it must carry something"

    upload = receive(sender, hostile, name)

    content = kept(upload)
    assert files.MARK not in content
    assert b"script" not in content
    assert upload.media_type in ("image/jpeg", "image/png")
    assert upload.name.rpartition(".")[2] in ("jpg", "png")
    with Image.open(BytesIO(content)) as image:
        assert not image.getexif()
        assert "icc_profile" not in image.info


@pytest.mark.parametrize("name", files.REFUSED)
def test_a_stranger_is_refused_in_clear_words(sender, name):
    make, sentence = files.REFUSED[name]

    with pytest.raises(Refused, match=sentence):
        receive(sender, make(), name)

    assert stored_files() == []
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", files.NAMES)
def test_a_name_is_one_harmless_word_chain(sender, name):
    upload = receive(sender, picture("PNG"), name)

    assert upload.name == files.NAMES[name]
    disposition = uploads.download(upload)["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert "\n" not in disposition


def test_the_cleaner_of_pdfs_has_little_memory_and_writes_no_files():
    probe = (
        "import sys; sys.argv=['x']; import runpy, resource;"
        f"module = runpy.run_path({str(uploads.pdfs.CLEANER)!r});"
        "module['limit']();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], "
        "resource.getrlimit(resource.RLIMIT_FSIZE)[0])"
    )
    limits = subprocess.run(
        [sys.executable, "-I", "-c", probe], capture_output=True, text=True, check=True
    )
    assert limits.stdout.split() == [str(1024**3), "0"]


def test_a_pdf_that_takes_too_long_is_refused(sender, monkeypatch):
    def sleeps(*args, timeout, **options):
        raise subprocess.TimeoutExpired("python", timeout)

    monkeypatch.setattr(uploads.pdfs.subprocess, "run", sleeps)

    with pytest.raises(Refused, match="too long to open"):
        receive(sender, pdfs.with_root(), "file.pdf")


# How much


def test_a_file_over_the_limit_is_refused_with_both_sizes(sender, settings):
    settings.UPLOAD_MAX_BYTES = MEGABYTE

    with pytest.raises(Refused, match=r"2\.0.MB\. The most we can take is 1\.0.MB"):
        receive(sender, b"\xff\xd8\xff" + b"\0" * 2 * MEGABYTE)


def test_a_day_has_a_quota_that_a_new_day_renews(sender, settings):
    one = receive(sender, picture(size=(300, 300))).size
    settings.UPLOAD_DAILY_BYTES = one + 10

    with pytest.raises(Refused, match=r"You have sent .* today"):
        receive(sender, picture(size=(300, 300)))
    assert Upload.objects.count() == 1

    with clock.travel(datetime.now(UTC) + timedelta(days=1)):
        assert receive(sender, picture(size=(300, 300))).state == UploadState.RELEASED


def test_one_persons_quota_is_not_anothers(sender, settings):
    other = User.objects.create_user("other@example.com", name="Luis")
    settings.UPLOAD_DAILY_BYTES = receive(sender, picture()).size + 10

    assert receive(other, picture()).state == UploadState.RELEASED


def test_a_disk_that_is_nearly_full_takes_nothing(sender, settings):
    settings.UPLOAD_FREE_BYTES = 10**18

    with pytest.raises(Refused, match="cannot take files at the moment"):
        receive(sender, picture())
    assert stored_files() == []


def post(*contents, user=None, **extra):
    sent = {f"file{i}": SimpleUploadedFile("a.jpg", c) for i, c in enumerate(contents)}
    body = encode_multipart(BOUNDARY, {"note": "typed", **sent})
    request = RequestFactory().generic("POST", "/", body, content_type=MULTIPART_CONTENT, **extra)
    if user:
        request.user = user
    return request


def test_what_is_too_large_is_dropped_while_it_streams_in(sender, settings):
    settings.UPLOAD_MAX_BYTES = MEGABYTE
    request = post(b"x" * 3 * MEGABYTE, b"small", user=sender)

    large, small = request.FILES["file0"], request.FILES["file1"]

    assert request.POST["note"] == "typed"
    assert (large.size, large.read()) == (3 * MEGABYTE, b"")
    assert small.read() == b"small"
    with pytest.raises(Refused, match="too large"):
        uploads.receive(large, by=sender, source="")


def test_two_gigabytes_are_turned_away_before_they_are_read():
    class Endless:
        def read(self, *_size):
            raise AssertionError("nothing must be read")

    request = post(b"x")
    request.META["CONTENT_LENGTH"] = str(2 * 1024**3)
    request._stream = Endless()

    with pytest.raises(RequestDataTooBig, match="one by one"):
        _ = request.POST


def test_two_gigabytes_are_answered_in_words(sender):
    client = Client(enforce_csrf_checks=True)
    client.force_login(sender)
    client.cookies["csrftoken"] = "c" * 32

    answer = client.generic(
        "POST",
        "/accounts/login/",
        b"--x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(2 * 1024**3),
    )

    assert answer.status_code == 400
    assert "This is too much at once: 2.0\xa0GB." in answer.content.decode()


def test_a_stranger_at_the_door_stores_nothing(rf):
    from django.contrib.auth.models import AnonymousUser

    request = post(b"x" * 1000, user=AnonymousUser())

    file = request.FILES["file0"]

    assert file.read() == b""
    with pytest.raises(Refused, match="Please sign in"):
        uploads.receive(file, by=None, source="")


# The check before release


def finds_nothing(content):
    return ""


def finds_a_virus(content):
    return "Eicar-Test-Signature"


def falls_over(content):
    raise ConnectionError("scanner away")


def test_a_scanner_that_finds_nothing_lets_the_file_go(sender, settings):
    settings.UPLOAD_SCANNER = f"{__name__}.finds_nothing"

    assert receive(sender, picture()).state == UploadState.RELEASED


@pytest.mark.parametrize(
    ("scanner", "reason"),
    [
        (finds_a_virus, "Eicar-Test-Signature"),
        (falls_over, "ConnectionError in the scanner"),
    ],
)
def test_a_finding_or_a_broken_scanner_keeps_the_file_out(sender, settings, scanner, reason):
    settings.UPLOAD_SCANNER = f"{__name__}.{scanner.__name__}"

    with pytest.raises(Refused, match="virus check"):
        receive(sender, picture())

    upload = Upload.objects.get()
    assert (upload.state, upload.reason, upload.path) == (UploadState.REFUSED, reason, "")
    assert stored_files() == []
    with pytest.raises(Refused, match="was not released"):
        uploads.download(upload)


# The way out


def test_a_download_is_an_attachment_that_nothing_runs(sender):
    upload = receive(sender, picture(), "roof.jpg")

    response = uploads.download(upload)

    assert b"".join(response.streaming_content) == kept(upload)
    assert response["Content-Disposition"] == 'attachment; filename="roof.jpg"'
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_a_text_is_downloaded_as_text(sender):
    response = uploads.download(receive(sender, b"notes", "notes.html"))

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="notes.txt"'


def test_a_thumbnail_is_a_small_jpeg(sender):
    upload = receive(sender, picture("PNG", size=(1000, 500)), "roof.png")

    response = uploads.thumbnail(upload, width=320)

    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Security-Policy"].startswith("sandbox")
    with Image.open(BytesIO(response.content)) as image:
        assert image.size == (320, 160)


def test_only_pictures_have_thumbnails(sender):
    upload = receive(sender, pdfs.with_root(), "file.pdf")

    with pytest.raises(Refused, match="no picture"):
        uploads.thumbnail(upload)


def test_a_file_that_was_changed_on_the_disk_is_not_shown(sender):
    upload = receive(sender, picture(), "roof.jpg")
    (path,) = stored_files()
    path.write_bytes(picture(colour="red"))

    with pytest.raises(Refused, match="changed after it was stored"):
        uploads.thumbnail(upload)


def test_a_path_cannot_leave_the_media_folder():
    with pytest.raises(ValueError, match="below MEDIA_ROOT"):
        storage.open_file("../../etc/passwd")
