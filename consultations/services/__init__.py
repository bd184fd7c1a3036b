"""Writes: every change goes through here, with its audit event in the same transaction.

Keyword-only, `by=` the person; each raises Refused (a sentence to show) or ValidationError, and then
nothing was changed.
"""

from consultations.services.bulk import BulkAction, BulkPlan, apply_bulk, plan_bulk
from consultations.services.content import (
    CHANNEL_FIELDS,
    CONTENT_FIELDS,
    CRITICAL_FIELDS,
    MEMBER_FIELDS,
    WindowContent,
    content_from_description,
    describe_content,
)
from consultations.services.masters import (
    adopt_word,
    delete_override,
    forget_word,
    save_category,
    save_override,
)
from consultations.services.reports import (
    REPORTS_KEPT_DAYS,
    forget_old_reports,
    handle_report,
    report_error,
)
from consultations.services.revisions import (
    Change,
    approve_revision,
    change_window,
    move_own_window,
    propose,
    return_revision,
    withdraw_revision,
)
from consultations.services.verification import (
    AlreadyAnswered,
    check_nobody_said_otherwise,
    confirm_by_link,
    confirm_own_window,
    record_call,
    save_verification_rules,
    tell_difference,
)
from consultations.services.windows import (
    ChangedMeanwhile,
    NeedsReview,
    as_if_saved,
    check_is_complete,
    move_window,
    save_window,
    take_back_verification,
    verify_window,
)

__all__ = [
    "CHANNEL_FIELDS",
    "CONTENT_FIELDS",
    "CRITICAL_FIELDS",
    "MEMBER_FIELDS",
    "REPORTS_KEPT_DAYS",
    "AlreadyAnswered",
    "BulkAction",
    "BulkPlan",
    "Change",
    "ChangedMeanwhile",
    "NeedsReview",
    "WindowContent",
    "adopt_word",
    "apply_bulk",
    "approve_revision",
    "as_if_saved",
    "change_window",
    "check_is_complete",
    "check_nobody_said_otherwise",
    "confirm_by_link",
    "confirm_own_window",
    "content_from_description",
    "delete_override",
    "describe_content",
    "forget_old_reports",
    "forget_word",
    "handle_report",
    "move_own_window",
    "move_window",
    "plan_bulk",
    "propose",
    "record_call",
    "report_error",
    "return_revision",
    "save_category",
    "save_override",
    "save_verification_rules",
    "save_window",
    "take_back_verification",
    "tell_difference",
    "verify_window",
    "withdraw_revision",
]
