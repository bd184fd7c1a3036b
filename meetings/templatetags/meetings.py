"""Words that every page about meetings uses."""

from collections.abc import Sequence

from django import template
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe

from meetings.models import Meeting, MeetingState
from meetings.presenting.days import when_of
from meetings.presenting.record import Block
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


@register.simple_tag
def with_addresses(blocks: Sequence[Block], page: str, edition_query: str) -> list[tuple[Block, str]]:
    """Each with the address of its own page. Only the id differs: to ask the URLconf for each of 500 takes a tenth of
    the whole page."""
    if not blocks:
        return []
    sample = blocks[0].public_id
    before, _id, after = reverse(page, args=[sample]).rpartition(sample)
    query = f"?edition={edition_query}" if edition_query else ""
    return [(block, f"{before}{block.public_id}{after}{query}") for block in blocks]


@register.filter
def paragraphs(text: str) -> SafeString:
    """As `linebreaks`, which takes three times as long over a text without line breaks; what is said seldom has one."""
    if "\n" in text or "\r" in text:
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308  escaped by linebreaks itself
    return format_html("<p>{}</p>", text)


@register.filter
def state_style(meeting: Meeting) -> str:
    """The class of its state's badge."""
    return STYLES[MeetingState(meeting.state)]
