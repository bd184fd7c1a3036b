"""メルマガ: what people subscribe to. Each is one topic, for everybody or for the members of the platform alone."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel


class Readership(models.TextChoices):
    """Stored keys; never rename one, labels may change."""

    PUBLIC = "public", _("だれでも")
    MEMBERS = "members", _("会員団体だけ")


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def active(self) -> "NewsletterQuerySet":
        """Those that issues are still written for."""
        return self.filter(is_active=True)

    def for_everybody(self) -> "NewsletterQuerySet":
        return self.filter(readership=Readership.PUBLIC)


class Newsletter(PublicIdModel):
    """`list_label` becomes the List-Id (RFC 2919): mail programs sort by it, so it never changes."""

    name = models.CharField(_("名前"), max_length=40, unique=True, validators=[validate_one_line])
    description = models.CharField(
        _("何が届くか"), max_length=200, blank=True, validators=[validate_one_line]
    )
    readership = models.CharField(
        _("だれに"), max_length=10, choices=Readership.choices, default=Readership.PUBLIC
    )
    sender_name = models.CharField(_("差出人の名前"), max_length=60, validators=[validate_one_line])
    sender_address = models.EmailField(_("差出人のメールアドレス"))
    reply_address = models.EmailField(_("返信とお問い合わせのメールアドレス"))
    list_label = models.CharField(
        _("List-Id の名前"),
        max_length=40,
        unique=True,
        editable=False,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z")],
    )
    # The charter says whether those who join the platform get it without asking; each may leave it.
    is_for_new_members = models.BooleanField(_("入会した団体の担当者に、はじめから届ける"), default=False)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_active = models.BooleanField(_("発行している"), default=True)
    created_at = models.DateTimeField(_("作った時刻"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = NewsletterQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "name",
            "description",
            "readership",
            "sender_name",
            "sender_address",
            "reply_address",
            "list_label",
            "position",
            "is_active",
        )
        internal = ("is_for_new_members", "created_at")
        personal = ()

    class Meta:
        verbose_name = _("メルマガ")
        verbose_name_plural = _("メルマガ")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(readership__in=Readership.values), name="newsletters_newsletter_readership_known"
            ),
            models.CheckConstraint(
                condition=Q(is_for_new_members=False) | Q(readership=Readership.MEMBERS),
                name="newsletters_newsletter_unasked_for_members_only",
                violation_error_message=_("はじめから届けられるのは、会員団体だけのメルマガです。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
