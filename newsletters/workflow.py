"""Ways between the states of an issue. The only place that knows them."""

from django.utils.translation import gettext_lazy as _

from newsletters.models import IssueState
from platform_portal.access.roles import Permission
from platform_portal.publishing.states import Way

_S = IssueState

# `permission` None: the portal takes this step by itself.
ISSUE_WAYS: dict[tuple[IssueState, IssueState], Way] = {
    (_S.DRAFT, _S.IN_REVIEW): Way("requested", _("確認を頼む"), Permission.EDIT_ISSUES),
    (_S.IN_REVIEW, _S.DRAFT): Way("returned", _("下書きに戻す"), Permission.EDIT_ISSUES, needs_reason=True),
    (_S.IN_REVIEW, _S.APPROVED): Way(
        "approved", _("承認する"), Permission.APPROVE_ISSUES, needs_other_person=True
    ),
    # An edit does this by itself: what was approved is not what stands there now.
    (_S.APPROVED, _S.DRAFT): Way("reopened", _("承認を取り消して下書きに戻す"), Permission.EDIT_ISSUES),
    (_S.SCHEDULED, _S.DRAFT): Way("reopened", _("承認を取り消して下書きに戻す"), Permission.EDIT_ISSUES),
    (_S.APPROVED, _S.SCHEDULED): Way("scheduled", _("送る時刻を決める"), Permission.SEND_ISSUES),
    (_S.SCHEDULED, _S.APPROVED): Way("unscheduled", _("予定を取り消す"), Permission.SEND_ISSUES),
    (_S.SCHEDULED, _S.SENDING): Way("sending_began", _("送りはじめる"), None),
    (_S.SENDING, _S.PAUSED): Way("paused", _("一時停止する"), Permission.SEND_ISSUES),
    (_S.PAUSED, _S.SENDING): Way("resumed", _("再開する"), Permission.SEND_ISSUES),
    (_S.SENDING, _S.COMPLETED): Way("completed", _("送り終える"), None),
    # The rest of a completed issue: those that the server refused go out once more.
    (_S.COMPLETED, _S.SENDING): Way("resent", _("送れなかった分を送り直す"), Permission.SEND_ISSUES),
    (_S.DRAFT, _S.CANCELLED): Way("cancelled", _("やめる"), Permission.EDIT_ISSUES),
    (_S.APPROVED, _S.CANCELLED): Way("cancelled", _("やめる"), Permission.SEND_ISSUES, needs_reason=True),
    (_S.SCHEDULED, _S.CANCELLED): Way("cancelled", _("やめる"), Permission.SEND_ISSUES, needs_reason=True),
    (_S.PAUSED, _S.CANCELLED): Way(
        "cancelled", _("残りを送らずにやめる"), Permission.SEND_ISSUES, needs_reason=True
    ),
}

# Steps of people that the portal takes by itself too: what is due and is not what was approved goes back.
PORTAL_TOO = frozenset({(_S.SCHEDULED, _S.DRAFT)})
