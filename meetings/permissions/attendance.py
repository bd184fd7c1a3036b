"""Who may invite, answer and record who came. Twins: check_… says why not, can_… says whether."""

from typing import Any

from django.utils.translation import gettext as _

from meetings.models import Attendance, Meeting, MeetingState
from members.permissions import require_membership
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission


def check_can_tend_attendance(user: Any, meeting: Meeting | None = None) -> None:
    """Without a meeting: whether the person may do so at all."""
    check_has(user, Permission.EDIT_MEETINGS)
    if meeting is not None and meeting.state == MeetingState.PUBLISHED:
        raise Refused(_("議事録を公開した会議の出席は変えられません。先に議事録の公開を止めてください。"))


def can_tend_attendance(user: Any, meeting: Meeting | None = None) -> bool:
    return passes(check_can_tend_attendance, user, meeting)


def check_can_invite_to_meeting(user: Any, meeting: Meeting) -> None:
    """Also ask again those who have not answered."""
    check_can_tend_attendance(user, meeting)
    if meeting.state == MeetingState.DRAFT:
        raise Refused(_("準備中の会議です。先に「開催予定」にしてから、案内してください。"))
    if meeting.state != MeetingState.PLANNED or meeting.has_begun:
        raise Refused(_("案内できるのは、これから開く会議だけです。"))


def can_invite_to_meeting(user: Any, meeting: Meeting) -> bool:
    return passes(check_can_invite_to_meeting, user, meeting)


def check_can_withdraw_invitation(user: Any, attendance: Attendance) -> None:
    check_can_tend_attendance(user, attendance.meeting)
    if attendance.withdrawn_at is not None or attendance.invited_at is None:
        raise Refused(_("この案内は、もう取り消されています。"))
    if attendance.meeting.has_begun:
        raise Refused(
            _("会議が始まったので、案内は取り消せません。来なかったときは「欠席」と記録してください。")
        )


def can_withdraw_invitation(user: Any, attendance: Attendance) -> bool:
    return passes(check_can_withdraw_invitation, user, attendance)


def check_is_open_for_answers(meeting: Meeting) -> None:
    """Whoever answers, by link or signed in: until the meeting begins."""
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("この会議は中止になりました。返事はいりません。"))
    if meeting.state != MeetingState.PLANNED or meeting.has_begun:
        raise Refused(
            _("会議が始まったので、返事は変えられません。変わったことがあれば、事務局に知らせてください。")
        )


def check_can_answer_as_member(user: Any, attendance: Attendance) -> None:
    """Its managers and editors, and whoever gets the office's mails: they could answer by the link in one."""
    membership = require_membership(user, attendance.organization)
    if not membership.may_edit and not membership.is_contact:
        raise Refused(_("「閲覧のみ」の担当なので、返事ができません。団体の管理担当に頼んでください。"))
    if attendance.withdrawn_at is not None or attendance.invited_at is None:
        raise Refused(_("この案内は取り消されました。返事はいりません。"))
    check_is_open_for_answers(attendance.meeting)


def can_answer_as_member(user: Any, attendance: Attendance) -> bool:
    return passes(check_can_answer_as_member, user, attendance)


def check_can_record_answer(user: Any, attendance: Attendance) -> None:
    """What was said by telephone, or what turned out at the meeting."""
    check_can_tend_attendance(user, attendance.meeting)
    if attendance.withdrawn_at is not None:
        raise Refused(_("この案内は取り消されています。もう一度案内してから記録してください。"))
    if attendance.meeting.state == MeetingState.CANCELLED:
        raise Refused(_("中止した会議の出席は記録できません。"))


def can_record_answer(user: Any, attendance: Attendance) -> bool:
    return passes(check_can_record_answer, user, attendance)


def check_can_record_attendance(user: Any, meeting: Meeting) -> None:
    """Who really came: only once the meeting has begun."""
    check_can_tend_attendance(user, meeting)
    if meeting.state not in {MeetingState.PLANNED, MeetingState.HELD}:
        raise Refused(_("開いた会議だけ、だれが来たかを記録できます。"))
    if not meeting.has_begun:
        raise Refused(_("会議が始まってから、だれが来たかを記録できます。"))


def can_record_attendance(user: Any, meeting: Meeting) -> bool:
    return passes(check_can_record_attendance, user, meeting)
