"""Entries that may be of one organisation: found, put side by side, merged."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members import permissions, services
from members.duplicates import find_pairs, organization_traits
from members.forms.merging import MergeForm, PairForm
from members.importing.contents import with_parts
from members.merging import parts
from members.models import Distinction, Organization, OrganizationState
from platform_portal.access.checks import Refused, requires
from platform_portal.access.roles import Permission
from platform_portal.desk import crumbs, paged, reason_of

merges = requires(Permission.MERGE_ORGANIZATIONS)


def _steps(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs(
        (_("重なっていそうな団体"), reverse("members:organization-duplicates") if more else ""), *more
    )


@merges
@require_safe
def organization_duplicates(request: HttpRequest) -> HttpResponse:
    form = PairForm(request.GET) if "first" in request.GET else PairForm()
    if form.is_valid():
        asked = [form.cleaned_data["first"], form.cleaned_data["second"]]
        if Organization.objects.filter(public_id__in=asked).count() == 2:
            return redirect("members:organization-merge", *asked)
        form.add_error(None, _("その ID の団体が2つ見つかりません。ID を確かめてください。"))
    context = {"form": form, "page": paged(request, find_pairs()), "crumbs": _steps()}
    return render(
        request, "members/desk/organization_duplicates.html", context, status=422 if form.errors else 200
    )


@merges
@require_http_methods(["GET", "HEAD", "POST"])
def organization_merge(request: HttpRequest, first_id: str, second_id: str) -> HttpResponse:
    """Side by side; by POST first what will happen, then (`confirmed`) it happens."""
    rows = with_parts(Organization.objects.select_related("sector", "municipality", "merged_into"))
    first, second = (get_object_or_404(rows, public_id=each) for each in (first_id, second_id))
    against = _against(request, first, second)
    version = services.merge_version(first, second)
    form = MergeForm(request.POST or None, first=first, second=second, version=version)
    if request.method == "POST" and not against and form.is_valid():
        try:
            permissions.check_can_merge_organizations(request.user, form.source, form.target)
            if "confirmed" not in request.POST:
                return _confirm(request, form)
            services.merge_organizations(
                source=form.source,
                target=form.target,
                sides=form.sides,
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except (Refused, ValidationError) as error:
            messages.error(request, reason_of(error))
            return redirect("members:organization-merge", first_id, second_id)
        else:
            done = _("「%(source)s」を「%(target)s」に統合しました。")
            messages.success(request, done % {"source": form.source.name, "target": form.target.name})
            return redirect("members:organization-duplicates")
    context = {
        "form": form,
        "first": first,
        "second": second,
        "shared": organization_traits(first).shared_with(organization_traits(second)),
        "against": against,
        "distinction": Distinction.objects.between(first.pk, second.pk).select_related("marked_by").first(),
        "crumbs": _steps((_("くらべる"), "")),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "members/desk/organization_merge.html", context, status=status)


def _against(request: HttpRequest, first: Organization, second: Organization) -> str:
    """Why these two cannot be merged in either direction."""
    reasons = []
    for source, target in ((first, second), (second, first)):
        try:
            permissions.check_can_merge_organizations(request.user, source, target)
        except Refused as refused:
            reasons.append(refused.reason)
    return reasons[0] if len(reasons) == 2 else ""


def _confirm(request: HttpRequest, form: MergeForm) -> HttpResponse:
    context = {
        "form": form,
        "source": form.source,
        "target": form.target,
        "moving": [(part.label, count) for part in parts() if (count := part.count(form.source))],
        "followers": Organization.objects.filter(
            merged_into=form.source, state=OrganizationState.MERGED
        ).count(),
        "hidden": [(name, value) for name, value in form.data.items() if name in form.fields],
        "crumbs": _steps((_("統合する"), "")),
    }
    return render(request, "members/desk/organization_merge_confirm.html", context)
