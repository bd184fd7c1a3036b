"""The parts of メルマガ on the desk, as its pages list them."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.desk import Part, parts_at

register = template.Library()

# (URL name, words, permission)
PARTS = (
    ("desk-issue-list", _("号"), Permission.EDIT_ISSUES),
    ("desk-duty-list", _("編集の当番"), Permission.EDIT_ISSUES),
    ("desk-ledger", _("送達台帳"), Permission.SEND_ISSUES),
    ("desk-statistics", _("統計"), Permission.EDIT_ISSUES),
    ("desk-subscriber-list", _("購読者"), Permission.TEND_SUBSCRIBERS),
    ("desk-suppression-list", _("配信を止めたアドレス"), Permission.TEND_SUBSCRIBERS),
    ("desk-consent-texts", _("登録のときの文章"), Permission.TEND_SUBSCRIBERS),
    ("desk-newsletter-list", _("メルマガの種類"), Permission.EDIT_NEWSLETTERS),
)


@register.simple_tag
def newsletter_parts(user: Any, path: str) -> list[Part]:
    """Those that `user` may open; the longest address that holds `path` is current."""
    found = [
        (str(words), reverse(f"newsletters:{name}"))
        for name, words, permission in PARTS
        if has(user, permission)
    ]
    return parts_at(path, found)
