"""Records set as tables: a column of speakers and a column of words, between pipes."""

from collections import Counter
from dataclasses import dataclass

from meetings.parsing.labels import NONE, SURE, read_label
from meetings.parsing.shapes import is_speech
from meetings.parsing.source import Line

_PIPES = "|｜│┃"
_SHORTEST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """Places within the line's text; no label where the row goes on with the turn above it."""

    label: tuple[int, int] | None
    words: tuple[int, int]


def read_rows(lines: list[Line]) -> dict[int, Row]:
    """Rows of words by index of line; empty where no table holds the record."""
    cells = {index: _cells(line.text) for index, line in enumerate(lines) if line.text[0] in _PIPES}
    cells = {index: spans for index, spans in cells.items() if len(spans) >= 2}
    columns = _columns(lines, cells)
    if columns is None:
        return {}
    speaker, words = columns
    rows: dict[int, Row] = {}
    for index, spans in cells.items():
        row = _row(lines[index].text, spans, speaker, words)
        if row is not None and (row.label or rows):
            rows[index] = row
    return rows


def _cells(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 1
    for place in range(1, len(text) + 1):
        if place == len(text) or text[place] in _PIPES:
            if place < len(text) or text[start:place].strip():
                spans.append(_trimmed(text, start, place))
            start = place + 1
    return spans


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _columns(lines: list[Line], cells: dict[int, list[tuple[int, int]]]) -> tuple[int, int] | None:
    """The column of speakers and the column of words."""
    labels: Counter[tuple[int, int]] = Counter()
    for index, spans in cells.items():
        text = lines[index].text
        words = next(
            (column for column, (start, end) in enumerate(spans) if is_speech(text[start:end])), None
        )
        if words is None:
            continue
        for column, (start, end) in enumerate(spans[:words]):
            strength = read_label(text[start:end]).strength
            if strength > NONE:
                labels[column, words] += 2 if strength == SURE else 1
    if not labels:
        return None
    (speaker, words), score = max(labels.items(), key=lambda each: (each[1], -each[0][0]))
    return (speaker, words) if score >= 3 else None


def _row(text: str, spans: list[tuple[int, int]], speaker: int, words: int) -> Row | None:
    if len(spans) <= words:
        return None
    label, said = spans[speaker], spans[words]
    shown = text[said[0] : said[1]]
    if label[0] == label[1]:
        return Row(None, said) if is_speech(shown) else None
    if not shown or set(shown) <= set("-:=─━ "):
        return None
    strength = read_label(text[label[0] : label[1]]).strength
    if strength == NONE or (strength < SURE and not is_speech(shown)):
        return None
    return Row(label, said) if is_speech(shown) or len(shown) < _SHORTEST_WORDS or strength == SURE else None
