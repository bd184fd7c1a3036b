"""The items of a meeting: read where they are listed, found again where the record comes to them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from meetings.parsing.numbering import Number, Tree, read_number
from meetings.parsing.proposal import Item
from meetings.parsing.source import fold, squeeze

_PAPER = re.compile(
    r"[【(\[<](?P<names>(?:当日|参考|追加|机上)?(?:配[付布])?(?:資料|別紙|別添)[^】)\]>]{0,40})[】)\]>]"
)
_PAPER_NAME = re.compile(
    r"(?:当日|参考|追加|机上)?(?:配[付布])?(?:資料|別紙|別添)\s?(?:No\.?)?\s?\d{0,2}(?:-\d{1,2})?"
)
_OPEN_PAPER = re.compile(r"[【(\[<](?:当日|参考|追加|机上)?(?:配[付布])?(?:資料|別紙|別添)[^】)\]>]{0,40}$")
_REST_OF_PAPER = re.compile(r"[^【(\[<】)\]>]{0,40}[】)\]>]")
_PAPER_WORDS = ("資料", "別紙", "別添")
_FIGURES = re.compile(r"\d{1,2}(?:-\d{1,2})?")
_ALIKE = 0.62
# Titles are compared letter by letter; a hostile text could ask for that without end.
_COMPARED = 60
_MOST_COMPARISONS = 1_000
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Match:
    """`title_end` counts within the line: what follows it says who performs the item."""

    index: int
    is_exact: bool
    title_end: int


def papers_in(text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """資料 named in brackets, and where the brackets stand. One bracket may name several."""
    names: list[str] = []
    spans: list[tuple[int, int]] = []
    folded = fold(text[: _LONGEST * 3])
    if not any(word in folded for word in _PAPER_WORDS):
        return (), []
    for match in _PAPER.finditer(folded):
        last = ""
        for part in re.split(r"[、,，・]|及び|から|~", match["names"]):
            plain = squeeze(part)
            if _PAPER_NAME.match(plain):
                last = plain
            elif _FIGURES.fullmatch(plain) and last:
                plain = last.rstrip("0123456789-") + plain
            else:
                continue
            names.append(plain)
        spans.append(match.span())
    return tuple(names), spans


def names_only_papers(text: str) -> bool:
    """【資料1】 【資料2】 and nothing else; 【資料】 alone is the heading of a list."""
    names, _spans = papers_in(text)
    return bool(names) and all(name[-1].isdigit() for name in names) and not bare_title(text)


def leaves_papers_open(text: str) -> bool:
    """…について 【資料, with the number and the closing bracket on the next line."""
    return _OPEN_PAPER.search(fold(text[-_LONGEST:])) is not None


def closes_papers(text: str) -> bool:
    return _REST_OF_PAPER.match(fold(text[:_LONGEST])) is not None


def bare_title(text: str) -> str:
    """A title without its papers."""
    _names, spans = papers_in(text)
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text.strip(" 　…・")


def comparable(title: str) -> str:
    return squeeze(fold(bare_title(title)))


class Agenda:
    """Matches headings of the record with listed items, in the order of the list."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._comparisons = 0
        self._titles = [comparable(item.title) for item in items]
        self._by_title: dict[str, list[int]] = {}
        for index, title in enumerate(self._titles):
            self._by_title.setdefault(title, []).append(index)
        self._by_number: dict[str, list[int]] = {}
        for index, item in enumerate(items):
            self._by_number.setdefault(_last_part(item.number), []).append(index)

    def __bool__(self) -> bool:
        return bool(self._items)

    def match(self, text: str, after: int = -1) -> Match | None:
        """`after` is the item that the record came to last."""
        if len(text) > _LONGEST or not self._items:
            return None
        number = read_number(text)
        if number is None:
            return self._match_title(text, after)
        words = text[number.end :]
        fitting = [index for index in self._by_number.get(number.printed, ()) if self._items[index].number]
        fitting = fitting[:8]
        fitting.sort(key=lambda index: index <= after)
        for index in fitting:
            found = self._compare(index, words, number)
            if found is not None:
                return found
        return self._match_title(words, after, number.end)

    def _compare(self, index: int, words: str, number: Number) -> Match | None:
        wanted, plain = self._titles[index], comparable(words)
        if not wanted or not plain:
            return None
        if plain == wanted:
            return Match(index, True, number.end + len(words))
        if plain.startswith(wanted) and len(plain) <= len(wanted) + 40:
            end = _end_of(words, len(wanted))
            if words[end : end + 1].isspace():
                return Match(index, True, number.end + end)
        return Match(index, False, number.end + len(words)) if self._is_alike(wanted, plain) else None

    def _is_alike(self, wanted: str, plain: str) -> bool:
        if self._comparisons >= _MOST_COMPARISONS or "。" in plain:
            return False
        self._comparisons += 1
        matcher = SequenceMatcher(None, wanted[:_COMPARED], plain[:_COMPARED], autojunk=False)
        return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE

    def _match_title(self, words: str, after: int, offset: int = 0) -> Match | None:
        plain = comparable(words)
        same = self._by_title.get(plain, []) if len(plain) > 1 else []
        if not same:
            return None
        index = next((each for each in same if each > after), same[0])
        return Match(index, True, offset + len(words))


def _last_part(number: str) -> str:
    """(1) of 4(1), 2 of 1-2."""
    if number.endswith(")"):
        return number[number.rfind("(") :]
    return number


def _end_of(words: str, length: int) -> int:
    """Where the first `length` characters that are not white space end."""
    seen = 0
    for place, character in enumerate(words):
        if seen == length:
            return place
        seen += not character.isspace()
    return len(words)


def new_item(text: str, number: Number | None, tree: Tree, line: int) -> Item:
    words = text[number.end :] if number else text
    names, _spans = papers_in(words)
    whole = tree.place(number) if number else ""
    return Item(whole, bare_title(words), "", "", names, line)
