"""The outbox: one row for every mail to every person, from the transaction that causes it until it is gone."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platform_portal.audit.kinds import object_label_of
from platform_portal.identifiers import PublicIdModel
from platform_portal.mail import kinds
from platform_portal.sealing import unseal

SEALED_FOR = "outgoing mail"  # part of the key: never change it
EXPIRED = "Expired"
IN_DOUBT = "InDoubt"
UNWRITABLE = "Unwritable"
# Reasons to give a mail up that say nothing about whether the address works.
NOT_THE_ADDRESS = [EXPIRED, IN_DOUBT, UNWRITABLE]

LATELY = dt.timedelta(days=7)


class MailState(models.TextChoices):
    """Stored keys; never rename one, labels may change."""

    WAITING = "waiting", _("送信待ち")
    SENDING = "sending", _("送信中")
    SENT = "sent", _("送りました")
    FAILED = "failed", _("送り直します")
    GIVEN_UP = "given_up", _("送れませんでした")
    CANCELLED = "cancelled", _("送るのをやめました")


OPEN_STATES = [MailState.WAITING, MailState.FAILED]  # a sender will take them
UNSETTLED_STATES = [*OPEN_STATES, MailState.SENDING]
SETTLED_STATES = [MailState.SENT, MailState.GIVEN_UP, MailState.CANCELLED]


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self, now: dt.datetime) -> "OutgoingMailQuerySet":
        """Those that a sender should take now, the longest waiting first."""
        return self.filter(state__in=OPEN_STATES, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")

    def expired(self, now: dt.datetime) -> "OutgoingMailQuerySet":
        """Not sent, and of no use any more: the link in them is dead."""
        return self.filter(state__in=OPEN_STATES, expires_at__lte=now)

    def abandoned(self, before: dt.datetime) -> "OutgoingMailQuerySet":
        """Taken by a sender that has not been heard of since."""
        return self.filter(state=MailState.SENDING, claimed_at__lt=before)

    def overdue(self, before: dt.datetime) -> "OutgoingMailQuerySet":
        """Their turn was before that, and nobody has sent them: no sender runs, or none reaches the server."""
        return self.filter(state__in=OPEN_STATES, next_attempt_at__lt=before)

    def given_up(self) -> "OutgoingMailQuerySet":
        return self.filter(state=MailState.GIVEN_UP)

    def given_up_lately(self) -> "OutgoingMailQuerySet":
        """Those that somebody may still want to do something about."""
        return self.given_up().filter(created_at__gte=timezone.now() - LATELY)

    def about(self, obj: models.Model) -> "OutgoingMailQuerySet":
        return self.filter(about_type=obj._meta.label_lower, about_id=str(obj.pk))

    def newest_about(self, model: type[models.Model]) -> "OutgoingMailQuerySet":
        """For a Subquery beside the rows of `model`: the last mail about each of them."""
        return self.filter(
            about_type=model._meta.label_lower, about_id=Cast(OuterRef("pk"), models.CharField())
        ).order_by("-pk")[:1]

    def search(self, words: str) -> "OutgoingMailQuerySet":
        """Every word stands in the address of the recipient."""
        found = self
        for word in words.split():
            found = found.filter(Q(address__icontains=word) | Q(to__icontains=word))
        return found

    def with_body_older_than(self, moment: dt.datetime) -> "OutgoingMailQuerySet":
        return self.filter(state__in=SETTLED_STATES, erased_at=None, created_at__lt=moment)

    def failing_addresses(self) -> QuerySet[Any, Any]:
        """Addresses that do not take our mail: {address, failures, last_failed_at}, the latest failure first.

        A mail that has arrived since clears an address.
        """
        arrived = OutgoingMail.objects.filter(
            address=OuterRef("address"), state=MailState.SENT, sent_at__gt=OuterRef("created_at")
        )
        return (
            self.given_up()
            .exclude(last_error__in=NOT_THE_ADDRESS)
            .exclude(address="")  # erased since
            .filter(~Exists(arrived))
            .order_by()
            .values("address")
            .annotate(failures=models.Count("pk"), last_failed_at=models.Max("created_at"))
            .order_by("-last_failed_at", "address")
        )

    def with_address_older_than(self, moment: dt.datetime) -> "OutgoingMailQuerySet":
        return self.filter(state__in=SETTLED_STATES, created_at__lt=moment).exclude(address="").order_by("pk")


class OutgoingMail(PublicIdModel):
    """One mail to one person. Which object it speaks of is kept without a foreign key, as in the audit record.

    A confidential mail (its link opens something) is sealed while it waits and loses its body at once when it
    has been sent; nobody reads it on the desk. `claim` says which run of which sender holds the row;
    `began_at` says that the mail itself may have been handed to the server already.
    """

    kind = models.CharField(_("種類"), max_length=80, default=kinds.OTHER)  # dotted, e.g. members.invitation
    to = models.CharField(_("あて先"), max_length=320)
    address = models.CharField(_("メールアドレス"), max_length=254)  # of `to`, without a name, in lower case
    from_address = models.CharField(_("差出人"), max_length=320)
    subject = models.CharField(_("件名"), max_length=300, blank=True)
    text = models.TextField(_("本文"), blank=True)
    html = models.TextField(_("本文（HTML）"), blank=True)
    headers = models.JSONField(_("ヘッダー"), default=dict, blank=True)
    files = models.JSONField(_("添付ファイル"), default=list, blank=True)  # platform_portal.mail.files
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    is_confidential = models.BooleanField(_("本文を見せない"), default=True)
    about_type = models.CharField(_("対象の種類"), max_length=80, blank=True)
    about_id = models.CharField(_("対象の番号"), max_length=40, blank=True)

    state = models.CharField(_("状態"), max_length=20, choices=MailState.choices, default=MailState.WAITING)
    created_at = models.DateTimeField(_("作った時刻"), default=timezone.now, editable=False)
    next_attempt_at = models.DateTimeField(_("次に送る時刻"), null=True, blank=True, default=timezone.now)
    expires_at = models.DateTimeField(_("送る意味がなくなる時刻"), null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(_("送信を始めた時刻"), null=True, blank=True, editable=False)
    began_at = models.DateTimeField(_("渡しはじめた時刻"), null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("送った時刻"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("本文を消した時刻"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("送ろうとした回数"), default=0)
    doubts = models.PositiveSmallIntegerField(_("届いたか分からない回数"), default=0)
    last_error = models.CharField(_("最後の失敗"), max_length=80, blank=True)  # class and code, nothing else

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("送ったメール")
        verbose_name_plural = _("送ったメール")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_outgoing_state_known"),
            models.CheckConstraint(
                condition=Q(state=MailState.SENDING, claim__isnull=False, claimed_at__isnull=False)
                | ~Q(state=MailState.SENDING) & Q(claim=None, claimed_at=None, began_at=None),
                name="mail_outgoing_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | ~Q(state=MailState.SENT) & Q(sent_at=None),
                name="mail_outgoing_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNSETTLED_STATES, next_attempt_at__isnull=False)
                | Q(state__in=SETTLED_STATES, next_attempt_at=None),
                name="mail_outgoing_unsettled_has_a_turn",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(state__in=SETTLED_STATES, text="", html=""),
                name="mail_outgoing_erased_is_settled_and_empty",
            ),
            models.CheckConstraint(
                condition=Q(is_confidential=False)
                | ~Q(state__in=[MailState.SENT, MailState.CANCELLED])
                | Q(erased_at__isnull=False),
                name="mail_outgoing_confidential_is_erased",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], name="mail_outgoing_due", condition=Q(state__in=OPEN_STATES)
            ),
            models.Index(
                fields=["claimed_at"], name="mail_outgoing_claimed", condition=Q(state=MailState.SENDING)
            ),
            models.Index(fields=["-created_at", "-id"], name="mail_outgoing_newest"),
            models.Index(fields=["about_type", "about_id", "-id"], name="mail_outgoing_about"),
            models.Index(
                fields=["address", "-created_at"],
                name="mail_outgoing_given_up",
                condition=Q(state=MailState.GIVEN_UP),
            ),
            models.Index(
                fields=["address", "sent_at"], name="mail_outgoing_arrived", condition=Q(state=MailState.SENT)
            ),
        ]

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "public_id",
            "kind",
            "from_address",
            "files",
            "message_id",
            "is_confidential",
            "about_type",
            "about_id",
            "state",
            "created_at",
            "next_attempt_at",
            "expires_at",
            "claim",
            "claimed_at",
            "began_at",
            "sent_at",
            "erased_at",
            "attempts",
            "doubts",
            "last_error",
        )
        personal = ("to", "address", "subject", "text", "html", "headers")
        known_by = ("address",)

        @staticmethod
        def withheld_of(mail: "OutgoingMail") -> set[str]:
            """The HTML says what the text says; a confidential body is sealed and opens something."""
            return {"text", "html"} if mail.is_confidential else {"html"} if mail.text else set()

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    # Named as Django names them for fields with choices: the words for people, e.g. in the export of somebody's data.
    def get_kind_display(self) -> str:
        return kinds.label_of(self.kind)

    def get_about_type_display(self) -> str:
        return object_label_of(self.about_type)

    def bodies(self) -> tuple[str, str]:
        """(text, HTML) as they were given. Raises cryptography.fernet.InvalidToken."""
        if not self.is_confidential:
            return self.text, self.html
        return self._unsealed(self.text), self._unsealed(self.html)

    def _unsealed(self, body: str) -> str:
        return unseal(body, purpose=SEALED_FOR) if body else ""
