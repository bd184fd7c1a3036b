"""The parts of one meeting on the desk, as every page about it lists them."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.desk import Part, parts_at

register = template.Library()

# (URL name, words, permission); each takes the meeting's public id.
PARTS = (
    ("desk-meeting", _("この会議"), Permission.SEE_MEETINGS),
    ("desk-agenda", _("次第"), Permission.SEE_MEETINGS),
    ("desk-documents", _("資料"), Permission.SEE_MEETINGS),
    ("desk-attendance", _("案内と出欠"), Permission.SEE_MEETINGS),
    ("desk-import", _("議事録の取り込み"), Permission.EDIT_MEETINGS),
    ("desk-minutes", _("議事録"), Permission.SEE_MEETINGS),
    ("desk-confirmation", _("発言者の確認"), Permission.EDIT_MEETINGS),
    ("desk-publication", _("承認と公開"), Permission.EDIT_MEETINGS),
    ("desk-corrections", _("訂正"), Permission.EDIT_MEETINGS),
    ("desk-action-items", _("宿題"), Permission.SEE_MEETINGS),
    ("desk-case-create", _("ケーススタディを書く"), Permission.TEND_CASE_STUDIES),
)


@register.simple_tag
def meeting_parts(user: Any, meeting: Meeting, path: str) -> list[Part]:
    """Those that `user` may open; the longest address that holds `path` is current."""
    found = [
        (str(words), reverse(f"meetings:{name}", args=[meeting.public_id]))
        for name, words, permission in PARTS
        if has(user, permission)
    ]
    return parts_at(path, found)
