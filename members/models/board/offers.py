"""What member organisations can give and what they look for."""

import datetime as dt
from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.organizations import Organization
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.japanese.text import normalize
from platform_portal.region.models import Municipality

USUAL_MONTHS = 6
LONGEST_DAYS = 366
"""An offer stands for half a year unless somebody says otherwise, and for a year at most."""
NOTICE_DAYS = 14
"""So many days before its end an organisation is told that an offer of its own will end."""


class OfferSide(models.TextChoices):
    GIVE = "give", _("提供できること")
    NEED = "need", _("求めていること")

    @property
    def other(self) -> "OfferSide":
        return OfferSide.NEED if self == OfferSide.GIVE else OfferSide.GIVE


class OfferResource(models.TextChoices):
    PEOPLE = "people", _("人")
    GOODS = "goods", _("物")
    MONEY = "money", _("資金")
    PLACES = "places", _("場所")
    KNOWLEDGE = "knowledge", _("知恵")


class OfferState(models.TextChoices):
    OPEN = "open", _("募集中")
    SETTLED = "settled", _("決まった")
    WITHDRAWN = "withdrawn", _("取り下げた")
    EXPIRED = "expired", _("期限が過ぎた")


def in_half_a_year() -> dt.date:
    """The last day of an offer that is written today and says nothing of it."""
    today = timezone.localdate()
    month = today.month - 1 + USUAL_MONTHS
    first = dt.date(today.year + month // 12, month % 12 + 1, 1)
    last_of_month = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return min(first + dt.timedelta(days=today.day - 1), last_of_month)


class OfferQuerySet(QuerySet["Offer"]):
    def open(self) -> "OfferQuerySet":
        """What stands on the board today; also before the task has come by that ends what is over."""
        return self.filter(
            state=OfferState.OPEN,
            valid_to__gte=timezone.localdate(),
            organization__in=Organization.objects.active(),
        )

    def of(self, organizations: Collection[int]) -> "OfferQuerySet":
        return self.filter(organization__in=organizations)

    def acted_for_by(self, user: Any) -> "OfferQuerySet":
        """Those of the organisations that `user` acts for, whatever became of them."""
        return self.filter(organization__in=Organization.objects.acted_for_by(user))

    def in_area(self, code: str) -> "OfferQuerySet":
        """Of that municipality, or of no place in particular."""
        return self.filter(Q(municipality=code) | Q(municipality=None))

    def fitting(self, offer: "Offer") -> "OfferQuerySet":
        """What may answer `offer`: the other side, the same resource, a place that both can reach."""
        found = self.open().filter(side=OfferSide(offer.side).other, resource=offer.resource)
        if offer.municipality_id is not None:
            found = found.in_area(offer.municipality_id)
        return found.exclude(organization=offer.organization_id)

    def search(self, words: str) -> "OfferQuerySet":
        """Every word stands in the title, the text or the name of the organisation."""
        found = self
        for word in normalize(words).split():
            found = found.filter(Q(search_text__contains=word) | Q(organization__search_text__contains=word))
        return found

    def over(self, today: dt.date) -> "OfferQuerySet":
        return self.filter(state=OfferState.OPEN, valid_to__lt=today)

    def ending_soon(self, today: dt.date) -> "OfferQuerySet":
        limit = today + dt.timedelta(days=NOTICE_DAYS)
        return self.filter(state=OfferState.OPEN, valid_to__gte=today, valid_to__lte=limit)

    def for_list(self) -> "OfferQuerySet":
        return self.select_related("organization__sector", "municipality").order_by("-valid_from", "-pk")


class Offer(PublicIdModel):
    """One thing that an organisation can give or looks for. Members and the desk see it, residents never."""

    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        related_name="offers",
    )
    side = models.CharField(_("どちら"), max_length=4, choices=OfferSide.choices)
    resource = models.CharField(_("種類"), max_length=9, choices=OfferResource.choices)
    title = models.CharField(_("見出し"), max_length=60, validators=[validate_one_line])
    text = models.TextField(_("くわしい内容"), max_length=2000, validators=[MaxLengthValidator(2000)])
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("場所"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    # From when its time is counted: the day it was written, or put up again.
    valid_from = models.DateField(_("載せた日"), default=timezone.localdate, editable=False)
    valid_to = models.DateField(_("いつまで載せるか"), default=in_half_a_year)
    state = models.CharField(
        _("状態"), max_length=9, choices=OfferState.choices, default=OfferState.OPEN, editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("書いた人"),
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
    )
    notice_sent_at = models.DateTimeField(_("期限を知らせた時刻"), null=True, blank=True, editable=False)
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar = OfferQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        # Words of the organisation, shown to all members.
        internal = (
            "public_id",
            "organization",
            "side",
            "resource",
            "title",
            "text",
            "municipality",
            "valid_from",
            "valid_to",
            "state",
            "author",
            "notice_sent_at",
            "search_text",
            "created_at",
            "updated_at",
        )
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("掲示")
        verbose_name_plural = _("掲示")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=OfferSide.values), name="members_offer_side_known"),
            models.CheckConstraint(
                condition=Q(resource__in=OfferResource.values), name="members_offer_resource_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OfferState.values), name="members_offer_state_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from"))
                & Q(valid_to__lte=F("valid_from") + dt.timedelta(days=LONGEST_DAYS)),
                name="members_offer_stands_a_year_at_most",
                violation_error_message=_(
                    "載せておけるのは、きょうから1年までです。日付を見直してください。"
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-valid_from", "-id"],
                name="members_offer_open",
                condition=Q(state=OfferState.OPEN),
            ),
            models.Index(fields=["valid_to"], name="members_offer_ends", condition=Q(state=OfferState.OPEN)),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, **options: Any) -> None:
        """Keeps what searches are compared with. `bulk_create` asks nobody: set it there."""
        self.search_text = normalize(f"{self.title} {self.text}")
        names = options.get("update_fields")
        if names is not None and not {"title", "text"}.isdisjoint(names):
            options["update_fields"] = {*names, "search_text"}
        super().save(**options)

    @property
    def is_open(self) -> bool:
        return (
            self.state == OfferState.OPEN
            and self.valid_to >= timezone.localdate()
            and self.organization.is_active
        )

    @property
    def is_open_or_new(self) -> bool:
        """Its last day still lies ahead."""
        return self._state.adding or self.is_open

    @property
    def prolonged_to(self) -> dt.date:
        """Its last day if it is prolonged today: half a year from now, never less than it has."""
        return max(self.valid_to, in_half_a_year())

    @property
    def state_words(self) -> str:
        """What the row will say once the nightly task has come by."""
        if self.state == OfferState.OPEN and self.valid_to < timezone.localdate():
            return str(OfferState.EXPIRED.label)
        return str(self.get_state_display())
