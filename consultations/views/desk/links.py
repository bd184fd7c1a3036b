"""Links that failed in two runs: somebody has to look."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.desk_filters import LinkFilter
from consultations.links.services import windows_of_links
from consultations.links.wording import in_words
from consultations.models import LinkCheck
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import crumbs, paged


@requires(Permission.VERIFY_WINDOWS)
@require_safe
def link_list(request: HttpRequest) -> HttpResponse:
    found = LinkFilter(request.GET, queryset=LinkCheck.objects.all())
    links = found.qs if found.is_valid() else LinkCheck.objects.broken()
    page = paged(request, links.order_by("-failures", "url"))
    rows = list(page.object_list)
    windows = windows_of_links([link.url for link in rows])
    page.object_list = [(link, windows[link.url], in_words(link.last_status)) for link in rows]
    context = {
        "filter": found,
        "page": page,
        "has_garbage": not found.is_valid(),
        "is_on": settings.PORTAL_CHECK_LINKS,
        "crumbs": crumbs(
            (_("内容を確かめる"), reverse("desk:verification-list")), (_("つながらないリンク"), "")
        ),
    }
    return render(request, "consultations/desk/link_list.html", context)
