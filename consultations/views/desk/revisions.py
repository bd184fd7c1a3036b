"""Changes of published windows that wait for a second person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import permissions, services
from consultations.desk_filters import RevisionFilter
from consultations.forms.desk import ApproveForm, ReturnForm
from consultations.models import RevisionState, WindowRevision
from consultations.published_hours import HOURS_FIELDS, contradictions
from consultations.services.content import touches_what_was_verified
from consultations.views.comparing import rows_of
from consultations.views.editing import preview_response
from platform_portal.access.checks import Refused, reason_against, requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs, paged
from platform_portal.versions import version_in


@requires(Permission.EDIT_WINDOWS)
@require_safe
def revision_list(request: HttpRequest) -> HttpResponse:
    found = RevisionFilter(request.GET, queryset=WindowRevision.objects.for_list())
    rows = found.qs if found.is_valid() else found.queryset.waiting()
    context = {
        "filter": found,
        "page": paged(request, rows),
        "has_garbage": not found.is_valid(),
        "is_filtered": found.is_filtered,
        "crumbs": crumbs((_("変更の確認"), "")),
    }
    return render(request, "consultations/desk/revision_list.html", context)


@requires(Permission.EDIT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def revision_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Old and new side by side; by POST: `approve`, `return` with a reason, or `withdraw`."""
    revision = _get(public_id)
    approval, returning = ApproveForm(), ReturnForm()
    if request.method == "POST":
        if "approve" in request.POST:
            approval = ApproveForm(request.POST)
            if approval.is_valid() and _approve(request, revision, approval):
                return redirect("desk:revision-list")
        elif "return" in request.POST:
            returning = ReturnForm(request.POST)
            if returning.is_valid() and _return(request, revision, returning):
                return redirect("desk:revision-list")
        elif "withdraw" in request.POST and _withdraw(request, revision):
            return redirect("desk:window-page", public_id=revision.window.public_id)
        revision = _get(public_id)
    merge = revision.merge_with(services.describe_content(revision.window)) if revision.is_open else None
    context = {
        "revision": revision,
        "window": revision.window,
        "rows": rows_of(revision, merge),
        "contradictions": contradictions(merge.result)
        if merge is not None and {*HOURS_FIELDS, "channels"} & set(revision.changed_names)
        else [],
        "is_critical": merge is not None and touches_what_was_verified(merge.live, merge.result),
        "approval": approval,
        "returning": returning,
        "no_approve": reason_against(permissions.check_can_approve_revision, request.user, revision),
        "no_return": reason_against(permissions.check_can_return_revision, request.user, revision),
        "can_begin_again": revision.state == RevisionState.RETURNED
        and revision.proposed_by_id == request.user.pk
        and permissions.can_edit_window(request.user, revision.window),
        "can_withdraw": permissions.can_withdraw_revision(request.user, revision),
        "crumbs": crumbs((_("変更の確認"), reverse("desk:revision-list")), (revision.window.name, "")),
    }
    return render(request, "consultations/desk/revision_page.html", context)


def _get(public_id: str) -> WindowRevision:
    found: WindowRevision = get_object_or_404(WindowRevision.objects.for_list(), public_id=public_id)
    return found


def _approve(request: HttpRequest, revision: WindowRevision, form: ApproveForm) -> bool:
    try:
        decided = services.approve_revision(
            revision=revision,
            by=request.user,
            is_checked=form.cleaned_data["is_checked"],
            version=version_in(request.POST.get("version", "")),
        )
    except services.ChangedMeanwhile as changed:
        messages.error(request, changed.reason)
        form.data = {}  # the tick spoke of other words
        return False
    except Refused as refused:
        form.add_error("is_checked" if not form.cleaned_data["is_checked"] else None, refused.reason)
        return False
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    if decided.state == RevisionState.OVERTAKEN:
        messages.warning(
            request, _("同じ項目が先に変わっていたので、公開しませんでした。下でくらべてください。")
        )
        return False
    messages.success(
        request,
        _("「%(name)s」の変更を公開しました。申し出た人にメールで知らせます。")
        % {"name": revision.window.name},
    )
    return True


def _return(request: HttpRequest, revision: WindowRevision, form: ReturnForm) -> bool:
    reason = form.cleaned_data["reason"]
    return attempt(
        request,
        lambda: services.return_revision(revision=revision, by=request.user, reason=reason),
        _("「%(name)s」の変更を差し戻しました。理由は、申し出た人にメールで届きます。")
        % {"name": revision.window.name},
    )


def _withdraw(request: HttpRequest, revision: WindowRevision) -> bool:
    return attempt(
        request,
        lambda: services.withdraw_revision(revision=revision, by=request.user),
        _("変更を取り下げました。"),
    )


@requires(Permission.EDIT_WINDOWS)
@require_safe
def revision_preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """The residents' page as it would be. What cannot be applied leads back with a word."""
    revision = _get(public_id)
    merge = revision.merge_with(services.describe_content(revision.window)) if revision.is_open else None
    if merge is None:
        messages.info(request, _("この変更は終わっているので、見本はありません。"))
        return redirect("desk:revision-page", public_id=public_id)
    names: Any = [*merge.names, *merge.conflicts]
    try:
        content = services.content_from_description(revision.proposed, only=names)
        with services.as_if_saved(window=revision.window, content=content, by=request.user) as shown:
            return preview_response(request, shown, is_saved=False)
    except (Refused, ValidationError) as error:
        reason = error.reason if isinstance(error, Refused) else " ".join(error.messages)
        messages.error(request, reason)
    return redirect("desk:revision-page", public_id=public_id)
