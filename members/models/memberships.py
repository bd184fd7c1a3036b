"""担当者: who acts for which organisation."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.organizations import Organization, OrganizationState


class MembershipRole(models.TextChoices):
    """Stored keys; never rename one. A manager may also do what an editor may, an editor what a viewer may."""

    MANAGER = "manager", _("管理担当")
    EDITOR = "editor", _("編集担当")
    VIEWER = "viewer", _("閲覧のみ")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        return self.filter(ended_at=None)

    def ended_by_leaving(self) -> "MembershipQuerySet":
        """Those whose organisation has left; the person may have gone before it did."""
        return self.exclude(ended_at=None).filter(organization__state=OrganizationState.LEFT)

    def contacts(self) -> "MembershipQuerySet":
        """Whom the office writes to: people of today who want it and can sign in, of members of today."""
        return self.current().filter(
            is_contact=True, user__is_active=True, organization__in=Organization.objects.active()
        )

    def managers(self) -> "MembershipQuerySet":
        return self.current().filter(role=MembershipRole.MANAGER)

    def for_list(self) -> "MembershipQuerySet":
        """With the people, managers first."""
        rank = Case(
            When(role=MembershipRole.MANAGER, then=0), When(role=MembershipRole.EDITOR, then=1), default=2
        )
        return self.select_related("user", "organization").order_by(rank, "user__name", "pk")


class Membership(models.Model):
    """One person acts for one organisation; the row stays when it ends, so that the record can be read."""

    organization = models.ForeignKey(
        Organization, verbose_name=_("会員団体"), on_delete=models.PROTECT, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("担当者"),
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    role = models.CharField(_("担当の権限"), max_length=8, choices=MembershipRole.choices)
    is_contact = models.BooleanField(_("事務局からの連絡を受ける"), default=True)
    started_at = models.DateTimeField(_("始まった時刻"), default=timezone.now, editable=False)
    # Ended by somebody, or, with an erasure, by the portal itself: the audit record knows who.
    ended_at = models.DateTimeField(_("終わった時刻"), null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Privacy:
        public = ()
        internal = ("organization", "role", "is_contact", "started_at", "ended_at")
        personal = ("user",)

    class Meta:
        verbose_name = _("担当者")
        verbose_name_plural = _("担当者")
        ordering = ["organization", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=MembershipRole.values), name="members_membership_role_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")),
                name="members_membership_times_ordered",
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=Q(ended_at=None),
                name="members_membership_once",
                violation_error_message=_("この人は、すでにこの団体の担当者です。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.user}"

    @property
    def is_manager(self) -> bool:
        return self.role == MembershipRole.MANAGER

    @property
    def may_edit(self) -> bool:
        return self.role in {MembershipRole.MANAGER, MembershipRole.EDITOR}
