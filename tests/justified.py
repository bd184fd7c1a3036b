"""How far printed lines are from the right edge that they should end at: asked of the file, not of the program."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
from weasyprint.formatting_structure import boxes

from platform_portal.pdf import LaidOut

POINT = 0.75
"""Of a CSS pixel."""


@dataclass(frozen=True)
class PrintedLine:
    """`short`: points between its last character and the edge. `widest`: the widest gap inside it."""

    text: str
    short: float
    widest: float


def justified_lines(laid: LaidOut, data: bytes) -> list[PrintedLine]:
    """All lines of justified paragraphs but their last ones."""
    with_characters = []
    document = pypdfium2.PdfDocument(data)
    for page, number in zip(laid.document.pages, range(len(document)), strict=True):
        characters = list(_characters(document[number]))
        with_characters += [
            _line(box, edge, characters) for box, edge in _line_boxes(page._page_box) if edge is not None
        ]
    document.close()
    return [line for line in with_characters if line.text]


def _line_boxes(box: Any) -> Iterator[tuple[Any, float | None]]:
    lines = [child for child in getattr(box, "children", ()) if isinstance(child, boxes.LineBox)]
    if lines and box.style["text_align_all"] == "justify":
        edge = (box.content_box_x() + box.width) * POINT
        yield from ((line, edge) for line in lines[:-1])
    for child in getattr(box, "children", ()):
        yield from _line_boxes(child)


def _characters(page: Any) -> Iterator[tuple[str, float, float, float]]:
    """Each with its left and right edge and the height of its middle, from above."""
    text, height = page.get_textpage(), page.get_height()
    for index in range(text.count_chars()):
        character = text.get_text_range(index, 1)
        if character.strip():
            left, bottom, right, top = text.get_charbox(index, loose=True)
            yield character, left, right, height - (bottom + top) / 2


def _line(box: Any, edge: float, characters: list[tuple[str, float, float, float]]) -> PrintedLine:
    above, below = box.position_y * POINT, (box.position_y + box.height) * POINT
    own = [each for each in characters if above < each[3] < below]
    if not own:
        return PrintedLine("", 0, 0)
    gaps = [after[1] - before[2] for before, after in itertools.pairwise(own)]
    return PrintedLine(
        "".join(each[0] for each in own), edge - max(each[2] for each in own), max(gaps, default=0)
    )
