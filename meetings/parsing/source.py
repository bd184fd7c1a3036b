"""The text as lines with their places, and a ledger of who took which character."""

import re
from array import array
from dataclasses import dataclass

from meetings.parsing.proposal import Piece, PieceKind

_STRETCH = re.compile(r"[^\r\n\f]+")
_FOLDS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord("　"): ord(" "),
    ord("\u00a0"): ord(" "),
    ord("〇"): ord("○"),
    ord("◯"): ord("○"),
    ord("〜"): ord("~"),
    ord("∼"): ord("~"),
    ord("〔"): ord("["),
    ord("〕"): ord("]"),
    ord("﹝"): ord("["),
    ord("﹞"): ord("]"),
    ord("〈"): ord("<"),
    ord("〉"): ord(">"),
    ord("《"): ord("<"),
    ord("》"): ord(">"),
    ord("≪"): ord("<"),
    ord("≫"): ord(">"),
    ord("︓"): ord(":"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−─━"), ord("-")),
}
_FREE = -1


def fold(text: str) -> str:
    """One spelling for widths, brackets, dashes and circles; as long as `text`, so that places stay the same."""
    return text.translate(_FOLDS)


def squeeze(text: str) -> str:
    """Without white space: PDF and full justification put it anywhere."""
    return "".join(text.split())


@dataclass(frozen=True, slots=True)
class Line:
    """A line with words: `text` without white space at its ends, `start` and `end` its place in the source.

    `number` counts line ends from 1, as an editor shows it. `after_gap` tells of blank lines or a page end right above,
    `opens_page` of a page end.
    """

    number: int
    start: int
    end: int
    text: str
    indent: int
    after_gap: bool
    opens_page: bool


def split_lines(source: str) -> list[Line]:
    """All lines that are not blank."""
    lines: list[Line] = []
    number, end = 1, 0
    after_gap = opens_page = False
    for match in _STRETCH.finditer(source):
        gap = source[end : match.start()]
        ends = gap.count("\n") + gap.count("\r") - gap.count("\r\n")
        number, end = number + ends, match.end()
        opens_page = opens_page or "\f" in gap
        after_gap = after_gap or opens_page or ends > 1
        text = match[0].strip()
        if not text:
            after_gap = True
            continue
        first = match.start() + match[0].index(text[0])
        lines.append(
            Line(number, first, first + len(text), text, first - match.start(), after_gap, opens_page)
        )
        after_gap = opens_page = False
    return lines


class Ledger:
    """Who owns each character: the first to take it keeps it, and nobody can take it twice."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._owners = array("l", [_FREE]) * len(source)
        self._keys: list[tuple[PieceKind, int]] = []
        self._ids: dict[tuple[PieceKind, int], int] = {}

    def take(self, kind: PieceKind, index: int, start: int, end: int) -> None:
        owner = self._id(kind, index)
        for place in range(start, end):
            if self._owners[place] == _FREE:
                self._owners[place] = owner

    def free_spans(self) -> list[tuple[int, int]]:
        """Stretches of characters, not white space, that nobody took; white space inside joins them."""
        spans: list[tuple[int, int]] = []
        for place, owner in enumerate(self._owners):
            if owner != _FREE or self._source[place].isspace():
                continue
            if spans and spans[-1][1] == place:
                spans[-1] = (spans[-1][0], place + 1)
            else:
                spans.append((place, place + 1))
        return spans

    def pieces(self) -> tuple[Piece, ...]:
        pieces: list[Piece] = []
        begin = 0
        for place in range(1, len(self._owners) + 1):
            if place < len(self._owners) and self._owners[place] == self._owners[begin]:
                continue
            if self._owners[begin] != _FREE:
                kind, index = self._keys[self._owners[begin]]
                pieces.append(Piece(kind, index, begin, place))
            begin = place
        return tuple(pieces)

    def _id(self, kind: PieceKind, index: int) -> int:
        key = (kind, index)
        if key not in self._ids:
            self._ids[key] = len(self._keys)
            self._keys.append(key)
        return self._ids[key]
