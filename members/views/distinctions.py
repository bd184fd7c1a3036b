"""「別の団体です」: said of two that look alike, listed, and taken back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members import services
from members.models import Application, Distinction, Organization
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs, paged

merges = requires(Permission.MERGE_ORGANIZATIONS)
decides = requires(Permission.DECIDE_APPLICATIONS)


@merges
@require_safe
def distinction_list(request: HttpRequest) -> HttpResponse:
    context = {
        "page": paged(request, Distinction.objects.for_list()),
        "crumbs": crumbs(
            (_("重なっていそうな団体"), reverse("members:organization-duplicates")),
            (_("別の団体とした組"), ""),
        ),
    }
    return render(request, "members/desk/distinction_list.html", context)


@merges
@require_POST
def organization_different(request: HttpRequest, first_id: str, second_id: str) -> HttpResponse:
    first, second = (get_object_or_404(Organization, public_id=each) for each in (first_id, second_id))
    return _mark_or_take_back(request, first, second)


@decides
@require_POST
def application_different(request: HttpRequest, public_id: str, organization_id: str) -> HttpResponse:
    application = get_object_or_404(Application.objects.confirmed(), public_id=public_id)
    organization = get_object_or_404(Organization, public_id=organization_id)
    return _mark_or_take_back(request, organization, application)


def _mark_or_take_back(
    request: HttpRequest, one: Organization, other: Organization | Application
) -> HttpResponse:
    """With `undo` the record is taken back. Then the page on which the button stood."""
    names = {"one": one.name, "other": _name(other)}
    if "undo" in request.POST:
        attempt(
            request,
            lambda: services.take_back_difference(one=one, other=other, by=request.user),
            _("「%(one)s」と「%(other)s」を別の団体とした記録を取り消しました。") % names,
        )
    else:
        attempt(
            request,
            lambda: services.mark_different(one=one, other=other, by=request.user),
            _(
                "「%(one)s」と「%(other)s」を別の団体として記録しました。もう一覧に出ません。あとで取り消せます。"
            )
            % names,
        )
    if isinstance(other, Application):
        return redirect("members:application-page", public_id=other.public_id)
    return redirect(
        "members:distinction-list" if "undo" in request.POST else "members:organization-duplicates"
    )


def _name(body: Organization | Application) -> str:
    name: str = body.organization_name if isinstance(body, Application) else body.name
    return name
