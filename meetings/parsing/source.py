"""The text as lines with their places, and a ledger of who took which character."""

import re
from array import array
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

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
_OTHER_SPELLING = re.compile("[" + re.escape("".join(map(chr, _FOLDS))) + "]")
_FREE = -1
_SHORT = 100


def fold(text: str) -> str:
    """One spelling for widths, brackets, dashes and circles; as long as `text`, so that places stay the same."""
    if text.isascii() or not _OTHER_SPELLING.search(text):
        return text
    return _fold_short(text) if len(text) <= _SHORT else text.translate(_FOLDS)


@lru_cache(maxsize=1024)
def _fold_short(text: str) -> str:
    """Every question about a line begins with its folded words."""
    return text.translate(_FOLDS)


def spellings(characters: str) -> frozenset[str]:
    """`characters` and every other spelling that `fold` writes as one of them."""
    return frozenset(characters) | {chr(code) for code, folded in _FOLDS.items() if chr(folded) in characters}


def squeeze(text: str) -> str:
    """Without white space: PDF and full justification put it anywhere."""
    return "".join(text.split())


class Line(NamedTuple):
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
    """All lines that are not blank. There may be half a million: calling `Line` would take three times as long."""
    if "\r" not in source and "\f" not in source:
        return _split_at_newlines(source)
    lines: list[Line] = []
    number, end = 1, 0
    after_gap = opens_page = False
    for match in _STRETCH.finditer(source):
        begin, stop = match.span()
        gap = source[end:begin]
        if gap == "\n":
            number += 1
        elif gap:
            ends = gap.count("\n") + gap.count("\r") - gap.count("\r\n")
            number += ends
            opens_page = opens_page or "\f" in gap
            after_gap = after_gap or opens_page or ends > 1
        end = stop
        whole = match[0]
        text = whole.strip()
        if not text:
            after_gap = True
            continue
        indent = 0 if len(text) == len(whole) else len(whole) - len(whole.lstrip())
        first = begin + indent
        values = (number, first, first + len(text), text, indent, after_gap, opens_page)
        lines.append(tuple.__new__(Line, values))
        after_gap = opens_page = False
    return lines


def _split_at_newlines(source: str) -> list[Line]:
    """The same where lines end in the plainest way: most texts, and half the time."""
    lines: list[Line] = []
    place, after_gap = 0, False
    for number, whole in enumerate(source.split("\n"), 1):
        text = whole.strip()
        if text:
            indent = 0 if len(text) == len(whole) else len(whole) - len(whole.lstrip())
            first = place + indent
            values = (number, first, first + len(text), text, indent, after_gap, False)
            lines.append(tuple.__new__(Line, values))
            after_gap = False
        elif whole or place:
            after_gap = True
        place += len(whole) + 1
    return lines


class Ledger:
    """Who owns each character: the first to take it keeps it, and nobody can take it twice."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._owners = array("l", [_FREE]) * len(source)
        self._keys: list[tuple[PieceKind, int]] = []
        self._ids: dict[tuple[PieceKind, int], int] = {}

    def take(self, kind: PieceKind, index: int, start: int, end: int) -> None:
        """White space between two stretches may be taken with them: it joins the pieces of one owner anyway."""
        owner, owners = self._id(kind, index), self._owners
        for place in range(start, end):
            if owners[place] == _FREE:
                owners[place] = owner

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
        """White space that nobody took joins pieces of one owner; what is set aside stays line by line."""
        spans: list[tuple[int, int, int]] = []
        begin, last = 0, _FREE
        for owner, places in groupby(self._owners):
            end = begin + len(list(places))
            if owner == _FREE:
                pass
            elif owner == last and self._is_blank(spans[-1][2], begin):
                spans[-1] = (owner, spans[-1][1], end)
            else:
                spans.append((owner, begin, end))
                last = owner if self._keys[owner][0] != "remainder" else _FREE
            begin = end
        return tuple(Piece(*self._keys[owner], first, end) for owner, first, end in spans)

    def _is_blank(self, start: int, end: int) -> bool:
        return self._source[start:end].isspace()

    def _id(self, kind: PieceKind, index: int) -> int:
        key = (kind, index)
        if key not in self._ids:
            self._ids[key] = len(self._keys)
            self._keys.append(key)
        return self._ids[key]
