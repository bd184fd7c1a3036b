"""What an import left in doubt, on the desk: looked at, put aside with one press, taken up again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from platform_portal.access.methods import post_only
from platform_portal.desk import paged
from reports.models import ImportDoubt
from reports.services import doubts as services
from reports.views.desk.common import address_of, get_scheme, keeps, year_steps


@keeps
@require_safe
def doubt_list(request: HttpRequest, year: int) -> HttpResponse:
    """`?resolved`: those that were put aside, with whoever did it."""
    scheme = get_scheme(year)
    is_resolved = "resolved" in request.GET
    rows = ImportDoubt.objects.filter(scheme=scheme)
    chosen = rows.resolved().order_by("-resolved_at", "pk") if is_resolved else rows.waiting()
    context = {
        "scheme": scheme,
        "page": paged(request, chosen.select_related("found_by", "resolved_by")),
        "is_resolved": is_resolved,
        "waiting_count": rows.waiting().count(),
        "resolved_count": rows.resolved().count(),
        "crumbs": year_steps(scheme, (_("取り込みで確かめること"), "")),
    }
    return render(request, "reports/desk/doubt_list.html", context)


@keeps
@post_only("reports:desk-doubt-list", "year")
def resolve(request: HttpRequest, year: int) -> HttpResponse:
    """`doubt`: one of them; else all that were `shown`."""
    scheme = get_scheme(year)
    one = request.POST.get("doubt", "")
    keys = [one] if one else request.POST.getlist("shown")
    count = services.resolve_doubts(scheme=scheme, keys=keys, by=request.user)
    if one and count:
        # The message carries the way back.
        messages.success(
            request, _("済みにしました。"), extra_tags=address_of("desk-doubt-reopen", scheme, one)
        )
    else:
        messages.success(request, _("%(count)s件を済みにしました。") % {"count": count})
    return redirect(address_of("desk-doubt-list", scheme))


@keeps
@post_only("reports:desk-doubt-list", "year")
def reopen(request: HttpRequest, year: int, public_id: str) -> HttpResponse:
    scheme = get_scheme(year)
    doubt = get_object_or_404(ImportDoubt, scheme=scheme, public_id=public_id)
    services.reopen_doubt(doubt=doubt, by=request.user)
    messages.success(request, _("確かめることに戻しました。"))
    return redirect(address_of("desk-doubt-list", scheme))
