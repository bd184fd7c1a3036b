"""Windows whose entry somebody should make sure of."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.desk_filters import VerificationFilter
from consultations.models import ConsultationWindow
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import crumbs, paged


@requires(Permission.VERIFY_WINDOWS)
@require_safe
def verification_list(request: HttpRequest) -> HttpResponse:
    windows = ConsultationWindow.objects.due_for_verification().by_due_date()
    found = VerificationFilter(request.GET, queryset=windows)
    rows = found.qs if found.is_valid() else windows
    context = {
        "filter": found,
        "page": paged(
            request,
            rows.noting_reports()
            .select_related("verified_by", "organization")
            .prefetch_related("channels", "categories"),
        ),
        "today": timezone.localdate(),
        "crumbs": crumbs((_("内容を確かめる"), "")),
    }
    return render(request, "consultations/desk/verification_list.html", context)
