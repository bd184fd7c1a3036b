"""Files of organisations that somebody uploaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_portal.sheets.models import SheetUpload, SheetUploadRow, upload_constraints


class OrganizationImport(SheetUpload):
    class Privacy:
        public = ()
        internal = (
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
        personal = ("content",)
        leads_to_nobody = "a file of organisations, emptied when taken in, forgotten after a week"

    class Meta(SheetUpload.Meta):
        verbose_name = _("会員団体の取り込み")
        verbose_name_plural = _("会員団体の取り込み")
        constraints = upload_constraints("members_import")


class OrganizationImportRow(SheetUploadRow):
    UPLOAD = "organization_import"

    organization_import = models.ForeignKey(
        OrganizationImport, verbose_name=_("取り込み"), on_delete=models.CASCADE, related_name="rows"
    )

    class Privacy:
        public = ()
        internal = (
            "organization_import",
            "rank",
            "number",
            "outcome",
            "public_id",
            "title",
        )
        # Old and new values of every column, addresses and telephone numbers among them.
        personal = ("changes", "problems", "warnings")
        leads_to_nobody = "rows of a file of organisations, forgotten with it after a week"

    class Meta(SheetUploadRow.Meta):
        verbose_name = _("取り込みの行")
        verbose_name_plural = _("取り込みの行")
        indexes = [
            models.Index(fields=["organization_import", "rank", "number"], name="members_import_row_order")
        ]
