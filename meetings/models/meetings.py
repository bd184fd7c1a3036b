"""会議: one meeting of a body, from its announcement to its published record."""

import datetime as dt
from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.audiences import Audience, inside, sits_in, visible
from meetings.models.bodies import Body
from members.models.users import validate_one_line
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.identifiers import PublicIdModel
from platform_portal.japanese.calendar import fiscal_year
from platform_portal.publishing.models import actor, paired
from platform_portal.publishing.states import State


class MeetingState(models.TextChoices):
    DRAFT = "draft", _("準備中")
    PLANNED = "planned", _("開催予定")
    HELD = "held", _("開催済み")
    PUBLISHED = "published", _("議事録公開")
    CANCELLED = "cancelled", _("中止")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def announced(self) -> "MeetingQuerySet":
        return self.exclude(state=MeetingState.DRAFT)

    def visible_to(self, user: Any) -> "MeetingQuerySet":
        """What `user` may know of on the pages for everybody and for members. Drafts live on the desk alone."""
        return self.announced().filter(visible(user, "audience"))

    def published(self) -> "MeetingQuerySet":
        """What everybody may know of, whoever asks."""
        return self.announced().filter(audience=Audience.PUBLIC)

    def on_desk_for(self, user: Any) -> "MeetingQuerySet":
        """In every state. Closed ones are for the secretariat alone."""
        if has(user, Permission.SEE_CLOSED_RECORDS):
            return self.all()
        return self.exclude(audience=Audience.CLOSED) if has(user, Permission.SEE_MEETINGS) else self.none()

    def open_to(self, user: Any) -> "MeetingQuerySet":
        """Those whose members-only things `user` may see, out of what may be known at all."""
        return self.visible_to(user).filter(inside(user))

    def taken_part_in_by(self, user: Any) -> "MeetingQuerySet":
        """What concerns the organisations that `user` acts for: not all that somebody of the desk may see."""
        return self.visible_to(user).filter(sits_in(user))

    def coming(self) -> "MeetingQuerySet":
        return self.filter(state=MeetingState.PLANNED, starts_at__gte=timezone.now()).order_by(
            "starts_at", "pk"
        )

    def ahead(self) -> "MeetingQuerySet":
        """Not over yet, the next one first. Cancelled ones too, until their time has passed: people would come."""
        return self.filter(self._is_ahead()).order_by("starts_at", "pk")

    def behind(self) -> "MeetingQuerySet":
        """All that ahead() leaves out."""
        return self.exclude(self._is_ahead())

    def _is_ahead(self) -> Q:
        now = timezone.now()
        not_over = Q(ends_at__gte=now) | Q(ends_at=None, starts_at__gte=now)
        return Q(state__in=[MeetingState.PLANNED, MeetingState.CANCELLED]) & not_over

    def passed_unmarked(self) -> "MeetingQuerySet":
        """Planned for a time that has passed: nobody said whether they took place."""
        return self.filter(state=MeetingState.PLANNED, starts_at__lt=timezone.now())

    def without_minutes(self, days: int) -> "MeetingQuerySet":
        """Held so many days ago or more, and no record has left the hands of its author."""
        since = timezone.now() - dt.timedelta(days=days)
        unwritten = Q(minutes=None) | Q(minutes__state=State.DRAFT)
        return self.filter(unwritten, state=MeetingState.HELD, starts_at__lte=since)

    def for_list(self) -> "MeetingQuerySet":
        return self.select_related("body").order_by("-starts_at", "-pk")


class Meeting(PublicIdModel):
    body = models.ForeignKey(
        Body, verbose_name=_("会議体"), on_delete=models.PROTECT, related_name="meetings"
    )
    number = models.PositiveSmallIntegerField(_("回"), null=True, blank=True)
    title = models.CharField(_("会議の名前"), max_length=150, validators=[validate_one_line])
    starts_at = models.DateTimeField(_("開始"))
    ends_at = models.DateTimeField(_("終了"), null=True, blank=True)
    # Derived from `starts_at` when saved: lists, searches and reports ask for it.
    fiscal_year = models.PositiveSmallIntegerField(_("年度"), editable=False)
    place = models.CharField(_("場所"), max_length=200, blank=True, validators=[validate_one_line])
    online_url = models.URLField(
        _("オンラインの参加先（会員だけに見せます）"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https", "http"])],
    )
    summary = models.TextField(_("概要"), max_length=3000, blank=True, validators=[MaxLengthValidator(3000)])
    audience = models.CharField(
        _("この会議を見られる人"), max_length=8, choices=Audience.choices, default=Audience.PUBLIC
    )
    closed_reason = models.CharField(
        _("公開しない部分と、その理由"), max_length=300, blank=True, validators=[validate_one_line]
    )
    observers = models.PositiveIntegerField(_("傍聴者数"), null=True, blank=True)
    answers_due_on = models.DateField(_("出欠の返事の期限"), null=True, blank=True)

    state = models.CharField(
        _("状態"),
        max_length=9,
        choices=MeetingState.choices,
        default=MeetingState.DRAFT,
        editable=False,
        db_index=True,
    )
    cancelled_reason = models.CharField(_("中止の理由"), max_length=300, blank=True, editable=False)
    announced_at = models.DateTimeField(_("知らせた時刻"), null=True, blank=True, editable=False)
    announced_by = actor(_("知らせた人"))
    created_at = models.DateTimeField(_("登録した時刻"), default=timezone.now, editable=False)
    created_by = actor(_("登録した人"), from_the_start=True)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = MeetingQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "body",
            "number",
            "title",
            "starts_at",
            "ends_at",
            "fiscal_year",
            "place",
            "summary",
            "closed_reason",
            "observers",
            "state",
            "cancelled_reason",
        )
        internal = (
            "online_url",
            "audience",
            "answers_due_on",
            "announced_at",
            "announced_by",
            "created_at",
            "created_by",
            "updated_at",
        )
        personal = ()

    class Meta:
        verbose_name = _("会議")
        verbose_name_plural = _("会議")
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["fiscal_year", "-starts_at"], name="meetings_meeting_year")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MeetingState.values), name="meetings_meeting_state_known"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="meetings_meeting_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="meetings_meeting_ends_after_it_starts",
                violation_error_message=_("終了は、開始より後の時刻にしてください。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.CANCELLED) | ~Q(cancelled_reason=""),
                name="meetings_meeting_cancelled_with_a_reason",
                violation_error_message=_("中止の理由を書いてください。"),
            ),
            models.CheckConstraint(
                condition=paired("announced_at", "announced_by"), name="meetings_meeting_announced_pair"
            ),
            models.UniqueConstraint(
                fields=["body", "fiscal_year", "number"],
                condition=Q(number__isnull=False),
                name="meetings_meeting_number_once_a_year",
                violation_error_message=_("この年度の同じ回の会議が、もう登録されています。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def set_fiscal_year(self) -> None:
        self.fiscal_year = fiscal_year(timezone.localdate(self.starts_at))

    def save(self, **options: Any) -> None:
        self.set_fiscal_year()
        names = options.get("update_fields")
        if names is not None and "starts_at" in names:
            options["update_fields"] = {*names, "fiscal_year"}
        super().save(**options)

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_over(self) -> bool:
        return self.state in {MeetingState.HELD, MeetingState.PUBLISHED}


class ParticipantCount(models.Model):
    """How many took part where nobody is named: 幹事団体 11 団体, 庁内等連携会議 19 課, 62 名."""

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.CASCADE, related_name="counts"
    )
    label = models.CharField(_("区分"), max_length=60, blank=True)
    unit = models.CharField(_("単位"), max_length=10)
    count = models.PositiveIntegerField(_("数"))
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Privacy:
        public = ("meeting", "label", "unit", "count", "position")
        internal = ()
        personal = ()

    class Meta:
        verbose_name = _("参加の数")
        verbose_name_plural = _("参加の数")
        ordering = ["meeting", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "label", "unit"], name="meetings_participantcount_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}{self.count}{self.unit}"
