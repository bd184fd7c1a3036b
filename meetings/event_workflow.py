"""Ways between the states of an event. The only place that knows them.

Of a published event nothing is changed unseen: a change waits as an `EventRevision`. To cancel one is no state: its
page stays and says so.
"""

from django.utils.translation import gettext_lazy as _

from platform_portal.access.roles import Permission
from platform_portal.publishing.states import State, Way, Ways

EVENT_WAYS: Ways = {
    (State.DRAFT, State.IN_REVIEW): Way("submitted", _("確認を頼む"), Permission.EDIT_EVENTS),
    (State.IN_REVIEW, State.PUBLISHED): Way(
        "published", _("認めて公開する"), Permission.APPROVE_EVENTS, needs_other_person=True
    ),
    (State.IN_REVIEW, State.DRAFT): Way(
        "returned", _("下書きに戻す"), Permission.EDIT_EVENTS, needs_reason=True
    ),
    # Stopping is one person's decision: what must not stand there goes at once.
    (State.PUBLISHED, State.SUSPENDED): Way(
        "suspended", _("公開を止める"), Permission.EDIT_EVENTS, needs_reason=True
    ),
    (State.SUSPENDED, State.IN_REVIEW): Way("resubmitted", _("もう一度確認を頼む"), Permission.EDIT_EVENTS),
    (State.DRAFT, State.ARCHIVED): Way("archived", _("保管する"), Permission.EDIT_EVENTS, needs_reason=True),
    (State.SUSPENDED, State.ARCHIVED): Way(
        "archived", _("保管する"), Permission.EDIT_EVENTS, needs_reason=True
    ),
    (State.ARCHIVED, State.DRAFT): Way("restored", _("下書きとして戻す"), Permission.EDIT_EVENTS),
}

# What a member may do with an event of its own; permissions ask for the membership.
MEMBER_EVENT_WAYS: Ways = {
    (State.DRAFT, State.IN_REVIEW): Way("submitted", _("確認を頼む"), None),
    (State.IN_REVIEW, State.DRAFT): Way("withdrawn", _("頼んだのを取り下げる"), None),
    (State.SUSPENDED, State.IN_REVIEW): Way("resubmitted", _("もう一度確認を頼む"), None),
}
EVENTS_OF_MOVES = frozenset(
    f"meetings.event_{way.verb}" for ways in (EVENT_WAYS, MEMBER_EVENT_WAYS) for way in ways.values()
)
RETURNED = f"meetings.event_{EVENT_WAYS[State.IN_REVIEW, State.DRAFT].verb}"
SUSPENDED = f"meetings.event_{EVENT_WAYS[State.PUBLISHED, State.SUSPENDED].verb}"
