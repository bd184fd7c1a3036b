"""The charter: its versions on the desk, and the one in force for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members import permissions, services
from members.audit_labels import history_of
from members.forms.charters import CharterForm
from members.models import Charter
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, Step, attempt, crumbs, paged
from platform_portal.markdown import render_markdown
from platform_portal.page_cache import public_page

edits_charters = requires(Permission.EDIT_CHARTERS)


@public_page()
def charter(request: HttpRequest) -> HttpResponse:
    """The version in force, for anybody who thinks of joining."""
    row = Charter.objects.in_force()
    context = {"charter": row, "html": render_markdown(row.text) if row else ""}
    return render(request, "members/charter.html", context)


@edits_charters
@require_safe
def charter_list(request: HttpRequest) -> HttpResponse:
    context = {
        "page": paged(request, Charter.objects.select_related("published_by")),
        "in_force": Charter.objects.in_force(),
        "today": timezone.localdate(),
        "crumbs": crumbs((_("設置要綱"), "")),
    }
    return render(request, "members/desk/charter_list.html", context)


@edits_charters
@require_http_methods(["GET", "HEAD", "POST"])
def charter_create(request: HttpRequest) -> HttpResponse:
    """A new version begins with the words of the newest one."""
    newest = Charter.objects.order_by("-number").first()
    initial = {"title": newest.title, "text": newest.text} if newest else {}
    form = CharterForm(request.POST or None, initial=initial)
    return _editor(request, None, form, _("新しい版を作る"))


@edits_charters
@require_http_methods(["GET", "HEAD", "POST"])
def charter_page(request: HttpRequest, number: int) -> HttpResponse:
    """A draft is edited here; a published version is read."""
    row = get_object_or_404(Charter.objects.select_related("published_by"), number=number)
    title = _("第%(number)s版") % {"number": number}
    if row.is_published:
        context = {
            "charter": row,
            "title": title,
            "html": render_markdown(row.text),
            "history": history_of(row),
            "crumbs": _crumbs((title, "")),
        }
        return render(request, "members/desk/charter_page.html", context)
    return _editor(request, row, CharterForm(request.POST or None, instance=row), title)


@edits_charters
@require_http_methods(["GET", "HEAD", "POST"])
def charter_publish(request: HttpRequest, number: int) -> HttpResponse:
    """Shows the words once more; publishing cannot be taken back."""
    row = get_object_or_404(Charter, number=number)
    if request.method == "POST":
        text_hash = request.POST.get("text_hash", "")
        done = attempt(
            request,
            lambda: services.publish_charter(charter=row, text_hash=text_hash, by=request.user),
            _("第%(number)s版を公開しました。") % {"number": number},
        )
        return redirect("members:charter-list" if done else _address(row))
    context = {
        "charter": row,
        "html": render_markdown(row.text),
        "against": reason_against(permissions.check_can_edit_charter, request.user, row),
        "crumbs": _crumbs((_("第%(number)s版") % {"number": number}, _address(row)), (_("公開する"), "")),
    }
    return render(request, "members/desk/charter_publish.html", context)


@edits_charters
@require_http_methods(["GET", "HEAD", "POST"])
def charter_delete(request: HttpRequest, number: int) -> HttpResponse:
    row = get_object_or_404(Charter, number=number)
    if request.method == "POST":
        attempt(
            request,
            lambda: services.delete_charter(charter=row, by=request.user),
            _("第%(number)s版の下書きを消しました。") % {"number": number},
        )
        return redirect("members:charter-list")
    context = {
        "charter": row,
        "against": reason_against(permissions.check_can_edit_charter, request.user, row),
        "crumbs": _crumbs((_("第%(number)s版") % {"number": number}, _address(row)), (_("下書きを消す"), "")),
    }
    return render(request, "members/desk/charter_delete.html", context)


def _editor(request: HttpRequest, row: Charter | None, form: CharterForm, title: str) -> HttpResponse:
    """「見え方を確かめる」 shows what was typed below the form and keeps nothing."""
    preview = None
    if form.is_valid():
        values = form.cleaned_data
        if "preview" in request.POST:
            preview = render_markdown(values["text"], top=3)
        elif attempt(
            request,
            lambda: services.write_charter(charter=row, values=values, by=request.user),
            _("下書きを保存しました。"),
            form,
        ):
            return redirect("members:charter-list")
    context = {
        "form": form,
        "charter": row,
        "title": title,
        "preview": preview,
        "history": history_of(row) if row else [],
        "crumbs": _crumbs((title, "")),
    }
    return render(request, "members/desk/charter_form.html", context)


def _crumbs(*steps: Step) -> Crumbs:
    return crumbs((_("設置要綱"), reverse("members:charter-list")), *steps)


def _address(row: Charter) -> str:
    return reverse("members:charter-page", args=[row.number])
