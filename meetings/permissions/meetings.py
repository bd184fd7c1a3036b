"""Who may see and change bodies and meetings on the desk. Pages for members and for everybody ask the querysets."""

from typing import Any

from django.utils.translation import gettext as _

from meetings.models import Audience, Meeting, MeetingState
from meetings.workflow import MEETING_WAYS
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission


def check_can_see_meetings_desk(user: Any) -> None:
    check_has(user, Permission.SEE_MEETINGS)


def can_see_meetings_desk(user: Any) -> bool:
    return passes(check_can_see_meetings_desk, user)


def check_can_see_meeting_on_desk(user: Any, meeting: Meeting) -> None:
    """Closed meetings are the secretariat's alone."""
    check_can_see_meetings_desk(user)
    if meeting.audience == Audience.CLOSED:
        check_has(user, Permission.SEE_CLOSED_RECORDS)


def can_see_meeting_on_desk(user: Any, meeting: Meeting) -> bool:
    return passes(check_can_see_meeting_on_desk, user, meeting)


def check_can_edit_bodies(user: Any) -> None:
    check_has(user, Permission.EDIT_MEETINGS)


def can_edit_bodies(user: Any) -> bool:
    return passes(check_can_edit_bodies, user)


def check_can_edit_meetings(user: Any) -> None:
    """Enter a new one; of a meeting that is there see check_can_edit_meeting()."""
    check_has(user, Permission.EDIT_MEETINGS)


def can_edit_meetings(user: Any) -> bool:
    return passes(check_can_edit_meetings, user)


def check_can_edit_meeting(user: Any, meeting: Meeting) -> None:
    """Its facts, agenda and numbers. They belong to the record once that is public."""
    check_has(user, Permission.EDIT_MEETINGS)
    if meeting.state == MeetingState.PUBLISHED:
        raise Refused(
            _("議事録を公開した会議は変えられません。直すときは、先に議事録の公開を止めてください。")
        )
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("中止した会議は変えられません。開くことになったときは、先に中止をやめてください。"))


def can_edit_meeting(user: Any, meeting: Meeting) -> bool:
    return passes(check_can_edit_meeting, user, meeting)


def check_can_delete_meeting(user: Any, meeting: Meeting) -> None:
    """A draft to which nothing is tied. Whatever was announced is cancelled, with its reason."""
    check_can_edit_meeting(user, meeting)
    if meeting.state != MeetingState.DRAFT or meeting.announced_at is not None:
        raise Refused(_("知らせた会議は消せません。開かないときは、理由を書いて中止にしてください。"))
    tied = (meeting.documents, meeting.attendances, meeting.imports)
    if any(rows.exists() for rows in tied) or hasattr(meeting, "minutes"):
        raise Refused(_("資料・案内・議事録がある会議は消せません。"))


def can_delete_meeting(user: Any, meeting: Meeting) -> bool:
    return passes(check_can_delete_meeting, user, meeting)


def check_can_move_meeting(user: Any, meeting: Meeting, to: MeetingState) -> None:
    """By the table; whether else the meeting is fit for that state is seen by the service."""
    way = MEETING_WAYS.get((MeetingState(meeting.state), to))
    if way is None:
        raise Refused(
            _("「%(before)s」から「%(after)s」へは進めません。")
            % {"before": meeting.get_state_display(), "after": to.label}
        )
    if way.permission is not None:
        check_has(user, way.permission)
    if way.once_begun and not meeting.has_begun:
        raise Refused(_("まだ始まっていません。開始の時刻を過ぎてから、開催済みにしてください。"))


def can_move_meeting(user: Any, meeting: Meeting, to: MeetingState) -> bool:
    return passes(check_can_move_meeting, user, meeting, to)
