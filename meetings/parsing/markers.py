"""Where on a line a speaker's label could stand: marks, brackets, colons, spaces, a line of its own.

Only shapes are read here, one left-to-right look at the head of each line. Whether the shape means a speaker is decided over
the whole document (`styles`).
"""

import re
from functools import lru_cache
from typing import NamedTuple

from meetings.parsing.labels import NONE, SURE, Label, read_label
from meetings.parsing.source import Line, fold
from meetings.parsing.words import LETTERS_THAT_SPEAK

# Folded (see `source.fold`): ○ stands for 〇 and ◯, [ for 〔, < for ＜ and 《.
CIRCLES = "○●◎◆◇■□▲△▼▽★☆※◉⚫⚪⭕❍❏▪▫◦"
BULLETS = "・-*·•⚬‣⁃"
MARKS = CIRCLES + BULLETS
OPENERS = {"(": ")", "[": "]", "<": ">", "【": "】", "{": "}", "『": "』", "「": "」", "［": "］", "“": "”"}
CLOSERS = ")]>】}"
ARROWS = "→⇒>…‥=/;|➡➢"
LONGEST = 48
# All that so short a text in ASCII can say of a speaker is a letter by itself: A, Q1, (B).
_SHORT_ASCII = 6
_LONE_LETTER = re.compile(r"(?<![A-Za-z])[A-Z](?![A-Za-z])")
_POINTERS = ("→", "⇒", "➡", "➔", "▶", "►", "↪")


class Candidate(NamedTuple):
    """`label_start`..`label_end` is the label as printed, marks, brackets and colon included; `text_start` where the
    words of the speaker begin (all three count within the line's text). `family` names the shape."""

    line: int
    family: str
    label_start: int
    label_end: int
    text_start: int
    label: Label


class _Found(NamedTuple):
    family: str
    label_end: int
    text_start: int
    label: Label
    label_start: int = 0


def find_candidate(line: Line, index: int) -> Candidate | None:
    """The label that could begin this line, in whatever shape; None where none fits."""
    text = line.text
    if len(text) == 1 and _is_letter(text) and text not in LETTERS_THAT_SPEAK:
        return None
    if len(text) <= _SHORT_ASCII and text.isascii() and not _LONE_LETTER.search(text):
        return None
    found = _find(text[: LONGEST * 2])
    if found is None:
        return None
    family, label_end, text_start, label, label_start = found
    return tuple.__new__(Candidate, (index, family, label_start, label_end, text_start, label))


def _is_letter(character: str) -> bool:
    """Kana and kanji, which have one spelling."""
    return (
        "\u3041" <= character <= "\u3096"
        or "\u30a1" <= character <= "\u30fc"
        or "\u3400" <= character <= "\u9fff"
    )


@lru_cache(maxsize=1024)
def _find(text: str) -> _Found | None:
    head = fold(text)
    start = _after_decoration(head, 0)
    for begin in _begins(head, start):
        found = _at(head, begin)
        if found is not None and found.label.strength > NONE:
            return found._replace(label_start=start) if start else found
    return None


def _begins(head: str, start: int) -> list[int]:
    """What follows an arrow (→ 事務局：…) or a number (1 会長：…), then the line itself."""
    if head[start : start + 1] in _POINTERS:
        return [_skip_spaces(head, start + 1)]
    place = start
    if head[start : start + 2].lower() == "no":
        place += 3
    begin = place
    while place < len(head) and place - begin < 4 and head[place].isdigit():
        place += 1
    if place == begin or place == len(head) or head[place] not in " \t.．)、:":
        return [start]
    return [_skip_spaces(head, place + 1), start]


def _after_decoration(head: str, place: int) -> int:
    """Past the marks of markdown: headings, quotes, bold."""
    while place < len(head) and head[place] in "#>":
        place += 1
    if place and place < len(head) and head[place] != " ":
        return 0
    return _skip_spaces(head, place)


def _skip_spaces(head: str, place: int) -> int:
    while place < len(head) and head[place].isspace():
        place += 1
    return place


def _skip_bold(head: str, place: int) -> int:
    while place < len(head) and head[place] in "*_":
        place += 1
    return place


def _at(head: str, begin: int) -> _Found | None:
    if begin >= len(head):
        return None
    first = head[begin]
    doubled = head[begin + 1 : begin + 2] == first
    if first in MARKS and not doubled:
        return _marked(head, begin, "circle" if first in CIRCLES else f"bullet {first}")
    if first in OPENERS:
        return _bracketed(head, begin, f"bracket {first}")
    return _plain(head, _skip_bold(head, begin), "")


def _marked(head: str, begin: int, family: str) -> _Found | None:
    place = _skip_bold(head, _skip_spaces(head, begin + 1))
    if place < len(head) and head[place] in OPENERS:
        return _bracketed(head, place, family)
    return _plain(head, place, family)


def _bracketed(head: str, begin: int, family: str) -> _Found | None:
    """(役) with whatever follows; `{` and the corner brackets only where the words inside are surely a speaker."""
    close = _closing(head, begin)
    if close is None:
        return None
    label = read_label(head[begin + 1 : close])
    if label.strength < SURE and head[begin] in "「『“":
        return None
    end = close + 1
    after = _skip_spaces(head, end)
    if after < len(head) and head[after] == ":":
        return _Found(family, after + 1, _skip_spaces(head, after + 1), label)
    return _Found(family, end, after, label)


def _closing(head: str, begin: int) -> int | None:
    """The bracket that closes the one at `begin`, within the reach of a label."""
    opener, closer, depth = head[begin], OPENERS[head[begin]], 0
    for place in range(begin, min(len(head), begin + LONGEST)):
        if head[place] == opener:
            depth += 1
        elif head[place] == closer:
            depth -= 1
            if depth == 0:
                return place
    return None


def _plain(head: str, begin: int, family: str) -> _Found | None:
    """Words up to a separator: colon, tab, quotation, closing bracket, arrow, space or the end of the line."""
    place = begin
    limit = min(len(head), begin + LONGEST)
    while place < limit and not _separates(head, place, begin):
        if head[place] == "(":
            close = _closing(head, place)
            if close is None:
                break
            place = close
        place += 1
    if place == begin or (place == limit and limit < len(head)):
        return None
    return _ended(head, begin, place, family)


def _separates(head: str, place: int, begin: int) -> bool:
    character = head[place]
    if (
        character in "「『"
        or character in CLOSERS
        or character in ARROWS
        or character == ":"
        or character.isspace()
    ):
        return True
    return character == "-" and place > begin


def _ended(head: str, begin: int, place: int, family: str) -> _Found | None:
    separator = head[place : place + 1]
    if separator.isspace() and separator != "\t":
        return _spaced(head, begin, place, family)
    label = read_label(head[begin:place])
    if label.strength == NONE:
        return None
    if not separator:
        return _Found(family or "line", place, place, label)
    if separator == "\t":
        return _Found(family or "tab", place, _skip_spaces(head, place), label)
    if separator in "「『":
        return _Found(family or "quote", place, place, label)
    end = _skip_bold(head, place + 1)
    if separator in "…‥-":
        while end < len(head) and head[end] == separator:
            end += 1
    kind = "colon" if separator == ":" else f"after {separator}"
    return _Found(family or kind, end, _skip_spaces(head, end), label)


def _spaced(head: str, begin: int, place: int, family: str) -> _Found | None:
    """山田　太郎　委員　…: words join the label as long as they make a better one."""
    best: _Found | None = None
    end, words = place, 0
    while words < 4 and end - begin < LONGEST:
        label = read_label(head[begin:end])
        if best is None or best.label.strength < SURE:
            better = label.strength > (best.label.strength if best else NONE)
        else:
            better = label.strength == SURE and _belongs(head[begin : best.label_end], head[begin:end])
        if better:
            best = _after_label(head, end, family, label)
        if label.strength == NONE and best is not None and best.label.strength == SURE:
            break
        start = _skip_spaces(head, end)
        end = start
        while end < len(head) and not head[end].isspace() and head[end] not in ":「":
            end += 1
        words += 1
        if end == start or (end == len(head) and words and family == "" and end - start > 6):
            break
    return best


def _belongs(shorter: str, longer: str) -> bool:
    """議長　山田太郎君 (only an honorific shows that the second word is still the label); 委　員　長."""
    added = longer[len(shorter) :].strip()
    return len(added) == 1 or (longer.endswith(("君", "氏", "様")) and len(added) <= 10)


def _after_label(head: str, end: int, family: str, label: Label) -> _Found:
    after = _skip_spaces(head, end)
    if after < len(head) and head[after] == ":":
        return _Found(family or "colon", after + 1, _skip_spaces(head, after + 1), label)
    if after == len(head):
        return _Found(family or "line", end, after, label)
    return _Found(family or "space", end, after, label)
