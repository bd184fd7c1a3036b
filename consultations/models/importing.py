"""Files of windows that somebody uploaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_portal.sheets.models import SheetUpload, SheetUploadRow, upload_constraints


class WindowImport(SheetUpload):
    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "public_id",
            "file_name",
            "content",
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

    class Meta(SheetUpload.Meta):
        verbose_name = _("窓口の取り込み")
        verbose_name_plural = _("窓口の取り込み")
        constraints = upload_constraints("consultations_import")


class WindowImportRow(SheetUploadRow):
    UPLOAD = "window_import"

    window_import = models.ForeignKey(
        WindowImport, verbose_name=_("取り込み"), on_delete=models.CASCADE, related_name="rows"
    )

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "window_import",
            "rank",
            "number",
            "outcome",
            "public_id",
            "title",
            "changes",
            "problems",
            "warnings",
        )
        personal: tuple[str, ...] = ()

    class Meta(SheetUploadRow.Meta):
        verbose_name = _("取り込みの行")
        verbose_name_plural = _("取り込みの行")
        indexes = [
            models.Index(fields=["window_import", "rank", "number"], name="consultations_import_row_order")
        ]
