"""Files of organisations that somebody uploaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_portal.sheets.models import SheetUpload, SheetUploadRow


class OrganizationImport(SheetUpload):
    class Privacy(SheetUpload.Privacy):
        personal = ("content",)
        leads_to_nobody = "a file of organisations, emptied when taken in, forgotten after a week"

    class Meta(SheetUpload.Meta):
        verbose_name = _("会員団体の取り込み")
        verbose_name_plural = _("会員団体の取り込み")


class OrganizationImportRow(SheetUploadRow):
    upload = models.ForeignKey(
        OrganizationImport, verbose_name=_("取り込み"), on_delete=models.CASCADE, related_name="rows"
    )

    class Privacy(SheetUploadRow.Privacy):
        # Old and new values of every column, addresses and telephone numbers among them.
        personal = ("changes", "problems", "warnings")
        leads_to_nobody = "rows of a file of organisations, forgotten with it after a week"

    class Meta(SheetUploadRow.Meta):
        verbose_name = _("取り込みの行")
        verbose_name_plural = _("取り込みの行")
