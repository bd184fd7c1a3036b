"""What author and approver should know of each other: why a window came back, and who may still approve it."""

from typing import Any

from django.utils.translation import gettext as _

from consultations import permissions
from consultations.models import ConsultationWindow
from consultations.views.desk.common import people_of
from consultations.workflow import EVENTS_OF_MOVES, RETURNED
from members.models import User
from platform_portal.access.roles import Permission
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State

NAMES_SHOWN = 5


def words_on_return(window: ConsultationWindow) -> str:
    """Who sent a draft back, and why; empty unless that was the last step it took."""
    if window._state.adding or window.state != State.DRAFT:
        return ""
    event = AuditEvent.objects.about(window).filter(type__in=EVENTS_OF_MOVES).first()
    if event is None or event.type != RETURNED:
        return ""
    who = people_of([event]).get(event.actor_id or 0, _("だれか"))
    return _("%(who)sさんが下書きに戻しました。理由：%(reason)s") % {"who": who, "reason": event.note}


def words_on_editing_under_review(user: Any, window: ConsultationWindow) -> str:
    """Who edits has written, and who has written does not approve: better known before than after."""
    if window._state.adding or window.state != State.IN_REVIEW:
        return ""
    others = (
        User.objects.get_queryset()
        .active()
        .holding(Permission.APPROVE_WINDOWS)
        .exclude(pk__in=[user.pk, window.submitted_by_id or 0])
    )
    names = list(others.order_by("name", "pk").values_list("name", flat=True)[: NAMES_SHOWN + 1])
    words = _("確認待ちの窓口です。")
    if permissions.can_move_window(user, window, State.PUBLISHED):
        words += _("直すと、あなたは認められなくなります（書いた人は認められません）。")
    if not names:
        return words + _("直したあとで認められる人が、ほかにいません。")
    listed = "、".join(names[:NAMES_SHOWN]) + (_("ほか") if len(names) > NAMES_SHOWN else "")
    return words + _("直したあとで認められる人：%(names)s") % {"names": listed}
