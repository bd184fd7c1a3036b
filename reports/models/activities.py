"""事業: what was done in the year, month by month. The first section of the annual report is written by these."""

import datetime as dt
from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import ConsultationWindow
from meetings.models import Event, Meeting
from members.models import Organization
from members.models.users import validate_one_line
from newsletters.models import Issue
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor
from reports.models.schemes import GrantCategory, GrantScheme


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: Any) -> "ActivityQuerySet":
        """The secretariat sees all; other desk users those of their sections and what they wrote themselves."""
        if has(user, Permission.EDIT_REPORTS):
            return self.all()
        if not has(user, Permission.EDIT_ACTIVITIES):
            return self.none()
        own = Organization.objects.acted_for_by(user).values("pk")
        return self.filter(Q(section__in=own) | Q(created_by=user))

    def in_month(self, month: dt.date) -> "ActivityQuerySet":
        """Those that went on in it. `month`: its first day."""
        return self.filter(month_from__lte=month).filter(Q(month_to__gte=month) | Q(month_from=month))

    def for_list(self) -> "ActivityQuerySet":
        """Three queries, however many."""
        files = Evidence.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
        counted = self.annotate(
            evidence_count=Coalesce(Subquery(files.annotate(count=Count("pk")).values("count")), 0)
        )
        return counted.select_related("section", "scheme").prefetch_related("category_links__category")

    def in_order(self) -> "ActivityQuerySet":
        """As the report has them: as they were put, and by month where nobody has put them."""
        return self.order_by("position", F("month_from").asc(nulls_last=True), "pk")


class Activity(PublicIdModel):
    """Months are first days of months, both empty where no month is given. `result` is what the report prints after →."""

    scheme = models.ForeignKey(
        GrantScheme, verbose_name=_("年度"), on_delete=models.PROTECT, related_name="activities"
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    month_from = models.DateField(_("行った月"), null=True, blank=True)
    month_to = models.DateField(_("終わりの月"), null=True, blank=True)
    title = models.CharField(_("事業の名前"), max_length=200, validators=[validate_one_line])
    categories = models.ManyToManyField(
        GrantCategory, verbose_name=_("区分"), through="ActivityCategory", related_name="activities"
    )
    result = models.TextField(
        _("行ったことと結果"), max_length=4000, blank=True, validators=[MaxLengthValidator(4000)]
    )
    attendee_count = models.PositiveIntegerField(_("参加した人数"), null=True, blank=True)
    section = models.ForeignKey(
        Organization,
        verbose_name=_("担当の課"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    meetings = models.ManyToManyField(
        Meeting, verbose_name=_("関係する会議"), related_name="activities", blank=True
    )
    events = models.ManyToManyField(
        Event, verbose_name=_("関係する催し"), related_name="activities", blank=True
    )
    windows = models.ManyToManyField(
        ConsultationWindow, verbose_name=_("関係する相談窓口"), related_name="activities", blank=True
    )
    issues = models.ManyToManyField(
        Issue, verbose_name=_("関係するメルマガ"), related_name="activities", blank=True
    )
    # Raised by every change: whoever saves an older one is told.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    created_by = actor(_("書いた人"), from_the_start=True)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = ActivityQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "scheme",
            "position",
            "month_from",
            "month_to",
            "title",
            "categories",
            "result",
            "attendee_count",
        )
        internal = (
            "section",
            "meetings",
            "events",
            "windows",
            "issues",
            "version",
            "created_at",
            "created_by",
            "updated_at",
        )
        personal = ()

    class Meta:
        verbose_name = _("事業")
        verbose_name_plural = _("事業")
        ordering = ["scheme", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month_from=None) | Q(month_from__day=1),
                name="reports_activity_from_a_month",
            ),
            models.CheckConstraint(
                condition=Q(month_to=None) | Q(month_to__day=1, month_to__gte=F("month_from")),
                name="reports_activity_months_in_order",
                violation_error_message=_("終わりの月は、始めの月よりあとにしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(month_to=None) | Q(month_from__isnull=False),
                name="reports_activity_ends_after_it_begins",
                violation_error_message=_("終わりの月だけは書けません。始めの月も書いてください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ActivityCategory(models.Model):
    """Categories of an activity in the order in which the report prints them."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="category_links")
    category = models.ForeignKey(
        GrantCategory, verbose_name=_("区分"), on_delete=models.PROTECT, related_name="activity_links"
    )
    position = models.PositiveSmallIntegerField(_("並び順"))

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ("activity", "category", "position")
        internal = ()
        personal = ()

    class Meta:
        verbose_name = _("事業の区分")
        verbose_name_plural = _("事業の区分")
        ordering = ["activity", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "category"],
                name="reports_activitycategory_once",
                violation_error_message=_("同じ区分が2回あります。"),
            ),
            models.UniqueConstraint(
                fields=["activity", "position"],
                name="reports_activitycategory_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return str(self.category)


class Evidence(PublicIdModel):
    """A file that shows that something was done: checked by content, handed out to the desk alone."""

    activity = models.ForeignKey(
        Activity, verbose_name=_("事業"), on_delete=models.CASCADE, related_name="evidence"
    )
    file = models.FileField(_("ファイル"), upload_to="reports/evidence/", editable=False)
    name = models.CharField(_("ファイルの名前"), max_length=150, editable=False)
    kind = models.CharField(_("種類"), max_length=4, editable=False)
    size = models.PositiveIntegerField(_("大きさ（バイト）"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_at = models.DateTimeField(_("載せた時刻"), default=timezone.now, editable=False)
    uploaded_by = actor(_("載せた人"), from_the_start=True)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ()
        internal = (
            "public_id",
            "activity",
            "file",
            "name",
            "kind",
            "size",
            "sha256",
            "uploaded_at",
            "uploaded_by",
        )
        personal = ()

    class Meta:
        verbose_name = _("証拠のファイル")
        verbose_name_plural = _("証拠のファイル")
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "sha256"],
                name="reports_evidence_once",
                violation_error_message=_("同じファイルが、もう載っています。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceKind(models.TextChoices):
    """What the year's record offers as an activity."""

    MEETING = "meeting", _("会議")
    EVENT = "event", _("催し")
    NEWSLETTER = "newsletter", _("メルマガ")


class Dismissal(models.Model):
    """Something that was offered as an activity and is none. Taking it back deletes the row."""

    kind = models.CharField(_("種類"), max_length=10, choices=SourceKind.choices)
    source_id = models.CharField(_("もとのID"), max_length=20)
    dismissed_at = models.DateTimeField(_("見送った時刻"), default=timezone.now, editable=False)
    dismissed_by = actor(_("見送った人"), from_the_start=True)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ()
        internal = ("kind", "source_id", "dismissed_at", "dismissed_by")
        personal = ()

    class Meta:
        verbose_name = _("見送った候補")
        verbose_name_plural = _("見送った候補")
        ordering = ["-dismissed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SourceKind.values), name="reports_dismissal_kind_known"
            ),
            models.UniqueConstraint(fields=["kind", "source_id"], name="reports_dismissal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source_id}"
