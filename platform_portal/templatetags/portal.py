"""Small pieces that every template may use."""

import datetime as dt
from collections.abc import Iterator
from functools import cache

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from platform_portal.japanese.calendar import format_wareki, format_wareki_moment

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, label: str = "") -> SafeString:
    """A line drawing from the sprite; without `label` it is decoration and hidden from screen readers."""
    sprite = static("icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sprite, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)


@register.simple_tag
def exit_url() -> str:
    """Where the quick exit leads: a page that says nothing about the person."""
    return str(settings.PORTAL_EXIT_URL)


@register.filter
def shown_pages(page: "Page[object]") -> Iterator[int | str]:
    """Page numbers worth a link; `…` stands for those left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def wareki(day: dt.date | None) -> str:
    """令和8年11月21日; a moment is shown as the day that it is here."""
    return format_wareki(_day_of(day)) if day else ""


@register.filter
def wareki_weekday(day: dt.date | None) -> str:
    """令和8年11月21日（土）."""
    return format_wareki(_day_of(day), with_weekday=True) if day else ""


@register.filter
def wareki_moment(at: dt.datetime | None) -> str:
    """令和8年11月21日 9:05."""
    return format_wareki_moment(at) if at else ""


def _day_of(day: dt.date) -> dt.date:
    return timezone.localtime(day).date() if isinstance(day, dt.datetime) else day
