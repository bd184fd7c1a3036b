"""The proposal while it is being made: what was found so far, and who took which characters."""

import datetime as dt

from django.utils.functional import Promise

from meetings.parsing.proposal import (
    Attendance,
    Document,
    Flag,
    Item,
    Level,
    PieceKind,
    Proposal,
    Utterance,
)
from meetings.parsing.source import Ledger, Line

_WHOLE = 1 << 30


class Draft:
    def __init__(self, source: str, lines: list[Line]) -> None:
        self.source = source
        self.lines = lines
        self.title = ""
        self.place = ""
        self.held_on: dt.date | None = None
        self.starts_at: dt.time | None = None
        self.ends_at: dt.time | None = None
        self.level: Level = "議事録"
        self.attendance: list[Attendance] = []
        self.items: list[Item] = []
        self.documents: list[Document] = []
        self.utterances: list[Utterance] = []
        self._flags: list[Flag] = []
        self._remainders: dict[str, int] = {}
        self._ledger = Ledger(source)

    def take(self, kind: PieceKind, index: int, line: Line, start: int = 0, end: int = _WHOLE) -> None:
        """`start` and `end` count within the line's text."""
        self._ledger.take(kind, index, line.start + start, min(line.start + end, line.end))

    def take_stretch(self, kind: PieceKind, index: int, start: int, end: int) -> None:
        """`start` and `end` count within the source; lines and the line ends between them."""
        self._ledger.take(kind, index, start, end)

    def flag(self, code: str, line: int, message: str | Promise) -> int:
        self._flags.append(Flag(code, line, message))
        return len(self._flags) - 1

    def set_aside(
        self,
        code: str,
        line: Line,
        message: str | Promise,
        start: int = 0,
        end: int = _WHOLE,
        *,
        each: bool = False,
    ) -> None:
        """Characters that no part of the proposal keeps. One flag speaks for all of the same code, unless `each`."""
        index = None if each else self._remainders.get(code)
        if index is None:
            index = self._remainders[code] = self.flag(code, line.number, message)
        self.take("remainder", index, line, start, end)

    def finish(self, unread: str | Promise) -> Proposal:
        """Whatever nobody took is said so, never dropped."""
        spans = self._ledger.free_spans()
        if spans:
            index = self.flag("unread", self._line_at(spans[0][0]), unread)
            for start, end in spans:
                self._ledger.take("remainder", index, start, end)
        order = sorted(range(len(self._flags)), key=lambda index: (self._flags[index].line, index))
        moved = {old: new for new, old in enumerate(order)}
        return Proposal(
            title=self.title,
            held_on=self.held_on,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            place=self.place,
            level=self.level,
            attendance=tuple(self.attendance),
            agenda=tuple(self.items),
            documents=tuple(self.documents),
            utterances=tuple(self.utterances),
            flags=tuple(self._flags[index] for index in order),
            pieces=tuple(
                piece
                if piece.kind != "remainder"
                else type(piece)("remainder", moved[piece.index], piece.start, piece.end)
                for piece in self._ledger.pieces()
            ),
        )

    def _line_at(self, place: int) -> int:
        return next((line.number for line in self.lines if line.start <= place < line.end), 1)
