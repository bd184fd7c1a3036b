"""Case studies of a meeting, for people of organisations that are of it and have agreed to the charter."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from meetings.models import CaseStudy
from meetings.permissions import case_studies as permissions
from meetings.views import case_pages as pages
from meetings.views.case_pages import MY, hidden
from platform_portal.access.methods import post_only
from platform_portal.desk import paged
from platform_portal.publishing.states import State


@hidden
@require_safe
def case_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """Published ones, and all of one's own organisations."""
    meeting = MY.meeting(request, public_id)
    permissions.check_can_read_case_studies(request.user, meeting)
    own = permissions.writable_organizations(request.user)
    rows = CaseStudy.objects.filter(
        Q(state=State.PUBLISHED) | Q(organization__in=own.values("pk")), meeting=meeting
    )
    context = {
        "meeting": meeting,
        "page": paged(request, rows.exclude(state=State.ARCHIVED).for_list()),
        "can_create": own.exists(),
        "crumbs": MY.steps(meeting),
    }
    return MY.respond(request, "meetings/cases/my_list.html", context)


@hidden
@require_safe
def case_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.page(request, MY, public_id)


@hidden
@require_http_methods(["GET", "HEAD", "POST"])
def case_create(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.create(request, MY, public_id)


@hidden
@require_http_methods(["GET", "HEAD", "POST"])
def case_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.edit(request, MY, public_id)


@hidden
@post_only("meetings:my-case", "public_id")
def case_justify(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.justify(request, MY, public_id)


@hidden
@require_http_methods(["GET", "HEAD", "POST"])
def case_move(request: HttpRequest, public_id: str, to: str) -> HttpResponse:
    return pages.move(request, MY, public_id, to)
