"""Who may: stable role keys and what each role is allowed to do."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Stored keys; never rename one, labels may change."""

    ADMINISTRATOR = "administrator", _("管理者")
    SECRETARIAT = "secretariat", _("事務局")
    STAFF = "staff", _("県職員")
    MEMBER = "member", _("会員団体の担当者")


class Permission(StrEnum):
    """One entry for each thing that somebody may or may not do."""

    USE_DESK = "use_desk"
    EDIT_WINDOWS = "edit_windows"
    APPROVE_WINDOWS = "approve_windows"
    VERIFY_WINDOWS = "verify_windows"
    IMPORT_WINDOWS = "import_windows"
    EDIT_CATEGORIES = "edit_categories"
    EDIT_CALENDAR = "edit_calendar"
    HANDLE_REPORTS = "handle_reports"
    SEE_ZERO_HIT_WORDS = "see_zero_hit_words"
    EDIT_PORTAL_SETTINGS = "edit_portal_settings"
    MANAGE_USERS = "manage_users"
    SEE_AUDIT = "see_audit"
    SEE_APPLICATIONS = "see_applications"
    DECIDE_APPLICATIONS = "decide_applications"
    EDIT_MEMBER_MASTERS = "edit_member_masters"
    EDIT_CHARTERS = "edit_charters"
    SEE_ORGANIZATIONS = "see_organizations"
    EDIT_ORGANIZATIONS = "edit_organizations"
    IMPORT_ORGANIZATIONS = "import_organizations"
    EXPORT_ORGANIZATION_CONTACTS = "export_organization_contacts"
    MERGE_ORGANIZATIONS = "merge_organizations"
    SEE_MAILS = "see_mails"
    RESEND_MAILS = "resend_mails"
    EXPORT_PERSONAL_DATA = "export_personal_data"
    ERASE_PERSONAL_DATA = "erase_personal_data"
    TEND_BOARD = "tend_board"
    SEE_MEETINGS = "see_meetings"
    SEE_CLOSED_RECORDS = "see_closed_records"
    EDIT_MEETINGS = "edit_meetings"
    APPROVE_MINUTES = "approve_minutes"
    EDIT_EVENTS = "edit_events"
    APPROVE_EVENTS = "approve_events"
    TEND_CASE_STUDIES = "tend_case_studies"
    EDIT_ACTIVITIES = "edit_activities"
    EDIT_REPORTS = "edit_reports"
    APPROVE_REPORTS = "approve_reports"
    EDIT_ISSUES = "edit_issues"
    APPROVE_ISSUES = "approve_issues"
    SEND_ISSUES = "send_issues"
    TEND_SUBSCRIBERS = "tend_subscribers"
    EDIT_NEWSLETTERS = "edit_newsletters"


_STAFF = frozenset(
    {
        Permission.USE_DESK,
        Permission.EDIT_WINDOWS,
        Permission.APPROVE_WINDOWS,
        Permission.VERIFY_WINDOWS,
        Permission.IMPORT_WINDOWS,
        Permission.HANDLE_REPORTS,
        Permission.SEE_ZERO_HIT_WORDS,
        Permission.SEE_AUDIT,
        Permission.SEE_APPLICATIONS,
        Permission.DECIDE_APPLICATIONS,
        Permission.SEE_MAILS,
        Permission.SEE_ORGANIZATIONS,
        Permission.EDIT_ORGANIZATIONS,
        Permission.IMPORT_ORGANIZATIONS,
        Permission.TEND_BOARD,
        Permission.SEE_MEETINGS,
        Permission.EDIT_EVENTS,
        Permission.APPROVE_EVENTS,
        Permission.EDIT_ACTIVITIES,
        Permission.EDIT_ISSUES,
    }
)
_SECRETARIAT = _STAFF | {
    Permission.EDIT_CATEGORIES,
    Permission.EDIT_CALENDAR,
    Permission.EDIT_PORTAL_SETTINGS,
    Permission.EDIT_MEMBER_MASTERS,
    Permission.EXPORT_ORGANIZATION_CONTACTS,
    Permission.MERGE_ORGANIZATIONS,
    Permission.EDIT_CHARTERS,
    Permission.RESEND_MAILS,
    Permission.SEE_CLOSED_RECORDS,
    Permission.EDIT_MEETINGS,
    Permission.APPROVE_MINUTES,
    Permission.TEND_CASE_STUDIES,
    Permission.EDIT_REPORTS,
    Permission.APPROVE_REPORTS,
    Permission.APPROVE_ISSUES,
    Permission.SEND_ISSUES,
    Permission.TEND_SUBSCRIBERS,
    Permission.EDIT_NEWSLETTERS,
}

PERMISSIONS_OF_ROLE: dict[str, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.SECRETARIAT: frozenset(_SECRETARIAT),
    Role.STAFF: _STAFF,
    Role.MEMBER: frozenset(),
}
DESK_ROLES = frozenset({Role.ADMINISTRATOR, Role.SECRETARIAT, Role.STAFF})
