"""連絡手段: one way of reaching a window."""

from collections.abc import Iterable
from hashlib import sha256
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.kinds import LINK_KINDS, LIVE_KINDS, TELEPHONE_KINDS, ChannelKind
from consultations.models.window import ConsultationWindow


class Toll(models.TextChoices):
    FREE = "free", _("通話無料")
    CHARGED = "charged", _("通話料がかかります")
    NAVI = "navi", _("ナビダイヤル（通話料がかかり、かけ放題の対象外です）")
    UNKNOWN = "unknown", _("通話料は分かりません")


class ScheduleManager(models.Manager["Schedule"]):
    def keys_of(self, rules: Iterable[str]) -> dict[str, int]:
        """Key by rule, adding the rules that are new. An empty rule has no key."""
        digests = {digest_of(rule): rule for rule in rules if rule}
        self.bulk_create(
            [Schedule(rule=rule, digest=digest) for digest, rule in digests.items()], ignore_conflicts=True
        )
        found = self.filter(digest__in=digests).values_list("digest", "pk")
        return {digests[digest]: key for digest, key in found}


def digest_of(rule: str) -> str:
    return sha256(rule.encode()).hexdigest()[:32]


class Schedule(models.Model):
    """One rule of hours that any number of channels share, so that it is evaluated once for all of them."""

    rule = models.CharField(_("規則"), max_length=4000)
    digest = models.CharField(max_length=32, unique=True, editable=False)

    objects = ScheduleManager()

    class Privacy:
        public = ("rule", "digest")
        internal: tuple[str, ...] = ()
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("受付時間の型")
        verbose_name_plural = _("受付時間の型")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.rule


class ChannelQuerySet(models.QuerySet["Channel"]):
    def speaking(self, language: str) -> Self:
        """Channels on which `language` (BCP 47) is spoken: their own word, else the window's. All without one."""
        if not language:
            return self
        return self.filter(
            Q(languages__contains=[language]) | Q(languages=[], window__languages__contains=[language])
        )


class Channel(models.Model):
    window = models.ForeignKey(
        ConsultationWindow, verbose_name=_("相談窓口"), on_delete=models.CASCADE, related_name="channels"
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    kind = models.CharField(_("種類"), max_length=10, choices=ChannelKind.choices)
    value = models.CharField(_("番号・アドレス"), max_length=300, blank=True)
    digits = models.CharField(_("番号（記号なし）"), max_length=20, blank=True, editable=False)
    toll = models.CharField(_("通話料"), max_length=8, choices=Toll.choices, default=Toll.UNKNOWN)
    accepts_ip_phone = models.BooleanField(_("IP電話からかけられる"), null=True, blank=True)
    reach_note = models.CharField(_("つながる範囲"), max_length=200, blank=True)
    opening_hours = models.CharField(_("受付時間の規則"), max_length=1000, blank=True)
    hours_text = models.CharField(_("受付時間（公表された文）"), max_length=500, blank=True)
    is_by_appointment = models.BooleanField(_("予約制"), default=False)
    languages = ArrayField(
        models.CharField(max_length=12), verbose_name=_("使える言語"), default=list, blank=True
    )
    note = models.CharField(_("メモ"), max_length=300, blank=True)
    # The rule that decides "open now": own hours or the window's, with year-end closure, dated exceptions and
    # period of validity written into it. Kept by indexing.refresh_derived(), with `schedule` beside it.
    effective_hours = models.CharField(max_length=4000, blank=True, editable=False)
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="channels"
    )
    takes_appointments_only = models.BooleanField(default=False, editable=False)

    objects: ClassVar = ChannelQuerySet.as_manager()

    class Privacy:
        public = (
            "window",
            "position",
            "kind",
            "value",
            "digits",
            "toll",
            "accepts_ip_phone",
            "reach_note",
            "opening_hours",
            "hours_text",
            "is_by_appointment",
            "languages",
            "note",
            "effective_hours",
            "schedule",
            "takes_appointments_only",
        )
        internal: tuple[str, ...] = ()
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("連絡手段")
        verbose_name_plural = _("連絡手段")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ChannelKind.values), name="consultations_channel_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(toll__in=Toll.values), name="consultations_channel_toll_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=list(TELEPHONE_KINDS)) | ~Q(digits=""),
                name="consultations_channel_phone_has_digits",
                violation_error_message=_("電話と FAX には番号が必要です。"),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=list(LINK_KINDS)) | Q(value="") | Q(value__startswith="https://"),
                name="consultations_channel_link_https",
                violation_error_message=_("LINE・チャット・入力欄のアドレスは https:// で始めてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}".strip()

    @property
    def href(self) -> str:
        """Link target, or an empty string when there is nothing to follow."""
        if self.kind == ChannelKind.PHONE:
            return "tel:" + self.digits.replace("#", "%23")
        if self.kind == ChannelKind.EMAIL and self.value:
            return "mailto:" + self.value
        return self.value if self.kind in LINK_KINDS else ""

    @property
    def is_live(self) -> bool:
        """True when somebody answers at once, so that "open now" means something."""
        return self.kind in LIVE_KINDS
