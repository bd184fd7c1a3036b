"""A record on paper: the HTML and CSS that are printed. The same for every reader of an edition."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from meetings.models import Edition, Minutes
from meetings.presenting.record import present_record
from platform_portal.region.models import PortalSettings


def html_and_css(minutes: Minutes, edition: Edition) -> tuple[str, str]:
    """Names no papers: one may be withdrawn later, and a file that went out stays out."""
    address = reverse("meetings:minutes", args=[minutes.meeting.public_id])
    context = {
        "record": present_record(minutes, [edition]),
        "counts": list(minutes.meeting.counts.all()),
        "publisher": PortalSettings.load().secretariat_name,
        "address": f"{settings.PORTAL_ORIGIN}{address}?edition={edition}",
    }
    html = render_to_string("meetings/print/minutes.html", context)
    return html, render_to_string("meetings/print/minutes.css")
