"""What the members' page of a meeting says of their own invitations."""

from typing import Any

from django import template

from meetings.models import Attendance, Meeting
from meetings.permissions.attendance import can_answer_as_member

register = template.Library()


@register.inclusion_tag("meetings/my/_own_answers.html")
def own_answers(user: Any, meeting: Meeting) -> dict[str, Any]:
    """One line for each organisation of `user` that is invited."""
    rows = Attendance.objects.acted_for_by(user).invited().filter(meeting=meeting)
    rows = rows.select_related("meeting", "organization").order_by("organization__kana", "pk")
    return {"rows": [(row, can_answer_as_member(user, row)) for row in rows]}
