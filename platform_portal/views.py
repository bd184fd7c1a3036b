"""Error pages and the portal's pulse.

Error pages still show the numbers for immediate danger, and touch neither database nor cache.
"""

import sys
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from platform_portal.access.checks import Refused
from platform_portal.health import check_database, check_redis
from platform_portal.kept_forms import answer_with_fields, can_be_kept


def _error(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    # By the address alone: an error page asks neither database nor session who it is talking to.
    context["is_desk"] = request.path.startswith("/desk/") and request.path != "/desk/"
    context["is_my"] = request.path.startswith("/my/") and request.path != "/my/"
    response = render(request, f"errors/{status}.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400)


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    reason = exception.reason if isinstance(exception, Refused) else ""
    return _error(request, 403, reason=reason)


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """A defect (500), or the database is away (503): then when to come back."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _error(request, 500)
    response = _error(request, 503)
    response.headers["Retry-After"] = "60"
    return response


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tokens live in the session: a session that ended looks like a forged post."""
    if can_be_kept(request):
        return answer_with_fields(request)
    return _error(
        request,
        403,
        reason=_(
            "画面を開いてから時間がたったか、別の画面から送られました。前の画面に戻り、読み込み直してから、もう一度送ってください。"
        ),
    )


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For the proxy: 200 while residents can be served ("ok", or "degraded" without Redis), else 503 ("down")."""
    database, redis = check_database().is_good, check_redis().is_good
    status = ("ok" if redis else "degraded") if database else "down"
    answer = {"status": status, "database": database, "redis": redis}
    return JsonResponse(answer, status=200 if database else 503, headers={"Cache-Control": "no-store"})
