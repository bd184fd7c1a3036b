"""Ways between the states of a case study. The only place that knows them.

What is being read is not changed: it is stopped, changed, and looked at by a second person again.
"""

from django.utils.translation import gettext_lazy as _

from platform_portal.access.roles import Permission
from platform_portal.publishing.states import State, Way, Ways

TEND = Permission.TEND_CASE_STUDIES
CASE_WAYS: Ways = {
    (State.DRAFT, State.IN_REVIEW): Way("submitted", _("確認を頼む"), TEND),
    (State.IN_REVIEW, State.PUBLISHED): Way(
        "published", _("認めて会員に見せる"), TEND, needs_other_person=True
    ),
    (State.IN_REVIEW, State.DRAFT): Way("returned", _("下書きに戻す"), TEND, needs_reason=True),
    # At once, and by one person: somebody may have been recognised.
    (State.PUBLISHED, State.SUSPENDED): Way("suspended", _("見せるのを止める"), TEND, needs_reason=True),
    (State.SUSPENDED, State.IN_REVIEW): Way("resubmitted", _("もう一度確認を頼む"), TEND),
    (State.DRAFT, State.ARCHIVED): Way("archived", _("保管する"), TEND, needs_reason=True),
    (State.SUSPENDED, State.ARCHIVED): Way("archived", _("保管する"), TEND, needs_reason=True),
    (State.ARCHIVED, State.DRAFT): Way("restored", _("下書きとして戻す"), TEND),
}
# What the organisation that wrote it may do.
MEMBER_CASE_WAYS: Ways = {
    (State.DRAFT, State.IN_REVIEW): Way("submitted", _("確認を頼む"), None),
    (State.IN_REVIEW, State.DRAFT): Way("withdrawn", _("頼んだのを取り下げる"), None),
    (State.PUBLISHED, State.SUSPENDED): Way("suspended", _("見せるのを止める"), None, needs_reason=True),
    (State.SUSPENDED, State.IN_REVIEW): Way("resubmitted", _("もう一度確認を頼む"), None),
}
EDITABLE = (State.DRAFT, State.SUSPENDED)
