"""Reads a PDF from its input, writes it without anything that acts. Knows nothing of Django.

Run by pdfs.rewrite as `python -I pdf_cleaner.py`. Its limits see to it that a file which unpacks to
gigabytes ends this process and nothing else. The last word on stderr says why it failed.
"""

import resource
import sys
from io import BytesIO

import pikepdf

MEMORY, CPU_SECONDS = 1024**3, 10
UNPACKED = 128 * 1024**2
PAGES, OBJECTS = 500, 200_000

# What of the document's root stays: pages, bookmarks, layers, fields, tags for screen readers.
ROOT = {
    "/Type", "/Version", "/Pages", "/PageLabels", "/Names", "/Dests", "/ViewerPreferences",
    "/PageLayout", "/Outlines", "/AcroForm", "/StructTreeRoot", "/MarkInfo", "/Lang",
    "/OutputIntents", "/OCProperties", "/Metadata",
}  # fmt: skip
KEYS = {
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/EF", "/AF", "/EmbeddedFiles",
    "/RichMediaContent", "/RichMediaSettings", "/Collection", "/OPI", "/Ref",
}  # fmt: skip
ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToR", "/GoToE",
    "/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/Hide", "/Named",
    "/SetOCGState", "/Trans", "/Thread", "/GoToDp",
}  # fmt: skip
ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
LINKS = ("http://", "https://", "mailto:", "tel:")


class NotTaken(Exception):
    """The reason, one word that pdfs.REFUSALS knows."""


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def clean(content):
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=UNPACKED,
        run_length_max_memory=UNPACKED,
        png_max_memory=UNPACKED,
        tiff_max_memory=UNPACKED,
        max_stream_filters=5,
    )
    try:
        pdf = pikepdf.open(BytesIO(content))
    except pikepdf.PasswordError:
        raise NotTaken("encrypted") from None
    except pikepdf.PdfError as error:
        raise NotTaken("encrypted" if "encrypt" in str(error) else "damaged") from None
    demand_extent(pdf)
    clean_root(pdf)
    for page in pdf.pages:
        clean_annotations(page.obj)
    for record in pdf.objects:
        clean_all_of(record)
    out = BytesIO()
    pdf.save(
        out,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return out.getvalue()


def demand_extent(pdf):
    if not len(pdf.pages):
        raise NotTaken("damaged")
    if len(pdf.pages) > PAGES or len(pdf.objects) > OBJECTS:
        raise NotTaken("too_long")


def clean_root(pdf):
    for key in set(pdf.Root.keys()) - ROOT:
        del pdf.Root[key]
    if "/Names" in pdf.Root:
        for key in set(pdf.Root.Names.keys()) - {"/Dests"}:
            del pdf.Root.Names[key]


def clean_annotations(page):
    if "/Annots" not in page:
        return
    kept = [note for note in page.Annots if str(note.get("/Subtype", "")) not in ANNOTATIONS]
    del page["/Annots"]
    if kept:
        page["/Annots"] = kept


def clean_all_of(record):
    """Clean an object and what is written inside it; what it points to has its own turn."""
    inside = [record]
    while inside:
        item = inside.pop()
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            clean_dictionary(item)
            children = [item[key] for key in set(item.keys())]
        elif isinstance(item, pikepdf.Array):
            children = list(item)
        else:
            continue
        inside += [child for child in children if not getattr(child, "is_indirect", True)]


def clean_dictionary(item):
    for key in KEYS & set(item.keys()):
        del item[key]
    if str(item.get("/S", "")) in ACTIONS or leads_astray(item):
        for key in set(item.keys()):
            del item[key]
    if isinstance(item, pikepdf.Stream):
        for key in {"/F", "/FFilter", "/FDecodeParms"} & set(item.keys()):
            del item[key]


def leads_astray(item):
    return "/URI" in item and not str(item["/URI"]).strip().lower().startswith(LINKS)


def main():
    limit()
    try:
        sys.stdout.buffer.write(clean(sys.stdin.buffer.read()))
    except NotTaken as reason:
        sys.exit(str(reason))
    except MemoryError:
        sys.exit("too_long")


if __name__ == "__main__":
    main()
