"""Audit events of what allauth does to a password. Runs inside the transaction opened by `recorded`."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.dispatch import receiver

from members.models import User
from platform_portal.audit import services as audit


@receiver(password_changed)
def record_password_change(sender: Any, user: User, **kwargs: Any) -> None:
    audit.record(type="members.password_changed", by=user, obj=user)


@receiver(password_reset)
def record_password_reset(sender: Any, user: User, **kwargs: Any) -> None:
    audit.record(type="members.password_reset", by=user, obj=user)
