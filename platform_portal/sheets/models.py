"""A file that somebody uploaded, between the plan that was shown and the moment it is carried out."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired

KEPT = dt.timedelta(days=7)
PATIENCE = dt.timedelta(minutes=10)


def when_forgotten() -> dt.datetime:
    return timezone.now() + KEPT


class SheetUpload(PublicIdModel):
    """The file lives in the database: every web and worker process sees it, and nothing serves it to a browser.

    `content` is emptied once it was taken in; it may hold internal notes.
    """

    class Stage(models.TextChoices):
        READING = "reading", _("読み取っています")
        PLANNED = "planned", _("確かめてください")
        APPLYING = "applying", _("取り込んでいます")
        DONE = "done", _("取り込みました")
        FAILED = "failed", _("取り込めません")

    file_name = models.CharField(_("ファイル名"), max_length=200)
    content = models.BinaryField(_("中身"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    kind = models.CharField(_("形式"), max_length=100, blank=True)
    stage = models.CharField(_("段階"), max_length=10, choices=Stage.choices, default=Stage.READING)
    stage_at = models.DateTimeField(_("段階が変わった時刻"), default=timezone.now, editable=False)
    message = models.CharField(_("知らせ"), max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    counts = models.JSONField(_("件数"), default=dict, blank=True)
    uploaded_at = models.DateTimeField(_("アップロードした時刻"), default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("アップロードした人"),
        on_delete=models.CASCADE,
        editable=False,
        related_name="+",
    )
    applied_at = models.DateTimeField(_("取り込んだ時刻"), null=True, blank=True, editable=False)
    applied_by = actor(_("取り込んだ人"))
    expires_at = models.DateTimeField(_("消す時刻"), default=when_forgotten, editable=False)

    rows: Any  # of a SheetUploadRow

    class Privacy:
        """What the file says, `content`, an app classifies itself."""

        public: tuple[str, ...] = ()
        internal: tuple[str, ...] = (
            "public_id",
            "file_name",
            "sha256",
            "kind",
            "stage",
            "stage_at",
            "message",
            "digest",
            "counts",
            "uploaded_at",
            "uploaded_by",
            "applied_at",
            "applied_by",
            "expires_at",
        )
        personal: tuple[str, ...] = ()

    class Meta:
        abstract = True
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=paired("applied_at", "applied_by"), name="%(app_label)s_%(class)s_applied_pair"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["reading", "planned", "applying", "done", "failed"]),
                name="%(app_label)s_%(class)s_stage_known",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_working(self) -> bool:
        return self.stage in {self.Stage.READING, self.Stage.APPLYING} and not self.is_stuck

    @property
    def is_stuck(self) -> bool:
        """A worker that died leaves its stage behind; its transaction was undone."""
        is_busy = self.stage in {self.Stage.READING, self.Stage.APPLYING}
        return is_busy and timezone.now() - self.stage_at > PATIENCE

    @property
    def progress_key(self) -> str:
        """Another for each stage: what is read begins at nothing again when it is carried out."""
        return f"import:{self._meta.label_lower}:{self.pk}:{self.stage}"

    def move_to(self, stage: "SheetUpload.Stage", **values: Any) -> None:
        """Sets the stage, its time and `values`, and saves just these."""
        self.stage, self.stage_at = stage, timezone.now()
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=["stage", "stage_at", *values])


class SheetUploadRow(models.Model):
    """One row of the plan as it is shown: lists of [column, old, new] and of [column, value, reason]."""

    upload: Any  # foreign key to a SheetUpload, whose `related_name` is "rows"

    rank = models.PositiveSmallIntegerField(_("並び"))  # refused, created, changed, unchanged
    number = models.PositiveIntegerField(_("行"))
    outcome = models.CharField(_("結果"), max_length=10)
    public_id = models.CharField(_("ID"), max_length=6, blank=True)
    title = models.CharField(_("名称"), max_length=100, blank=True)
    changes = models.JSONField(_("変わるところ"), default=list, blank=True)
    problems = models.JSONField(_("取り込めない理由"), default=list, blank=True)
    warnings = models.JSONField(_("気になるところ"), default=list, blank=True)

    class Privacy:
        """What the row says, `changes`, `problems` and `warnings`, an app classifies itself."""

        public: tuple[str, ...] = ()
        internal: tuple[str, ...] = ("upload", "rank", "number", "outcome", "public_id", "title")
        personal: tuple[str, ...] = ()

    class Meta:
        abstract = True
        ordering = ["rank", "number"]
        indexes = [models.Index(fields=["upload", "rank", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
