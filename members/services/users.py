"""Accounts, each change with its audit event in the same transaction."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from members import mails, permissions
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.access.roles import Role
from platform_portal.audit import services as audit

USER_FIELDS = ("name", "section", "role")


@transaction.atomic
def create_administrator(*, email: str, name: str) -> User:
    """The first account of a new portal, or a way back in; without a password until its link is used.

    Done from the command line, where nobody is signed in. Raises ValidationError.
    """
    existing = User.objects.filter(email__iexact=email.strip()).first()
    if existing is not None:
        if existing.has_usable_password() or not existing.is_active:
            raise ValidationError({"email": _("このメールアドレスの利用者は、すでにいます。")})
        return existing
    user = User.objects.create_user(email, None, name=name.strip(), role=Role.ADMINISTRATOR)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    audit.record(
        type="members.user_created",
        by=None,
        obj=user,
        new=audit.snapshot(user, ("email", *USER_FIELDS)),
        note="create_administrator",
    )
    return user


@transaction.atomic
def change_user(*, user: User, name: str, section: str, role: str, by: Any) -> User:
    """Raises Refused, ValidationError; then nothing was changed."""
    locked = lock_user(user, by)
    permissions.check_can_edit_user(by, locked)
    if role != locked.role:
        permissions.check_can_change_role(by, locked)
    before = audit.snapshot(locked, USER_FIELDS)
    locked.name, locked.section, locked.role = name.strip(), section.strip(), role
    locked.full_clean(exclude=["password"])
    old, new = audit.difference(before, audit.snapshot(locked, USER_FIELDS))
    if new:
        locked.save(update_fields=list(USER_FIELDS))
        audit.record(type="members.user_changed", by=by, obj=locked, old=old, new=new)
    return locked


@transaction.atomic
def deactivate_user(*, user: User, by: Any) -> User:
    """Ends all sessions at once; they do not come back when the account does."""
    locked = lock_user(user, by)
    permissions.check_can_deactivate_user(by, locked)
    locked.is_active = False
    locked.session_version += 1
    locked.save(update_fields=["is_active", "session_version"])
    audit.record(
        type="members.user_deactivated", by=by, obj=locked, old={"is_active": True}, new={"is_active": False}
    )
    return locked


@transaction.atomic
def reactivate_user(*, user: User, by: Any) -> User:
    locked = lock_user(user, by)
    permissions.check_can_reactivate_user(by, locked)
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    audit.record(
        type="members.user_reactivated", by=by, obj=locked, old={"is_active": False}, new={"is_active": True}
    )
    return locked


@transaction.atomic
def reset_second_factor(*, user: User, by: Any) -> User:
    """For somebody who has lost telephone and recovery codes. Ends all sessions, tells the person by mail."""
    locked = lock_user(user, by)
    permissions.check_can_reset_second_factor(by, locked)
    kinds = sorted(Authenticator.objects.filter(user=locked).values_list("type", flat=True))
    if not kinds:
        raise Refused(_("この人は、2段階認証を設定していません。"))
    Authenticator.objects.filter(user=locked).delete()
    locked.session_version += 1
    locked.save(update_fields=["session_version"])
    audit.record(type="members.second_factor_reset", by=by, obj=locked, old={"second_factors": kinds}, new={})
    mails.send_second_factor_reset(locked)
    return locked


@transaction.atomic
def end_sessions(*, user: User, by: Any) -> None:
    """Signs `user` out on every device."""
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    audit.record(type="members.sessions_ended", by=by, obj=user)


@transaction.atomic
def reencrypt_second_factors() -> int:
    """Puts every secret under the newest key, so that an old SECRET_KEY can be dropped. Returns how many.

    Raises cryptography.fernet.InvalidToken when a key that is still needed is missing; then nothing was changed.
    """
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).select_for_update()
    for row in rows:
        for name in ("secret", "seed"):
            if name in row.data:
                row.data[name] = encrypt(decrypt(row.data[name]))
        row.save(update_fields=["data"])
    return len(rows)


def lock_user(user: User, by: Any) -> User:
    """The row of `user`, locked together with every administrator.

    Two administrators who remove each other at the same moment are let through one after the other,
    and the second one finds out that he is no longer one.
    """
    administrators = list(
        User.objects.get_queryset()
        .administrators()
        .select_for_update()
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if by.pk not in administrators:
        fresh = User.objects.filter(pk=by.pk).first()
        permissions.check_can_edit_user(fresh or by, user)
    return User.objects.select_for_update().get(pk=user.pk)
