"""Ways between the states of a meeting and of its record. The only place that knows them."""

from django.utils.translation import gettext_lazy as _

from meetings.models import MeetingState
from platform_portal.access.roles import Permission
from platform_portal.publishing.states import State, Way, Ways

_S = MeetingState
_EDIT = Permission.EDIT_MEETINGS

MEETING_WAYS: dict[tuple[MeetingState, MeetingState], Way] = {
    (_S.DRAFT, _S.PLANNED): Way("announced", _("開催を知らせる"), _EDIT),
    # Entered afterwards, from an old record.
    (_S.DRAFT, _S.HELD): Way("held", _("開催済みにする"), _EDIT),
    (_S.PLANNED, _S.HELD): Way("held", _("開催済みにする"), _EDIT),
    (_S.HELD, _S.PLANNED): Way("not_held", _("開催予定に戻す"), _EDIT, needs_reason=True),
    # What was announced does not vanish: it says that it was cancelled, and why. A draft is deleted.
    (_S.PLANNED, _S.CANCELLED): Way("cancelled", _("中止にする"), _EDIT, needs_reason=True),
    (_S.CANCELLED, _S.PLANNED): Way("reopened", _("中止をやめる"), _EDIT),
    # Follow the publication of the minutes, and its being stopped.
    (_S.HELD, _S.PUBLISHED): Way("record_published", _("議事録公開にする"), Permission.APPROVE_MINUTES),
    (_S.PUBLISHED, _S.HELD): Way("record_stopped", _("開催済みに戻す"), Permission.APPROVE_MINUTES),
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
