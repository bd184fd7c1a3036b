"""The order of the year's activities on the desk: every step is a button, no script is needed."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from platform_portal.access.checks import Refused, reason_against
from platform_portal.access.methods import post_only
from platform_portal.desk import paged
from reports.models import Activity
from reports.permissions.activities import check_can_put_in_order
from reports.services import ordering as services
from reports.views.desk.common import address_of, get_scheme, keeps, year_steps

PAGE_SIZE = 100
MOST_PLACE = 100_000


class PlaceForm(forms.Form):
    place = forms.IntegerField(min_value=1, max_value=MOST_PLACE)


@keeps
@require_safe
def order(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    rows = Activity.objects.filter(scheme=scheme).prefetch_related("category_links__category")
    page = paged(request, rows.in_order(), PAGE_SIZE)
    context = {
        "scheme": scheme,
        "page": page,
        "rows": list(enumerate(page.object_list, page.start_index())),
        "against": reason_against(check_can_put_in_order, request.user, scheme),
        "crumbs": year_steps(scheme, (_("並び順"), "")),
    }
    return render(request, "reports/desk/activity_order.html", context)


@keeps
@post_only("reports:desk-record")
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    activity = get_object_or_404(Activity.objects.select_related("scheme"), public_id=public_id)
    at = address_of("desk-activity-order", activity.scheme)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("何番目に移すかを、1からの数字で書いてください。"))
        return redirect(at)
    try:
        place = services.move_activity(activity=activity, place=form.cleaned_data["place"], by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect(at)
    messages.success(
        request,
        _("「%(title)s」を%(place)s番目にしました。") % {"title": activity.title, "place": place},
    )
    page = (place - 1) // PAGE_SIZE + 1
    return redirect(f"{at}{f'?page={page}' if page > 1 else ''}#activity-{activity.public_id}")


@keeps
@post_only("reports:desk-activity-order", "year")
def order_by_month(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    try:
        has_moved = services.order_by_month(scheme=scheme, by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        done = _("月の順に並べました。") if has_moved else _("もう、月の順に並んでいます。")
        messages.success(request, done)
    return redirect(address_of("desk-activity-order", scheme))
