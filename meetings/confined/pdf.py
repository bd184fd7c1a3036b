"""PDF, inside the child: pages, words, a picture of page one, and what would act by itself when it is opened."""

import ctypes
import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from meetings.confined.active import active_parts
from meetings.confined.errors import DeclinedError

MAX_CHARACTERS = 5_000_000
SAME_HEIGHT = 2.0  # points: a raised number is not another line
ROOM_FOR_A_LINE = 1.6  # of the usual distance between two lines
# A hyphen at the end of a line, glyphs without a character, and ends of lines and pages.
PLAIN = {0xFFFE: "-", 0x02: "-", 0x00: "", 0x0D: "", 0x0C: "\n"}
_LOCKED = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}


class Glyph(NamedTuple):
    """One character and where it stands, in points from the left and from below."""

    character: str
    x: float
    y: float


class Line(NamedTuple):
    """`pitch`: how far it stands below the line before it, in points; 0 for the first of a page."""

    text: str
    pitch: float


def read(
    data: bytes, *, max_pages: int, wants_text: bool = True, preview_width: int = 0
) -> tuple[dict[str, Any], bytes]:
    with closing(_open(data)) as document:
        pages = len(document)
        if pages > max_pages:
            raise DeclinedError("pages")
        if pages == 0:
            raise DeclinedError("broken")
        facts = {
            "pages": pages,
            "is_restricted": pdfium.FPDF_GetSecurityHandlerRevision(document) != -1,
            "active": _active(document, data),
            "text": document_text(document) if wants_text else "",
        }
        picture = _picture(document[0], preview_width) if preview_width else b""
    return facts, picture


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise DeclinedError("locked" if error.err_code in _LOCKED else "broken") from error


def _active(document: pypdfium2.PdfDocument, data: bytes) -> list[str]:
    found = active_parts(data)
    if document.count_attachments():
        found.add("attachment")
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        found.add("script")
    return sorted(found)


def document_text(document: pypdfium2.PdfDocument) -> str:
    """Pages of lines as they stand there, an empty one where there is room for one. Raises DeclinedError."""
    pages: list[list[Line]] = []
    total = 0
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        pages.append(list(_lines(_glyphs(textpage))))
        textpage.close()
        page.close()
        total += sum(len(line.text) for line in pages[-1])
        if total > MAX_CHARACTERS:
            raise DeclinedError("long")
    return arrange(pages)


def arrange(pages: list[list[Line]]) -> str:
    # Some records have an empty line after every line that speaks: the usual distance is a small one of all pages.
    pitches = sorted(line.pitch for lines in pages for line in lines if line.pitch > 0)
    room = ROOM_FOR_A_LINE * pitches[len(pitches) // 10] if pitches else 0.0
    text = "\f".join(
        "".join(("\n" if line.pitch > room > 0 else "") + line.text + "\n" for line in lines).rstrip("\n")
        for lines in pages
    )
    # What stands outside the first plane comes in two halves.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _glyphs(textpage: pypdfium2.PdfTextPage) -> Iterator[Glyph]:
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
        yield Glyph(PLAIN.get(code, chr(code)), x.value, y.value)


def _lines(glyphs: Iterable[Glyph]) -> Iterator[Line]:
    """PDFium itself runs some lines together, and then whoever speaks next seems to go on as the one before.

    A glyph to the left of the one before and at another height begins a line, whatever PDFium says of it. Written
    downwards, a column does.
    """
    above = None
    for group in _grouped(glyphs):
        text = "".join(glyph.character for glyph in group)
        if text.strip():
            yield Line(text, 0.0 if above is None else above - group[0].y)
            above = group[0].y


def _grouped(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    group: list[Glyph] = []
    for glyph in glyphs:
        if glyph.character == "\n" or (group and _goes_back(group[-1], glyph)):
            yield group or [glyph]
            group = []
        if glyph.character not in {"", "\n"}:
            group.append(glyph)
    if group:
        yield group


def _goes_back(before: Glyph, after: Glyph) -> bool:
    return after.x < before.x and abs(after.y - before.y) > SAME_HEIGHT


def _picture(page: pypdfium2.PdfPage, width: int) -> bytes:
    """At most `width` wide and half as much again high; a page of a mile by an inch becomes a line."""
    across, down = page.get_size()
    scale = min(width / max(across, 1), 1.5 * width / max(down, 1))
    drawn = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    output = io.BytesIO()
    drawn.save(output, format="PNG", optimize=True)
    return output.getvalue()
