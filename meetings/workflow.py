"""Ways between the states of a meeting. The only place that knows them; those of its minutes are elsewhere."""

from django.utils.translation import gettext_lazy as _

from meetings.models import MeetingState
from platform_portal.access.roles import Permission
from platform_portal.publishing.states import Way

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
