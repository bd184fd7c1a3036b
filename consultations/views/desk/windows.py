"""The list of windows, and the same step for many of them."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations import services
from consultations.desk_filters import DeskWindowFilter
from consultations.forms.desk import CHECKED_WORDS, BulkForm
from consultations.models import ConsultationWindow
from consultations.presenting.checking import facts_to_approve
from consultations.services import BulkAction, BulkPlan
from consultations.views.desk.common import next_address
from platform_portal.access.checks import Refused, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import PAGE_SIZE, crumbs, paged
from platform_portal.versions import version_in

CHOSEN = "windows_chosen"  # in the session


@requires(Permission.EDIT_WINDOWS)
@require_safe
def window_list(request: HttpRequest) -> HttpResponse:
    windows = ConsultationWindow.objects.all()
    if request.GET.get("author") == "me":
        windows = windows.filter(author=request.user)
    elif request.GET.get("author") == "returned":
        windows = windows.returned_to(request.user)
    found = DeskWindowFilter(request.GET, queryset=windows)
    rows = found.qs if found.is_valid() else found.queryset.order_by("kana", "name", "pk")
    chosen = request.session.pop(CHOSEN, {})
    context = {
        "filter": found,
        "page": paged(
            request,
            rows.select_related("organization").prefetch_related("channels", "categories", "municipalities"),
        ),
        "bulk": BulkForm(initial=chosen, auto_id="bulk_%s"),
        "chosen": chosen.get("selected", []),
        "are_all_selected": request.GET.get("select") == "page",
        "is_filtered": found.is_filtered or request.GET.get("author") in {"me", "returned"},
        "has_garbage": not found.is_valid(),
        "crumbs": crumbs((_("相談窓口"), "")),
    }
    return render(request, "consultations/desk/window_list.html", context)


@requires(Permission.EDIT_WINDOWS)
@post_only("desk:window-list")
def window_bulk(request: HttpRequest) -> HttpResponse:
    """First shows what will happen to which rows, then does it."""
    back = next_address(request, reverse("desk:window-list"))
    form = BulkForm(request.POST)
    windows = _chosen(request.POST.getlist("selected"))
    if not form.is_valid() or not windows:
        messages.error(request, _first_problem(form, windows))
        _keep_choice(request, windows)
        return redirect(back)
    plan = _plan(request, form, windows)
    checked = set(request.POST.getlist("checked"))
    if "confirmed" in request.POST and plan.ready:
        wanted = _plan(request, form, windows, checked=checked) if plan.needs_checks else plan
        if not wanted.ready:
            form.add_error(
                None, _("実際に確かめた窓口に、印をつけてください。印のない窓口は、そのままです。")
            )
        elif _apply(request, wanted, form):
            return redirect(back)
    form.fields["reason"].required = plan.needs_reason  # for the mark beside the label
    context = {
        "plan": plan,
        "to_approve": [facts_to_approve(window) for window in plan.ready] if plan.needs_checks else [],
        "checked_words": CHECKED_WORDS,
        "form": form,
        "back": back,
        "crumbs": crumbs((_("相談窓口"), reverse("desk:window-list")), (str(plan.action.label), "")),
    }
    return render(request, "consultations/desk/window_bulk.html", context)


def _plan(
    request: HttpRequest, form: Any, windows: list[ConsultationWindow], checked: set[str] | None = None
) -> BulkPlan:
    return services.plan_bulk(
        action=BulkAction(form.cleaned_data["action"]),
        windows=windows,
        by=request.user,
        category=form.cleaned_data["category"],
        checked=checked,
    )


def _chosen(public_ids: list[str]) -> list[ConsultationWindow]:
    rows = ConsultationWindow.objects.filter(public_id__in=[each for each in public_ids if "\0" not in each])
    with_parts = rows.select_related("organization").prefetch_related(
        "channels", "categories", "municipalities"
    )
    return list(with_parts.order_by("kana", "name", "pk")[:PAGE_SIZE])


def _keep_choice(request: HttpRequest, windows: list[ConsultationWindow]) -> None:
    """For the list that the person is sent back to: it took many looks to tick them."""
    request.session[CHOSEN] = {
        "selected": [window.public_id for window in windows],
        "action": request.POST.get("action", "")[:30],
        "category": request.POST.get("category", "")[:10],
    }


def _versions(pairs: list[str]) -> dict[str, dt.datetime]:
    """What was drawn on the page that asked: public id and moment of each window."""
    return {
        public_id: version_in(text) for public_id, _space, text in (pair.partition(" ") for pair in pairs)
    }


def _first_problem(form: forms.Form, windows: list[ConsultationWindow]) -> str:
    if not windows:
        return _("窓口が選ばれていません。左の欄に印をつけてから、もう一度押してください。")
    return str(next(iter(form.errors.values()))[0])


def _apply(request: HttpRequest, plan: BulkPlan, form: Any) -> bool:
    try:
        done = services.apply_bulk(
            plan=plan,
            by=request.user,
            reason=form.cleaned_data["reason"],
            versions=_versions(request.POST.getlist("version")),
        )
    except Refused as refused:
        form.add_error(
            "reason" if plan.needs_reason and not form.cleaned_data["reason"] else None, refused.reason
        )
        return False
    words = {"what": plan.action.label, "done": done, "left": len(plan.refused)}
    if plan.refused:
        text = _("「%(what)s」を%(done)d件に行いました。%(left)d件はそのままです。") % words
    else:
        text = _("「%(what)s」を%(done)d件に行いました。") % words
    messages.success(request, text)
    return True
