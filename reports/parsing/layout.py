"""How the lines of a file lie: whether sentences are broken over lines, and what belongs to the page alone."""

import re
from collections import Counter
from dataclasses import dataclass

from meetings.parsing.source import Line, fold, squeeze
from reports.parsing.labels import starts_with_labels

_PAGE_NUMBER = re.compile(
    r"(?:p\.?|第)?[-\s]{0,3}\d{1,4}(?:\s?[/-]\s?\d{1,4})?[-\s]{0,3}(?:ページ|頁)?", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
_ENDS = tuple("。．！？!?）)」』】:：")
_STARTS = tuple("・•○●◆■◇□▪※→⇒➡")
_ROOM = 6  # half-width columns: 禁則 takes one or two characters to the next line
_EDGE = 2  # lines of head and foot that a page may have


@dataclass(frozen=True, slots=True)
class Layout:
    """`full`: columns of a full line where sentences are broken over lines, else 0. `has_gaps`: blank lines set most
    paragraphs apart."""

    full: int
    has_gaps: bool

    def goes_on(self, before: Line, line: Line) -> bool:
        """Whether `line` is the rest of a sentence that `before` begins."""
        if line.text.startswith(_STARTS):
            return False
        if line.opens_page:
            return not before.text.endswith(_ENDS)
        if line.after_gap or not self.full:
            return False
        return columns(before.text) >= self.full - (2 if before.text.endswith(_ENDS) else _ROOM)


def columns(text: str) -> int:
    return len(text) + sum(character > "\u02ff" for character in text)


def layout_of(lines: list[Line]) -> Layout:
    widths = [columns(line.text) for line in lines]
    full = max(widths, default=0)
    broken = sum(width >= full - _ROOM for width in widths)
    gaps = sum(line.after_gap for line in lines)
    return Layout(
        full=full if full <= 160 and broken >= max(4, len(lines) // 6) else 0,
        has_gaps=gaps * 2 >= len(lines),
    )


def page_lines(lines: list[Line]) -> set[int]:
    """Page numbers, and words that stand at the head or foot of several pages. None where there is but one page."""
    begins = [0, *(index for index, line in enumerate(lines) if line.opens_page and index)]
    if len(begins) < 2:
        return set()
    heads: set[int] = set()
    feet: set[int] = set()
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        heads.update(range(begin, min(end, begin + _EDGE)))
        feet.update(range(max(begin, end - _EDGE), end))
    alike = Counter(_without_numbers(lines[index]) for index in heads | feet)
    first = set(range(begins[1]))  # its head is the title itself, which later pages repeat
    return {
        index
        for index in heads - first | feet
        if _is_of_the_page(lines[index].text, alike[_without_numbers(lines[index])])
    }


def _is_of_the_page(text: str, times: int) -> bool:
    if _PAGE_NUMBER.fullmatch(fold(text)):
        return True
    return times > 1 and not text.endswith("。") and not starts_with_labels(text)


def _without_numbers(line: Line) -> str:
    return _DIGITS.sub("", squeeze(fold(line.text)))
