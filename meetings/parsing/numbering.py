"""Numbers before headings: 1, (1), ①, 第１, 日程第１, ア, Ⅰ; and the tree that they make."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from meetings.parsing.source import fold, spellings

_BULLET = re.compile(r"[-*•]\s+|・\s*|#{1,6}\s+")
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("schedule", re.compile(r"(?:議事)?日程第?\s{0,3}(?P<value>\d{1,3})号?(?=\s|[、,.:]|$)")),
    ("bracket", re.compile(r"\(\s?(?P<value>\d{1,2}|[一二三四五六七八九十]{1,3}|[ア-ン])\s?\)")),
    ("ordinal", re.compile(r"第\s{0,3}(?P<value>\d{1,3})(?=\s)")),
    ("circled", re.compile(r"(?P<value>[①-⑳])")),
    (
        "topic",
        re.compile(r"(?:議題|議案|案件|報告|協議|審議|議事)\s?第?(?P<value>\d{1,2})号?(?=\s|[.、:)]|$)"),
    ),
    ("dashed", re.compile(r"(?P<value>\d{1,2}-\d{1,2})(?=\s|[.、:])")),
    (
        "plain",
        re.compile(r"(?P<value>\d{1,2})(?:\s*[.、:)]\s*|\s+|(?=[^\d\s年月日時分名人件点つ番回号%％.,~/-]))"),
    ),
    ("roman", re.compile(r"(?P<value>[Ⅰ-Ⅻ])")),
    ("kana", re.compile(r"(?P<value>[ア-コ])(?:\s+|[.、)])")),
    ("kanji", re.compile(r"(?P<value>[一二三四五六七八九十]{1,3})(?:\s+|[.、:])")),
)
_BULLETS = frozenset("-*•・#")
# What a number of each shape can begin with: most lines are told apart by their first character.
_BEGINNINGS = {
    "schedule": "議日",
    "bracket": "(",
    "ordinal": "第",
    "circled": "".join(map(chr, range(0x2460, 0x2474))),
    "topic": "議案報協審",
    "dashed": "0123456789",
    "plain": "0123456789",
    "roman": "".join(map(chr, range(0x2160, 0x216C))),
    "kana": "".join(map(chr, range(ord("ア"), ord("コ") + 1))),
    "kanji": "一二三四五六七八九十",
}
_BY_FIRST = {
    first: tuple((shape, pattern) for shape, pattern in _SHAPES if first in _BEGINNINGS[shape])
    for first in "".join(_BEGINNINGS.values())
}
_FIRST = spellings("".join(_BY_FIRST) + "".join(_BULLETS))
_READ = 24


@dataclass(frozen=True, slots=True)
class Number:
    shape: str
    value: str
    end: int

    @property
    def printed(self) -> str:
        return f"({self.value})" if self.shape == "bracket" else self.value


def read_number(text: str) -> Number | None:
    """The number at the start of a line, past a bullet; `end` is where the words begin."""
    return _read(text[:_READ]) if text[:1] in _FIRST else None


@lru_cache(maxsize=1024)
def _read(text: str) -> Number | None:
    head = fold(text)
    bullet = _BULLET.match(head) if head[:1] in _BULLETS else None
    begin = bullet.end() if bullet else 0
    for shape, pattern in _BY_FIRST.get(head[begin : begin + 1], ()):
        match = pattern.match(head, begin)
        if match:
            end = match.end()
            while end < len(head) and (head[end].isspace() or head[end] in ".、:"):
                end += 1
            value = unicodedata.normalize("NFKC", match["value"])
            return Number(shape, value, end)
    return None


@dataclass(slots=True)
class Tree:
    """Whole numbers of headings in order of appearance: (1) under 4 is 4(1)."""

    _open: list[tuple[str, str]] = field(default_factory=list)

    def place(self, number: Number) -> str:
        for depth, (shape, _value) in enumerate(self._open):
            if shape == number.shape:
                del self._open[depth:]
                break
        self._open.append((number.shape, number.printed))
        return self._joined()

    def _joined(self) -> str:
        whole = ""
        for _shape, printed in self._open:
            whole += f"-{printed}" if whole and whole[-1].isdigit() and printed[0].isdigit() else printed
        return whole
