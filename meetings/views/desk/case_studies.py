"""Case studies on the desk: the secretariat writes, checks and shows them, and sees who has read."""

import django_filters
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from meetings.models import CaseStudy
from meetings.models.case_studies import STATE_WORDS
from meetings.permissions import case_studies as permissions
from meetings.views import case_pages as pages
from meetings.views.case_pages import DESK, hidden
from platform_portal.access.checks import requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import crumbs, paged

tends = requires(Permission.TEND_CASE_STUDIES)


class CaseStudyFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状態"), choices=list(STATE_WORDS.items()), empty_label=gettext_lazy("すべて")
    )

    class Meta:
        model = CaseStudy
        fields: list[str] = []


@tends
@hidden
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    permissions.check_has_second_factor(request.user)
    found = CaseStudyFilter(request.GET, queryset=CaseStudy.objects.for_list())
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "is_filtered": bool(request.GET.get("state")),
        "page": paged(request, found.qs),
        "crumbs": crumbs((_("ケーススタディ"), "")),
    }
    return DESK.respond(request, "meetings/cases/desk_list.html", context)


@tends
@hidden
@require_safe
def case_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.page(request, DESK, public_id)


@tends
@hidden
@require_http_methods(["GET", "HEAD", "POST"])
def case_create(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.create(request, DESK, public_id)


@tends
@hidden
@require_http_methods(["GET", "HEAD", "POST"])
def case_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.edit(request, DESK, public_id)


@tends
@hidden
@post_only("meetings:desk-case", "public_id")
def case_justify(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.justify(request, DESK, public_id)


@tends
@hidden
@require_http_methods(["GET", "HEAD", "POST"])
def case_move(request: HttpRequest, public_id: str, to: str) -> HttpResponse:
    return pages.move(request, DESK, public_id, to)
