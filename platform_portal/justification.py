"""Justified lines of Japanese: what a line lacks is spread between its characters, as printers of Japanese do.

WeasyPrint widens spaces alone. Japanese has none, so about every fifth line ends early (where a bracket may not end
it), and a line with one space gets a hole there. `install` puts a better way in its place, for `text-align: justify`.
It replaces a private function: tests/unit/platform_portal/test_justification.py fails when WeasyPrint changes it.

Imported by the first print alone, as WeasyPrint is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.ffi import TO_UNITS, ffi, pango
from weasyprint.text.line_break import Layout

MOST_BETWEEN_CHARACTERS = 2.2 * 4 / 3
"""In pixels of CSS, 2.2 pt: a line that needs more stays as it is. Wider, words fall apart."""
_MOST_FOR_A_SPACE = 0.25  # of the size of the letters: before that, spaces alone are widened

# Dashes and leaders (― … ‥) are left out: they come in pairs that must not part.
_ONE = (
    "[\u2190-\u21ff\u2460-\u24ff\u25a0-\u25ff\u2e80-\ud7ff\uf900-\ufaff\uff01-\uffe6\U00020000-\U0003ffff]"
    "[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
)
_WITH_JOINED = re.compile(_ONE)
_RUN = re.compile(f"(?:{_ONE})+")
_LATIN = re.compile("[0-9A-Za-z\u00c0-\u024f]")
_weasyprints_own = inline.justify_line


def install() -> None:
    """From now on in this process. Lines of other languages are justified as WeasyPrint does it."""
    inline.justify_line = justify_line


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a piece of a line can give: how many characters may part, whether it begins and ends with one, spaces."""

    count: int
    begins: bool
    ends: bool
    spaces: int

    @classmethod
    def of(cls, text: str) -> "_Measure":
        runs = list(_RUN.finditer(text))
        if not runs:
            return cls(0, False, False, _spaces(text))
        count = sum(len(_WITH_JOINED.findall(run[0])) for run in runs)
        return cls(count, runs[0].start() == 0, runs[-1].end() == len(text), _spaces(text))


def _spaces(text: str) -> int:
    return text.count(" ") + text.count("\u00a0")


class SpreadLayout(Layout):  # type: ignore[misc]  # ships no types
    """A piece of a line with space between its Japanese characters. `spread`: in Pango's units, for each of them; half
    of it goes to either side."""

    spread = 0

    @classmethod
    def of(cls, layout: Any, *, spread: int, for_spaces: float) -> "SpreadLayout":
        """`layout` has been measured and put aside: it is set again, with space, when the line is drawn."""
        new = cls.__new__(cls)
        new.__dict__.update(layout.__dict__, spread=spread, justification_spacing=for_spaces)
        return new

    def set_text(self, text: str, justify: bool = False) -> None:
        super().set_text(text, justify)
        if not justify:
            return
        attributes = pango.pango_layout_get_attributes(self.layout)
        if attributes == ffi.NULL:
            attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        at = end = 0
        for run in _RUN.finditer(self.text):
            start = end + len(self.text[at : run.start()].encode())
            at, end = run.end(), start + len(run[0].encode())
            spacing = pango.pango_attr_letter_spacing_new(self.spread)
            spacing.start_index, spacing.end_index = start, end
            pango.pango_attr_list_change(attributes, spacing)
        pango.pango_layout_set_attributes(self.layout, attributes)


def justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Spaces first, up to a quarter of a letter; the rest evenly between characters, as far as that looks well."""
    pieces = list(_pieces(line))
    if not _is_japanese(pieces) or any(piece.style["letter_spacing"] != "normal" for piece in pieces):
        _justify_latin(context, line, extra_width, pieces)
        return
    measures = [_Measure.of(piece.text) for piece in pieces]
    spaces = sum(measure.spaces for measure in measures)
    for_spaces = 0.0
    if spaces:
        for_spaces = min(extra_width / spaces, _MOST_FOR_A_SPACE * pieces[0].style["font_size"])
    gaps = sum(measure.count for measure in measures) - (measures[0].begins + measures[-1].ends) / 2
    rest = extra_width - for_spaces * spaces
    between = rest / gaps if gaps > 0 else 0.0
    if between > MOST_BETWEEN_CHARACTERS:
        return
    _Spreading(pieces, for_spaces, between).move(line, 0)


def _justify_latin(context: Any, line: Any, extra_width: float, pieces: list[Any]) -> None:
    """As WeasyPrint does, unless that tears a hole: an address leaves much of a line empty and brings one space."""
    spaces = sum(_spaces(piece.text) for piece in pieces)
    if spaces and extra_width / spaces <= pieces[0].style["font_size"]:
        _weasyprints_own(context, line, extra_width)


def _pieces(box: Any) -> Iterator[Any]:
    """The texts of a line, in their order."""
    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        for child in box.children:
            if child.is_in_normal_flow():
                yield from _pieces(child)


def _is_japanese(pieces: list[Any]) -> bool:
    """At least half of its letters; an address or an English name in a line of its own is none."""
    if not pieces or any(piece.style["direction"] == "rtl" for piece in pieces):
        return False
    text = "".join(piece.text for piece in pieces)
    own = len(_WITH_JOINED.findall(text))
    return own > 1 and own >= len(_LATIN.findall(text)) / 2


class _Spreading:
    def __init__(self, pieces: list[Any], for_spaces: float, between: float) -> None:
        self.first, self.last = pieces[0], pieces[-1]
        self.for_spaces, self.between = for_spaces, between

    def move(self, box: Any, by: float) -> float:
        """Moves `box` and widens what is in it; returns by how much what follows has to move."""
        if isinstance(box, boxes.TextBox):
            return self._widen(box, by)
        if not isinstance(box, (boxes.LineBox, boxes.InlineBox)):
            box.translate(by, 0)
            return by
        box.position_x += by
        before = by
        for child in box.children:
            if child.is_in_normal_flow():
                by = self.move(child, by)
        box.width += by - before
        return by

    def _widen(self, box: Any, by: float) -> float:
        measure = _Measure.of(box.text)
        half = self.between / 2
        if measure.begins and box is not self.first:
            by += half
        box.position_x += by
        if not measure.count and not measure.spaces:
            return by
        box.pango_layout = SpreadLayout.of(
            box.pango_layout, spread=int(self.between * TO_UNITS), for_spaces=self.for_spaces
        )
        wider = (
            measure.count * self.between
            - (measure.begins + measure.ends) * half
            + measure.spaces * self.for_spaces
        )
        box.width += wider
        return by + wider + (half if measure.ends and box is not self.last else 0)
