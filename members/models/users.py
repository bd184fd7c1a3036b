"""People who sign in."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from platform_portal.access.roles import DESK_ROLES, PERMISSIONS_OF_ROLE, Permission, Role

# Names stand in mails and in the audit record: no line breaks, no invisible or direction-changing characters.
validate_one_line = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]",
    _("改行や見えない文字は使えません。"),
    inverse_match=True,
)


UNUSED_DAYS = 365


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

    def not_erased(self) -> "UserQuerySet":
        """Those of whom something is known."""
        return self.filter(erased_at=None)

    def unused(self) -> "UserQuerySet":
        """Who could sign in but has not for a year, or acts for no organisation: somebody should ask whether they may go."""
        a_year_ago = timezone.now() - dt.timedelta(days=UNUSED_DAYS)
        acts = self.model._meta.get_field("memberships").related_model._default_manager.filter(
            user=OuterRef("pk"), ended_at=None
        )
        return self.active().filter(
            Q(last_login__lt=a_year_ago)
            | Q(last_login=None, created_at__lt=a_year_ago)
            | Q(role=Role.MEMBER) & ~Exists(acts)
        )

    def administrators(self) -> "UserQuerySet":
        """Those who can let others in: active, with the administrator role."""
        return self.active().filter(role=Role.ADMINISTRATOR)

    def holding(self, permission: Permission) -> "UserQuerySet":
        """Those whose role carries the permission."""
        return self.filter(
            role__in=[role for role, held in PERMISSIONS_OF_ROLE.items() if permission in held]
        )

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
    erased_at = models.DateTimeField(_("個人情報を消した時刻"), null=True, blank=True, editable=False)
    # Raised to end every session of this person: it is part of what each session is checked against.
    session_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("password", "role", "is_active", "created_at", "erased_at", "session_version")
        personal = ("email", "name", "section", "last_login")
        withheld = ("password", "session_version")
        about = ("pk",)

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
