"""Meetings for everybody. The same page for whoever asks: what only members may see stands under /my/."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.filters import MeetingFilter
from meetings.models import Meeting
from meetings.presenting.meeting import present_meeting
from platform_portal.desk import paged
from platform_portal.page_cache import public_page

PER_PAGE = 30


@public_page()
def meeting_list(request: HttpRequest) -> HttpResponse:
    rows = Meeting.objects.published()
    found = MeetingFilter(request.GET, queryset=rows)
    chosen = found.qs if found.is_valid() else rows
    body = found.form.cleaned_data.get("body") if found.is_valid() else None
    context = {
        "filter": found,
        "body": body,
        "feed_query": f"?body={body.public_id}" if body else "",
        "coming": list(chosen.ahead().select_related("body")),
        "page": paged(request, chosen.behind().for_list(), PER_PAGE),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "crumbs": [(_("ホーム"), reverse("consultations:home")), (_("会議"), "")],
    }
    return render(request, "meetings/public/meeting_list.html", context)


@public_page()
def meeting_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Meeting.objects.published().select_related("body", "minutes")
    meeting = rows.filter(public_id=public_id).first()
    if meeting is None:
        return _lead_inside(request, public_id)
    context = {
        "shown": present_meeting(meeting, AnonymousUser()),
        "crumbs": [
            (_("ホーム"), reverse("consultations:home")),
            (_("会議"), reverse("meetings:meeting-list")),
            (meeting.title, ""),
        ],
    }
    return render(request, "meetings/public/meeting_detail.html", context)


def _lead_inside(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whoever takes part is led to the page for those who do; for others there is no such meeting. Raises Http404."""
    if not request.user.is_authenticated:
        raise Http404
    if not Meeting.objects.visible_to(request.user).filter(public_id=public_id).exists():
        raise Http404
    response = redirect("meetings:my-meeting", public_id)
    response.headers["Cache-Control"] = "private, no-store"
    return response
