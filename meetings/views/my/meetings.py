"""Meetings for those who take part in them: coming ones first, with place, online address and papers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.models import Meeting
from members.views.my.common import crumbs
from platform_portal.desk import paged


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    rows = Meeting.objects.taken_part_in_by(request.user)
    context = {
        "coming": list(rows.coming().select_related("body")),
        "page": paged(request, rows.not_coming().for_list()),
        "crumbs": crumbs((_("会議"), "")),
    }
    return render(request, "meetings/my/meeting_list.html", context)


@require_safe
def meeting_page(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Meeting.objects.visible_to(request.user).select_related("body")
    meeting = get_object_or_404(rows, public_id=public_id)
    # Of a public meeting everybody sees this page's public part elsewhere; the online address is for those inside.
    is_inside = Meeting.objects.open_to(request.user).filter(pk=meeting.pk).exists()
    context = {
        "meeting": meeting,
        "is_inside": is_inside,
        "crumbs": crumbs((_("会議"), reverse("meetings:my-meetings")), (meeting.title, "")),
    }
    return render(request, "meetings/my/meeting_page.html", context)
