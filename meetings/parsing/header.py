"""What stands above the record: title, day, place, who was there, agenda, papers."""

import re
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from meetings.parsing.agenda import (
    Agenda,
    bare_title,
    closes_papers,
    leaves_papers_open,
    names_only_papers,
    new_item,
    papers_in,
)
from meetings.parsing.attendance import read_attendance
from meetings.parsing.dates import read_held
from meetings.parsing.draft import Draft
from meetings.parsing.labels import SURE, read_label
from meetings.parsing.markers import BULLETS, CIRCLES
from meetings.parsing.numbering import Number, Tree, read_number
from meetings.parsing.proposal import Document, Item
from meetings.parsing.source import Line, fold, spellings, squeeze
from meetings.parsing.tables import comma_columns
from meetings.parsing.words import KEY_OF, LONGEST_KEY, TIME_WORDS

_TITLE_WORDS = ("録", "要旨", "概要", "要録", "メモ", "まとめ")
_BRIEF = re.compile(r"要旨|概要|要録|摘録")
_RULE = re.compile(r"[-=_*~.…・○●◆◇■□★☆♦+|│┃─━ 　]{3,}|[-=*_─━]{1,2}")
_RULES = spellings("-=_*~.…・○●◆◇■□★☆♦+|│┃─━ ")
_PAPER_LINE = re.compile(
    r"(?P<number>(?:当日|参考|追加|机上)?(?:配[付布])?(?:資料|別紙|別添)\s?(?:No\.?)?\s?\d{0,2}(?:-\d{1,2})?)[:\s.]*"
)
_DECORATION = CIRCLES + BULLETS + "【[<(（#>*|│┃ 　\t"
_LONG_LINE = 24
_NEVER_ITEMS = ("held", "place", "absence")
_NUMBERED_LISTS = ("議事日程", "日程", "本日の日程")


_RULE_REMOVED = _("区切り線だけの行を本文から外しました。外してよいか確かめてください。")
TABLE_MARKUP = _("表の罫線や見出しの行を外しました。外してよいか確かめてください。")


def is_rule(text: str) -> bool:
    return (
        text[:1] in _RULES and _RULE.fullmatch(fold(text)) is not None
        if len(text) < 400
        else len(set(text)) <= 2 and not text[0].isalnum()
    )


def read_key(text: str) -> tuple[str, int, Number | None] | None:
    """(field, where its words begin, number before it) of a line such as １ 日　時　令和…."""
    number = read_number(text)
    begin = number.end if number else 0
    folded = fold(text[: begin + LONGEST_KEY * 3 + 12])
    while begin < len(folded) and folded[begin] in _DECORATION:
        begin += 1
    letters, place, found = "", begin, None
    while place < len(folded) and len(letters) < LONGEST_KEY:
        letters += "" if folded[place].isspace() else folded[place]
        place += 1
        if letters in KEY_OF and _key_may_end(folded, place):
            found = (KEY_OF[letters], place)
    if found is None:
        return None
    return found[0], _skip_frame(folded, found[1]), number


def _key_may_end(folded: str, place: int) -> bool:
    return place >= len(folded) or folded[place].isspace() or folded[place] in ":)]>】|(/-*#0123456789"


def _skip_frame(folded: str, place: int) -> int:
    while place < len(folded) and folded[place] in ":)]>】|*# 　\t":
        place += 1
    return place


class HeaderReader:
    """Reads lines from the top until `stop` or until the record begins by saying the agenda again."""

    def __init__(self, draft: Draft, stop: int) -> None:
        self._draft = draft
        self._stop = stop
        self._field = ""
        self._tree = Tree()
        self._key_number: Number | None = None
        self._agenda_ended = False
        self._title_lines = 0
        self._needs_numbers = False
        self._previous: Line | None = None

    def read(self) -> int:
        """Index of the line where the record begins."""
        for index in range(self._stop):
            line = self._draft.lines[index]
            if line.after_gap:
                self._previous = None
            if self._says_agenda_again(line):
                return index
            self._read_line(line)
            self._previous = line
        return self._stop

    def _says_agenda_again(self, line: Line) -> bool:
        """1 開会 after the list of items had it already."""
        number = read_number(line.text)
        if number is None or not self._draft.items:
            return False
        listed = [item for item in self._draft.items[:3] if item.number == number.printed]
        return bool(listed) and Agenda(listed).match(line.text) is not None

    def _read_line(self, line: Line) -> None:
        if is_rule(line.text):
            set_rule_aside(self._draft, line)
            self._agenda_ended = self._agenda_ended or (self._field == "agenda" and bool(self._draft.items))
            self._field = "" if self._field == "agenda" else self._field
            return
        if self._has_papers_of_item(line):
            self._extend_item(line)
            return
        key = read_key(line.text)
        if key is not None and not self._is_item(key):
            self._open_field(line, *key)
        elif line.text[0] in "|｜│┃+┌└├" or comma_columns(line.text) is not None:
            self._draft.set_aside("table_markup", line, TABLE_MARKUP)
        elif self._field:
            self._read_value(line, 0)
        else:
            self._read_title(line)

    def _has_papers_of_item(self, line: Line) -> bool:
        """Papers that no longer fitted on the line of their item; a page may end in between."""
        items = self._draft.items
        if self._field != "agenda" or not items or (self._previous is None and not line.opens_page):
            return False
        if leaves_papers_open(items[-1].title):
            return closes_papers(line.text)
        return names_only_papers(line.text) and not (line.opens_page and items[-1].documents)

    def _is_item(self, key: tuple[str, int, Number | None]) -> bool:
        """議事 and その他 are items too where they are numbered among items."""
        field, _start, number = key
        if self._field != "agenda" or number is None or field in _NEVER_ITEMS:
            return False
        return not _comes_next(self._key_number, number)

    def _open_field(self, line: Line, field: str, start: int, number: Number | None) -> None:
        self._field, self._key_number = field, number
        if field == "agenda":
            self._tree = Tree()
            self._needs_numbers = (
                squeeze(line.text[:start]).strip(_DECORATION + ":】])").endswith(_NUMBERED_LISTS)
            )
        self._draft.take("header", 0, line, 0, start)
        if squeeze(line.text[start:]).strip("()（）:"):
            self._read_value(line, start)

    def _read_value(self, line: Line, start: int) -> None:
        reader = {
            "held": self._read_held,
            "place": self._read_place,
            "title": self._read_name,
            "attendance": self._read_people,
            "absence": self._read_people,
            "agenda": self._read_item,
            "document": self._read_document,
        }.get(self._field, self._read_other)
        reader(line, start)

    def _read_title(self, line: Line) -> None:
        draft = self._draft
        held = read_held(line.text)
        if draft.held_on is None and held.held_on is not None and self._title_lines:
            self._keep_held(line, 0)
            return
        wants_more = not draft.title or (
            self._title_lines < 3 and not _has_title_word(draft.title) and _has_title_word(line.text)
        )
        if not wants_more:
            self._read_other(line, 0)
            return
        shown = line.text.strip("#＃*【】 　")
        draft.title = f"{draft.title} {shown}".strip()
        self._title_lines += 1
        self._note_level(line.text)
        draft.take("title", 0, line)

    def _note_level(self, text: str) -> None:
        if _BRIEF.search(text):
            self._draft.level = "議事要旨"

    def _read_name(self, line: Line, start: int) -> None:
        """会議名 says it better than a heading; a heading that already names the meeting stays."""
        shown = line.text[start:].strip(" 　|│*")
        if (
            not _has_title_word(self._draft.title)
            or len(self._draft.title) < 8
            or self._draft.title.startswith("source")
        ):
            self._draft.title = shown if len(self._draft.title) < 8 else self._draft.title
        self._draft.take("title", 0, line, start)
        self._field = ""

    def _read_held(self, line: Line, start: int) -> None:
        if self._draft.held_on is not None and self._draft.starts_at is not None and start == 0:
            self._read_other(line, start)
            return
        self._keep_held(line, start)

    def _keep_held(self, line: Line, start: int) -> None:
        draft = self._draft
        held = read_held(line.text[start:])
        draft.held_on = draft.held_on or held.held_on
        draft.starts_at = draft.starts_at or held.starts_at
        draft.ends_at = draft.ends_at or held.ends_at
        draft.take("held", 0, line, start)
        if held.weekday_is_wrong:
            draft.flag(
                "weekday", line.number, _("日付と曜日が合いません。どちらが正しいか確かめてください。")
            )
        if held.held_on is None and held.starts_at is None:
            draft.flag(
                "date_unread", line.number, _("開催日時を読み取れませんでした。日時の欄に入れてください。")
            )

    def _read_place(self, line: Line, start: int) -> None:
        shown = line.text[start:].strip(" 　|│*")
        self._draft.place = f"{self._draft.place} {shown}".strip()
        self._draft.take("place", 0, line, start)
        self._field = "header"

    def _read_people(self, line: Line, start: int) -> None:
        draft = self._draft
        for entry, first, last in read_attendance(line, start, self._field == "absence"):
            draft.attendance.append(entry)
            draft.take("attendance", len(draft.attendance) - 1, line, first, last)
        # Words around the entries (roles as headings of a list, commas) stay with the list.
        draft.take("header", 0, line)

    def _read_item(self, line: Line, start: int) -> None:
        draft = self._draft
        text = line.text[start:]
        number = read_number(text)
        if number is None and draft.items and self._continues_item(line):
            self._extend_item(line)
            return
        bare = text.strip("・-*•○ 　") if number is None else text
        if number is None and (self._needs_numbers or not bare_title(bare) or "。" in bare):
            self._read_other(line, start)
            return
        draft.items.append(new_item(bare, number, self._tree, line.number))
        draft.take("agenda", len(draft.items) - 1, line, start)

    def _continues_item(self, line: Line) -> bool:
        if self._previous is None or self._field != "agenda":
            return False
        has_numbers = bool(self._draft.items[-1].number)
        return has_numbers or line.indent > self._previous.indent + 3

    def _extend_item(self, line: Line) -> None:
        """A wrapped title, who speaks, a subtitle or papers on a line of their own."""
        draft = self._draft
        item = draft.items[-1]
        if leaves_papers_open(item.title) and closes_papers(line.text):
            whole = item.title + line.text
            draft.items[-1] = replace(
                item, title=bare_title(whole), documents=item.documents + papers_in(whole)[0]
            )
            draft.take("agenda", len(draft.items) - 1, line)
            return
        names, _spans = papers_in(line.text)
        words = bare_title(line.text)
        previous = self._previous.text if self._previous else ""
        if not words:
            pass
        elif (
            len(previous) >= _LONG_LINE
            and item.line == line.number - 1
            and not words.startswith(("~", "～", "「", "〜", "-", "・"))
        ):
            item = replace(item, title=item.title + words)
        elif not item.performer and _names_someone(words):
            item = replace(item, performer=words)
        else:
            item = replace(item, note=f"{item.note}\n{words}".strip())
        draft.items[-1] = replace(item, documents=item.documents + names)
        draft.take("agenda", len(draft.items) - 1, line)

    def _read_document(self, line: Line, start: int) -> None:
        draft = self._draft
        text = line.text[start:].strip("・-*•○ 　|│")
        match = _PAPER_LINE.match(fold(text[:40]))
        number = (
            squeeze(fold(match["number"]))
            if (match and start == 0) or (match and match["number"][-1:].isdigit())
            else ""
        )
        title = text[match.end() :] if match and number else text
        draft.documents.append(Document(number, title.strip(), line.number))
        draft.take("document", len(draft.documents) - 1, line, start)

    def _read_other(self, line: Line, start: int) -> None:
        """A line of the head that fits no field: kept, shown, and a person is asked."""
        if (
            len(line.text) <= 30
            and any(word in line.text for word in TIME_WORDS)
            and self._draft.starts_at is None
        ):
            held = read_held(line.text[start:])
            self._draft.starts_at = held.starts_at
        message = _(
            "会議録の前の部分に、どの欄にも当てはまらない行があります。必要な内容か確かめてください。"
        )
        self._draft.set_aside("header_unread", line, message, start)


def _comes_next(key: Number | None, number: Number) -> bool:
    """7 after 6 begins the next part of the head; 3 after 6 is an item inside it."""
    if key is None or key.shape != number.shape:
        return False
    if not (key.value.isdigit() and number.value.isdigit()):
        return True
    return int(number.value) == int(key.value) + 1


def _has_title_word(text: str) -> bool:
    return any(word in text for word in _TITLE_WORDS)


def _names_someone(words: str) -> bool:
    plain = squeeze(fold(words))
    return read_label(plain).strength == SURE or plain.endswith(("氏", "先生", "様", "さん"))


def set_rule_aside(draft: Draft, line: Line) -> None:
    draft.set_aside("rule_removed", line, _RULE_REMOVED)


def performed(item: Item, performer: str) -> Item:
    return replace(item, performer=item.performer or performer)
