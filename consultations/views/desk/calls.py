"""Windows that staff have to ask about themselves, and the rules by which operators are asked."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import permissions, services
from consultations.desk_filters import CallFilter
from consultations.forms.calls import CallForm, VerificationRulesForm
from consultations.models import ConsultationWindow, VerificationCall, VerificationRequest, VerificationRules
from consultations.presenting.checking import facts_to_check
from consultations.views.desk.common import history_of
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs, paged


@requires(Permission.VERIFY_WINDOWS)
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    found = CallFilter(request.GET, queryset=VerificationRequest.objects.all())
    rows = found.qs if found.is_valid() else VerificationRequest.objects.to_call_today(timezone.localdate())
    rows = (
        rows.select_related("window", "organization")
        .prefetch_related("window__channels")
        .annotate(attempts=Count("calls"), last_called_at=Max("calls__called_at"))
        .oldest_first()
    )
    context = {
        "filter": found,
        "page": paged(request, rows),
        "has_garbage": not found.is_valid(),
        "show": found.chosen,
        "today": timezone.localdate(),
        "rules": VerificationRules.load(),
        "crumbs": crumbs(
            (_("内容を確かめる"), reverse("desk:verification-list")), (_("電話で確かめる窓口"), "")
        ),
    }
    return render(request, "consultations/desk/call_list.html", context)


@requires(Permission.VERIFY_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One window to ask about: its numbers, what was tried before, and a form for what came of it."""
    rounds = VerificationRequest.objects.select_related(
        "window", "organization", "closed_by", "link_of__user"
    )
    asked = get_object_or_404(rounds, pk=pk)
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _record(request, asked, form):
            return _after(asked, form.cleaned_data["result"])
        return redirect("desk:call", pk=pk)
    window = ConsultationWindow.objects.prefetch_related("channels", "municipalities").get(pk=asked.window_id)
    context = {
        "asked": asked,
        "window": window,
        "facts": facts_to_check(window),
        "form": form,
        "against": reason_against(permissions.check_can_record_call, request.user, asked),
        "calls": VerificationCall.objects.filter(request__window=window).select_related("called_by")[:50],
        "reports": window.error_reports.waiting().count(),
        "crumbs": crumbs((_("電話で確かめる窓口"), reverse("desk:call-list")), (window.name, "")),
    }
    status = 422 if form.errors else 200
    return render(request, "consultations/desk/call.html", context, status=status)


def _record(request: HttpRequest, asked: VerificationRequest, form: CallForm) -> bool:
    words = {
        VerificationCall.Result.SAME: _("「%(name)s」を、今日確かめたものとして記録しました。"),
        VerificationCall.Result.CHANGED: _(
            "「%(name)s」の変わったところを直してください。直すときに「今日……確かめた」に印をつけると、終わります。"
        ),
        VerificationCall.Result.UNREACHED: _("「%(name)s」につながらなかったことを記録しました。"),
    }[VerificationCall.Result(form.cleaned_data["result"])]
    return attempt(
        request,
        lambda: services.record_call(
            request=asked, values=form.call_values, next_on=form.cleaned_data["next_on"], by=request.user
        ),
        words % {"name": asked.window.name},
    )


def _after(asked: VerificationRequest, result: str) -> HttpResponse:
    if result == VerificationCall.Result.CHANGED:
        return redirect("desk:window-edit", public_id=asked.window.public_id)
    return redirect("desk:call-list")


@requires(Permission.EDIT_PORTAL_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def verification_rules(request: HttpRequest) -> HttpResponse:
    rules = VerificationRules.load()
    form = VerificationRulesForm(request.POST or None, instance=rules)
    if form.is_valid() and _save_rules(request, form):
        return redirect("desk:verification-rules")
    context = {
        "form": form,
        "history": history_of(rules),
        "crumbs": crumbs((_("内容を確かめる"), reverse("desk:verification-list")), (_("確かめるきまり"), "")),
    }
    return render(request, "consultations/desk/verification_rules.html", context)


def _save_rules(request: HttpRequest, form: Any) -> bool:
    try:
        services.save_verification_rules(values=form.cleaned_data, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("確かめるきまりを変えました。次の日の朝の確認から、このきまりになります。"))
    return True
