"""Section 1: 月・事業の名前・（区分）・→結果, again and again, with all that people leave out or put on one line."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from meetings.parsing.source import Line, fold
from reports.parsing.dates import Months, bullet_length, read_head_months
from reports.parsing.draft import ActivityDraft, Draft, Prose, shown
from reports.parsing.labels import find_labels, opens_labels, read_labels, starts_with_labels

ARROWS = ("→", "⇒", "➡", "⇨", "->", "=>")
_LONGEST_HEAD = 200
_LONGEST_NAME = 60
_LABEL_LINES = 6
_ATTENDED = re.compile(r"参加者:\s?(?P<count>\d{1,3}(?:,\d{3})*|\d{1,7})\s?[名人]")


class OverviewReader:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._activity: ActivityDraft | None = None
        self._brackets: list[Line] = []  # categories that are not closed on their line
        self._not_closed = _("区分のかっこが閉じていません: 「%s」。区分を確かめてください。")

    def begins(self, line: Line) -> bool:
        """Whether an activity with its month begins here."""
        return self._months(line) is not None

    def read(self, line: Line, following: Line | None) -> bool:
        """Answers whether the line belongs to an activity."""
        activity, months = self._activity, self._months(line)
        if self._brackets and activity is not None and self._continues_brackets(activity, line, months):
            return True
        if activity is not None and line.text.startswith(ARROWS):
            self._add_result(activity, line, line.text)
        elif months is not None:
            self._begin(line, months)
        elif starts_with_labels(line.text):
            return self._read_labels_line(line)
        elif self._is_head_without_months(line, following):
            self._begin(line, None)
        elif activity is not None:
            if not self._read_attended(activity, line):
                self._go_on(activity, line)
        else:
            return False
        return True

    def close(self) -> None:
        """Of categories that nobody closed."""
        if not self._brackets or self._activity is None:
            return
        number, text = self._brackets[0].number, _joined(self._brackets)
        self._brackets = []
        self._activity.labels += read_labels(text)
        self._draft.flag("brackets", number, self._not_closed % shown(text), text)

    # --- heads ----------------------------------------------------------------------------------
    def _months(self, line: Line) -> Months | None:
        if len(line.text) > _LONGEST_HEAD or self._is_rest(line):
            return None
        return read_head_months(fold(line.text[_after_bullet(line) :]), self._draft.fiscal_year)

    def _is_rest(self, line: Line) -> bool:
        """Whether it is the rest of a sentence of the result."""
        activity = self._activity
        if activity is None or activity.last is None or not activity.has_result:
            return False
        return not activity.last.text.endswith("。") and self._draft.layout.goes_on(activity.last, line)

    def _is_head_without_months(self, line: Line, following: Line | None) -> bool:
        """Its category stands on the same line or the next, or its result follows."""
        text = line.text
        if len(text) > _LONGEST_HEAD or text.endswith("。") or self._is_rest(line):
            return False
        activity = self._activity
        if activity is not None and not (activity.title and (activity.labels or activity.has_result)):
            return False  # the one before still lacks its own
        has_arrow = following is not None and following.text.startswith(ARROWS)
        if found := find_labels(text):
            is_named = has_arrow or any(label.words for label in found.labels)
            return is_named and "。" not in text[: found.start]
        if following is None or "。" in text:
            return False
        if opens_labels(text) is not None or starts_with_labels(following.text):
            return True
        is_apart = line.after_gap and len(text) <= _LONGEST_NAME
        return is_apart and has_arrow and (activity is None or activity.has_result)

    def _begin(self, line: Line, months: Months | None) -> None:
        draft = self._draft
        self.close()
        activity = self._activity = ActivityDraft(line.number, Prose(draft.layout, tight=True))
        draft.activities.append(activity)
        self._own(activity, line)
        text = line.text[_after_bullet(line) :]
        if months is not None:
            activity.timing = text[: months.end].strip()
            activity.month_from, activity.month_to = months.first, months.last
            text = text[months.end :].lstrip(" \t　:：")
        if months is not None and months.is_rough:
            message = _("「%s」は、月だけを控えました。日や飛び飛びの月は、結果の文に書いてください。")
            draft.flag("months_only", line.number, message % shown(activity.timing), activity.timing)
        self._read_head(activity, line, text)

    def _read_head(self, activity: ActivityDraft, line: Line, text: str) -> None:
        """Name and category on one line; after the category a result may follow."""
        names: list[str] = []
        place = 0
        while found := find_labels(text, place):
            names.append(text[place : found.start])
            activity.labels += found.labels
            place = found.end
            if text[place:].lstrip().startswith(ARROWS):
                self._add_result(activity, line, text[place:].strip())
                place = len(text)
        rest = text[place:]
        opening = opens_labels(rest)
        if opening is not None:
            self._brackets = [line._replace(text=rest[opening:])]
            rest = rest[:opening]
        names.append(rest)
        activity.title += " ".join(filter(None, (name.strip() for name in names)))

    def _read_labels_line(self, line: Line) -> bool:
        activity = self._activity
        if activity is None or activity.has_result:
            self._draft.set_aside(line)
        else:
            self._own(activity, line)
            self._read_head(activity, line, line.text)
        return True

    # --- what follows ---------------------------------------------------------------------------
    def _go_on(self, activity: ActivityDraft, line: Line) -> None:
        """Without a sign of its own: the rest of the name while there is no category, else of the result."""
        is_of_head = not (activity.labels or activity.has_result or line.text.endswith("。"))
        if is_of_head or not activity.title:
            self._own(activity, line)
            self._read_head(activity, line, line.text)
            return
        if not activity.has_result:
            message = _("「%s」の前に → がありません。結果として読みました。")
            self._draft.flag("no_arrow", line.number, message % shown(line.text))
        self._add_result(activity, line, line.text)

    def _read_attended(self, activity: ActivityDraft, line: Line) -> bool:
        """参加者：30名, as the portal itself prints it."""
        match = _ATTENDED.fullmatch(fold(line.text[:40])) if activity.attendee_count is None else None
        if match is None:
            return False
        activity.attendee_count = int(match["count"].replace(",", ""))
        self._own(activity, line)
        return True

    def _add_result(self, activity: ActivityDraft, line: Line, text: str) -> None:
        """The form prints the first arrow again; others stay."""
        sign = next((arrow for arrow in ARROWS if text.startswith(arrow)), "")
        if sign and not activity.has_result:
            text = text[len(sign) :].strip()
        activity.has_result = True
        if text:
            activity.result.add(line, text)
        self._own(activity, line)

    def _own(self, activity: ActivityDraft, line: Line) -> None:
        if activity.last is not line:
            self._draft.own("activity", len(self._draft.activities) - 1, line)
        activity.last = line

    # --- categories over several lines ----------------------------------------------------------
    def _continues_brackets(self, activity: ActivityDraft, line: Line, months: Months | None) -> bool:
        is_too_long = len(self._brackets) >= _LABEL_LINES
        if is_too_long or line.text.startswith(ARROWS) or months is not None:
            self.close()
            return False
        self._brackets.append(line)
        self._own(activity, line)
        text = _joined(self._brackets)
        if find_labels(text):
            self._brackets = []
            self._read_head(activity, line, text)
        return True


def _after_bullet(line: Line) -> int:
    return bullet_length(fold(line.text[:20]))


def _joined(lines: Sequence[Line]) -> str:
    return "".join(line.text for line in lines)
