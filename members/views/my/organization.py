"""The entry of one's organisation: read field by field, and written."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import permissions, profile, services
from members.forms.organizations import ProfileForm
from members.models import Organization, OrganizationRevision
from members.views.editing import changes_since, with_logo
from members.views.my.common import own_organization, steps_of
from platform_portal.access.checks import Refused, reason_against
from platform_portal.audit.words import Line
from platform_portal.desk import attempt, tell


@dataclass(frozen=True, slots=True)
class Fact:
    """One field as it stands today."""

    name: str
    label: str
    value: str
    reach: str


@require_safe
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = own_organization(request, public_id)
    words = profile.Words()
    revision = open_revision(organization)
    context = {
        "organization": organization,
        "at_once": facts(organization, profile.AT_ONCE, words),
        "after_review": facts(organization, profile.AFTER_REVIEW, words),
        # The desk's own note is none of the organisation's business.
        "by_staff": facts(organization, ("kind", "is_listed", "joined_on"), words),
        "revision": revision,
        "changes": profile.changes_in_words(revision, words) if revision else [],
        "against": reason_against(permissions.check_can_write_as_member, request.user, organization),
        "crumbs": steps_of(organization),
    }
    return render(request, "members/my/organization.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form begins with what waits or was returned, so that nobody writes the same twice."""
    organization = own_organization(request, public_id)
    permissions.check_can_write_as_member(request.user, organization)
    revision = open_revision(organization)
    version = services.version_of(organization)
    others: list[Line] = []
    status = 200
    if request.method == "POST":
        form, status = ProfileForm(request.POST, request.FILES, instance=organization), 422
        if form.is_valid():
            try:
                change = _save(request, organization, form, revision)
            except services.OrganizationChangedMeanwhile:
                sent = request.POST.get("version", "")
                others, status = changes_since(organization, sent, only=profile.BY_MEMBERS), 409
            except (Refused, ValidationError) as error:
                tell(form, error)
            else:
                messages.success(request, _done(change))
                return redirect("my:organization", public_id)
    else:
        proposed = profile.values_of(revision.proposed) if revision else {}
        form = ProfileForm(instance=organization, initial=proposed)
    context = {
        "organization": organization,
        "form": form,
        "at_once": [form[name] for name in profile.AT_ONCE],
        "after_review": [form[name] for name in profile.AFTER_REVIEW if name != "logo"],
        "revision": revision,
        "others": others,
        "is_conflict": status == 409,
        # After a conflict the form carries the new version: whoever saves again has seen the other's change.
        "version": request.POST.get("version", version) if status == 422 else version,
        "crumbs": steps_of(organization, (_("情報を直す"), "")),
    }
    return render(request, "members/my/organization_form.html", context, status=status)


def _save(
    request: HttpRequest, organization: Organization, form: ProfileForm, revision: OrganizationRevision | None
) -> services.Change:
    current = organization.logo.name or ""
    if revision is not None:
        current = revision.proposed.get("logo", current)

    def save(values: dict[str, Any]) -> services.Change:
        return services.change_own_profile(
            organization=organization,
            values=values,
            by=request.user,
            version=request.POST.get("version", ""),
        )

    return with_logo(form, current, save)


def _done(change: services.Change) -> str:
    if change.revision is not None:
        return _("保存しました。確認が要るところは、県か事務局が見たあとに出ます。結果はメールで知らせます。")
    return _("保存しました。")


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = own_organization(request, public_id)
    permissions.check_can_write_as_member(request.user, organization)
    revision = get_object_or_404(
        OrganizationRevision, organization=organization, public_id=request.POST.get("revision", "")
    )
    attempt(
        request,
        lambda: services.withdraw_organization_revision(revision=revision, by=request.user),
        _("申し出た変更を取り下げました。"),
    )
    return redirect("my:organization", public_id)


def open_revision(organization: Organization) -> OrganizationRevision | None:
    """What waits for the desk, or for an answer to the desk."""
    newest: OrganizationRevision | None = (
        organization.revisions.unsettled().for_list().order_by("-proposed_at").first()
    )
    return newest


def facts(organization: Organization, names: tuple[str, ...], words: profile.Words) -> list[Fact]:
    described = profile.describe(organization, names)
    return [
        Fact(name, profile.label_of(name), words.of(name, described[name]), profile.reach_of(name))
        for name in names
    ]
