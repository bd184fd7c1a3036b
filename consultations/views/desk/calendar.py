"""Corrections to the public holidays, for every window."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import services
from consultations.forms.calendar import OverrideForm
from consultations.models import CalendarOverride
from consultations.opening import count_windows_changed_by, holiday_calendar
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs, paged


@requires(Permission.EDIT_CALENDAR)
@require_safe
def override_list(request: HttpRequest) -> HttpResponse:
    context = {
        "page": paged(request, CalendarOverride.objects.order_by("-on")),
        "today": timezone.localdate(),
        "years": _holidays_by_year(),
        "crumbs": crumbs((_("祝日の変更"), "")),
    }
    return render(request, "consultations/desk/override_list.html", context)


def _holidays_by_year() -> list[tuple[int, list[tuple[dt.date, str, bool]]]]:
    """Holidays of this and next year: (date, name, whether the law has fixed it yet)."""
    calendar, this_year = holiday_calendar(), timezone.localdate().year
    return [
        (
            year,
            [
                (day, calendar.holiday_name(day), calendar.is_provisional(day))
                for day in calendar.holidays_between(dt.date(year, 1, 1), dt.date(year, 12, 31))
            ],
        )
        for year in (this_year, this_year + 1)
    ]


@requires(Permission.EDIT_CALENDAR)
@require_http_methods(["GET", "HEAD", "POST"])
def override_create(request: HttpRequest) -> HttpResponse:
    return _form_page(request, CalendarOverride(), _("祝日の変更を加える"))


@requires(Permission.EDIT_CALENDAR)
@require_http_methods(["GET", "HEAD", "POST"])
def override_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _form_page(request, get_object_or_404(CalendarOverride, pk=pk), _("祝日の変更を直す"))


def _form_page(request: HttpRequest, override: CalendarOverride, title: str) -> HttpResponse:
    form = OverrideForm(request.POST or None, instance=override)
    changed = None
    if form.is_valid():
        values = form.cleaned_data
        if "look" in request.POST:
            changed = count_windows_changed_by(values["on"], is_holiday=values["is_holiday"])
        elif _save(request, override, form):
            return redirect("desk:override-list")
    context = {
        "form": form,
        "title": title,
        "changed": changed,
        "crumbs": crumbs((_("祝日の変更"), reverse("desk:override-list")), (title, "")),
    }
    return render(request, "consultations/desk/override_form.html", context)


def _save(request: HttpRequest, override: CalendarOverride, form: OverrideForm) -> bool:
    done = _("%(date)sの変更を記録しました。") % {"date": form.cleaned_data["on"]}
    return attempt(
        request,
        lambda: services.save_override(override=override, values=form.cleaned_data, by=request.user),
        done,
    )


@requires(Permission.EDIT_CALENDAR)
@require_http_methods(["GET", "HEAD", "POST"])
def override_delete(request: HttpRequest, pk: int) -> HttpResponse:
    override = get_object_or_404(CalendarOverride, pk=pk)
    if request.method == "POST":
        done = _("%(date)sの変更を消しました。") % {"date": override.on}
        attempt(request, lambda: services.delete_override(override=override, by=request.user), done)
        return redirect("desk:override-list")
    title = _("祝日の変更を消す")
    context = {
        "override": override,
        "changed": count_windows_changed_by(override.on, is_holiday=None),
        "crumbs": crumbs((_("祝日の変更"), reverse("desk:override-list")), (title, "")),
    }
    return render(request, "consultations/desk/override_delete.html", context)
