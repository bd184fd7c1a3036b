"""How an invited person comes in. The secret is in an address only once, then in the session."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from members import services
from members.forms.invitation import AcceptForm
from members.models import Invitation, InvitationCondition, User
from platform_portal.access.checks import Refused

SESSION_KEY = "invitation_secret"


@login_not_required
@require_GET
def invitation_open(request: HttpRequest, secret: str) -> HttpResponse:
    """Moves the secret out of the address, so that it stays in no history, log or Referer. Uses nothing up."""
    try:
        services.find_invitation(secret)
    except services.InvitationUnusableError as error:
        return _unusable(request, error.condition)
    request.session[SESSION_KEY] = secret
    return redirect("members:invitation-accept")


@sensitive_post_parameters("password1", "password2")
@login_not_required
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest) -> HttpResponse:
    secret = request.session.get(SESSION_KEY, "")
    try:
        invitation = services.find_invitation(secret)
        if invitation.organization and User.objects.filter(email__iexact=invitation.email).exists():
            return _accept_with_account(request, invitation, secret)
        form = AcceptForm(request.POST or None, invitation=invitation)
        if form.is_valid() and _accept(form, secret):
            return _to_sign_in(request)
    except services.InvitationUnusableError as error:
        request.session.pop(SESSION_KEY, None)
        return _unusable(request, error.condition)
    context = {"form": form, "invitation": invitation, "role": _role_label(invitation)}
    return render(request, "members/invitation_accept.html", context)


def _accept(form: AcceptForm, secret: str) -> bool:
    try:
        services.accept_invitation(
            secret=secret, name=form.cleaned_data["name"], password=form.cleaned_data["password1"]
        )
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
        return False
    return True


def _accept_with_account(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """Somebody who has an account: signs in, then says yes. Holding the link alone is not enough."""
    user: Any = request.user
    if request.method == "POST" and user.is_authenticated:
        try:
            services.accept_with_account(secret=secret, by=user)
        except Refused as refused:
            messages.error(request, refused.reason)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            request.session.pop(SESSION_KEY, None)
            messages.success(
                request, _("「%(name)s」の担当者になりました。") % {"name": invitation.organization}
            )
            return redirect("my:home")
    is_theirs = user.is_authenticated and user.email.casefold() == invitation.email.casefold()
    context = {
        "invitation": invitation,
        "role": invitation.get_membership_role_display(),
        "is_theirs": is_theirs,
        "is_somebody_else": user.is_authenticated and not is_theirs,
    }
    return render(request, "members/invitation_accept_with_account.html", context)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in by a link: the password just chosen and, later, the second factor are asked for.

    Ends whatever session this browser had: it may be the administrator's.
    """
    request.session.flush()
    messages.success(request, _("登録できました。いま決めたパスワードでサインインしてください。"))
    return redirect("account_login")


def _unusable(request: HttpRequest, condition: InvitationCondition | None) -> HttpResponse:
    """404 for a secret nobody was sent (or no secret at all), 410 for one that was good once."""
    status = 404 if condition is None else 410
    return render(
        request,
        "members/invitation_unusable.html",
        {"condition": condition.value if condition else "unknown"},
        status=status,
    )


def _role_label(invitation: Invitation) -> str:
    if invitation.organization:
        return str(invitation.get_membership_role_display())
    return str(invitation.get_role_display())
