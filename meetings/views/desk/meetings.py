"""The desk's list of meetings, and the one page from which everything about a meeting is reached."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.filters import DeskMeetingFilter
from meetings.models import Meeting
from meetings.permissions.meetings import can_edit_meetings
from meetings.views.desk.common import get_meeting, meeting_steps, sees
from platform_portal.desk import crumbs, paged


@sees
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    rows = Meeting.objects.on_desk_for(request.user)
    found = DeskMeetingFilter(request.GET, queryset=rows)
    chosen = found.qs if found.is_valid() else rows
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, chosen.for_list()),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "can_edit": can_edit_meetings(request.user),
        "crumbs": crumbs((_("会議・議事録"), "")),
    }
    return render(request, "meetings/desk/meeting_list.html", context)


@sees
@require_safe
def meeting_page(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    context = {"meeting": meeting, "crumbs": meeting_steps(meeting)}
    return render(request, "meetings/desk/meeting_page.html", context)
