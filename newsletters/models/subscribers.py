"""購読者: who asked for what, in which words they were asked, and whom we write to no more."""

import datetime as dt
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Organization
from newsletters.addresses import fingerprints_of, folded
from newsletters.models.newsletters import Newsletter, Readership
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired

LONGEST_CONSENT_TEXT = 2_000


class SubscriberState(models.TextChoices):
    """Stored keys; never rename one, labels may change."""

    UNCONFIRMED = "unconfirmed", _("確認待ち")
    CONFIRMED = "confirmed", _("登録済み")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def reachable(self) -> "SubscriberQuerySet":
        """Confirmed, and not on the list of those we write to no more."""
        stopped = Suppression.objects.filter(address=OuterRef("address"))
        return self.filter(~Exists(stopped), state=SubscriberState.CONFIRMED)

    def search(self, words: str) -> "SubscriberQuerySet":
        """By a part of the address."""
        plain = folded(words)
        return self.filter(address__contains=plain) if plain else self

    def who_read_at(self, moment: dt.datetime) -> "SubscriberQuerySet":
        """Each once, whatever they subscribed to. Whoever was erased since is not known any more."""
        subscribed = Subscription.objects.running_at(moment).filter(subscriber=OuterRef("pk"))
        stopped = Suppression.objects.filter(address=OuterRef("address"), created_at__lte=moment)
        return self.filter(~Exists(stopped), Exists(subscribed), confirmed_at__lte=moment)

    def reading(self, newsletter: Newsletter) -> "SubscriberQuerySet":
        """Who gets the next issue: one that is for members goes only to those of a body that belongs to us, and to
        nobody whose account was stopped."""
        wanted = Subscription.objects.current().filter(subscriber=OuterRef("pk"), newsletter=newsletter)
        found = self.reachable().filter(Exists(wanted))
        if newsletter.readership == Readership.MEMBERS:
            members = found.filter(organization__in=Organization.objects.active())
            return members.exclude(user__is_active=False)
        return found


class Subscriber(PublicIdModel):
    """One address. `link_version` makes the links of earlier mails useless when it is raised."""

    address = models.EmailField(_("メールアドレス"), unique=True)  # in lower case
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="subscribers",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("アカウント"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="subscriber",
    )
    state = models.CharField(
        _("状態"),
        max_length=11,
        choices=SubscriberState.choices,
        default=SubscriberState.UNCONFIRMED,
        editable=False,
    )
    link_version = models.PositiveIntegerField(default=1, editable=False)
    soft_bounces = models.PositiveSmallIntegerField(_("続けて届かなかった回数"), default=0, editable=False)
    created_at = models.DateTimeField(_("申し込んだ時刻"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("確かめた時刻"), null=True, blank=True, editable=False)
    newsletters: "models.ManyToManyField[Newsletter, Subscription]" = models.ManyToManyField(
        Newsletter, verbose_name=_("メルマガ"), through="Subscription", related_name="subscribers"
    )

    objects: ClassVar[Any] = SubscriberQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "public_id",
            "state",
            "link_version",
            "soft_bounces",
            "created_at",
            "confirmed_at",
        )
        personal = ("address", "organization", "user", "newsletters")
        known_by = ("address",)

    class Meta:
        verbose_name = _("購読者")
        verbose_name_plural = _("購読者")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=SubscriberState.values), name="newsletters_subscriber_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=SubscriberState.UNCONFIRMED, confirmed_at=None)
                | Q(state=SubscriberState.CONFIRMED, confirmed_at__isnull=False),
                name="newsletters_subscriber_confirmed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(address__regex=r"^[^\sA-Z]+@[^\sA-Z]+$"),
                name="newsletters_subscriber_address_in_lower_case",
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="newsletters_subscriber_newest")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_of_a_member(self) -> bool:
        """As `reading()` asks of those who get what is for members."""
        is_stopped = self.user is not None and not self.user.is_active
        return self.organization is not None and self.organization.is_active and not is_stopped


class HowEnded(models.TextChoices):
    ONE_CLICK = "one_click", _("メールの「配信停止」から")
    PAGE = "page", _("配信停止のページから")
    STAFF = "staff", _("職員が")
    BOUNCE = "bounce", _("届かないため")
    LEFT = "left", _("退会のため")
    COMPLAINT = "complaint", _("迷惑メールとして届け出たため")


# Ended without a word of the reader, who may get these again.
_NOT_BY_WILL = (HowEnded.LEFT, HowEnded.BOUNCE)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def current(self) -> "SubscriptionQuerySet":
        return self.filter(ended_at=None)

    def ended_by_will(self) -> "SubscriptionQuerySet":
        """Nothing brings these back but another word of their readers."""
        return self.exclude(ended_at=None).exclude(how_ended__in=_NOT_BY_WILL)

    def running_at(self, moment: dt.datetime) -> "SubscriptionQuerySet":
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=moment), began_at__lte=moment)

    def current_of(self, subscriber: "Subscriber") -> Any:
        """Keys of the newsletters that it gets."""
        return self.current().filter(subscriber=subscriber).values("newsletter")


class Subscription(models.Model):
    """That an address gets a newsletter, from when until when. An ended row stays: it proves that we stopped."""

    subscriber = models.ForeignKey(
        Subscriber, verbose_name=_("購読者"), on_delete=models.CASCADE, related_name="subscriptions"
    )
    newsletter = models.ForeignKey(
        Newsletter, verbose_name=_("メルマガ"), on_delete=models.PROTECT, related_name="subscriptions"
    )
    began_at = models.DateTimeField(_("始めた時刻"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("終えた時刻"), null=True, blank=True, editable=False)
    how_ended = models.CharField(
        _("終え方"), max_length=10, choices=HowEnded.choices, blank=True, editable=False
    )

    objects: ClassVar[Any] = SubscriptionQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("newsletter", "began_at", "ended_at", "how_ended")
        personal = ("subscriber",)
        known_by = ("subscriber__address",)

    class Meta:
        verbose_name = _("購読")
        verbose_name_plural = _("購読")
        ordering = ["subscriber", "newsletter", "-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "newsletter"],
                condition=Q(ended_at=None),
                name="newsletters_subscription_current_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, how_ended="")
                | Q(ended_at__isnull=False, how_ended__in=HowEnded.values),
                name="newsletters_subscription_ended_somehow",
            ),
        ]
        indexes = [
            models.Index(
                fields=["newsletter", "subscriber"],
                name="newsletters_subscr_current",
                condition=Q(ended_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.newsletter_id} {self.subscriber_id}"


class ConsentText(models.Model):
    """The words under which people subscribe, each version as it was shown. A version never changes."""

    version = models.PositiveIntegerField(_("版"), unique=True)
    text = models.TextField(
        _("文章"), max_length=LONGEST_CONSENT_TEXT, validators=[MaxLengthValidator(LONGEST_CONSENT_TEXT)]
    )
    created_at = models.DateTimeField(_("作った時刻"), default=timezone.now, editable=False)
    written_at = models.DateTimeField(_("書いた時刻"), null=True, blank=True, editable=False)
    written_by = actor(_("書いた人"))  # empty: came with the portal

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ("version", "text")
        internal = ("created_at", "written_at", "written_by")
        personal = ()

    class Meta:
        verbose_name = _("登録のときの文章")
        verbose_name_plural = _("登録のときの文章")
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=paired("written_at", "written_by"), name="newsletters_consenttext_written_pair"
            )
        ]
        triggers = [pgtrigger.Protect(name="keep_the_words", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"第{self.version}版"


class HowAsked(models.TextChoices):
    FORM = "form", _("申し込みの画面")
    IMPORT = "import", _("名簿の取り込み")
    CHARTER = "charter", _("入会のときの設置要綱")
    STAFF = "staff", _("職員が本人から聞いて")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def open(self) -> "ConsentQuerySet":
        """Asked for by form, and the mail's link was not opened yet."""
        return self.filter(confirmed_at=None)


class Consent(PublicIdModel):
    """Proof that somebody wants to be written to: in which words, when, how; confirmed when the mail's link was used.

    `proof`: for an import or what staff heard, where the consent can be looked up.
    """

    subscriber = models.ForeignKey(
        Subscriber, verbose_name=_("購読者"), on_delete=models.CASCADE, related_name="consents"
    )
    newsletters = models.ManyToManyField(Newsletter, verbose_name=_("メルマガ"), related_name="+")
    how = models.CharField(_("どのように"), max_length=10, choices=HowAsked.choices)
    text = models.ForeignKey(
        ConsentText,
        verbose_name=_("示した文章"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    proof = models.CharField(_("同意の記録のありか"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("申し込んだ時刻"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("確かめた時刻"), null=True, blank=True, editable=False)
    entered_by = actor(_("入れた人"))
    entered_at = models.DateTimeField(_("入れた時刻"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = ConsentQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("public_id", "how", "text", "asked_at", "confirmed_at", "entered_by", "entered_at")
        personal = ("subscriber", "newsletters", "proof")
        free_text = ("proof",)
        known_by = ("subscriber__address",)

    class Meta:
        verbose_name = _("同意の記録")
        verbose_name_plural = _("同意の記録")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(how__in=HowAsked.values), name="newsletters_consent_how_known"
            ),
            models.CheckConstraint(
                condition=~Q(how=HowAsked.FORM) | Q(text__isnull=False),
                name="newsletters_consent_form_has_its_text",
            ),
            models.CheckConstraint(
                condition=~Q(how__in=[HowAsked.IMPORT, HowAsked.STAFF]) | ~Q(proof=""),
                name="newsletters_consent_entered_with_proof",
                violation_error_message=_("同意の記録がどこにあるかを書いてください。"),
            ),
            models.CheckConstraint(
                condition=paired("entered_at", "entered_by"), name="newsletters_consent_entered_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_how_display()} {self.asked_at:%Y-%m-%d}"


class SuppressionReason(models.TextChoices):
    HARD_BOUNCE = "hard_bounce", _("あて先がない")
    SOFT_BOUNCES = "soft_bounces", _("続けて届かない")
    COMPLAINT = "complaint", _("迷惑メールとして届け出た")
    STAFF = "staff", _("職員が止めた")


# Those that an address is freed from once its reader opens a link that we mailed there: it works again.
NOT_REACHED = (SuppressionReason.HARD_BOUNCE, SuppressionReason.SOFT_BOUNCES)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def of(self, address: str) -> "SuppressionQuerySet":
        """Also when the address was erased since: its fingerprint stands for it."""
        return self.filter(fingerprint__in=fingerprints_of(address))

    def search(self, words: str) -> "SuppressionQuerySet":
        """By a part of the address, or by a whole one that was erased since."""
        plain = folded(words)
        if not plain:
            return self
        return self.filter(Q(address__contains=plain) | Q(fingerprint__in=fingerprints_of(plain)))


class Suppression(PublicIdModel):
    """An address that no newsletter goes to, whatever it subscribes to. Lifted by deleting the row, on record.

    `fingerprint`: what stays when the address itself is erased, so that the person is still left in peace.
    """

    address = models.EmailField(_("メールアドレス"), blank=True)  # in lower case; empty: erased since
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.CharField(_("わけ"), max_length=12, choices=SuppressionReason.choices)
    note = models.CharField(_("メモ"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("入れた時刻"), default=timezone.now, editable=False)
    stopped_at = models.DateTimeField(_("職員が止めた時刻"), null=True, blank=True, editable=False)
    stopped_by = actor(_("止めた職員"))  # empty: the portal did

    objects: ClassVar[Any] = SuppressionQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("public_id", "fingerprint", "reason", "created_at", "stopped_at", "stopped_by")
        personal = ("address", "note")
        free_text = ("note",)
        withheld = ("note",)
        known_by = ("address",)

    class Meta:
        verbose_name = _("配信を止めたアドレス")
        verbose_name_plural = _("配信を止めたアドレス")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=SuppressionReason.values), name="newsletters_suppression_reason_known"
            ),
            models.CheckConstraint(
                condition=paired("stopped_at", "stopped_by"), name="newsletters_suppression_stopped_pair"
            ),
            models.UniqueConstraint(
                fields=["address"], condition=~Q(address=""), name="newsletters_suppression_address_once"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
