"""One's own account, and what is put around allauth's views."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.stages import LoginStageController
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from members import services
from members.models import User
from platform_portal.access.methods import post_only
from platform_portal.audit import services as audit

View = Callable[..., HttpResponseBase]
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # recovery codes alone ask nobody


@require_GET
def account_home(request: HttpRequest) -> HttpResponse:
    has_second_factor = Authenticator.objects.filter(user_id=request.user.pk).exists()
    return render(request, "members/account_home.html", {"has_second_factor": has_second_factor})


@post_only("account_home")
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101  the middleware lets nobody else in
    services.end_sessions(user=request.user, by=request.user)
    logout(request)
    messages.success(request, _("すべての端末でサインアウトしました。"))
    return redirect("account_login")


@login_not_required
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """allauth's limits answer with this page."""
    return render(request, "members/too_many_requests.html", status=429)


@login_not_required
def second_step(request: HttpRequest) -> HttpResponseBase:
    """allauth's view, for which a second factor may be gone by now: reset by an administrator, for example.

    allauth then sends to the sign-in page, and that back here, for as long as the first step is remembered.
    """
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage and not is_mfa_enabled(stage.login.user, SECOND_FACTORS):
        messages.info(request, _("2段階認証の設定が変わりました。もう一度サインインしてください。"))
        return cast(HttpResponseBase, stage.abort())
    return cast(HttpResponseBase, mfa.authenticate(request))


def recorded(view: View) -> View:
    """Runs an allauth view that changes how somebody signs in as one transaction with its audit event.

    What changed is found by comparing the second factors before and after. Changes of a password are
    recorded by `members.signals`, inside the transaction that is opened here.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            before = _second_factors(request)
            response = view(request, *args, **kwargs)
            _record_second_factors(request, before)
        return response

    return wrapper


def _second_factors(request: HttpRequest) -> dict[str, str]:
    rows = Authenticator.objects.filter(user_id=request.user.pk).values_list("pk", "type")
    return {str(pk): kind for pk, kind in rows}


def _record_second_factors(request: HttpRequest, before: dict[str, str]) -> None:
    after = _second_factors(request)
    if before == after or not isinstance(request.user, User):
        return
    audit.record(
        type="members.second_factor_changed",
        by=request.user,
        obj=request.user,
        old={"second_factors": sorted(before.values())},
        new={"second_factors": sorted(after.values())},
    )
