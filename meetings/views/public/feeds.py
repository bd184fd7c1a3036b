"""Meetings for feed readers and calendars."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.calendar_links import user_of
from meetings.models import Body, Meeting, MeetingState
from meetings.models.meetings import MeetingQuerySet
from meetings.presenting.atom import MOST_IN_FEED, Entry, absolute, atom_response
from meetings.presenting.calendars import calendar_of
from meetings.presenting.days import when_of
from platform_portal.page_cache import public_page
from platform_portal.region.models import PortalSettings

CALENDAR_TYPE = "text/calendar; charset=utf-8"
# A calendar wants what comes and what was lately.
PAST = dt.timedelta(days=366)
MOST = 500


def _of_body(request: HttpRequest, rows: MeetingQuerySet) -> tuple[MeetingQuerySet, str]:
    """Narrowed by `?body=`; with what it then is called. Raises Http404."""
    wanted = request.GET.get("body", "")
    if not wanted:
        return rows, ""
    body = Body.objects.filter(public_id=wanted, pk__in=rows.order_by().values("body")).first()
    if body is None:
        raise Http404
    return rows.filter(body=body), body.name


def _named(words: str, body: str) -> str:
    portal = PortalSettings.load().portal_name
    return f"{portal} {body or words}"


def _recent(rows: MeetingQuerySet) -> MeetingQuerySet:
    return (
        rows.filter(starts_at__gte=timezone.now() - PAST).select_related("body").order_by("starts_at")[:MOST]
    )


@public_page()
def meeting_feed(request: HttpRequest) -> HttpResponse:
    """What was announced, cancelled or recorded last."""
    rows, body = _of_body(request, Meeting.objects.published())
    newest = rows.select_related("body").order_by("-updated_at", "-pk")[:MOST_IN_FEED]
    of_body = f":{request.GET['body']}" if body else ""
    return atom_response(
        map(_entry, newest),
        title=body or _("会議"),
        page=absolute("meetings:meeting-list"),
        address=f"{settings.PORTAL_ORIGIN}{request.get_full_path()}",
        unique=f"tag:tsunagari-portal,2026:meetings{of_body}",
    )


def _entry(meeting: Meeting) -> Entry:
    return Entry(
        title=f"{meeting.title}（{meeting.get_state_display()}）",
        address=absolute("meetings:meeting-detail", meeting.public_id),
        unique=f"tag:tsunagari-portal,2026:meeting:{meeting.public_id}",
        text=_words(meeting),
        published_at=meeting.announced_at or meeting.created_at,
        updated_at=meeting.updated_at,
        categories=(meeting.body.name,),
    )


def _words(meeting: Meeting) -> str:
    lines = [when_of(meeting), meeting.place]
    if meeting.state == MeetingState.CANCELLED:
        lines.append(_("中止の理由：%(reason)s") % {"reason": meeting.cancelled_reason})
    return "\n".join(line for line in lines if line)


@public_page()
def meeting_calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """One meeting, to be put into one's calendar."""
    meeting = get_object_or_404(Meeting.objects.published().select_related("body"), public_id=public_id)
    response = HttpResponse(calendar_of([meeting], meeting.title), content_type=CALENDAR_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="meeting-{public_id}.ics"'
    return response


@public_page()
def calendar(request: HttpRequest) -> HttpResponse:
    rows, body = _of_body(request, Meeting.objects.published())
    return HttpResponse(calendar_of(_recent(rows), _named(_("会議"), body)), content_type=CALENDAR_TYPE)


@login_not_required
@require_safe
def own_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """For the calendar of one person, without signing in: whoever has the address sees what that person may see."""
    user = user_of(token)
    if user is None:
        raise Http404
    rows = Meeting.objects.taken_part_in_by(user)
    content = calendar_of(_recent(rows), _named(_("わたしの会議"), ""), is_inside=True)
    response = HttpResponse(content, content_type=CALENDAR_TYPE)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, response=response) or response
