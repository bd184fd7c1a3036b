"""編集の当番 on the desk: the months ahead in a table, giving a turn, taking each other's."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from newsletters.forms.duties import DutyForm, PlanForm, SwapForm
from newsletters.models import Duty, Newsletter
from newsletters.services import duties as services
from newsletters.views.desk.common import issue_steps, posted, writes
from platform_portal.desk import Crumbs, Step, ask, attempt, show_form

MONTHS_AHEAD = 12


def _steps(*more: Step) -> Crumbs:
    return issue_steps((_("編集の当番"), reverse("newsletters:desk-duty-list") if more else ""), *more)


@writes
@require_safe
def duty_list(request: HttpRequest) -> HttpResponse:
    """From the month that runs on: one row a month, one column a newsletter. Two queries."""
    first = timezone.localdate().replace(day=1)
    rows = _ahead(first).select_related("newsletter", "editor", "issue")
    columns = list(Newsletter.objects.active().order_by("position", "pk"))
    months: dict[dt.date, dict[int, list[Duty]]] = {month: {} for month in _months(first)}
    for duty in rows:
        months[duty.due_on.replace(day=1)].setdefault(duty.newsletter_id, []).append(duty)
    table = [
        (month, [(column, cells.get(column.pk, [])) for column in columns]) for month, cells in months.items()
    ]
    context = {
        "columns": columns,
        "table": table,
        "crumbs": _steps(),
    }
    return render(request, "newsletters/desk/duty_list.html", context)


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def duty_create(request: HttpRequest) -> HttpResponse:
    newsletter = Newsletter.objects.filter(public_id=request.GET.get("newsletter", "")).first()
    form = DutyForm(posted(request), initial={"newsletter": newsletter, "due_on": request.GET.get("day", "")})
    by: Any = request.user
    if form.is_valid() and attempt(
        request, lambda: services.assign_duty(values=form.cleaned_data, by=by), _("当番を決めました。"), form
    ):
        return redirect("newsletters:desk-duty-list")
    title = _("当番を決める")
    return _form(request, form, title, _("決める"))


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def duty_plan(request: HttpRequest) -> HttpResponse:
    form = PlanForm(posted(request))
    by: Any = request.user
    if form.is_valid():
        values = {**form.cleaned_data, "editors": list(form.cleaned_data["editors"])}
        if attempt(
            request, lambda: services.plan_duties(**values, by=by), _("何か月分かの当番を決めました。"), form
        ):
            return redirect("newsletters:desk-duty-list")
    return _form(request, form, _("何か月分かをまとめて決める"), _("まとめて決める"))


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def duty_page(request: HttpRequest, public_id: str) -> HttpResponse:
    duty = _duty(public_id)
    form = DutyForm(posted(request), instance=duty)
    by: Any = request.user
    if form.is_valid() and attempt(
        request,
        lambda: services.change_duty(duty=duty, values=form.cleaned_data, by=by),
        _("保存しました。"),
        form,
    ):
        return redirect("newsletters:desk-duty-list")
    saved = _duty(public_id)
    return show_form(
        request,
        form,
        title=_("当番を変える"),
        back=reverse("newsletters:desk-duty-list"),
        steps=_steps((_title(saved), "")),
        template="newsletters/desk/form.html",
        more={"duty": saved},
    )


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def duty_swap(request: HttpRequest, public_id: str) -> HttpResponse:
    duty = _duty(public_id)
    rows = _ahead(timezone.localdate()).filter(issue=None).select_related("newsletter", "editor")
    form = SwapForm(posted(request), duty=duty, rows=rows)
    by: Any = request.user
    if form.is_valid() and attempt(
        request,
        lambda: services.swap_duties(duty=duty, other=form.cleaned_data["other"], by=by),
        _("当番を入れかえました。"),
        form,
    ):
        return redirect("newsletters:desk-duty-list")
    return show_form(
        request,
        form,
        title=_("当番を入れかえる"),
        text=_("%(duty)s（%(name)s）と入れかえます。") % {"duty": _title(duty), "name": duty.editor.name},
        button=_("入れかえる"),
        back=reverse("newsletters:desk-duty-list"),
        steps=_steps((_("入れかえる"), "")),
    )


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def duty_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    duty = _duty(public_id)
    back = reverse("newsletters:desk-duty-list")
    if request.method == "POST":
        by: Any = request.user
        attempt(request, lambda: services.remove_duty(duty=duty, by=by), _("当番を消しました。"))
        return redirect(back)
    return ask(
        request,
        title=_("この当番を消しますか"),
        text=f"{_title(duty)}　{duty.editor.name}",
        button=_("当番を消す"),
        back=back,
        steps=_steps((_("消す"), "")),
    )


def _form(request: HttpRequest, form: Any, title: str, button: str) -> HttpResponse:
    back = reverse("newsletters:desk-duty-list")
    return show_form(request, form, title=title, button=button, back=back, steps=_steps((title, "")))


def _ahead(first: dt.date) -> Any:
    end = (_months(first)[-1] + dt.timedelta(days=32)).replace(day=1)
    return Duty.objects.filter(due_on__gte=first, due_on__lt=end).order_by("due_on", "pk")


def _months(first: dt.date) -> list[dt.date]:
    found = [first.replace(day=1)]
    while len(found) < MONTHS_AHEAD:
        found.append((found[-1] + dt.timedelta(days=32)).replace(day=1))
    return found


def _title(duty: Duty) -> str:
    return f"{duty.newsletter}　{duty.due_on:%Y-%m-%d}"


def _duty(public_id: str) -> Duty:
    found: Duty = get_object_or_404(
        Duty.objects.select_related("newsletter", "editor", "issue"), public_id=public_id
    )
    return found
