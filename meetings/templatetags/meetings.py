"""Words that every page about meetings uses."""

from django import template

from meetings.models import Meeting, MeetingState
from meetings.presenting.days import when_of
from platform_portal.japanese.calendar import format_fiscal_year

register = template.Library()
register.filter("when_of", when_of)
register.filter("fiscal_year_words", format_fiscal_year)

STYLES = {
    MeetingState.DRAFT: "unknown",
    MeetingState.PLANNED: "open",
    MeetingState.HELD: "good",
    MeetingState.PUBLISHED: "good",
    MeetingState.CANCELLED: "closed",
}


@register.filter
def state_style(meeting: Meeting) -> str:
    """The class of its state's badge."""
    return STYLES[MeetingState(meeting.state)]
