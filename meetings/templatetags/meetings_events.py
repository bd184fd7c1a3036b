"""Words about events in templates."""

from django import template
from django.core.exceptions import ValidationError

from meetings.models import Event
from meetings.presenting.events import day_words, place_words, when_of_event
from platform_portal.japanese.phone import read_phone
from platform_portal.publishing.states import State

register = template.Library()
register.filter("when_of_event", when_of_event)
register.filter("place_of_event", place_words)
register.filter("day_words", day_words)

STYLES = {
    State.DRAFT: "unknown",
    State.IN_REVIEW: "warn",
    State.PUBLISHED: "good",
    State.SUSPENDED: "closed",
    State.ARCHIVED: "closed",
}


@register.filter
def event_style(event: Event) -> str:
    """The class of its state's badge."""
    return "closed" if event.is_cancelled else STYLES[State(event.state)]


@register.filter
def tel_digits(text: str) -> str:
    """What a telephone dials."""
    try:
        return read_phone(text).digits
    except ValidationError:  # written before numbers were checked
        return ""
