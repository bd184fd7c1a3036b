"""People who sign in, and how they come in: by invitation only."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from platform_portal.access.roles import DESK_ROLES, Role
from platform_portal.publishing.models import paired

INVITATION_DAYS = 7

# Names stand in mails and in the audit record: no line breaks, no invisible or direction-changing characters.
validate_one_line = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]",
    _("改行や見えない文字は使えません。"),
    inverse_match=True,
)


def hash_secret(secret: str) -> str:
    """What is stored of an invitation's secret. It has 256 bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> "UserQuerySet":
        return UserQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def administrators(self) -> "UserQuerySet":
        """Those who can let others in: active, with the administrator role."""
        return self.active().filter(role=Role.ADMINISTRATOR)

    def search(self, words: str) -> "UserQuerySet":
        """Every word stands in the name, the e-mail address or the section."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word) | Q(email__icontains=word) | Q(section__icontains=word)
            )
        return found


class User(AbstractBaseUser):
    """Signs in with an e-mail address; there is no user name."""

    email = models.EmailField(
        _("メールアドレス"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("このメールアドレスの利用者は、すでにいます。")},
    )
    name = models.CharField(_("名前"), max_length=60, validators=[validate_one_line])
    section = models.CharField(_("所属"), max_length=100, blank=True, validators=[validate_one_line])
    role = models.CharField(_("権限"), max_length=20, choices=Role.choices)
    is_active = models.BooleanField(_("利用中"), default=True)
    created_at = models.DateTimeField(_("登録した時刻"), default=timezone.now, editable=False)
    # Raised to end every session of this person: it is part of what each session is checked against.
    session_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]

    class Meta:
        verbose_name = _("利用者")
        verbose_name_plural = _("利用者")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="members_user_email_once",
                violation_error_message=_("このメールアドレスの利用者は、すでにいます。"),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="members_user_role_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_desk_user(self) -> bool:
        return self.role in DESK_ROLES

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django compares this with the session at every request; another value signs out."""
        return salted_hmac(
            "members.User.session",
            f"{self.password}:{self.session_version}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


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

    def with_secret(self, secret: str) -> "InvitationQuerySet":
        """None or one. The look-up goes by hash: its timing says nothing about the secret."""
        return self.filter(secret_hash=hash_secret(secret))


def _in_a_week() -> Any:
    return timezone.now() + timedelta(days=INVITATION_DAYS)


class Invitation(models.Model):
    """A place kept for one person. The link carries a secret of which only the hash is stored."""

    email = models.EmailField(_("メールアドレス"), max_length=254)
    name = models.CharField(_("名前"), max_length=60, validators=[validate_one_line])
    section = models.CharField(_("所属"), max_length=100, blank=True, validators=[validate_one_line])
    role = models.CharField(_("権限"), max_length=20, choices=Role.choices)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("招待した人"),
        on_delete=models.PROTECT,
        related_name="invitations",
        editable=False,
    )
    invited_at = models.DateTimeField(_("招待した時刻"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("期限"), default=_in_a_week, editable=False)
    sent_at = models.DateTimeField(_("メールを送った時刻"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("受け取った時刻"), null=True, blank=True, editable=False)
    accepted_by = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("受け取った人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="invitation",
    )
    withdrawn_at = models.DateTimeField(_("取り消した時刻"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("取り消した人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = InvitationQuerySet.as_manager()

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
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
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
