"""What is still to be done for a meeting, and for which meetings something is overdue."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import ActionItem, Answer, Attendee, Meeting, MeetingState
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.desk_jobs import Job
from platform_portal.publishing.states import State

SOON_DAYS = 14
LATE_DAYS, VERY_LATE_DAYS = 3, 7


@dataclass(frozen=True, slots=True)
class Todo:
    words: str
    address: str
    is_late: bool = False


def todos_of(meeting: Meeting) -> list[Todo]:
    """At most six queries. Nothing for a meeting that is settled."""
    if meeting.state in {MeetingState.PUBLISHED, MeetingState.CANCELLED}:
        return []
    return _after(meeting) if meeting.state == MeetingState.HELD else _before(meeting)


def _before(meeting: Meeting) -> list[Todo]:
    found = []
    now = timezone.now()
    if meeting.state == MeetingState.PLANNED and meeting.starts_at <= now:
        return [
            Todo(
                _("開始の時刻を過ぎました。開催済みにしてください。"),
                _at(meeting, "desk-meeting"),
                is_late=True,
            )
        ]
    if meeting.state == MeetingState.DRAFT:
        is_late = meeting.starts_at <= now + dt.timedelta(days=SOON_DAYS)
        found.append(Todo(_("開催をまだ知らせていません。"), _at(meeting, "desk-meeting"), is_late))
    if not meeting.place and not meeting.online_url:
        found.append(Todo(_("場所もオンラインの参加先もありません。"), _at(meeting, "desk-meeting-edit")))
    if not meeting.agenda.exists():
        found.append(Todo(_("次第がまだありません。"), _at(meeting, "desk-agenda")))
    promises = ActionItem.objects.open().filter(body=meeting.body_id).exclude(agenda_items__meeting=meeting)
    if count := promises.count():
        words = _("まだ終わっていない宿題のうち、次第にないものが%(count)s件あります。") % {"count": count}
        found.append(Todo(words, f"{_at(meeting, 'desk-action-items')}?state=open"))
    if not meeting.documents.filter(withdrawn_at=None).exists():
        found.append(Todo(_("資料がまだありません。"), _at(meeting, "desk-documents")))
    if not meeting.attendances.invited().exists():
        found.append(Todo(_("まだどこにも案内していません。"), _at(meeting, "desk-attendance")))
    return found


def _after(meeting: Meeting) -> list[Todo]:
    found = []
    days = (timezone.localdate() - timezone.localdate(meeting.starts_at)).days
    minutes = getattr(meeting, "minutes", None)
    if minutes is None or minutes.state == State.DRAFT:
        at = _at(meeting, "desk-minutes")
        words = _("議事録がまだできていません（開催から%(days)s日）。") % {"days": days}
        found.append(Todo(words, at, is_late=days >= LATE_DAYS))
    elif minutes.state != State.PUBLISHED:
        found.append(Todo(_("議事録をまだ公開していません。"), _at(meeting, "desk-publication")))
    found += _unrecorded(meeting)
    if meeting.observers is None and not meeting.counts.exists():
        found.append(Todo(_("参加の数を記録していません。"), _at(meeting, "desk-meeting-numbers")))
    if not meeting.agenda.exists():
        found.append(Todo(_("次第がありません。"), _at(meeting, "desk-agenda")))
    return found


def _unrecorded(meeting: Meeting) -> list[Todo]:
    """Who came: those who said so and were not ticked off, or nobody at all where somebody might have come."""
    at = _at(meeting, "desk-attendance-came")
    people = Attendee.objects.filter(attendance__meeting=meeting)
    if count := people.expected().count():
        return [Todo(_("来た人をまだ記録していません（%(count)s人）。") % {"count": count}, at)]
    might_have = meeting.attendances.invited().exclude(answer=Answer.ABSENT)
    if might_have.exists() and not people.filter(has_come__isnull=False).exists():
        return [Todo(_("来た人をまだ記録していません。"), at)]
    return []


def _at(meeting: Meeting, name: str) -> str:
    return reverse(f"meetings:{name}", args=[meeting.public_id])


def meeting_jobs(user: Any) -> Iterable[Job]:
    """For the desk's first page. One query each."""
    if not has(user, Permission.EDIT_MEETINGS):
        return
    at = reverse("meetings:desk-meeting-list")
    rows = Meeting.objects.on_desk_for(user)
    passed = rows.passed_unmarked().count()
    hint = _("開始の時刻を過ぎた会議です。開催済みか、中止かを記録します。")
    yield Job(_("終わったかを記録する会議"), hint, passed, f"{at}?todo=passed")
    late = rows.without_minutes(LATE_DAYS).count()
    very_late = rows.without_minutes(VERY_LATE_DAYS).count()
    hint = _("開催から3日を過ぎました。")
    if very_late:
        hint = _("開催から3日を過ぎました。うち%(count)s件は7日を過ぎています。") % {"count": very_late}
    yield Job(_("議事録がまだない会議"), hint, late, f"{at}?todo=minutes")
