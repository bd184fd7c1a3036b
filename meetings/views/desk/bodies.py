"""The desk's pages about bodies: who meets, and how far their records go."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.models import Body
from meetings.permissions.meetings import can_edit_bodies
from meetings.views.desk.common import meeting_steps, sees
from platform_portal.desk import paged


@sees
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    context = {
        "page": paged(request, Body.objects.with_counts()),
        "can_edit": can_edit_bodies(request.user),
        "crumbs": meeting_steps(None, (_("会議体"), "")),
    }
    return render(request, "meetings/desk/body_list.html", context)
