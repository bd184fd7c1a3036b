"""事業実施報告書: one for each year, written, looked at by a second person, approved and sent to the ministry."""

from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platform_portal.identifiers import PublicIdModel
from platform_portal.japanese.calendar import format_fiscal_year
from platform_portal.publishing.models import actor, paired
from reports.models.schemes import GrantScheme

LONGEST_SECTION = 20_000


class ReportState(models.TextChoices):
    DRAFT = "draft", _("下書き")
    IN_REVIEW = "in_review", _("確認待ち")
    APPROVED = "approved", _("承認済み")
    SUBMITTED = "submitted", _("提出済み")


class AnnualReport(models.Model):
    """`author` is who last changed the content: somebody else approves it."""

    scheme = models.OneToOneField(
        GrantScheme, verbose_name=_("年度"), on_delete=models.PROTECT, related_name="report"
    )
    heading = models.CharField(_("事業名"), max_length=150, blank=True)
    state = models.CharField(
        _("状態"),
        max_length=10,
        choices=ReportState.choices,
        default=ReportState.DRAFT,
        db_index=True,
        editable=False,
    )
    author = actor(_("最後に書いた人"))
    requested_at = models.DateTimeField(_("確認を頼んだ時刻"), null=True, blank=True, editable=False)
    requested_by = actor(_("確認を頼んだ人"))
    approved_at = models.DateTimeField(_("承認した時刻"), null=True, blank=True, editable=False)
    approved_by = actor(_("承認した人"))
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("作った時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ("scheme", "heading")
        internal = (
            "state",
            "author",
            "requested_at",
            "requested_by",
            "approved_at",
            "approved_by",
            "version",
            "created_at",
            "updated_at",
        )
        personal = ()

    class Meta:
        verbose_name = _("事業実施報告書")
        verbose_name_plural = _("事業実施報告書")
        ordering = ["-scheme__fiscal_year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ReportState.values), name="reports_annualreport_state_known"
            ),
            *(
                models.CheckConstraint(
                    condition=paired(f"{what}_at", f"{what}_by"), name=f"reports_annualreport_{what}_pair"
                )
                for what in ("requested", "approved")
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "submitted"]) | Q(approved_at__isnull=False),
                name="reports_annualreport_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{format_fiscal_year(self.scheme.fiscal_year)} {_('事業実施報告書')}"


class SectionKind(models.TextChoices):
    """The sections of the form. The first is written by the activities; what is written there stands before them."""

    OVERVIEW = "overview", _("事業概要")
    BACKGROUND = "background", _("事業実施の経緯・背景及び目的")
    OUTCOME = "outcome", _("事業の成果及び工夫した点")
    OUTLOOK = "outlook", _("事業の課題と次年度に向けての展望")


class ReportSection(models.Model):
    """Prose. Categories are cited by their circled numbers, figures of the year by `{name}`."""

    report = models.ForeignKey(
        AnnualReport, verbose_name=_("報告書"), on_delete=models.CASCADE, related_name="sections"
    )
    kind = models.CharField(_("どの部分"), max_length=10, choices=SectionKind.choices)
    body = models.TextField(
        _("本文"), max_length=LONGEST_SECTION, blank=True, validators=[MaxLengthValidator(LONGEST_SECTION)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    written_at = models.DateTimeField(_("書いた時刻"), null=True, blank=True, editable=False)
    written_by = actor(_("書いた人"))

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ("report", "kind", "body")
        internal = ("version", "written_at", "written_by")
        personal = ()

    class Meta:
        verbose_name = _("報告書の部分")
        verbose_name_plural = _("報告書の部分")
        ordering = ["report", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SectionKind.values), name="reports_reportsection_kind_known"
            ),
            models.UniqueConstraint(fields=["report", "kind"], name="reports_reportsection_once"),
            models.CheckConstraint(
                condition=paired("written_at", "written_by"), name="reports_reportsection_written_pair"
            ),
        ]

    def __str__(self) -> str:
        return str(SectionKind(self.kind).label)


class ReportComment(PublicIdModel):
    """What somebody remarks on a section before it is approved. Settled, it stays to be read."""

    section = models.ForeignKey(
        ReportSection, verbose_name=_("どの部分"), on_delete=models.CASCADE, related_name="comments"
    )
    text = models.TextField(_("意見"), max_length=2000, validators=[MaxLengthValidator(2000)])
    written_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    written_by = actor(_("書いた人"), from_the_start=True)
    settled_at = models.DateTimeField(_("済んだ時刻"), null=True, blank=True, editable=False)
    settled_by = actor(_("済みにした人"))

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ()
        internal = (
            "public_id",
            "section",
            "text",
            "written_at",
            "written_by",
            "settled_at",
            "settled_by",
        )
        personal = ()

    class Meta:
        verbose_name = _("意見")
        verbose_name_plural = _("意見")
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=paired("settled_at", "settled_by"), name="reports_reportcomment_settled_pair"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class ReportEditionQuerySet(models.QuerySet["ReportEdition"]):
    def published(self) -> "ReportEditionQuerySet":
        """What everybody may read: of each report the newest edition that was submitted."""
        newer = self.model._default_manager.filter(
            report=OuterRef("report"), number__gt=OuterRef("number"), submitted_at__isnull=False
        )
        return self.filter(~Exists(newer), submitted_at__isnull=False)


class ReportEdition(models.Model):
    """発行: what was approved, as it was then. Every later rendering is made from `snapshot`, which never changes. A
    submitted edition stays to be read while the next one is written."""

    report = models.ForeignKey(
        AnnualReport, verbose_name=_("報告書"), on_delete=models.PROTECT, related_name="editions"
    )
    number = models.PositiveSmallIntegerField(_("版"))
    snapshot = models.JSONField(_("承認した内容"))
    sha256 = models.CharField(max_length=64)  # of the snapshot in its canonical form
    approved_at = models.DateTimeField(_("承認した時刻"), default=timezone.now, editable=False)
    approved_by = actor(_("承認した人"), from_the_start=True)
    submitted_at = models.DateTimeField(_("提出した時刻"), null=True, blank=True, editable=False)
    submitted_by = actor(_("提出した人"))

    objects: ClassVar[Any] = ReportEditionQuerySet.as_manager()

    class Privacy:
        public = ("report", "number", "snapshot", "sha256", "approved_at", "submitted_at")
        internal = ("approved_by", "submitted_by")
        personal = ()

    class Meta:
        verbose_name = _("報告書の版")
        verbose_name_plural = _("報告書の版")
        ordering = ["report", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="reports_reportedition_number_once"),
            models.CheckConstraint(
                condition=paired("submitted_at", "submitted_by"), name="reports_reportedition_submitted_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} 第{self.number}版"
