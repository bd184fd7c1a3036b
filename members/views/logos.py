"""Logos: no web server reaches the storage, every picture goes through a check."""

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from members import permissions
from members.logos import FOLDER
from members.models import Organization, OrganizationRevision

YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_safe
def public_logo(request: HttpRequest, public_id: str, digest: str) -> HttpResponse:
    """Of an organisation that residents may see. The name of the file is in the address: another picture has
    another address, so a browser may keep this one for good. Not `public`: the page cache keeps words, not pictures."""
    name = f"{FOLDER}{digest}.png"
    if not Organization.objects.public().filter(public_id=public_id, logo=name).exists():
        raise Http404
    return _picture(name, f"max-age={YEAR}, immutable")


@require_safe
def own_logo(request: HttpRequest, public_id: str, digest: str) -> HttpResponse:
    """For its people and the desk: also of one that is not listed, one that waits for review, and one that was returned."""
    name = f"{FOLDER}{digest}.png"
    organization = Organization.objects.filter(public_id=public_id).first()
    if organization is None or not permissions.can_see_organization(request.user, organization):
        raise Http404
    proposed = OrganizationRevision.objects.unsettled().filter(organization=organization, proposed__logo=name)
    if organization.logo.name != name and not proposed.exists():
        raise Http404
    return _picture(name, "private, no-store")


def _picture(name: str, cache_control: str) -> HttpResponse:
    try:
        with default_storage.open(name) as file:
            data = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {
        "Cache-Control": cache_control,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(data, content_type="image/png", headers=headers)
