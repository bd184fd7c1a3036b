"""Each line of the record under one heading: turn, item of the agenda, heading, direction, rule, page number, text."""

import re
from collections.abc import Container
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import pairwise

from meetings.parsing import shapes
from meetings.parsing.agenda import Agenda, Match
from meetings.parsing.header import is_rule
from meetings.parsing.source import Line, fold, spellings

_PAGE = re.compile(r"(?:[-pP]\.?\s?)*(?P<number>\d{1,4})(?:\s?/\s?\d{1,4})?(?:\s?(?:-|ページ|頁))?")

_PAGE_MARKS = spellings("-pP")


class Is(Enum):
    TURN = "turn"
    RULE = "rule"
    PAGE = "page"
    ITEM = "item"
    QUESTIONS = "questions"
    CLOCK = "clock"
    MARKED = "marked"
    HEADING = "heading"
    DIRECTION = "direction"
    TEXT = "text"


@dataclass(frozen=True)
class Classes:
    """By index of line. `breaks` tells lines after which a turn cannot simply go on, seen from the line before."""

    kinds: list[Is]
    matches: dict[int, Match]

    def breaks_after(self, index: int) -> bool:
        """Whether what follows line `index` is a turn, a heading or the end."""
        return self._breaks[index]

    def stands_alone(self, index: int) -> bool:
        """A heading by itself; a list of items is read out in the middle of a turn."""
        before = self.kinds[index - 1] if index else Is.TEXT
        after = self.kinds[index + 1] if index + 1 < len(self.kinds) else Is.TEXT
        return self.matches[index].is_exact and Is.ITEM not in (before, after)

    @cached_property
    def _breaks(self) -> list[bool]:
        breaks = [True] * len(self.kinds)
        for index in range(len(self.kinds) - 2, -1, -1):
            kind = self.kinds[index + 1]
            # Headings one after another stand or fall together.
            passes = kind in (Is.RULE, Is.PAGE, Is.ITEM, Is.HEADING)
            breaks[index] = breaks[index + 1] if passes else kind not in (Is.TEXT, Is.DIRECTION)
        return breaks


def classify(lines: list[Line], begin: int, turns: Container[int], agenda: Agenda) -> Classes:
    pages = page_numbers(lines)
    kinds = [Is.TEXT] * len(lines)
    matches: dict[int, Match] = {}
    after = -1
    for index in range(begin, len(lines)):
        if index in turns:
            kinds[index] = Is.TURN
            continue
        text = lines[index].text
        match = agenda.match(text, after) if agenda else None
        if match is not None:
            matches[index], kinds[index], after = match, Is.ITEM, match.index
        else:
            kinds[index] = Is.PAGE if index in pages else _kind(text)
    return Classes(kinds, matches)


_CHECKS = (
    (Is.RULE, is_rule),
    (Is.QUESTIONS, shapes.is_qa_heading),
    (Is.CLOCK, shapes.is_clock_line),
    (Is.DIRECTION, shapes.is_direction),
    (Is.MARKED, shapes.is_marked_heading),
    (Is.HEADING, shapes.is_numbered_heading),
)


@lru_cache(maxsize=1024)
def _kind(text: str) -> Is:
    if len(text) == 1:
        return Is.RULE if is_rule(text) else Is.TEXT
    for kind, check in _CHECKS:
        if check(text):
            return kind
    return Is.TEXT


def is_text(text: str) -> bool:
    """Nothing but words, as far as one line tells."""
    return _kind(text) is Is.TEXT


def page_numbers(lines: list[Line]) -> set[int]:
    """Lines that are nothing but a number that counts pages: each one more than the one before, or at a page's end."""
    found = [
        (index, number)
        for index, line in enumerate(lines)
        if (line.text[0].isdecimal() or line.text[0] in _PAGE_MARKS)
        and len(line.text) <= 14
        and (number := _page_number(line.text)) is not None
    ]
    pages: set[int] = set()
    for (index, number), (other, following) in pairwise(found):
        if following == number + 1 and other - index > 3:
            pages |= {index, other}
    return pages | {index for index, _number in found if _ends_page(lines, index)}


@lru_cache(maxsize=1024)
def _page_number(text: str) -> int | None:
    match = _PAGE.fullmatch(fold(text))
    return int(match["number"]) if match else None


def _ends_page(lines: list[Line], index: int) -> bool:
    return index + 1 < len(lines) and lines[index + 1].opens_page
