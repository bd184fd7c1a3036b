"""Where a mail server hands over notices of undelivered newsletters, one in each request, as they came."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsletters.bouncing.notices import MOST_READ, read_notice
from newsletters.services.bounces import note_notice

HEADER = "X-Portal-Bounce-Secret"


@csrf_exempt
@login_not_required
def take_notice(request: HttpRequest) -> HttpResponse:
    """204 for whatever was read, counted or not: the other side learns nothing of what we know. No session, no form.

    A body is read no further than a notice is: a bomb costs its beginning.
    """
    if not settings.PORTAL_BOUNCE_SECRET:
        raise Http404
    return _take(request)


@require_POST
def _take(request: HttpRequest) -> HttpResponse:
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode(), settings.PORTAL_BOUNCE_SECRET.encode()):
        return HttpResponse(status=403)
    notice = read_notice(request.read(MOST_READ))
    if notice is not None:
        note_notice(notice)
    return HttpResponse(status=204)
