from newsletters.permissions.issues import (
    can_edit_issue,
    can_move_issue,
    check_can_edit_issue,
    check_can_move_issue,
)

__all__ = ["can_edit_issue", "can_move_issue", "check_can_edit_issue", "check_can_move_issue"]
