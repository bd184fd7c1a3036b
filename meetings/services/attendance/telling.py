"""What those who were invited are told when the meeting changes: what is news to them, and in which mail it goes."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from meetings.addressees import Addressee
from meetings.mails import attendance as mails
from meetings.models import Attendance, Meeting, MeetingState
from platform_portal.audit import services as audit
from platform_portal.japanese.calendar import format_wareki

# Whoever was invited learns of a change in one of these.
TOLD_FIELDS = ("title", "starts_at", "ends_at", "place", "online_url")


@dataclass(frozen=True, slots=True)
class News:
    """`changes`: (what it is called, before, after), of a meeting that is neither cancelled nor reopened."""

    is_cancelled: bool = False
    is_reopened: bool = False
    changes: list[tuple[str, str, str]] = field(default_factory=list)


def news_of(meeting: Meeting, before: Mapping[str, Any]) -> News | None:
    """What is different from `before`, an audit.snapshot(). Nobody is told of a meeting that is past."""
    if meeting.starts_at <= timezone.now():
        return None
    was, now = before.get("state", meeting.state), meeting.state
    if now == MeetingState.CANCELLED and was != now:
        return News(is_cancelled=True)
    if now == MeetingState.PLANNED and was == MeetingState.CANCELLED:
        return News(is_reopened=True)
    changes = _changes(meeting, before) if now == MeetingState.PLANNED else []
    return News(changes=changes) if changes else None


def known_before(meeting: Meeting, before: Mapping[str, Any]) -> dict[str, Any]:
    """All that news_of() compares, as it was before a change of which `before` has what may be different."""
    names = (*TOLD_FIELDS, "state")
    return audit.snapshot(meeting, names) | {name: before[name] for name in names if name in before}


def send_news(meeting: Meeting, recipients: Iterable[tuple[Attendance, Addressee]], news: News) -> int:
    """Returns how many mails."""
    if news.is_cancelled:
        return mails.send_cancelled(meeting, recipients)
    if news.is_reopened:
        return mails.send_reopened(meeting, recipients)
    return mails.send_changes(meeting, recipients, changes=news.changes)


def _changes(meeting: Meeting, before: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    known = [name for name in TOLD_FIELDS if name in before]
    old, new = audit.difference({name: before[name] for name in known}, audit.snapshot(meeting, known))
    return [(_label(name), _in_words(old[name]), _in_words(new[name])) for name in known if name in new]


def _label(name: str) -> str:
    """What is for members only has a label that says so, which is no news to those who are invited."""
    known: Any = Meeting._meta.get_field(name)
    return str(known.verbose_name).partition("（")[0]


def _in_words(value: Any) -> str:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return str(value or "")
    here = timezone.localtime(moment)
    return f"{format_wareki(here.date(), with_weekday=True)}{here.hour}:{here.minute:02}"
