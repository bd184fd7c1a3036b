"""送達: one row for every address of every issue, from the freeze to the last word about it. The ledger.

| state      | means                                                             | who moves it on        |
|------------|-------------------------------------------------------------------|------------------------|
| queued     | frozen, nobody has taken it                                       | a sender claims it     |
| claimed    | a sender holds it                                                 | that sender, or reaper |
| sending    | committed before the server hears of it                           | that sender, or reaper |
| deferred   | not taken this time, or in doubt and to go once more; `next_at`    | a sender claims it     |
| accepted   | the mail server answered 250                                      | nobody                 |
| failed     | the server refused it for good, or its attempts are used up       | nobody                 |
| suppressed | unsubscribed or stopped after the freeze                          | nobody                 |
| cancelled  | the issue was cancelled before its turn                           | nobody                 |
| in_doubt   | nobody knows whether it arrived, and it may not go again          | staff                  |

A bounce that comes back later is an overlay (`bounced_at`): the row stays accepted.
"""

import datetime as dt
import re
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletters.addresses import folded
from newsletters.models.issues import Issue
from newsletters.models.subscribers import Subscriber, Suppression


class DeliveryState(models.TextChoices):
    """Stored keys; never rename one, labels may change."""

    QUEUED = "queued", _("送信待ち")
    CLAIMED = "claimed", _("順番が来ました")
    SENDING = "sending", _("送信中")
    DEFERRED = "deferred", _("あとで送り直します")
    ACCEPTED = "accepted", _("送りました")
    FAILED = "failed", _("送れませんでした")
    SUPPRESSED = "suppressed", _("配信停止のため送りませんでした")
    CANCELLED = "cancelled", _("中止しました")
    IN_DOUBT = "in_doubt", _("届いたか分かりません")


READY_STATES = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
HELD_STATES = (DeliveryState.CLAIMED, DeliveryState.SENDING)
ENDED_STATES = (
    DeliveryState.ACCEPTED,
    DeliveryState.FAILED,
    DeliveryState.SUPPRESSED,
    DeliveryState.CANCELLED,
    DeliveryState.IN_DOUBT,
)


# Part of an address may be part of many: so many of them are looked at, the newest first.
MOST_PEOPLE = 100
_WHOLE_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def ready(self, now: dt.datetime) -> "DeliveryQuerySet":
        return self.filter(state__in=READY_STATES, next_at__lte=now)

    def unsent(self) -> "DeliveryQuerySet":
        """What "send the rest" is about: given up, never accepted. Never those in doubt, nor whom we write to no more:
        an address that does not exist stays among the failed."""
        stopped = Suppression.objects.filter(address=OuterRef("address"))
        return self.filter(~Exists(stopped), state=DeliveryState.FAILED)

    def search(self, words: str) -> "DeliveryQuerySet":
        """By a whole address, or a part of one: that is looked up among the subscribers, who are few beside this."""
        address = folded(words)
        if _WHOLE_ADDRESS.fullmatch(address):
            return self.filter(address=address)
        people = Subscriber.objects.filter(address__contains=address).order_by("-pk")[:MOST_PEOPLE]
        return self.filter(address__in=list(people.values_list("address", flat=True)))


class Delivery(models.Model):
    """`token` says which run of which sender holds the row. `reply`: class and code of the server's answer, never its
    words, which quote addresses."""

    issue = models.ForeignKey(
        Issue,
        verbose_name=_("号"),
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_index=False,  # see newsletters_delivery_issue
    )
    subscriber = models.ForeignKey(
        Subscriber,
        verbose_name=_("購読者"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    address = models.EmailField(_("メールアドレス"), blank=True)  # empty: erased since
    message_id = models.CharField("Message-ID", max_length=200)
    state = models.CharField(
        _("状態"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("送ろうとした回数"), default=0)
    doubts = models.PositiveSmallIntegerField(_("届いたか分からない回数"), default=0)
    token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until_at = models.DateTimeField(_("持っていられる時刻"), null=True, blank=True, editable=False)
    next_at = models.DateTimeField(_("次に送る時刻"), null=True, blank=True, default=timezone.now)
    smtp_code = models.PositiveSmallIntegerField(_("サーバーの答え"), null=True, blank=True)
    reply = models.CharField(_("最後の失敗"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("あて先に入れた時刻"), default=timezone.now, editable=False)
    began_at = models.DateTimeField(_("渡しはじめた時刻"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("送った時刻"), null=True, blank=True, editable=False)
    bounced_at = models.DateTimeField(_("戻ってきた時刻"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = DeliveryQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "issue",
            "message_id",
            "state",
            "attempts",
            "doubts",
            "token",
            "lease_until_at",
            "next_at",
            "smtp_code",
            "reply",
            "created_at",
            "began_at",
            "accepted_at",
            "bounced_at",
        )
        personal = ("subscriber", "address")
        known_by = ("address",)

    class Meta:
        verbose_name = _("送達")
        verbose_name_plural = _("送達")
        ordering = ["issue", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="newsletters_delivery_state_known"
            ),
            models.UniqueConstraint(fields=["message_id"], name="newsletters_delivery_message_once"),
            models.UniqueConstraint(fields=["issue", "subscriber"], name="newsletters_delivery_reader_once"),
            models.UniqueConstraint(
                fields=["issue", "address"],
                condition=~Q(address=""),
                name="newsletters_delivery_address_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HELD_STATES, token__isnull=False, lease_until_at__isnull=False)
                | ~Q(state__in=HELD_STATES) & Q(token=None, lease_until_at=None),
                name="newsletters_delivery_held_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.ACCEPTED, accepted_at__isnull=False)
                | ~Q(state=DeliveryState.ACCEPTED) & Q(accepted_at=None),
                name="newsletters_delivery_accepted_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=READY_STATES) | Q(next_at__isnull=False),
                name="newsletters_delivery_ready_has_a_turn",
            ),
        ]
        indexes = [
            models.Index(
                fields=["issue", "next_at", "id"],
                name="newsletters_delivery_ready",
                condition=Q(state__in=READY_STATES),
            ),
            models.Index(
                fields=["lease_until_at"],
                name="newsletters_delivery_held",
                condition=Q(state__in=HELD_STATES),
            ),
            models.Index(fields=["issue", "state", "id"], name="newsletters_delivery_ledger"),
            models.Index(fields=["issue", "id"], name="newsletters_delivery_issue"),
            models.Index(fields=["address", "-id"], name="newsletters_delivery_address"),
            models.Index(
                fields=["issue"],
                name="newsletters_delivery_doubtful",
                condition=Q(state=DeliveryState.IN_DOUBT),
            ),
            models.Index(
                fields=["issue"],
                name="newsletters_delivery_bounced",
                condition=Q(bounced_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class BounceKind(models.TextChoices):
    HARD = "hard", _("あて先がない")
    SOFT = "soft", _("一時的に届かない")
    COMPLAINT = "complaint", _("迷惑メールとして届け出た")
    OTHER = "other", _("アドレスのせいではない")  # our own fault: too large, unwanted words, a name on a list


class Bounce(models.Model):
    """A notice that an accepted mail did not arrive. `fingerprint` lets the same notice count once."""

    delivery = models.ForeignKey(
        Delivery,
        verbose_name=_("送達"),
        on_delete=models.CASCADE,
        related_name="bounces",
    )
    kind = models.CharField(_("種類"), max_length=10, choices=BounceKind.choices)
    status = models.CharField(_("状態の番号"), max_length=12, blank=True)  # RFC 3463, e.g. 5.1.1
    received_at = models.DateTimeField(_("受け取った時刻"), default=timezone.now, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("kind", "status", "received_at", "fingerprint")
        personal = ("delivery",)
        known_by = ("delivery__address",)

    class Meta:
        verbose_name = _("戻ってきた知らせ")
        verbose_name_plural = _("戻ってきた知らせ")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BounceKind.values), name="newsletters_bounce_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.status}"


class Pace(models.Model):
    """One row for each mail server: how many mails may leave now, and until when it is left alone.

    In the database, so that a restart or a second machine does not begin anew.
    """

    name = models.CharField(_("どのサーバー"), max_length=40, unique=True)
    allowance = models.FloatField(_("いま送ってよい通数"), default=0)
    refilled_at = models.DateTimeField(_("数え直した時刻"), default=timezone.now)
    failures = models.PositiveSmallIntegerField(_("続けてつながらなかった回数"), default=0)
    rests_until_at = models.DateTimeField(_("休む時刻"), null=True, blank=True)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("name", "allowance", "refilled_at", "failures", "rests_until_at")
        personal = ()

    class Meta:
        verbose_name = _("送る速さ")
        verbose_name_plural = _("送る速さ")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
