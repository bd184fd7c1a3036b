"""会議体: the groups that meet, who sits in them and how far their records go."""

from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.audiences import Audience
from members.models import Organization
from members.models.users import validate_one_line
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.identifiers import PublicIdModel


class BodyQuerySet(models.QuerySet["Body"]):
    def active(self) -> "BodyQuerySet":
        return self.filter(is_active=True)

    def on_desk_for(self, user: Any) -> "BodyQuerySet":
        """Closed ones are for the secretariat alone, as their meetings are; unless one of these is open to others."""
        if has(user, Permission.SEE_CLOSED_RECORDS):
            return self.all()
        if not has(user, Permission.SEE_MEETINGS):
            return self.none()
        from meetings.models.meetings import Meeting

        seen = Meeting.objects.on_desk_for(user).filter(body=OuterRef("pk"))
        return self.filter(~Q(audience=Audience.CLOSED) | Exists(seen))

    def with_counts(self, user: Any) -> "BodyQuerySet":
        """With `meeting_count`, of those that `user` may see, and `organization_count`."""
        closed = Q(meetings__audience=Audience.CLOSED)
        seen = Q() if has(user, Permission.SEE_CLOSED_RECORDS) else ~closed
        return self.annotate(
            meeting_count=Count("meetings", filter=seen, distinct=True),
            organization_count=Count("organizations", distinct=True),
        ).order_by("position", "name", "pk")


class Body(PublicIdModel):
    """A group that meets. Its policy is what a new meeting and its minutes begin with; each may differ."""

    name = models.CharField(_("会議体の名前"), max_length=100, unique=True, validators=[validate_one_line])
    purpose = models.TextField(_("目的"), max_length=1000, blank=True, validators=[MaxLengthValidator(1000)])
    organizations = models.ManyToManyField(
        Organization, verbose_name=_("構成団体"), related_name="bodies", blank=True
    )
    audience = models.CharField(
        _("会議を見られる人"), max_length=8, choices=Audience.choices, default=Audience.PUBLIC
    )
    named_audience = models.CharField(
        _("氏名入りの議事録を見られる人"),
        max_length=8,
        choices=Audience.choices,
        default=Audience.MEMBERS,
    )
    labels_audience = models.CharField(
        _("役職名だけの議事要旨を見られる人"),
        max_length=8,
        choices=Audience.choices,
        default=Audience.PUBLIC,
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_active = models.BooleanField(_("使う"), default=True)
    created_at = models.DateTimeField(_("登録した時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = BodyQuerySet.as_manager()

    class Privacy:
        public = ("public_id", "name", "purpose", "position", "is_active")
        internal = (
            "organizations",
            "audience",
            "named_audience",
            "labels_audience",
            "created_at",
            "updated_at",
        )
        personal = ()

    class Meta:
        verbose_name = _("会議体")
        verbose_name_plural = _("会議体")
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    audience__in=Audience.values,
                    named_audience__in=Audience.values,
                    labels_audience__in=Audience.values,
                ),
                name="meetings_body_audiences_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SpeakerAlias(models.Model):
    """How the records of one body print somebody, and who that is: learnt once, used by the next import."""

    body = models.ForeignKey(Body, verbose_name=_("会議体"), on_delete=models.CASCADE, related_name="aliases")
    label = models.CharField(_("印刷された呼び名"), max_length=100)  # normalised, without brackets
    speaker = models.CharField(_("姓"), max_length=40, blank=True)
    role = models.CharField(_("役職"), max_length=60, blank=True)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Privacy:
        public = ()
        internal = ("body", "label", "speaker", "role", "organization")
        personal = ()

    class Meta:
        verbose_name = _("発言者の呼び名")
        verbose_name_plural = _("発言者の呼び名")
        ordering = ["body", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "label"],
                name="meetings_speakeralias_once",
                violation_error_message=_("この呼び名は、もう登録されています。"),
            ),
        ]

    def __str__(self) -> str:
        return self.label
