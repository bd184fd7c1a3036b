"""What every template knows."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from platform_portal.keeping import make_anew
from platform_portal.region.models import PortalSettings


def portal(request: HttpRequest) -> dict[str, object]:
    """`portal`: the settings row, fetched only when a template uses it; residents' pages share it for a minute."""
    keep = getattr(request, "keeper", make_anew)
    return {"portal": SimpleLazyObject(lambda: keep("portal", PortalSettings.load))}
