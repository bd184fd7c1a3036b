"""Who may add, change and withdraw papers. Who may open them: `Document.objects.visible_to(user)`."""

from typing import Any

from django.utils.translation import gettext as _

from meetings.models import Document, Meeting
from meetings.permissions.meetings import check_can_see_meeting_on_desk
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission


def check_can_edit_documents(user: Any, meeting: Meeting) -> None:
    """Also after the record is public: a paper that is put right keeps its older versions."""
    check_can_see_meeting_on_desk(user, meeting)
    check_has(user, Permission.EDIT_MEETINGS)


def can_edit_documents(user: Any, meeting: Meeting) -> bool:
    return passes(check_can_edit_documents, user, meeting)


def check_can_change_document(user: Any, document: Document) -> None:
    check_can_edit_documents(user, document.meeting)
    if document.withdrawn_at is not None:
        raise Refused(
            _("取り下げた資料は変えられません。もう一度出すときは、新しい資料として載せてください。")
        )


def can_change_document(user: Any, document: Document) -> bool:
    return passes(check_can_change_document, user, document)
