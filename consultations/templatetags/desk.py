"""The desk's menu, cut to what a person may do."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations import audit_labels
from consultations.hours_words import hours_words
from consultations.models import Channel, ConsultationWindow
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission

register = template.Library()

# (words, URL name, permission, first part of the addresses that belong to it)
SECTIONS = (
    (_("きょうの仕事"), "desk:home", Permission.USE_DESK, ""),
    (_("数で見る"), "desk:dashboard", Permission.USE_DESK, "dashboard/"),
    (_("相談窓口"), "desk:window-list", Permission.EDIT_WINDOWS, "windows/"),
    (_("変更の確認"), "desk:revision-list", Permission.EDIT_WINDOWS, "revisions/"),
    (_("内容を確かめる"), "desk:verification-list", Permission.VERIFY_WINDOWS, "verification/"),
    (_("誤りの知らせ"), "desk:report-list", Permission.HANDLE_REPORTS, "reports/"),
    (_("見つからない言葉"), "desk:word-list", Permission.SEE_ZERO_HIT_WORDS, "words/"),
    (_("分野"), "desk:category-list", Permission.EDIT_CATEGORIES, "categories/"),
    (_("祝日の変更"), "desk:override-list", Permission.EDIT_CALENDAR, "calendar/"),
    (_("入会申込"), "members:application-list", Permission.SEE_APPLICATIONS, "applications/"),
    (_("会員団体"), "members:organization-list", Permission.SEE_ORGANIZATIONS, "organizations/"),
    (_("掲示板"), "members:board-list", Permission.TEND_BOARD, "board/"),
    (_("催し"), "meetings:desk-event-list", Permission.EDIT_EVENTS, "events/"),
    (_("会議・議事録"), "meetings:desk-meeting-list", Permission.SEE_MEETINGS, "meetings/"),
    (_("ケーススタディ"), "meetings:desk-case-list", Permission.TEND_CASE_STUDIES, "cases/"),
    (_("メルマガ"), "newsletters:desk-issue-list", Permission.EDIT_ISSUES, "newsletters/"),
    (_("事業の記録"), "reports:desk-record", Permission.EDIT_ACTIVITIES, "record/"),
    (_("事業実施報告書"), "reports:desk-report-list", Permission.EDIT_REPORTS, "annual-reports/"),
    (_("設置要綱"), "members:charter-list", Permission.EDIT_CHARTERS, "charters/"),
    (_("入会のきまり"), "members:master-list", Permission.EDIT_MEMBER_MASTERS, "joining/"),
    (_("利用者"), "members:user-list", Permission.MANAGE_USERS, "users/"),
    (_("個人のデータ"), "members:person-search", Permission.EXPORT_PERSONAL_DATA, "people/"),
    (_("メール"), "mail:mail-list", Permission.SEE_MAILS, "mails/"),
    (_("設定"), "region:settings", Permission.EDIT_PORTAL_SETTINGS, "settings/"),
)


@dataclass(frozen=True, slots=True)
class Section:
    words: str
    address: str
    is_current: bool


@register.simple_tag
def desk_sections(user: Any, path: str) -> list[Section]:
    """Sections that `user` may open; the one that holds `path` is current."""
    home = reverse("desk:home")
    return [
        Section(str(words), reverse(name), _holds(path, home, part))
        for words, name, permission, part in SECTIONS
        if has(user, permission)
    ]


@register.filter
def served_hours(window: ConsultationWindow) -> str:
    """What residents are told of the window's hours, in words; empty when that is "unknown"."""
    return hours_words(window.opening_hours, window.year_end)


@register.filter
def own_hours(channel: Channel, window: ConsultationWindow) -> str:
    """The same for a channel that keeps hours of its own; else empty."""
    return hours_words(channel.opening_hours, window.year_end)


def _holds(path: str, home: str, part: str) -> bool:
    return path.startswith(home + part) if part else path == home


@register.simple_tag
def field_label(name: str) -> str:
    """What a field of a window is called."""
    return audit_labels.field_label(name)


VERIFICATION_PAGES = (
    ("due", _("確かめる日が来た窓口"), "desk:verification-list", Permission.VERIFY_WINDOWS),
    ("calls", _("電話で確かめる窓口"), "desk:call-list", Permission.VERIFY_WINDOWS),
    ("links", _("つながらないリンク"), "desk:link-list", Permission.VERIFY_WINDOWS),
    ("rules", _("確かめるきまり"), "desk:verification-rules", Permission.EDIT_PORTAL_SETTINGS),
)


@register.simple_tag
def verification_pages(user: Any) -> list[tuple[str, str, str]]:
    """(key, words, address) of the pages about verifying that `user` may open."""
    return [
        (key, str(words), reverse(name))
        for key, words, name, permission in VERIFICATION_PAGES
        if has(user, permission)
    ]
