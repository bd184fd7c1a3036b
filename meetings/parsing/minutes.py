"""Text of minutes in, a proposal out. Any text is answered, nothing of it is lost, and time grows with its length."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from meetings.parsing.attendance import known_names
from meetings.parsing.body import BodyReader, Turn
from meetings.parsing.dates import read_held, read_times
from meetings.parsing.draft import Draft
from meetings.parsing.header import HeaderReader
from meetings.parsing.labels import read_label
from meetings.parsing.legend import read_legend_turns
from meetings.parsing.markers import Candidate
from meetings.parsing.paragraphs import width_of_wrap
from meetings.parsing.proposal import Proposal
from meetings.parsing.shapes import (
    is_clock_line,
    is_direction,
    is_marked_heading,
    is_numbered_heading,
    is_qa_heading,
)
from meetings.parsing.source import Line, split_lines
from meetings.parsing.styles import Style
from meetings.parsing.tables import Row, read_comma_rows, read_rows
from meetings.parsing.tails import read_tails

# Lines with words that can stand above a record: the roll of a large assembly, not a book.
_LONGEST_HEAD = 800


def parse_minutes(source: str) -> Proposal:
    with _without_collecting():
        return _parse(source)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A reading makes an object per line and no cycles; looking for cycles among them takes a quarter of its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _parse(source: str) -> Proposal:
    lines = split_lines(source)
    draft = Draft(source, lines)
    rows = read_rows(lines) or read_comma_rows(lines)
    style = None if rows else Style(lines)
    turns = _rows_as_turns(lines, rows) if style is None else _find_turns(lines, style)
    begin = HeaderReader(draft, _where_record_begins(lines, turns)).read()
    known = known_names(draft.attendance)
    if known and style is not None:
        turns = {index: turn for index, turn in _find_turns(lines, style, known).items() if index >= begin}
    wrap = width_of_wrap(lines)
    circles = any(lines[index].text[turn.label[0]] in "○〇◯◎◆●■" for index, turn in turns.items())
    BodyReader(draft, begin, turns, wrap, known, circles=circles).read()
    _flag_whole(draft, turns)
    _note_hours(draft)
    return draft.finish(_("読み取れなかった文字があります。必要な内容か確かめてください。"))


def _rows_as_turns(lines: list[Line], rows: Mapping[int, Row]) -> dict[int, Turn]:
    return {
        index: Turn(
            index,
            row.label or (0, 0),
            row.words,
            read_label(lines[index].text[slice(*(row.label or (0, 0)))]),
            is_row=True,
            goes_on=row.label is None,
        )
        for index, row in rows.items()
    }


def _find_turns(lines: list[Line], style: Style, known: frozenset[str] = frozenset()) -> dict[int, Turn]:
    styled = style.turns(known)
    if styled:
        return {index: _turn(lines[index], found) for index, found in styled.items()}
    tails = read_tails(lines)
    if tails:
        return {
            each.first: Turn(
                each.first,
                (0, 0),
                (0, each.start if each.first == each.last else len(lines[each.first].text)),
                each.label,
                tail=(each.last, each.start),
            )
            for each in tails
        }
    return {
        index: Turn(index, (0, 1), (1, len(lines[index].text)), label)
        for index, label in read_legend_turns(lines).items()
    }


def _turn(line: Line, found: Candidate) -> Turn:
    return Turn(
        found.line,
        (found.label_start, found.label_end),
        (found.text_start, len(line.text)),
        found.label,
        is_quoted=line.text[found.text_start : found.text_start + 1] in ("「", "『")
        and found.family == "quote",
    )


def _where_record_begins(lines: list[Line], turns: dict[int, Turn]) -> int:
    """The first turn, or the headings and directions right above it."""
    begin = min(turns) if turns else _first_sentence(lines)
    if begin > _LONGEST_HEAD:
        return _LONGEST_HEAD
    place = begin
    while place > 0 and begin - place < 12:
        place -= 1
        if not _leads_in(lines[place].text):
            break
        begin = place
    return begin


def _first_sentence(lines: list[Line]) -> int:
    """Where the telling begins in a record that marks no speakers."""
    return next((index for index, line in enumerate(lines) if index and "。" in line.text), len(lines))


def _leads_in(text: str) -> bool:
    return (
        is_qa_heading(text)
        or is_clock_line(text)
        or (is_direction(text) and not is_numbered_heading(text))
        or (text[0] in "◎" and is_marked_heading(text))
    )


def _flag_whole(draft: Draft, turns: dict[int, Turn]) -> None:
    if not turns and draft.lines:
        draft.flag(
            "no_speakers",
            1,
            _("発言者を見つけられませんでした。発言者の書き方を確かめて、画面で区切ってください。"),
        )
    if not draft.title:
        draft.flag("no_title", 1, _("会議の名前を読み取れませんでした。名前を入れてください。"))
    draft.held_on = draft.held_on or read_held(draft.title).held_on
    if draft.held_on is None:
        draft.flag("no_date", 1, _("開催日を読み取れませんでした。日付を入れてください。"))


def _note_hours(draft: Draft) -> None:
    """午後１時開会 … 午後３時７分散会 where the head gives no hours."""
    for utterance in draft.utterances:
        if utterance.kind != "narrative" or len(utterance.text) > 30 or not is_clock_line(utterance.text):
            continue
        times = read_times(utterance.text)
        if (
            times
            and draft.starts_at is None
            and any(word in utterance.text for word in ("開会", "開議", "開始"))
        ):
            draft.starts_at = times[0]
        elif times and any(word in utterance.text for word in ("閉会", "散会", "終了")) and draft.starts_at:
            draft.ends_at = draft.ends_at or times[0]
