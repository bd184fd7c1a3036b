"""Twins: `check_…` raises with a reason in plain Japanese, `can_…` answers yes or no.

The same reason is shown on the disabled button, on the 403 page and asserted in tests.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from platform_portal.access.roles import PERMISSIONS_OF_ROLE, Permission, Role

P = ParamSpec("P")


class Refused(PermissionDenied):
    """A refusal whose text may be shown to the person."""

    @property
    def reason(self) -> str:
        return str(self.args[0]) if self.args else _("この操作はできません。")


def check_has(user: Any, permission: Permission) -> None:
    """Raises Refused unless `user` is signed in, active and has a role with `permission`."""
    if not user.is_authenticated or not user.is_active:
        raise Refused(_("サインインが必要です。"))
    if permission not in PERMISSIONS_OF_ROLE.get(user.role, frozenset()):
        role = Role(user.role).label if user.role in Role.values else user.role
        raise Refused(
            _("「%(role)s」の権限では、この操作はできません。管理者にご相談ください。") % {"role": role}
        )


def has(user: Any, permission: Permission) -> bool:
    return passes(check_has, user, permission)


def passes(check: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Turns a `check_can_x` into its `can_x`."""
    try:
        check(*args, **kwargs)
    except Refused:
        return False
    return True


def reason_against(check: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> str:
    """The reason why not, or an empty string: for the tooltip of a disabled button."""
    try:
        check(*args, **kwargs)
    except Refused as refused:
        return refused.reason
    return ""


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """View decorator: the signed-in person must have `permission`."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            check_has(request.user, permission)
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the role matrix test
        return guarded

    return decorate
