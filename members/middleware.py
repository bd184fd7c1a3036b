"""Asks every desk user for a second factor before anything else."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

ALWAYS_ALLOWED_PREFIXES = ("mfa_", "account_logout", "account_reauthenticate")


class SecondFactorMiddleware:
    """Sends a desk user without a second factor to the page where one is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        # Public views never look at the session, so that no cookie and no `Vary: Cookie` arises.
        if not settings.PORTAL_REQUIRE_MFA or not getattr(view, "login_required", True):
            return None
        user: Any = request.user
        if not user.is_authenticated or not user.is_desk_user or _is_allowed(request):
            return None
        if is_mfa_enabled(user):
            return None
        messages.info(
            request, _("はじめに、2段階認証を設定してください。設定が終わると、職員のページを使えます。")
        )
        return redirect("mfa_index")


def _is_allowed(request: HttpRequest) -> bool:
    name = request.resolver_match.url_name or "" if request.resolver_match else ""
    return name.startswith(ALWAYS_ALLOWED_PREFIXES)
