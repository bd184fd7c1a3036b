"""Marks that the head of a record explains: ○＝委員 ●＝事務局."""

import re

from meetings.parsing.labels import SURE, Label, read_label
from meetings.parsing.markers import CIRCLES
from meetings.parsing.shapes import is_speech
from meetings.parsing.source import Line, fold

_ENTRY = re.compile(rf"(?P<mark>[{CIRCLES}])\s*[=:…]\s*(?P<who>[^\s、,;{CIRCLES}()\[\]]{{1,20}})")
_LOOKED_AT = 60
_LONGEST = 120
_FEWEST_TURNS = 3


def read_legend_turns(lines: list[Line]) -> dict[int, Label]:
    """Who speaks, by index of line: every line that begins with an explained mark and reads as speech."""
    head, legend = _find_legend(lines)
    if len(legend) < 2:
        return {}
    turns = {
        index: legend[mark]
        for index in range(head + 1, len(lines))
        if (mark := fold(lines[index].text[0])) in legend and is_speech(lines[index].text[1:])
    }
    spoken = {label.key for label in turns.values()}
    return turns if len(turns) >= _FEWEST_TURNS and len(spoken) > 1 else {}


def _find_legend(lines: list[Line]) -> tuple[int, dict[str, Label]]:
    """The last line of the legend and what its marks mean; one line holds all of it or each line one mark."""
    last = 0
    legend: dict[str, Label] = {}
    for index, line in enumerate(lines[:_LOOKED_AT]):
        if len(line.text) > _LONGEST or "。" in line.text:
            continue
        for match in _ENTRY.finditer(fold(line.text)):
            label = read_label(match["who"])
            if label.strength == SURE:
                legend.setdefault(match["mark"], label)
                last = index
    return last, legend
