"""Places kept for people who may come in: by invitation only."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Subquery
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.memberships import MembershipRole
from members.models.organizations import Organization
from members.models.users import validate_one_line
from platform_portal.access.roles import Role
from platform_portal.mail.models import OutgoingMail
from platform_portal.publishing.models import actor, paired

INVITATION_DAYS = 7


def hash_secret(secret: str) -> str:
    """What is stored of an invitation's secret. It has 256 bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class InvitationCondition(models.TextChoices):
    """Follows from the dates of an invitation; not stored."""

    OPEN = "open", _("返事待ち")
    EXPIRED = "expired", _("期限切れ")
    ACCEPTED = "accepted", _("登録済み")
    WITHDRAWN = "withdrawn", _("取り消し")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unsettled(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self) -> "InvitationQuerySet":
        """Neither accepted, nor withdrawn, nor expired."""
        return self.unsettled().filter(expires_at__gt=timezone.now())

    def expired(self) -> "InvitationQuerySet":
        return self.unsettled().filter(expires_at__lte=timezone.now())

    def accepted(self) -> "InvitationQuerySet":
        return self.filter(accepted_at__isnull=False)

    def withdrawn(self) -> "InvitationQuerySet":
        return self.filter(withdrawn_at__isnull=False)

    def with_mail_state(self) -> "InvitationQuerySet":
        """Adds `mail_state`: how far the last mail about each has come; None when there was none."""
        newest = OutgoingMail.objects.newest_about(Invitation)
        return self.annotate(mail_state=Subquery(newest.values("state")))

    def with_secret(self, secret: str) -> "InvitationQuerySet":
        """None or one. The look-up goes by hash: its timing says nothing about the secret."""
        return self.filter(secret_hash=hash_secret(secret))


def in_a_week() -> Any:
    return timezone.now() + timedelta(days=INVITATION_DAYS)


class Invitation(models.Model):
    """A place kept for one person. The link carries a secret of which only the hash is stored.

    With an `organization` the person will act for it in `membership_role`; somebody who has an account
    already accepts with that.
    """

    email = models.EmailField(_("メールアドレス"), max_length=254)
    name = models.CharField(_("名前"), max_length=60, validators=[validate_one_line])
    section = models.CharField(_("所属"), max_length=100, blank=True, validators=[validate_one_line])
    role = models.CharField(_("権限"), max_length=20, choices=Role.choices)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="invitations",
    )
    membership_role = models.CharField(
        _("担当の権限"), max_length=8, choices=MembershipRole.choices, blank=True, editable=False
    )
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("招待した人"),
        on_delete=models.PROTECT,
        related_name="invitations",
        editable=False,
    )
    invited_at = models.DateTimeField(_("招待した時刻"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("期限"), default=in_a_week, editable=False)
    accepted_at = models.DateTimeField(_("受け取った時刻"), null=True, blank=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("受け取った人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="accepted_invitations",
    )
    withdrawn_at = models.DateTimeField(_("取り消した時刻"), null=True, blank=True, editable=False)
    withdrawn_by = actor(_("取り消した人"))

    objects = InvitationQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "role",
            "organization",
            "membership_role",
            "secret_hash",
            "invited_by",
            "invited_at",
            "expires_at",
            "accepted_at",
            "withdrawn_at",
            "withdrawn_by",
        )
        personal = ("email", "name", "section", "accepted_by")
        withheld = ("secret_hash",)

    class Meta:
        verbose_name = _("招待")
        verbose_name_plural = _("招待")
        ordering = ["-invited_at"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="members_invitation_role_known"),
            models.CheckConstraint(
                condition=paired("accepted_at", "accepted_by"), name="members_invitation_accepted_pair"
            ),
            models.CheckConstraint(
                condition=paired("withdrawn_at", "withdrawn_by"), name="members_invitation_withdrawn_pair"
            ),
            models.CheckConstraint(
                condition=Q(organization=None, membership_role="")
                | (Q(organization__isnull=False) & Q(membership_role__in=MembershipRole.values)),
                name="members_invitation_membership_whole",
            ),
            models.UniqueConstraint(
                Lower("email"),
                "organization",
                condition=Q(accepted_at=None, withdrawn_at=None),
                nulls_distinct=False,
                name="members_invitation_one_open",
                violation_error_message=_("この人への招待は、すでに送ってあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def condition(self) -> "InvitationCondition":
        if self.accepted_at:
            return InvitationCondition.ACCEPTED
        if self.withdrawn_at:
            return InvitationCondition.WITHDRAWN
        return InvitationCondition.EXPIRED if self.is_expired else InvitationCondition.OPEN
