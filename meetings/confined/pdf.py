"""PDF, inside the child: pages, words, a picture of page one, and what would act by itself when it is opened."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from meetings.confined.active import active_parts
from meetings.confined.errors import DeclinedError

MAX_CHARACTERS = 5_000_000
_LOCKED = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}


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
            "text": "\f".join(_texts(document)) if wants_text else "",
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


def _texts(document: pypdfium2.PdfDocument) -> Iterator[str]:
    total = 0
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        text = page_text(textpage)
        textpage.close()
        page.close()
        total += len(text)
        if total > MAX_CHARACTERS:
            raise DeclinedError("long")
        yield text


def page_text(textpage: pypdfium2.PdfTextPage) -> str:
    """Lines as they stand on the page. U+FFFE marks a hyphen at the end of a line, U+0000 a glyph without a character."""
    text: str = textpage.get_text_range()
    for mark, plain in (
        ("\r\n", "\n"),
        ("\r", "\n"),
        ("\x00", ""),
        ("\ufffe", "-"),
        ("\x02", "-"),
        ("\f", "\n"),
    ):
        text = text.replace(mark, plain)
    return text.rstrip("\n")


def _picture(page: pypdfium2.PdfPage, width: int) -> bytes:
    """At most `width` wide and half as much again high; a page of a mile by an inch becomes a line."""
    across, down = page.get_size()
    scale = min(width / max(across, 1), 1.5 * width / max(down, 1))
    drawn = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    output = io.BytesIO()
    drawn.save(output, format="PNG", optimize=True)
    return output.getvalue()
