"""Speakers that stand at the end of what they say: 秋から始めます。（事務局）. Looked for where none stands at the head."""

from typing import NamedTuple

from meetings.parsing.classes import is_text
from meetings.parsing.labels import LIKELY, SURE, Label, read_label
from meetings.parsing.numbering import read_number
from meetings.parsing.shapes import is_speech
from meetings.parsing.source import Line, fold, spellings

_CLOSERS = {")": "(", "]": "[", "】": "【"}
_PRINTED = spellings("".join(_CLOSERS))
_SENTENCE_ENDS = ("。", "？", "?", "！", "!", "」")
_LONGEST = 30
_FEWEST = 3
_WRAPPED = 12
_BULLETS = spellings("・-*•○●◎◇◆■□※→")


class Tail(NamedTuple):
    """A turn from line `first` to line `last`, where the label stands from `start` to the end of the line."""

    first: int
    last: int
    start: int
    label: Label


def read_tails(lines: list[Line]) -> list[Tail]:
    """None unless several turns end so and more than one speaker does."""
    found = {
        index: tail
        for index, line in enumerate(lines)
        if line.text[-1] in _PRINTED and (tail := _at_end_of(line.text)) is not None
    }
    sure = {label.key for _start, label in found.values() if label.strength == SURE}
    if len(found) < _FEWEST or len({label.key for _start, label in found.values()}) < 2 or not sure:
        return []
    tails: list[Tail] = []
    free = 0
    for index, (start, label) in found.items():
        tails.append(Tail(_first_of(lines, index, free), index, start, label))
        free = index + 1
    return tails


def _at_end_of(text: str) -> tuple[int, Label] | None:
    """（以上）, （拍手）, （資料1） and (1) name nobody."""
    tail = fold(text[-_LONGEST:])
    place = tail.rfind(_CLOSERS[tail[-1]])
    start = len(text) - len(tail) + place
    if place < 0 or not text[:start].rstrip().endswith(_SENTENCE_ENDS):
        return None
    label = read_label(tail[place + 1 : -1])
    return (start, label) if label.strength >= LIKELY else None


def _first_of(lines: list[Line], last: int, free: int) -> int:
    """Back over lines of the same words: no gap, no mark or number of its own, no heading above."""
    first = last
    while first > free and not _begins(lines[first]) and _goes_on(lines[first - 1].text):
        first -= 1
    return first


def _begins(line: Line) -> bool:
    return line.after_gap or line.text[0] in _BULLETS or read_number(line.text) is not None


def _goes_on(text: str) -> bool:
    return is_text(text) and (is_speech(text) or len(text) >= _WRAPPED)
