"""What two organisations say to each other about an offer."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.board.offers import Offer
from members.models.memberships import Membership, MembershipRole
from members.models.organizations import Organization
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired

MESSAGE_LENGTH = 2_000


class ConversationQuerySet(QuerySet["Conversation"]):
    def open(self) -> "ConversationQuerySet":
        return self.filter(closed_at=None)

    def of(self, organizations: Any) -> "ConversationQuerySet":
        return self.filter(
            Exists(
                ConversationParty.objects.filter(conversation=OuterRef("pk"), organization__in=organizations)
            )
        )

    def taken_part_in_by(self, user: Any) -> "ConversationQuerySet":
        """Those of the organisations that `user` writes for today. Fetching is authorising: others are not found."""
        return self.of(writes_for(user))

    def acted_for_by(self, user: Any) -> "ConversationQuerySet":
        """As above, also of organisations that `user` may only look at: to say why they cannot be read."""
        return self.of(Organization.objects.acted_for_by(user))

    def for_list(self) -> "ConversationQuerySet":
        return self.select_related("offer__organization", "asker").order_by("-last_message_at", "-pk")


def writes_for(user: Any) -> Any:
    """Organisations of today that `user` is a manager or an editor of."""
    acting = Membership.objects.current().filter(
        user=user, role__in=[MembershipRole.MANAGER, MembershipRole.EDITOR]
    )
    return Organization.objects.active().filter(pk__in=acting.values("organization"))


class Conversation(PublicIdModel):
    """Two organisations talk about an offer. Read by those who write for either of them, and by nobody else.

    Staff may read it only while one of the two has asked the secretariat to look at it (`BoardReport`).
    """

    offer = models.ForeignKey(
        Offer, verbose_name=_("掲示"), on_delete=models.PROTECT, related_name="conversations"
    )
    asker = models.ForeignKey(
        Organization, verbose_name=_("話を聞きたい団体"), on_delete=models.PROTECT, related_name="+"
    )
    # Brought together by the secretariat: the other offer, the asker's own.
    matched_offer = models.ForeignKey(
        Offer,
        verbose_name=_("引き合わせた掲示"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    begun_at = models.DateTimeField(_("始めた時刻"), default=timezone.now, editable=False)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("始めた人"),
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
    )
    last_message_at = models.DateTimeField(_("最後のメッセージの時刻"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("終えた時刻"), null=True, blank=True, editable=False)
    closed_by = actor(_("終えた人"))

    objects: ClassVar = ConversationQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "public_id",
            "offer",
            "asker",
            "matched_offer",
            "begun_at",
            "begun_by",
            "last_message_at",
            "closed_at",
            "closed_by",
        )
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("やりとり")
        verbose_name_plural = _("やりとり")
        ordering = ["-last_message_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "asker"],
                condition=Q(closed_at=None),
                name="members_conversation_one_open",
                violation_error_message=_("この掲示についてのやりとりは、もう始まっています。"),
            ),
            models.CheckConstraint(
                condition=paired("closed_at", "closed_by"), name="members_conversation_closed_pair"
            ),
            models.CheckConstraint(
                condition=~Q(offer=F("matched_offer")), name="members_conversation_two_offers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def organizations(self) -> tuple[Organization, Organization]:
        """Who put the offer up, and who asks."""
        return self.offer.organization, self.asker

    def other_than(self, organization: Organization) -> Organization:
        owner, asker = self.organizations
        return asker if organization == owner else owner


class ConversationPartyQuerySet(QuerySet["ConversationParty"]):
    def with_unread(self) -> "ConversationPartyQuerySet":
        """With `unread`: how many messages of others the organisation has not opened."""
        counted = _news().order_by().values("conversation").annotate(count=Count("pk")).values("count")
        return self.annotate(unread=Coalesce(Subquery(counted), 0))

    def unread_of(self, organizations: Collection[int]) -> "ConversationPartyQuerySet":
        return self.filter(Exists(_news()), organization__in=organizations)

    def to_tell(self, before: dt.datetime) -> "ConversationPartyQuerySet":
        """Those for whom something waits that no mail has told them of, and whose last mail is older than `before`."""
        since = _news().filter(written_at__gt=OuterRef("mailed_at"))
        return self.filter(
            Q(mailed_at=None) & Exists(_news()) | Q(mailed_at__lte=before) & Exists(since),
            conversation__closed_at=None,
        )


def _news() -> "QuerySet[BoardMessage]":
    """For a subquery on parties: what others wrote and the organisation has not opened."""
    return BoardMessage.objects.filter(
        Q(organization=None) | ~Q(organization=OuterRef("organization")),
        conversation=OuterRef("conversation"),
        written_at__gt=OuterRef("read_at"),
    )


class ConversationParty(models.Model):
    """One of the two organisations: what it has read, and when it was last told by mail."""

    conversation = models.ForeignKey(
        Conversation, verbose_name=_("やりとり"), on_delete=models.CASCADE, related_name="parties"
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        related_name="conversation_parties",
    )
    read_at = models.DateTimeField(_("読んだ時刻"), default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(_("メールで知らせた時刻"), null=True, blank=True, editable=False)

    objects: ClassVar = ConversationPartyQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("conversation", "organization", "read_at", "mailed_at")
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("やりとりの相手")
        verbose_name_plural = _("やりとりの相手")
        ordering = ["conversation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "organization"], name="members_conversationparty_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} {self.organization}"


class BoardMessage(models.Model):
    """Text only. Without an organisation it was written by the secretariat, which brought two together."""

    conversation = models.ForeignKey(
        Conversation, verbose_name=_("やりとり"), on_delete=models.CASCADE, related_name="messages"
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("書いた団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("書いた人"), on_delete=models.PROTECT, related_name="+"
    )
    # A text field of its own accord minds its length only in forms.
    text = models.TextField(
        _("メッセージ"), max_length=MESSAGE_LENGTH, validators=[MaxLengthValidator(MESSAGE_LENGTH)]
    )
    written_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    # Of the form it was written in: the same form sent twice makes one message.
    form_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("conversation", "organization", "text", "written_at", "form_id")
        personal = ("author",)
        free_text = ("text",)

    class Meta:
        verbose_name = _("メッセージ")
        verbose_name_plural = _("メッセージ")
        ordering = ["written_at", "pk"]
        indexes = [models.Index(fields=["conversation", "written_at"], name="members_boardmessage_order")]

    def __str__(self) -> str:
        return f"{self.conversation} {self.pk}"


class BoardReportQuerySet(QuerySet["BoardReport"]):
    def waiting(self) -> "BoardReportQuerySet":
        return self.filter(handled_at=None)

    def for_list(self) -> "BoardReportQuerySet":
        return self.select_related(
            "organization",
            "reported_by",
            "handled_by",
            "conversation__offer__organization",
            "conversation__asker",
        ).order_by(F("handled_at").desc(nulls_first=True), "reported_at", "pk")


class BoardReport(models.Model):
    """「事務局に知らせる」: opens one conversation to staff until somebody has dealt with it."""

    conversation = models.ForeignKey(
        Conversation, verbose_name=_("やりとり"), on_delete=models.PROTECT, related_name="reports"
    )
    organization = models.ForeignKey(
        Organization, verbose_name=_("知らせた団体"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("知らせたいこと"), max_length=500)
    reported_at = models.DateTimeField(_("知らせた時刻"), default=timezone.now, editable=False)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("知らせた人"),
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
    )
    handled_at = models.DateTimeField(_("対応した時刻"), null=True, blank=True, editable=False)
    handled_by = actor(_("対応した人"))
    resolution = models.CharField(_("対応したこと"), max_length=500, blank=True)

    objects: ClassVar = BoardReportQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "conversation",
            "organization",
            "reason",
            "reported_at",
            "handled_at",
            "handled_by",
            "resolution",
        )
        personal = ("reported_by",)
        free_text = ("reason", "resolution")
        withheld = ("resolution",)

    class Meta:
        verbose_name = _("やりとりについての知らせ")
        verbose_name_plural = _("やりとりについての知らせ")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "organization"],
                condition=Q(handled_at=None),
                name="members_boardreport_one_open",
                violation_error_message=_("このやりとりは、もう事務局に知らせてあります。"),
            ),
            models.CheckConstraint(
                condition=paired("handled_at", "handled_by"), name="members_boardreport_handled_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} {self.organization}"
