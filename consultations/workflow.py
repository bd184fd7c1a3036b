"""Ways between the states of a consultation window. The only place that knows them."""

from django.utils.translation import gettext_lazy as _

from platform_portal.access.roles import Permission
from platform_portal.publishing.states import State, Way, Ways

WINDOW_WAYS: Ways = {
    (State.DRAFT, State.IN_REVIEW): Way("submitted", _("確認を頼む"), Permission.EDIT_WINDOWS),
    (State.IN_REVIEW, State.PUBLISHED): Way(
        "published", _("認めて公開する"), Permission.APPROVE_WINDOWS, needs_other_person=True
    ),
    (State.IN_REVIEW, State.DRAFT): Way(
        "returned", _("下書きに戻す"), Permission.EDIT_WINDOWS, needs_reason=True
    ),
    # Stopping is one person's decision: a wrong number must go at once.
    (State.PUBLISHED, State.SUSPENDED): Way(
        "suspended", _("公開を止める"), Permission.EDIT_WINDOWS, needs_reason=True
    ),
    (State.SUSPENDED, State.IN_REVIEW): Way("resubmitted", _("もう一度確認を頼む"), Permission.EDIT_WINDOWS),
    (State.DRAFT, State.ARCHIVED): Way("archived", _("保管する"), Permission.EDIT_WINDOWS, needs_reason=True),
    (State.SUSPENDED, State.ARCHIVED): Way(
        "archived", _("保管する"), Permission.EDIT_WINDOWS, needs_reason=True
    ),
    (State.ARCHIVED, State.DRAFT): Way("restored", _("下書きとして戻す"), Permission.EDIT_WINDOWS),
}

EVENTS_OF_MOVES = frozenset(f"consultations.window_{way.verb}" for way in WINDOW_WAYS.values())
RETURNED = f"consultations.window_{WINDOW_WAYS[State.IN_REVIEW, State.DRAFT].verb}"
