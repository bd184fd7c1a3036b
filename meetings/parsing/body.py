"""The record itself: turns, what was told between them, and the item that each belongs to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from meetings.parsing import shapes
from meetings.parsing.agenda import Agenda, new_item
from meetings.parsing.chair import ChairFinder
from meetings.parsing.classes import Classes, Is, classify
from meetings.parsing.draft import Draft
from meetings.parsing.header import TABLE_MARKUP, performed, set_rule_aside
from meetings.parsing.labels import Label, with_name
from meetings.parsing.numbering import Tree, read_number
from meetings.parsing.paragraphs import Part, compose, gather, stretches
from meetings.parsing.proposal import Kind, Utterance
from meetings.parsing.shapes import is_speech
from meetings.parsing.source import Line

LINE_BREAK = "<br>"
_MOST_SPEAKERS = 2_000
_MOST_TOGETHER = 50
# Lines that the last words of a chair may be wrapped to.
_LONGEST_CLOSING = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a turn begins: places within the text of line `line`. `goes_on` for a table row without a speaker."""

    line: int
    label: tuple[int, int]
    words: tuple[int, int]
    says: Label
    is_row: bool = False
    is_quoted: bool = False
    goes_on: bool = False
    # Where the label stands, if not before the words: index of the line where the turn ends, and a place in its text.
    tail: tuple[int, int] | None = None


@dataclass(slots=True)
class _Open:
    turn: Turn | None
    kind: Kind
    agenda: tuple[str, ...]
    parts: list[Part] = field(default_factory=list)


class BodyReader:
    def __init__(
        self,
        draft: Draft,
        begin: int,
        turns: dict[int, Turn],
        wrap: int,
        known: frozenset[str],
        *,
        circles: bool,
    ) -> None:
        self._draft = draft
        self._begin = begin
        self._turns = turns
        self._wrap = wrap
        self._known = known
        self._circles_speak = circles
        self._listed = len(draft.items)
        self._agenda = Agenda(tuple(draft.items))
        self._reached: set[int] = set()
        self._drifted: set[int] = set()
        self._tree = Tree()
        self._current: tuple[str, ...] = ()
        self._spoken_since_heading = False
        self._open: _Open | None = None
        self._after_gap = self._after_rule = False
        self._names: dict[str, Label] = {}
        self._new_item: int | None = None
        self._chairs = ChairFinder(known)
        self._readers: dict[Is, Callable[[int, Line, Classes], None]] = {
            Is.TURN: self._read_turn,
            Is.ITEM: self._read_item,
            Is.QUESTIONS: self._read_told,
            Is.CLOCK: self._read_told,
            Is.MARKED: self._read_heading,
            Is.HEADING: self._read_heading,
            Is.DIRECTION: self._read_direction,
        }

    def read(self) -> None:
        classes = classify(self._draft.lines, self._begin, self._turns, self._agenda)
        for turn in self._turns.values():
            if turn.tail is not None:
                for index in range(turn.line + 1, turn.tail[0] + 1):
                    classes.kinds[index] = Is.TEXT
        index = self._begin
        while index < len(self._draft.lines):
            following = self._read_run(index, self._open, classes) if self._open is not None else index
            if following == index:
                self._read_line(index, self._draft.lines[index], classes)
                following += 1
            index = following
        self._close()
        self._flag_items()

    def _read_line(self, index: int, line: Line, classes: Classes) -> None:
        self._after_gap = self._after_gap or line.after_gap
        kind = classes.kinds[index]
        if kind is Is.RULE:
            set_rule_aside(self._draft, line)
            self._after_gap = self._after_rule = True
            return
        if kind is Is.PAGE:
            message = _("ページ番号と見た行を本文から外しました。外してよいか確かめてください。")
            self._draft.set_aside("page_number", line, message)
            self._after_gap = True
            return
        reader = self._read_text if kind is Is.TEXT else self._readers[kind]
        reader(index, line, classes)
        self._after_gap = self._after_rule = False

    # Turns

    def _read_turn(self, index: int, line: Line, classes: Classes) -> None:
        turn = self._turns[index]
        if turn.goes_on and self._open is not None:
            self._open.parts.append(Part(line, *turn.words, after_gap=False))
            return
        self._close()
        self._spoken_since_heading = True
        self._open = _Open(turn, "speech", self._current)
        if turn.words[0] < turn.words[1]:
            self._open.parts.append(Part(line, *turn.words, after_gap=False))
        if turn.tail is not None and turn.tail[0] == index:
            self._close()

    def _read_run(self, first: int, opened: _Open, classes: Classes) -> int:
        """Lines of text that go on with what is open, most of any record; the index of the first line that does not."""
        lines, kinds, parts = self._draft.lines, classes.kinds, opened.parts
        is_told = opened.turn is None
        last = opened.turn.tail[0] if opened.turn is not None and opened.turn.tail is not None else -1
        after_gap = self._after_gap
        index = first
        while index < len(lines) and kinds[index] is Is.TEXT and index != last:
            line = lines[index]
            text, after_gap = line.text, after_gap or line.after_gap
            if is_told:
                kind: Kind = _kind_of(text)
                if kind != opened.kind and after_gap:
                    break
                opened.kind = "speech" if kind == "speech" else opened.kind
            parts.append(tuple.__new__(Part, (line, 0, len(text), after_gap)))
            after_gap = False
            index += 1
        if index > first:
            self._after_gap = self._after_rule = False
        return index

    def _read_text(self, index: int, line: Line, classes: Classes) -> None:
        part = Part(line, 0, len(line.text), self._after_gap)
        if self._open is not None and self._open.turn is not None:
            tail = self._open.turn.tail
            if tail is not None and tail[0] == index:
                self._open.parts.append(part._replace(end=tail[1]))
                self._close()
                return
            self._open.parts.append(part)
            return
        if self._open is None and self._new_item is not None and self._goes_with_heading(line):
            return
        kind = _kind_of(line.text)
        if self._open is None or (self._open.kind != kind and self._after_gap):
            self._close()
            self._open = _Open(None, kind, self._current)
        elif kind == "speech":
            self._open.kind = kind
        self._open.parts.append(part)

    # Headings

    def _goes_with_heading(self, line: Line) -> bool:
        """A heading on two lines: the second is set in, short and no sentence."""
        index = self._new_item
        if (
            index is None
            or self._after_gap
            or line.indent == 0
            or len(line.text) > 40
            or is_speech(line.text)
        ):
            return False
        item = self._draft.items[index]
        self._draft.items[index] = replace(item, note=f"{item.note}\n{line.text}".strip())
        self._draft.take("agenda", index, line)
        return True

    def _read_item(self, index: int, line: Line, classes: Classes) -> None:
        match = classes.matches[index]
        if self._inside_turn() and not self._is_heading(index, classes):
            self._read_text(index, line, classes)
            return
        self._close()
        draft = self._draft
        draft.take("agenda", match.index, line)
        draft.items[match.index] = performed(draft.items[match.index], line.text[match.title_end :].strip())
        self._reached.add(match.index)
        if not match.is_exact and match.index not in self._drifted:
            self._drifted.add(match.index)
            message = _(
                "次第の「{listed}」と本文の見出しの書き方がちがいます。どちらを使うか確かめてください。"
            )
            draft.flag(
                "agenda_title", line.number, format_lazy(message, listed=draft.items[match.index].title[:40])
            )
        self._come_to(match.index)
        self._new_item = None

    def _read_heading(self, index: int, line: Line, classes: Classes) -> None:
        if self._inside_turn() and not self._may_cut(index, classes):
            self._read_text(index, line, classes)
            return
        self._close()
        draft = self._draft
        number = read_number(line.text)
        title = line.text if number else line.text.lstrip("○〇◯◎◇◆■□●▽▼★☆※ 　")
        draft.items.append(new_item(title, number, self._tree, line.number))
        draft.take("agenda", len(draft.items) - 1, line)
        if self._listed:
            message = _("この見出しは次第にありません。次第に加えるか、本文に戻すかを決めてください。")
            draft.flag("agenda_unlisted", line.number, message)
        self._come_to(len(draft.items) - 1)

    def _is_heading(self, index: int, classes: Classes) -> bool:
        return self._after_gap or classes.breaks_after(index) or classes.stands_alone(index)

    def _may_cut(self, index: int, classes: Classes) -> bool:
        """Marks that also begin turns end one; other headings only between a gap and the next turn."""
        if classes.kinds[index] is Is.MARKED and self._circles_speak:
            return True
        return self._after_rule or (self._after_gap and classes.breaks_after(index))

    def _come_to(self, index: int) -> None:
        """Headings one after another share what follows: one round of questions for three items."""
        item = self._draft.items[index]
        number = item.number or item.title
        self._new_item = index
        together = (
            self._current and not self._spoken_since_heading and _are_siblings(self._current[-1], number)
        )
        if not together:
            self._current = (number,)
        elif number not in self._current and len(self._current) < _MOST_TOGETHER:
            self._current = (*self._current, number)
        self._spoken_since_heading = False

    # What is told

    def _read_told(self, index: int, line: Line, classes: Classes) -> None:
        self._close()
        self._tell(line, "narrative")

    def _read_direction(self, index: int, line: Line, classes: Classes) -> None:
        """Calls and movements stay inside the turn that they interrupt; an account in place of a turn stands alone."""
        is_end = (shapes.inner_of(line.text) or "").strip() in ("以上", "終", "終わり", "了")
        stands_for_a_turn = (
            shapes.presents(line.text) and classes.breaks_after(index) and not self._awaits_words()
        )
        if self._inside_turn() and not is_end and not stands_for_a_turn:
            self._read_text(index, line, classes)
            return
        self._close()
        self._tell(line, "stage_direction")

    def _tell(self, line: Line, kind: Kind) -> None:
        self._spoken_since_heading = True
        self._draft.take("utterance", len(self._draft.utterances), line)
        self._draft.utterances.append(Utterance(kind, "", "", "", "", self._current, line.text, line.number))

    def _awaits_words(self) -> bool:
        """A label whose turn is only told: 【事務局】 above （資料１に基づき説明）."""
        return self._open is not None and not self._open.parts

    def _inside_turn(self) -> bool:
        return self._open is not None and self._open.turn is not None

    # Closing

    def _close(self) -> None:
        opened, self._open = self._open, None
        if opened is None:
            return
        closing = self._take_closing(opened)
        self._keep(opened)
        if closing:
            self._keep(_Open(None, "speech", opened.agenda, closing))

    def _take_closing(self, opened: _Open) -> list[Part]:
        """The chair's last words without a label would be credited to whoever spoke before."""
        if opened.turn is None or len(opened.parts) < 2 or opened.turn.is_row or opened.turn.tail:
            return []
        if shapes.is_chair(opened.turn.says.role):
            return []
        *_others, (first, end, text) = gather(opened.parts[-_LONGEST_CLOSING:], self._wrap)
        length = end - first
        if length == len(opened.parts) or not shapes.closes_meeting(text):
            return []
        closing = opened.parts[-length:]
        del opened.parts[-length:]
        return closing

    def _keep(self, opened: _Open) -> None:
        draft, index = self._draft, len(self._draft.utterances)
        composed = compose(
            opened.parts, self._wrap, breaks=LINE_BREAK if opened.turn and opened.turn.is_row else ""
        )
        for part, length in composed.overlaps:
            message = _(
                "ページの境目で前の文字と重なっていたので、重なりを外しました。もとの文を確かめてください。"
            )
            draft.set_aside("page_overlap", part.line, message, part.start, part.start + length, each=True)
        for part in composed.joins:
            message = _("文の途中で切れていたので、前の行につなぎました。もとの文を確かめてください。")
            draft.flag("page_join", part.line.number, message)
        for part in composed.fragments:
            message = _("文の切れ端のようです。抜けた言葉がないか、もとの文を確かめてください。")
            draft.flag("fragment", part.line.number, message)
        for start, end in stretches(opened.parts):
            draft.take_stretch("utterance", index, start, end)
        if opened.turn is None:
            self._keep_unmarked(opened, composed.text)
        else:
            self._keep_turn(opened, opened.turn, composed.text)

    def _keep_unmarked(self, opened: _Open, text: str) -> None:
        line = opened.parts[0].line.number
        self._draft.utterances.append(Utterance(opened.kind, "", "", "", "", opened.agenda, text, line))
        if opened.kind == "speech":
            message = _(
                "発言者の書かれていない発言です。だれの発言かを選んでください（議長や司会のことがあります）。"
            )
            self._draft.flag("unmarked_speech", line, message)
        else:
            self._chairs.listen(text)

    def _keep_turn(self, opened: _Open, turn: Turn, text: str) -> None:
        draft, index = self._draft, len(self._draft.utterances)
        line = draft.lines[turn.line]
        label = line.text[slice(*turn.label)]
        if turn.tail is not None:
            last = draft.lines[turn.tail[0]]
            label = last.text[turn.tail[1] :]
            draft.take("utterance", index, last, turn.tail[1])
        draft.take("utterance", index, line, *(turn.label if turn.is_row else (0, turn.words[0])))
        says = self._chairs.named(self._named(turn.says))
        if says.name and not turn.says.name and says.role == turn.says.role and self._chairs.knows(says.role):
            message = _("「{role}」は、本文の記載から{name}さんとしました。確かめてください。")
            draft.flag("chair_inferred", line.number, format_lazy(message, role=says.role, name=says.name))
        if turn.is_quoted and text.startswith(("「", "『")) and text.endswith(("」", "』")):
            text = text[1:-1]
        if not text:
            draft.flag("empty_turn", line.number, _("発言者のあとに言葉がありません。"))
        draft.utterances.append(
            Utterance(
                "speech", label, says.name, says.role, says.organization, opened.agenda, text, line.number
            )
        )
        if turn.is_row:
            for each in [line, *(part.line for part in opened.parts)]:
                draft.set_aside("table_markup", each, TABLE_MARKUP)

    def _named(self, label: Label) -> Label:
        """Names are looked up in a dictionary, for as many speakers as a meeting can have."""
        if label.key not in self._names and len(self._names) < _MOST_SPEAKERS:
            self._names[label.key] = with_name(label, self._known)
        return self._names.get(label.key, label)

    def _flag_items(self) -> None:
        missing = [index for index in range(self._listed) if index not in self._reached]
        missing = [index for index in missing if not self._has_reached_child(index)]
        draft = self._draft
        if not missing:
            return
        if len(missing) > 5 or not self._reached:
            message = _(
                "次第の項目のうち{count}件は、本文に見出しがありません。発言を項目に結び付けるか、このままでよいか確かめてください。"
            )
            draft.flag(
                "agenda_missing", draft.items[missing[0]].line, format_lazy(message, count=len(missing))
            )
            return
        for index in missing:
            item = draft.items[index]
            message = _(
                "次第の「{number} {title}」が本文に出てきません。記録がもれていないか確かめてください。"
            )
            draft.flag(
                "agenda_missing", item.line, format_lazy(message, number=item.number, title=item.title[:40])
            )

    def _has_reached_child(self, index: int) -> bool:
        number = self._draft.items[index].number
        return bool(number) and any(
            self._draft.items[other].number.startswith(number + "(") for other in self._reached
        )


def _kind_of(text: str) -> Kind:
    """Of words that no label claims."""
    return "speech" if len(text) > 1 and shapes.is_speech_like(text) else "narrative"


def _are_siblings(one: str, other: str) -> bool:
    """4(1) and 4(2), not 4 and 4(1)."""
    return "(" in one and "(" in other and one[: one.rfind("(")] == other[: other.rfind("(")]
