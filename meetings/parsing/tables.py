"""Records set as tables: a column of speakers and a column of words, between pipes or, under a head, between commas."""

import re
from collections import Counter
from dataclasses import dataclass

from meetings.parsing.labels import NONE, SURE, read_label
from meetings.parsing.shapes import is_speech
from meetings.parsing.source import Line, squeeze

_PIPES = "|｜│┃"
_SHORTEST_WORDS = 6
_COMMA_CELL = re.compile(r'"(?:[^"]|"")*"(?=,|$)|[^,]*')
_SPEAKER_HEADS = ("発言者", "発言者名", "話者", "発言者氏名")
_WORDS_HEADS = ("内容", "発言", "発言内容", "発言要旨", "発言の内容", "発言の要旨")
_LONGEST_HEAD = 80
_FEWEST_ROWS = 2


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


def read_comma_rows(lines: list[Line]) -> dict[int, Row]:
    """Rows under a line such as 発言者,内容; lines without a speaker's cell go on with the turn above them."""
    for head, line in enumerate(lines):
        columns = comma_columns(line.text) if "," in line.text else None
        if columns is None:
            continue
        rows: dict[int, Row] = {}
        for index in range(head + 1, len(lines)):
            row = _comma_row(lines[index].text, *columns)
            if row is not None and (row.label or rows):
                rows[index] = row
        if sum(row.label is not None for row in rows.values()) >= _FEWEST_ROWS:
            return rows
        break
    return {}


def comma_columns(text: str) -> tuple[int, int, int] | None:
    """The column of speakers, the column of words and how many there are, if `text` is the head of such a table."""
    if len(text) > _LONGEST_HEAD or "者" not in text:
        return None
    heads = [squeeze(text[start:end]) for start, end in _comma_cells(text, len(text))]
    speaker = next((column for column, head in enumerate(heads) if head in _SPEAKER_HEADS), None)
    words = next((column for column, head in enumerate(heads) if head in _WORDS_HEADS), None)
    return None if speaker is None or words is None else (speaker, words, len(heads))


def _comma_cells(text: str, most: int) -> list[tuple[int, int]]:
    """Places of the cells without their quotation marks; commas past the last column belong to its words."""
    spans: list[tuple[int, int]] = []
    start = 0
    while start <= len(text):
        match = _COMMA_CELL.match(text, start)
        end = match.end() if match and len(spans) + 1 < most else len(text)
        first, last = _trimmed(text, start, end)
        is_quoted = last - first >= 2 and text[first] == text[last - 1] == '"'
        spans.append((first + 1, last - 1) if is_quoted else (first, last))
        start = end + 1
    return spans


def _comma_row(text: str, speaker: int, words: int, most: int) -> Row | None:
    if "," not in text:
        return None
    spans = _comma_cells(text, most)
    if len(spans) < most:
        return None
    label, said = spans[speaker], spans[words]
    if label[0] == label[1]:
        return Row(None, said) if said[0] < said[1] else None
    return Row(label, said) if read_label(text[slice(*label)]).strength > NONE else None


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
