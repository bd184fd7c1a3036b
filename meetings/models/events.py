"""催し: what a member organisation or the prefecture invites people to, and who has asked to come."""

import datetime as dt
from typing import Any, ClassVar

from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    URLValidator,
)
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Organization
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.japanese.phone import check_phone
from platform_portal.publishing.models import Publishable, actor, paired
from platform_portal.publishing.revisions import Revision, RevisionQuerySet, RevisionState
from platform_portal.publishing.states import State
from platform_portal.region.models import Municipality

KEPT_DAYS = 30
"""So many days after the end of an event everything about those who applied is erased."""
MOST_PEOPLE = 10
"""One application speaks for a family or a small group, not for a coach."""


class EventKind(models.TextChoices):
    SYMPOSIUM = "symposium", _("シンポジウム")
    SEMINAR = "seminar", _("セミナー")
    TRAINING = "training", _("研修・つながりサポーター養成講座")
    IBASHO = "ibasho", _("居場所の開放日")
    EXCHANGE = "exchange", _("交流会")
    OTHER = "other", _("そのほかの催し")


class EventQuerySet(models.QuerySet["Event"]):
    def published(self) -> "EventQuerySet":
        """What residents may see, cancelled and past ones included: a link that was passed on stays good."""
        return self.filter(state=State.PUBLISHED)

    def acted_for_by(self, user: Any) -> "EventQuerySet":
        """Those of the organisations that `user` acts for, whatever became of them."""
        return self.filter(organization__in=Organization.objects.acted_for_by(user))

    def coming(self, moment: dt.datetime | None = None) -> "EventQuerySet":
        """Not over yet, the next one first."""
        found: EventQuerySet = self.filter(last_moment__gte=moment or timezone.now())
        return found.order_by("starts_at", "pk")

    def past(self, moment: dt.datetime | None = None) -> "EventQuerySet":
        found: EventQuerySet = self.filter(last_moment__lt=moment or timezone.now())
        return found.order_by("-starts_at", "-pk")

    def between(self, first: dt.date, last: dt.date) -> "EventQuerySet":
        """Those that touch one of these days."""
        zone = timezone.get_current_timezone()
        begin = dt.datetime.combine(first, dt.time(), zone)
        end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
        found: EventQuerySet = self.filter(starts_at__lt=end, last_moment__gte=begin)
        return found.order_by("starts_at", "pk")

    def waiting_for_review(self) -> "EventQuerySet":
        return self.filter(state=State.IN_REVIEW)

    def for_list(self) -> "EventQuerySet":
        return self.select_related("organization", "municipality")


class Event(PublicIdModel, Publishable):
    """One event on one date, or on days that follow each other. Other dates are events of their own.

    All-day: `starts_at` is the first minute of the first day, `ends_at` the last minute of the last one.
    """

    audit_noun = "event"

    kind = models.CharField(_("種類"), max_length=9, choices=EventKind.choices, default=EventKind.OTHER)
    title = models.CharField(_("催しの名前"), max_length=100, validators=[validate_one_line])
    description = models.TextField(
        _("内容"),
        max_length=5000,
        validators=[MaxLengthValidator(5000)],
        help_text=_("見出し・箇条書き・リンクが使えます（Markdown）。"),
    )
    # None: the prefecture itself.
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("主催の団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
    )
    co_hosts = models.CharField(_("共催・後援"), max_length=200, blank=True, validators=[validate_one_line])
    starts_at = models.DateTimeField(_("始まり"))
    ends_at = models.DateTimeField(_("終わり"), null=True, blank=True)
    is_all_day = models.BooleanField(_("時刻を決めない（終日）"), default=False)
    last_moment = models.GeneratedField(
        expression=Coalesce("ends_at", "starts_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
        verbose_name=_("終わる時刻"),
    )
    place = models.CharField(_("会場"), max_length=100, blank=True, validators=[validate_one_line])
    address = models.CharField(_("会場の住所"), max_length=200, blank=True, validators=[validate_one_line])
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("市町"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    is_online = models.BooleanField(_("オンラインで参加できる"), default=False)
    online_url = models.URLField(
        _("オンラインの参加先"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https", "http"])],
        help_text=_("参加が決まった人にだけ見せます。だれでも見られるページには出ません。"),
    )
    website = models.URLField(
        _("くわしい案内のページ"),
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["https", "http"])],
    )
    fee = models.CharField(
        _("参加費"),
        max_length=100,
        blank=True,
        validators=[validate_one_line],
        help_text=_("無料、500円（資料代）のように書きます。"),
    )
    target_people = models.CharField(_("対象"), max_length=200, blank=True, validators=[validate_one_line])
    languages = models.CharField(
        _("使える言葉"),
        max_length=200,
        blank=True,
        validators=[validate_one_line],
        help_text=_("日本語のほかに使える言葉や通訳。"),
    )
    has_sign_language = models.BooleanField(_("手話通訳がある"), default=False)
    is_wheelchair_accessible = models.BooleanField(_("車いすで入れる"), default=False)
    access_note = models.CharField(
        _("来る人への配慮"),
        max_length=300,
        blank=True,
        validators=[validate_one_line],
        help_text=_("段差、多目的トイレ、託児、途中で出入りできるかなど。"),
    )
    contact_name = models.CharField(
        _("問い合わせ先"), max_length=100, blank=True, validators=[validate_one_line]
    )
    contact_phone = models.CharField(
        _("問い合わせの電話番号"), max_length=30, blank=True, validators=[check_phone]
    )
    contact_email = models.EmailField(_("問い合わせのメールアドレス"), blank=True)

    accepts_applications = models.BooleanField(_("このポータルで申込を受ける"), default=False)
    capacity = models.PositiveIntegerField(
        _("定員（人）"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text=_("空欄は、定員なしです。"),
    )
    has_waiting_list = models.BooleanField(_("定員に達したら、キャンセル待ちを受ける"), default=True)
    apply_until_at = models.DateTimeField(
        _("申込のしめきり"), null=True, blank=True, help_text=_("空欄は、始まるまで受け付けます。")
    )

    cancelled_at = models.DateTimeField(_("中止にした時刻"), null=True, blank=True, editable=False)
    cancelled_by = actor(_("中止にした人"))
    cancelled_reason = models.CharField(_("中止の理由"), max_length=300, blank=True, editable=False)
    # Raised whenever what a calendar shows has changed, so that calendars take the newer one.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    forgotten_at = models.DateTimeField(_("申込を消した時刻"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = EventQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "kind",
            "title",
            "description",
            "organization",
            "co_hosts",
            "starts_at",
            "ends_at",
            "is_all_day",
            "last_moment",
            "place",
            "address",
            "municipality",
            "is_online",
            "website",
            "fee",
            "target_people",
            "languages",
            "has_sign_language",
            "is_wheelchair_accessible",
            "access_note",
            "contact_name",
            "contact_phone",
            "contact_email",
            "accepts_applications",
            "capacity",
            "has_waiting_list",
            "apply_until_at",
            "cancelled_at",
            "cancelled_reason",
            "sequence",
            "published_at",
            "updated_at",
        )
        # The link is shown to those who take part, and to nobody else.
        internal = (
            "online_url",
            "state",
            "author",
            "submitted_at",
            "submitted_by",
            "published_by",
            "cancelled_by",
            "forgotten_at",
            "created_at",
        )
        personal = ()

    class Meta(Publishable.Meta):
        verbose_name = _("催し")
        verbose_name_plural = _("催し")
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(
                fields=["starts_at", "id"], name="meetings_event_starts", condition=Q(state="published")
            ),
            models.Index(
                fields=["last_moment"], name="meetings_event_last_moment", condition=Q(state="published")
            ),
        ]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="meetings_event_kind_known"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="meetings_event_ends_after_it_starts",
                violation_error_message=_("終わりは、始まりより後の時刻にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__lte=F("starts_at") + dt.timedelta(days=31)),
                name="meetings_event_a_month_at_most",
                violation_error_message=_(
                    "1つの催しは31日までです。日がはなれているときは、ほかの日程にも写してください。"
                ),
            ),
            models.CheckConstraint(
                condition=Q(apply_until_at=None) | Q(apply_until_at__lte=Coalesce("ends_at", "starts_at")),
                name="meetings_event_applications_end_first",
                violation_error_message=_("申込のしめきりは、催しが終わるより前にしてください。"),
            ),
            models.CheckConstraint(
                condition=~Q(place="") | Q(is_online=True),
                name="meetings_event_somewhere",
                violation_error_message=_("会場を書くか、「オンラインで参加できる」を選んでください。"),
            ),
            models.CheckConstraint(
                condition=paired("cancelled_at", "cancelled_by"), name="meetings_event_cancelled_pair"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancelled_reason=""),
                name="meetings_event_cancelled_with_a_reason",
                violation_error_message=_("中止の理由を書いてください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_over(self) -> bool:
        return (self.ends_at or self.starts_at) < timezone.now()

    @property
    def month(self) -> dt.date:
        """First day of the month in which it begins, as lists are divided."""
        return timezone.localdate(self.starts_at).replace(day=1)

    @property
    def closes_at(self) -> dt.datetime:
        """Until when somebody may apply."""
        return min(self.apply_until_at or self.starts_at, self.ends_at or self.starts_at)

    def free_seats(self) -> int | None:
        """None without a capacity. Never below 0, though the capacity may have been lowered since. One query."""
        if self.capacity is None:
            return None
        return max(0, self.capacity - self.applications.accepted().people_count())

    def somebody_waits(self) -> bool:
        return bool(self.applications.waiting().exists())


class ApplicantState(models.TextChoices):
    ACCEPTED = "accepted", _("参加が決まっています")
    WAITING = "waiting", _("キャンセル待ちです")
    CANCELLED = "cancelled", _("取り消しました")


class EventApplicationQuerySet(models.QuerySet["EventApplication"]):
    def standing(self) -> "EventApplicationQuerySet":
        """Accepted or waiting: whoever has to be told when something changes."""
        return self.exclude(state=ApplicantState.CANCELLED)

    def accepted(self) -> "EventApplicationQuerySet":
        return self.filter(state=ApplicantState.ACCEPTED)

    def waiting(self) -> "EventApplicationQuerySet":
        """In the order in which they came."""
        return self.filter(state=ApplicantState.WAITING).order_by("applied_at", "pk")

    def standing_with(self, email: str, *, event: Event) -> "EventApplication | None":
        """The one that somebody sent with this address, however it is written; without an address there is none."""
        found = self.standing().filter(event=event, email__iexact=email).exclude(email="")
        return found.order_by("applied_at", "pk").first()

    def people_count(self) -> int:
        return int(self.aggregate(people=Sum("people"))["people"] or 0)


class EventApplication(PublicIdModel):
    """Somebody wants to come to an event. The link in the mail is signed from the key; nothing secret is stored.

    Only the host and the desk see it, and the whole row is deleted some weeks after the event.
    """

    event = models.ForeignKey(
        Event, verbose_name=_("催し"), on_delete=models.CASCADE, related_name="applications"
    )
    # Drawn when the form was shown: the same form sent twice makes one application.
    form_id = models.UUIDField(unique=True, editable=False)
    name = models.CharField(_("名前（ニックネームでもよい）"), max_length=60, validators=[validate_one_line])
    email = models.EmailField(_("メールアドレス"), max_length=254, blank=True)
    phone = models.CharField(_("電話番号"), max_length=30, blank=True, validators=[check_phone])
    people = models.PositiveSmallIntegerField(
        _("来る人数"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)]
    )
    note = models.TextField(
        _("配慮してほしいこと"), max_length=500, blank=True, validators=[MaxLengthValidator(500)]
    )
    state = models.CharField(
        _("状態"),
        max_length=9,
        choices=ApplicantState.choices,
        default=ApplicantState.ACCEPTED,
        editable=False,
    )
    applied_at = models.DateTimeField(_("申し込んだ時刻"), default=timezone.now, editable=False)
    moved_up_at = models.DateTimeField(
        _("キャンセル待ちから決まった時刻"), null=True, blank=True, editable=False
    )
    # By whoever holds the link, or by the host at somebody's word: the audit record knows who.
    cancelled_at = models.DateTimeField(_("取り消した時刻"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = EventApplicationQuerySet.as_manager()

    class Privacy:
        public = ()
        internal = (
            "public_id",
            "event",
            "form_id",
            "people",
            "state",
            "applied_at",
            "moved_up_at",
            "cancelled_at",
        )
        personal = ("name", "email", "phone", "note")
        withheld = ("form_id",)

    class Meta:
        verbose_name = _("催しへの申込")
        verbose_name_plural = _("催しへの申込")
        ordering = ["applied_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ApplicantState.values), name="meetings_eventapplication_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="meetings_eventapplication_can_be_reached",
                violation_error_message=_("メールアドレスか電話番号の、どちらかを書いてください。"),
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=MOST_PEOPLE), name="meetings_eventapplication_people"
            ),
            models.CheckConstraint(
                condition=(Q(state=ApplicantState.CANCELLED) & Q(cancelled_at__isnull=False))
                | (~Q(state=ApplicantState.CANCELLED) & Q(cancelled_at=None)),
                name="meetings_eventapplication_cancelled_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"

    @property
    def is_standing(self) -> bool:
        return self.state != ApplicantState.CANCELLED


class EventRevision(PublicIdModel, Revision):
    """A change of a published event that waits for a second person; the event stays as it was announced."""

    SUBJECT = "event"

    event = models.ForeignKey(
        Event, verbose_name=_("催し"), on_delete=models.CASCADE, related_name="revisions"
    )

    objects: ClassVar[Any] = RevisionQuerySet.as_manager()

    class Privacy(Revision.Privacy):
        internal = (*Revision.Privacy.internal, "event")

    class Meta(Revision.Meta):
        verbose_name = _("催しの変更の申し出")
        verbose_name_plural = _("催しの変更の申し出")
        constraints = [
            *Revision.Meta.constraints,
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(state=RevisionState.PENDING),
                name="meetings_eventrevision_one_pending",
                violation_error_message=_("この催しには、確認待ちの変更がもうあります。"),
            ),
            # A published event changes through these alone, so nothing ever overtakes one.
            models.CheckConstraint(
                condition=~Q(state=RevisionState.OVERTAKEN), name="meetings_eventrevision_not_overtaken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.get_state_display()}"
