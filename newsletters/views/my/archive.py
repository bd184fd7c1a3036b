"""The archive for the people of member organisations: what is for everybody, and what is for them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.views.my.common import crumbs
from newsletters.archiving import archived_html
from newsletters.handing_out import attachment_response
from newsletters.models import Issue, Suppression
from newsletters.permissions.reading import can_read_for_members
from newsletters.services.members import subscriber_for
from newsletters.services.subscribing import current_newsletters
from platform_portal.desk import paged

PER_PAGE = 20


@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    issues = _readable_by(request.user).defer("content", "body")
    subscriber = subscriber_for(request.user)
    context = {
        "page": paged(request, issues.order_by("-completed_at", "-pk"), PER_PAGE),
        "is_member": can_read_for_members(request.user),
        "subscriber": subscriber,
        "current": current_newsletters(subscriber),
        "is_stopped": Suppression.objects.of(subscriber.address).exists(),
        "crumbs": crumbs((_("メルマガ"), "")),
    }
    return render(request, "newsletters/my/archive.html", context)


@require_safe
def issue(request: HttpRequest, public_id: str) -> HttpResponse:
    found: Issue = get_object_or_404(_readable_by(request.user).defer("body"), public_id=public_id)
    assert found.content is not None  # noqa: S101  a constraint: completed
    context = {
        "issue": found,
        "body": archived_html(found.content),
        "attachments": found.content["attachments"],
        "crumbs": crumbs((_("メルマガ"), reverse("newsletters:my-archive")), (found.content["subject"], "")),
    }
    return render(request, "newsletters/my/issue.html", context)


@require_safe
def attachment(request: HttpRequest, public_id: str, file_id: str) -> HttpResponseBase:
    found: Issue = get_object_or_404(_readable_by(request.user).defer("body"), public_id=public_id)
    return attachment_response(request, found, file_id, is_public=False)


def _readable_by(user: Any) -> Any:
    issues = Issue.objects.for_members() if can_read_for_members(user) else Issue.objects.published()
    return issues.select_related("newsletter")
