"""The text of a Word document, inside the child: in the order in which it is read, with the numbers Word shows."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml import etree

from meetings.confined.errors import DeclinedError
from meetings.confined.numbering import Numbering

MAX_CHARACTERS = 5_000_000
MAX_DEPTH = 40  # of tables in tables and boxes in boxes
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = {
    *(qn(name) for name in ("w:del", "w:moveFrom", "w:rt", "w:pPr", "w:rPr", "w:txbxContent")),
    _FALLBACK,
}
_PLAIN = {
    qn("w:tab"): "\t",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:ptab"): "\t",
}
_COUNTED = ("PAGE", "NUMPAGES", "SECTIONPAGES")  # fields that say nothing but where one is


def read(data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        document = docx.Document(io.BytesIO(data))
        text = "".join(_Reader(document).pieces())
    except (OpcError, etree.LxmlError, zipfile.BadZipFile, KeyError, ValueError, AttributeError) as error:
        # python-docx answers with any of these for documents that lack a part or hold another one in its place.
        raise DeclinedError("broken") from error
    return {"text": text}, b""


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._numbering = Numbering(document)
        self._total = 0

    def pieces(self) -> Iterator[str]:
        """What stands at the head of the pages, the body, notes, and what stands at their foot; a line each."""
        yield from self._margins("header")
        yield from self._block(self._document.element.body, 0)
        yield from self._notes("footnotes", "w:footnote")
        yield from self._notes("endnotes", "w:endnote")
        yield from self._margins("footer")

    # --- what stands where -------------------------------------------------------------------------
    def _block(self, parent: Any, depth: int) -> Iterator[str]:
        if depth > MAX_DEPTH:
            raise DeclinedError("deep")
        for child in parent:
            if child.tag == qn("w:p"):
                yield from self._lines(child, depth)
            elif child.tag == qn("w:tbl"):
                for row in _rows(child):
                    yield self._row(row, depth)
            elif child.tag in {
                qn("w:sdt"),
                qn("w:sdtContent"),
                qn("w:ins"),
                qn("w:customXml"),
                qn("w:moveTo"),
            }:
                yield from self._block(child, depth + 1)

    def _lines(self, paragraph: Any, depth: int) -> Iterator[str]:
        number = self._numbering.label(paragraph)
        text = "".join(self._inline(paragraph, depth))
        if _begins_page(paragraph):
            yield "\f"
        yield self._counted(f"{number}{text}\n")
        for box in _boxes(paragraph):
            yield from self._block(box, depth + 1)

    def _row(self, row: Any, depth: int) -> str:
        """Cells apart by tabs. Only the last cell keeps its lines: in the others they would tear the row."""
        cells = ["".join(self._block(cell, depth + 1)).strip("\n") for cell in row]
        joined = [" ".join(cell.split("\n")) for cell in cells[:-1]] + cells[-1:]
        return "\t".join(joined) + "\n"

    def _inline(self, parent: Any, depth: int) -> Iterator[str]:
        field = _Field()
        for node in _visible(parent, depth):
            if field.swallows(node):
                continue
            if node.tag == qn("w:t"):
                yield node.text or ""
            elif node.tag == qn("w:br"):
                yield "\f" if node.get(qn("w:type")) == "page" else "\n"
            elif node.tag == qn("w:sym"):
                yield _symbol(node)
            elif node.tag in {qn("w:footnoteReference"), qn("w:endnoteReference")}:
                yield f"（注{node.get(qn('w:id'))}）"
            else:
                yield _PLAIN.get(node.tag, "")

    def _margins(self, kind: str) -> Iterator[str]:
        """Once each, however many sections repeat it."""
        seen = set()
        for section in self._document.sections:
            for name in (f"first_page_{kind}", kind, f"even_page_{kind}"):
                part = getattr(section, name)
                text = "" if part.is_linked_to_previous else "".join(self._block(part._element, 0)).strip()
                if text and text not in seen:
                    seen.add(text)
                    yield text + "\n"

    def _notes(self, name: str, tag: str) -> Iterator[str]:
        part = next(
            (
                rel.target_part
                for rel in self._document.part.rels.values()
                if rel.reltype.endswith(f"/{name}")
            ),
            None,
        )
        if part is None:
            return
        # No entity is followed, no address is opened.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        for note in etree.fromstring(part.blob, parser).iterchildren(qn(tag)):
            text = "".join(self._block(note, 0)).strip()
            if text and note.get(qn("w:type")) in {None, "normal"}:
                yield f"（注{note.get(qn('w:id'))}）{text}\n"

    def _counted(self, text: str) -> str:
        self._total += len(text)
        if self._total > MAX_CHARACTERS:
            raise DeclinedError("long")
        return text


class _Field:
    """Fields of the page's number say nothing about the text; of all others the last result is read."""

    def __init__(self) -> None:
        self._open: list[bool] = []  # for each open field: whether it only counts pages

    def swallows(self, node: Any) -> bool:
        if node.tag == qn("w:fldChar"):
            kind = node.get(qn("w:fldCharType"))
            if kind == "begin":
                self._open.append(False)
            elif kind == "end" and self._open:
                self._open.pop()
            return True
        if node.tag == qn("w:instrText"):
            if self._open:
                words = (node.text or "").split()
                self._open[-1] = self._open[-1] or bool(words and words[0].upper() in _COUNTED)
            return True
        return any(self._open)


def _visible(parent: Any, depth: int) -> Iterator[Any]:
    """The nodes below that are shown, in order. What was struck out, hidden, or stands in a box is left out."""
    if depth > MAX_DEPTH * 2:
        raise DeclinedError("deep")
    for child in parent:
        if child.tag == qn("w:instrText"):
            yield child
        elif not _is_left_out(child):
            yield child
            yield from _visible(child, depth + 1)


def _is_left_out(node: Any) -> bool:
    if node.tag == qn("w:fldSimple"):
        return _only_counts(node)
    if node.tag == qn("w:r"):
        return _is_hidden(node)
    return node.tag in _GONE


def _only_counts(field: Any) -> bool:
    words = (field.get(qn("w:instr")) or "").split()
    return bool(words) and words[0].upper() in _COUNTED


def _is_hidden(run: Any) -> bool:
    properties = run.find(qn("w:rPr"))
    return properties is not None and _is_on(properties.find(qn("w:vanish")))


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(qn("w:val"), "1") not in {"0", "false", "off"}


def _begins_page(paragraph: Any) -> bool:
    properties = paragraph.find(qn("w:pPr"))
    return properties is not None and _is_on(properties.find(qn("w:pageBreakBefore")))


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Text boxes that hang on a paragraph; not those for readers of old Word, which say the same again."""
    for box in paragraph.iter(qn("w:txbxContent")):
        above = list(box.iterancestors(_FALLBACK, qn("w:txbxContent"), qn("w:p")))
        nearest = next((each for each in above if each.tag != _FALLBACK), None)
        if nearest is paragraph and not any(each.tag == _FALLBACK for each in above):
            yield box


def _rows(table: Any) -> Iterator[list[Any]]:
    for row in _through(table, qn("w:tr")):
        yield list(_through(row, qn("w:tc")))


def _through(parent: Any, tag: str) -> Iterator[Any]:
    """Children of that tag, also those that stand in a frame for forms."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")}:
            yield from _through(child, tag)


def _symbol(node: Any) -> str:
    """A character of a font of symbols: its own place is private, so a mark stands for it where we know it."""
    code = int(node.get(qn("w:char"), "0") or "0", 16)
    return {0xF0A8: "□", 0xF0FE: "☑", 0xF0FC: "✓", 0xF06C: "●", 0xF0B7: "・"}.get(
        code, "■" if code >= 0xE000 else chr(code)
    )
