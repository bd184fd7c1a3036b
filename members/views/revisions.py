"""The desk's review of what organisations want to say about themselves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import permissions, profile, services
from members.forms.organizations import ReturnForm
from members.models import OrganizationRevision
from members.views.organizations import organization_steps
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, paged
from platform_portal.versions import version_in

edits = requires(Permission.EDIT_ORGANIZATIONS)


@edits
@require_safe
def revision_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first."""
    rows = OrganizationRevision.objects.pending().for_list()
    context = {
        "page": paged(request, rows),
        "crumbs": organization_steps(None, (_("変更の確認"), "")),
    }
    return render(request, "members/desk/revision_list.html", context)


@edits
@require_safe
def revision_page(request: HttpRequest, revision_id: str) -> HttpResponse:
    return _page(request, _revision(revision_id), ReturnForm())


@edits
@require_POST
def approve(request: HttpRequest, revision_id: str) -> HttpResponse:
    revision = _revision(revision_id)
    done = attempt(
        request,
        lambda: services.approve_organization_revision(
            revision=revision, by=request.user, version=version_in(request.POST.get("version", ""))
        ),
        _("「%(name)s」の変更を認めました。申し出た人にメールで知らせます。")
        % {"name": revision.organization.name},
    )
    return redirect("members:revision-list") if done else redirect(_address(revision))


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, revision_id: str) -> HttpResponse:
    revision = _revision(revision_id)
    if request.method != "POST":
        return redirect(_address(revision))
    form = ReturnForm(request.POST)
    if form.is_valid() and attempt(
        request,
        lambda: services.return_organization_revision(
            revision=revision, by=request.user, reason=form.cleaned_data["reason"]
        ),
        _("「%(name)s」の変更を差し戻しました。申し出た人にメールで知らせます。")
        % {"name": revision.organization.name},
        form,
    ):
        return redirect("members:revision-list")
    return _page(request, revision, form, status=422)


def _page(
    request: HttpRequest, revision: OrganizationRevision, form: ReturnForm, status: int = 200
) -> HttpResponse:
    title = _("変更の確認：%(name)s") % {"name": revision.organization.name}
    context = {
        "revision": revision,
        "organization": revision.organization,
        "changes": profile.changes_in_words(revision, profile.Words()),
        "logo_digest": revision.logo_digest,
        "form": form,
        "title": title,
        "against": reason_against(permissions.check_can_decide_revision, request.user, revision),
        "crumbs": organization_steps(
            revision.organization, (_("変更の確認"), reverse("members:revision-list")), (title, "")
        ),
    }
    return render(request, "members/desk/revision_page.html", context, status=status)


def _revision(revision_id: str) -> OrganizationRevision:
    return get_object_or_404(OrganizationRevision.objects.for_list(), public_id=revision_id)


def _address(revision: OrganizationRevision) -> str:
    return reverse("members:revision-page", args=[revision.public_id])
