"""Sectors, strengths, criteria and rules of joining, on the desk."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from members import services
from members.audit_labels import history_of
from members.forms.masters import CriterionForm, JoiningRulesForm, ReadsOnly, SectorForm, StrengthForm
from members.models import JoiningCriterion, JoiningRules, Sector, Strength
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs

# part of the address: (model, form, heading, what one is called)
KINDS: dict[str, tuple[Any, type[ReadsOnly], Any, Any]] = {
    "sectors": (Sector, SectorForm, gettext_lazy("活動分野"), gettext_lazy("活動分野を足す")),
    "strengths": (Strength, StrengthForm, gettext_lazy("得意分野"), gettext_lazy("得意分野を足す")),
    "criteria": (JoiningCriterion, CriterionForm, gettext_lazy("入会の条件"), gettext_lazy("条件を足す")),
}

edits_masters = requires(Permission.EDIT_MEMBER_MASTERS)


@edits_masters
@require_safe
def master_list(request: HttpRequest) -> HttpResponse:
    lists = [
        {"kind": kind, "title": title, "add": add, "rows": list(model.objects.all())}
        for kind, (model, _form, title, add) in KINDS.items()
    ]
    rules = JoiningRules.load()
    context = {
        "lists": lists,
        "rules": rules,
        "next_admission_on": rules.next_admission_on(),
        "crumbs": crumbs((_("入会のきまり"), "")),
    }
    return render(request, "members/desk/master_list.html", context)


@edits_masters
@require_http_methods(["GET", "HEAD", "POST"])
def master_create(request: HttpRequest, kind: str) -> HttpResponse:
    model, form_class, _title, add = _kind(kind)
    last = model.objects.order_by("position").values_list("position", flat=True).last() or 0
    form = form_class(request.POST or None, initial={"position": last + 10})
    return _form_page(request, kind, model(), form, str(add))


@edits_masters
@require_http_methods(["GET", "HEAD", "POST"])
def master_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    model, form_class, _title, _add = _kind(kind)
    row = get_object_or_404(model, pk=pk)
    return _form_page(request, kind, row, form_class(request.POST or None, instance=row), str(row))


@edits_masters
@require_http_methods(["GET", "HEAD", "POST"])
def rules_edit(request: HttpRequest) -> HttpResponse:
    rules = JoiningRules.load()
    form = JoiningRulesForm(request.POST or None, instance=rules)
    if form.is_valid():
        values = form.cleaned_data
        done = attempt(
            request,
            lambda: services.save_joining_rules(values=values, by=request.user),
            _("入会のきまりを変えました。"),
            form,
        )
        if done:
            return redirect("members:master-list")
    title = _("入会の受け付け方")
    context = {
        "form": form,
        "title": title,
        "history": history_of(rules) if rules.pk else [],
        "crumbs": crumbs((_("入会のきまり"), reverse("members:master-list")), (title, "")),
    }
    return render(request, "members/desk/master_form.html", context)


def _kind(kind: str) -> tuple[Any, type[ReadsOnly], Any, Any]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _form_page(request: HttpRequest, kind: str, row: Any, form: ReadsOnly, title: str) -> HttpResponse:
    if form.is_valid():
        values = form.cleaned_data
        done = attempt(
            request,
            lambda: services.save_master(row=row, values=values, by=request.user),
            _("「%(name)s」を保存しました。") % {"name": values.get("name") or values.get("text")},
            form,
        )
        if done:
            return redirect("members:master-list")
    context = {
        "form": form,
        "title": title,
        "history": history_of(row) if row.pk else [],
        "crumbs": crumbs((_("入会のきまり"), reverse("members:master-list")), (title, "")),
    }
    return render(request, "members/desk/master_form.html", context)
