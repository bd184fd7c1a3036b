"""One window: its page, and the small card to take along."""

from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from consultations.models import ChannelKind, ConsultationWindow
from consultations.presenting import Clock, present_detail
from consultations.presenting.details import published_hours
from consultations.round_the_clock import last_resort
from platform_portal.page_cache import public_page

CARD_NUMBERS = 3  # more do not fit on 55 mm


def published_window(public_id: str) -> ConsultationWindow:
    window: ConsultationWindow = get_object_or_404(
        ConsultationWindow.objects.published().for_detail(), public_id=public_id
    )
    return window


def detail_context(window: ConsultationWindow, clock: Clock) -> dict[str, Any]:
    """What `consultations/window_detail.html` shows; the desk's preview uses it for drafts."""
    detail = present_detail(window, clock)
    is_answered = any(card.state.is_open for card in detail.fallbacks)
    return {
        "detail": detail,
        # Who stands before a shut door is not sent on to other shut doors.
        "last_resort": None if is_answered else last_resort(clock, apart_from=[window]),
        "crumbs": [
            (_("ホーム"), reverse("consultations:home")),
            (_("相談窓口"), reverse("consultations:window-list")),
            (window.name, ""),
        ],
    }


@public_page(tells_time=True)
def window_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    window = published_window(public_id)
    response = render(request, "consultations/window_detail.html", detail_context(window, Clock.of(request)))
    return _keep_off_shared_devices(response, window)


@public_page(tells_time=True)
def window_card(request: HttpRequest, public_id: str) -> HttpResponse:
    window = published_window(public_id)
    address = settings.PORTAL_ORIGIN + reverse("consultations:window-detail", args=[public_id])
    context = {
        "window": window,
        "lines": pocket_lines(window),
        "address": address,
        "shown_address": address.split("//", 1)[1],
        "qr": qr_svg(address),
    }
    response = render(request, "consultations/window_card.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return _keep_off_shared_devices(response, window)


def pocket_lines(window: ConsultationWindow) -> list[tuple[str, list[str]]]:
    """(when it is answered, numbers) for the small card; without a telephone, the hours of the window alone.

    A number stands beside its own hours, never beside those of a meeting.
    """
    hours_of: dict[str, str] = {}
    for channel in window.channels.all():
        if channel.kind == ChannelKind.PHONE:
            hours_of.setdefault(channel.value or channel.digits, published_hours(window, channel))
    if not hours_of:
        return [(window.hours_text, [])]
    lines: dict[str, list[str]] = {}
    for number, hours in list(hours_of.items())[:CARD_NUMBERS]:
        lines.setdefault(hours, []).append(number)
    return list(lines.items())


def qr_svg(address: str) -> SafeString:
    """The QR code as inline SVG, without style attributes."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(svg)  # noqa: S308  made of numbers by segno, never of somebody's text


def _keep_off_shared_devices(response: HttpResponse, window: ConsultationWindow) -> HttpResponse:
    if window.is_risk:
        response.headers["Cache-Control"] = "no-store"
    return response
