"""Files made of a report in the background, kept by what they were made of: the same is never made twice."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor
from reports.models.annual import AnnualReport, ReportEdition

RENDERINGS = "reports/renderings/"


class RenderingKind(models.TextChoices):
    PDF = "pdf", _("PDF")
    FILING = "filing", _("PDF/A（提出・保存用、もとのデータ付き）")
    DOCX = "docx", _("Word")


class RenderingState(models.TextChoices):
    QUEUED = "queued", _("順番を待っています")
    LAYING_OUT = "laying_out", _("紙面を組んでいます")
    WRITING = "writing", _("ファイルに書いています")
    DONE = "done", _("できました")
    FAILED = "failed", _("作れませんでした")
    CANCELLED = "cancelled", _("やめました")


# Longer than a worker may take for one step.
LATE_AFTER = dt.timedelta(minutes=5)
ENDED = (RenderingState.DONE, RenderingState.FAILED, RenderingState.CANCELLED)


class Rendering(PublicIdModel):
    """`edition` is empty for a look at the draft. `source` is the snapshot that it is made of, `source_sha256` names it
    together with layout and programs."""

    report = models.ForeignKey(
        AnnualReport, verbose_name=_("報告書"), on_delete=models.CASCADE, related_name="renderings"
    )
    edition = models.ForeignKey(
        ReportEdition,
        verbose_name=_("版"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="renderings",
    )
    kind = models.CharField(_("種類"), max_length=6, choices=RenderingKind.choices)
    source = models.JSONField(_("もとの内容"), editable=False)
    source_sha256 = models.CharField(max_length=64, editable=False)
    state = models.CharField(
        _("状態"),
        max_length=10,
        choices=RenderingState.choices,
        default=RenderingState.QUEUED,
        editable=False,
    )
    attempts = models.PositiveSmallIntegerField(_("試した回数"), default=0, editable=False)
    asked_at = models.DateTimeField(_("頼まれた時刻"), default=timezone.now, editable=False)
    asked_by = actor(_("頼んだ人"), from_the_start=True)
    # Renewed by the worker at each step: one that fell silent is taken up by another.
    touched_at = models.DateTimeField(_("最後に進んだ時刻"), null=True, blank=True, editable=False)
    rendered_at = models.DateTimeField(_("できた時刻"), null=True, blank=True, editable=False)
    file = models.FileField(_("ファイル"), upload_to=RENDERINGS, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    page_count = models.PositiveIntegerField(_("ページ数"), null=True, blank=True, editable=False)
    error = models.CharField(_("できなかったわけ"), max_length=500, blank=True, editable=False)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ("public_id", "report", "edition", "kind", "rendered_at", "file", "sha256", "page_count")
        internal = (
            "source",
            "source_sha256",
            "state",
            "attempts",
            "asked_at",
            "asked_by",
            "touched_at",
            "error",
        )
        personal = ()

    class Meta:
        verbose_name = _("報告書のファイル")
        verbose_name_plural = _("報告書のファイル")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RenderingKind.values, state__in=RenderingState.values),
                name="reports_rendering_words_known",
            ),
            models.UniqueConstraint(
                fields=["report", "kind", "source_sha256"], name="reports_rendering_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(rendered_at__isnull=False) & ~Q(file="") & ~Q(sha256="")),
                name="reports_rendering_done_with_a_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.get_kind_display()}"

    @property
    def is_late(self) -> bool:
        """Nobody has taken it up, or whoever did fell silent."""
        last = max(self.asked_at, self.touched_at or self.asked_at)
        return self.state not in ENDED and timezone.now() - last > LATE_AFTER
