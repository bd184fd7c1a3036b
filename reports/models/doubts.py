"""What a file of a year gone by left in doubt, until somebody has looked at it."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired
from reports.models.schemes import GrantScheme


class ImportDoubtQuerySet(models.QuerySet["ImportDoubt"]):
    def waiting(self) -> "ImportDoubtQuerySet":
        return self.filter(resolved_at=None)

    def resolved(self) -> "ImportDoubtQuerySet":
        return self.exclude(resolved_at=None)


class ImportDoubt(PublicIdModel):
    """One flag of reading or of taking in (reports.parsing.Flag). `text`: words of the file that no field took."""

    scheme = models.ForeignKey(
        GrantScheme, verbose_name=_("年度"), on_delete=models.CASCADE, related_name="import_doubts"
    )
    code = models.CharField(_("種類"), max_length=40, editable=False)
    file_name = models.CharField(_("ファイルの名前"), max_length=150, blank=True, editable=False)
    line = models.PositiveIntegerField(_("行"), editable=False)
    message = models.TextField(_("確かめること"), editable=False)
    text = models.TextField(_("もとの文"), blank=True, editable=False)
    found_at = models.DateTimeField(_("取り込んだ時刻"), default=timezone.now, editable=False)
    found_by = actor(_("取り込んだ人"), from_the_start=True)
    resolved_at = models.DateTimeField(_("済みにした時刻"), null=True, blank=True, editable=False)
    resolved_by = actor(_("済みにした人"))

    objects: ClassVar[Any] = ImportDoubtQuerySet.as_manager()

    class Privacy:
        public = ()
        internal = (
            "public_id",
            "scheme",
            "code",
            "file_name",
            "line",
            "message",
            "text",
            "found_at",
            "found_by",
            "resolved_at",
            "resolved_by",
        )
        personal = ()

    class Meta:
        verbose_name = _("取り込みで確かめること")
        verbose_name_plural = _("取り込みで確かめること")
        ordering = ["pk"]  # a file after the other, each from its first line
        constraints = [
            models.CheckConstraint(
                condition=paired("resolved_at", "resolved_by"), name="reports_importdoubt_resolved_pair"
            ),
        ]

    def __str__(self) -> str:
        return self.message[:40]
