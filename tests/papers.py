"""What a PDF says: its words, read back through the fonts' tables, for tests of documents."""

import re
from io import BytesIO

import pikepdf


def words_of(pdf: bytes) -> str:
    """The text of all pages in reading order; runs are joined as they stand."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return "\n".join(_words_of_page(page) for page in opened.pages)


def _words_of_page(page: pikepdf.Page) -> str:
    tables = {
        str(name): _to_unicode(font.ToUnicode.read_bytes().decode())
        for name, font in page.resources.get("/Font", {}).items()
    }
    said, table = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "Tf":
                table = tables[str(operands[0])]
            case "Tj":
                said.append(_decode(bytes(operands[0]), table))
            case "TJ":
                runs = [bytes(run) for run in operands[0] if isinstance(run, pikepdf.String)]
                said.append("".join(_decode(run, table) for run in runs))
            case "ET":
                said.append(" ")
    return "".join(said)


def _decode(codes: bytes, table: dict[int, str]) -> str:
    glyphs = [int.from_bytes(codes[i : i + 2], "big") for i in range(0, len(codes), 2)]
    return "".join(table.get(glyph, "") for glyph in glyphs)


def _to_unicode(cmap: str) -> dict[int, str]:
    """The glyphs of a ToUnicode CMap (PDF 32000-1, 9.10.3) that have a text."""
    table = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for glyph, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            table[int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int(bytes.fromhex(text).hex(), 16)
            for offset, glyph in enumerate(range(int(first, 16), int(last, 16) + 1)):
                table[glyph] = chr(start + offset)
    return table
