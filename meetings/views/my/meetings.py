"""Meetings for those who take part in them: coming ones first, with place, online address and papers."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.calendar_links import token_of
from meetings.models import CalendarLink, Meeting
from meetings.presenting.meeting import present_meeting
from meetings.services.calendar_links import make_calendar_link, stop_calendar_link
from members.views.my.common import crumbs
from platform_portal.access.methods import post_only
from platform_portal.desk import paged

PER_PAGE = 30


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    rows = Meeting.objects.taken_part_in_by(request.user)
    context = {
        "coming": list(rows.ahead().select_related("body")),
        "page": paged(request, rows.behind().for_list(), PER_PAGE),
        "crumbs": crumbs((_("会議"), "")),
    }
    return render(request, "meetings/my/meeting_list.html", context)


@require_safe
def meeting_page(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Meeting.objects.visible_to(request.user).select_related("body", "minutes")
    meeting = get_object_or_404(rows, public_id=public_id)
    context = {
        "shown": present_meeting(meeting, request.user),
        # Of a public meeting every member may open this page; the online address is for those inside.
        "is_inside": Meeting.objects.open_to(request.user).filter(pk=meeting.pk).exists(),
        "crumbs": crumbs((_("会議"), reverse("meetings:my-meetings")), (meeting.title, "")),
    }
    return render(request, "meetings/my/meeting_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_link(request: HttpRequest) -> HttpResponse:
    """POST makes the address, or a new one in the place of the old."""
    if request.method == "POST":
        make_calendar_link(by=request.user)
        messages.success(request, _("アドレスを作りました。前のアドレスがあったときは、もう使えません。"))
        return redirect("meetings:my-calendar")
    link = CalendarLink.objects.filter(user=request.user.pk).first()
    address = reverse("meetings:own-calendar", args=[token_of(link)]) if link else ""
    context = {
        "link": link,
        "address": f"{settings.PORTAL_ORIGIN}{address}" if address else "",
        "crumbs": crumbs((_("会議"), reverse("meetings:my-meetings")), (_("カレンダーに入れる"), "")),
    }
    response = render(request, "meetings/my/calendar.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@post_only("meetings:my-calendar")
def calendar_link_stop(request: HttpRequest) -> HttpResponse:
    stop_calendar_link(by=request.user)
    messages.success(request, _("アドレスを止めました。いま登録しているカレンダーには、もう届きません。"))
    return redirect("meetings:my-calendar")
