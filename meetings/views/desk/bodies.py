"""The desk's pages about bodies: who meets, and how far their records go."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.history import history_of
from meetings.forms.meetings import BodyForm, BodyOrganizationsForm
from meetings.models import Body, Meeting
from meetings.permissions.meetings import can_edit_bodies
from meetings.presenting.policy import policy_of
from meetings.services import bodies as services
from meetings.views.desk.common import edits, meeting_steps, sees
from platform_portal.desk import Crumbs, Step, attempt, paged


def body_steps(body: Body | None, *more: Step) -> Crumbs:
    steps = [(_("会議体"), reverse("meetings:desk-body-list") if body or more else "")]
    if body is not None:
        steps.append((body.name, address_of(body) if more else ""))
    return meeting_steps(None, *steps, *more)


def address_of(body: Body) -> str:
    return reverse("meetings:desk-body", args=[body.public_id])


@sees
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    context = {
        "page": paged(request, Body.objects.on_desk_for(request.user).with_counts(request.user)),
        "can_edit": can_edit_bodies(request.user),
        "crumbs": body_steps(None),
    }
    return render(request, "meetings/desk/body_list.html", context)


@sees
@require_safe
def body_page(request: HttpRequest, public_id: str) -> HttpResponse:
    body = get_object_or_404(Body.objects.on_desk_for(request.user), public_id=public_id)
    context = {
        "body": body,
        "policy": policy_of(body),
        "organizations": list(body.organizations.order_by("kana", "name", "pk")),
        "page": paged(request, Meeting.objects.on_desk_for(request.user).filter(body=body).for_list(), 20),
        "can_edit": can_edit_bodies(request.user),
        "history": history_of(body),
        "crumbs": body_steps(body),
    }
    return render(request, "meetings/desk/body_page.html", context)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def body_create(request: HttpRequest) -> HttpResponse:
    last = Body.objects.order_by("position").values_list("position", flat=True).last() or 0
    form = BodyForm(request.POST or None, initial={"position": last + 10})
    if form.is_valid():
        made: list[Body] = []
        values = form.cleaned_data
        if attempt(
            request,
            lambda: made.append(services.create_body(values=values, by=request.user)),
            _("「%(name)s」を登録しました。つぎに、構成団体を選んでください。") % {"name": values["name"]},
            form,
        ):
            return redirect("meetings:desk-body-organizations", made[0].public_id)
    return _form_page(request, None, form, _("会議体を登録する"))


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def body_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    body = get_object_or_404(Body, public_id=public_id)
    form = BodyForm(request.POST or None, instance=body)
    if form.is_valid() and attempt(
        request,
        lambda: services.change_body(body=body, values=form.cleaned_data, by=request.user),
        _("「%(name)s」を保存しました。") % {"name": form.cleaned_data["name"]},
        form,
    ):
        return redirect(address_of(body))
    return _form_page(request, body, form, _("会議体を直す"))


def _form_page(request: HttpRequest, body: Body | None, form: BodyForm, title: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "back": address_of(body) if body else reverse("meetings:desk-body-list"),
        "crumbs": body_steps(body, (title, "")),
    }
    return render(request, "meetings/desk/form.html", context, status=422 if form.errors else 200)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def body_organizations(request: HttpRequest, public_id: str) -> HttpResponse:
    body = get_object_or_404(Body, public_id=public_id)
    form = BodyOrganizationsForm(request.POST or None, body=body)
    if form.is_valid() and attempt(
        request,
        lambda: services.set_body_organizations(body=body, organizations=form.chosen(), by=request.user),
        _("「%(name)s」の構成団体を保存しました。") % {"name": body.name},
        form,
    ):
        return redirect(address_of(body))
    title = _("構成団体")
    context = {
        "body": body,
        "form": form,
        "title": title,
        "back": address_of(body),
        "text": _(
            "ここで選んだ団体の担当者は、この会議体の会議のうち「この会議の会員団体」まで見せるものを、"
            "これまでの分もふくめて見られるようになります。"
        ),
        "crumbs": body_steps(body, (title, "")),
    }
    return render(request, "meetings/desk/form.html", context, status=422 if form.errors else 200)
