"""What other apps are told of confirmation, approval and corrections when this one starts."""

from django.utils.translation import gettext_lazy as _

from meetings.audit_labels.approval import LABELS
from meetings.mails.confirmation import KINDS
from meetings.models import ConfirmationRequest
from meetings.services.confirmation import forget_address
from meetings.waiting.approval import approval_jobs, asked_of, confirmations_wait
from members import correspondence, waiting
from platform_portal import desk_jobs, personal_data
from platform_portal.audit import kinds as audit_kinds
from platform_portal.mail import kinds as mail_kinds
from platform_portal.personal_data import Handling


def register_approval() -> None:
    """Called once, when the app is ready."""
    audit_kinds.register(LABELS)
    mail_kinds.register(KINDS)
    waiting.register(confirmations_wait)
    desk_jobs.register(approval_jobs)
    correspondence.register(asked_of)
    words = _(
        "確認を頼んだ送り先を消し、送ったリンクを使えなくします。発言と返事は、議事録の記録として残ります。"
    )
    personal_data.handle(ConfirmationRequest._meta.label_lower, Handling(words, forget_address))
