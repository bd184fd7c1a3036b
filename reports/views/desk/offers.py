"""Offers on the desk: each is one press to accept and one to dismiss, and no press is lost or counted twice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from platform_portal.access.checks import Refused, reason_against
from platform_portal.access.methods import post_only
from platform_portal.desk import paged
from reports.models import GrantScheme
from reports.permissions.activities import check_can_add_activity
from reports.services import offers as services
from reports.views.desk.common import address_of, get_scheme, writes, year_steps

PAGE_SIZE = 20


@writes
@require_safe
def offer_list(request: HttpRequest, year: int) -> HttpResponse:
    """`?dismissed`: those that were dismissed, to take that back."""
    scheme = get_scheme(year)
    is_dismissed = "dismissed" in request.GET
    waiting = services.offers_of(scheme, request.user)
    dismissed = services.dismissed_of(scheme, request.user)
    context = {
        "scheme": scheme,
        "page": paged(request, dismissed if is_dismissed else waiting, PAGE_SIZE),
        "is_dismissed": is_dismissed,
        "waiting_count": len(waiting),
        "dismissed_count": len(dismissed),
        "against": reason_against(check_can_add_activity, request.user, scheme),
        "crumbs": year_steps(scheme, (_("事業の候補"), "")),
    }
    return render(request, "reports/desk/offer_list.html", context)


@writes
@post_only("reports:desk-offer-list", "year")
def accept(request: HttpRequest, year: int, kind: str, source_id: str) -> HttpResponse:
    scheme = get_scheme(year)
    try:
        activity, _is_new = services.accept_offer(
            scheme=scheme, kind=kind, source_id=source_id, by=request.user
        )
    except Refused as refused:
        return _refused(request, scheme, refused)
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("「%(title)s」を事業にしました。区分はまだありません。") % {"title": activity.title},
            reverse("reports:desk-activity", args=[activity.public_id]),
            _("区分を選ぶ"),
        ),
    )
    return _back(scheme)


@writes
@post_only("reports:desk-offer-list", "year")
def dismiss(request: HttpRequest, year: int, kind: str, source_id: str) -> HttpResponse:
    scheme = get_scheme(year)
    try:
        services.dismiss_offer(scheme=scheme, kind=kind, source_id=source_id, by=request.user)
    except Refused as refused:
        return _refused(request, scheme, refused)
    # The message carries the way back.
    at = address_of("desk-offer-restore", scheme, kind, source_id)
    messages.success(request, _("候補を見送りました。"), extra_tags=at)
    return _back(scheme)


@writes
@post_only("reports:desk-offer-list", "year")
def restore(request: HttpRequest, year: int, kind: str, source_id: str) -> HttpResponse:
    scheme = get_scheme(year)
    try:
        services.restore_offer(scheme=scheme, kind=kind, source_id=source_id, by=request.user)
    except Refused as refused:
        return _refused(request, scheme, refused)
    messages.success(request, _("候補に戻しました。"))
    return _back(scheme)


def _refused(request: HttpRequest, scheme: GrantScheme, refused: Refused) -> HttpResponse:
    messages.error(request, refused.reason)
    return _back(scheme)


def _back(scheme: GrantScheme) -> HttpResponse:
    return redirect(address_of("desk-offer-list", scheme))
