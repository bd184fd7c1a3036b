"""Ways between the states of a meeting and of its record. The only place that knows them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from meetings.models import MeetingState
from platform_portal.access.roles import Permission
from platform_portal.publishing.states import State, Way, Ways


@dataclass(frozen=True, slots=True)
class MeetingWay(Way):
    once_begun: bool = False  # from the hour at which the meeting starts

    @property
    def remark(self) -> str:
        return "once begun" if self.once_begun else ""


_S = MeetingState
_EDIT = Permission.EDIT_MEETINGS

MEETING_WAYS: dict[tuple[MeetingState, MeetingState], MeetingWay] = {
    (_S.DRAFT, _S.PLANNED): MeetingWay("announced", _("開催を知らせる"), _EDIT),
    # Entered afterwards, from an old record.
    (_S.DRAFT, _S.HELD): MeetingWay("held", _("開催済みにする"), _EDIT, once_begun=True),
    (_S.PLANNED, _S.HELD): MeetingWay("held", _("開催済みにする"), _EDIT, once_begun=True),
    (_S.HELD, _S.PLANNED): MeetingWay("not_held", _("開催予定に戻す"), _EDIT, needs_reason=True),
    # What was announced does not vanish: it says that it was cancelled, and why. A draft is deleted.
    (_S.PLANNED, _S.CANCELLED): MeetingWay("cancelled", _("中止にする"), _EDIT, needs_reason=True),
    (_S.CANCELLED, _S.PLANNED): MeetingWay("reopened", _("中止をやめる"), _EDIT),
    # Follow the publication of the minutes, and its being stopped.
    (_S.HELD, _S.PUBLISHED): MeetingWay(
        "record_published", _("議事録公開にする"), Permission.APPROVE_MINUTES
    ),
    (_S.PUBLISHED, _S.HELD): MeetingWay("record_stopped", _("開催済みに戻す"), Permission.APPROVE_MINUTES),
}

MINUTES_WAYS: Ways = {
    (State.DRAFT, State.IN_REVIEW): Way("submitted", _("承認を頼む"), _EDIT),
    (State.IN_REVIEW, State.DRAFT): Way("returned", _("下書きに戻す"), _EDIT, needs_reason=True),
    (State.IN_REVIEW, State.PUBLISHED): Way(
        "published", _("認めて公開する"), Permission.APPROVE_MINUTES, needs_other_person=True
    ),
    # Stopping is one person's decision: what should not be read must go at once.
    (State.PUBLISHED, State.SUSPENDED): Way(
        "suspended", _("公開を止める"), Permission.APPROVE_MINUTES, needs_reason=True
    ),
    # Nor may whoever stopped it: see permissions.approval.
    (State.SUSPENDED, State.PUBLISHED): Way(
        "resumed", _("もう一度公開する"), Permission.APPROVE_MINUTES, needs_other_person=True
    ),
}
FROZEN_STATES = frozenset({State.PUBLISHED, State.SUSPENDED})
