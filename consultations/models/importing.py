"""Files of windows that somebody uploaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_portal.sheets.models import SheetUpload, SheetUploadRow, upload_constraints


class WindowImport(SheetUpload):
    class Meta(SheetUpload.Meta):
        verbose_name = _("窓口の取り込み")
        verbose_name_plural = _("窓口の取り込み")
        constraints = upload_constraints("consultations_import")


class WindowImportRow(SheetUploadRow):
    UPLOAD = "window_import"

    window_import = models.ForeignKey(
        WindowImport, verbose_name=_("取り込み"), on_delete=models.CASCADE, related_name="rows"
    )

    class Meta(SheetUploadRow.Meta):
        verbose_name = _("取り込みの行")
        verbose_name_plural = _("取り込みの行")
        indexes = [
            models.Index(fields=["window_import", "rank", "number"], name="consultations_import_row_order")
        ]
