"""Files of windows that somebody uploaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_portal.sheets.models import SheetUpload, SheetUploadRow


class WindowImport(SheetUpload):
    class Privacy(SheetUpload.Privacy):
        internal = (*SheetUpload.Privacy.internal, "content")

    class Meta(SheetUpload.Meta):
        verbose_name = _("窓口の取り込み")
        verbose_name_plural = _("窓口の取り込み")


class WindowImportRow(SheetUploadRow):
    upload = models.ForeignKey(
        WindowImport, verbose_name=_("取り込み"), on_delete=models.CASCADE, related_name="rows"
    )

    class Privacy(SheetUploadRow.Privacy):
        internal = (*SheetUploadRow.Privacy.internal, "changes", "problems", "warnings")

    class Meta(SheetUploadRow.Meta):
        verbose_name = _("取り込みの行")
        verbose_name_plural = _("取り込みの行")
