"""Files of addresses between their upload and the moment they are taken in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_portal.sheets.models import SheetUpload, SheetUploadRow


class SubscriberImport(SheetUpload):
    class Privacy(SheetUpload.Privacy):
        personal = ("content",)
        leads_to_nobody = "a file of addresses, emptied when taken in, forgotten after a week"

    class Meta(SheetUpload.Meta):
        verbose_name = _("購読者の取り込み")
        verbose_name_plural = _("購読者の取り込み")


class SubscriberImportRow(SheetUploadRow):
    upload = models.ForeignKey(
        SubscriberImport, verbose_name=_("取り込み"), on_delete=models.CASCADE, related_name="rows"
    )

    class Privacy(SheetUploadRow.Privacy):
        internal = ("upload", "rank", "number", "outcome", "public_id")
        personal = ("title", "changes", "problems", "warnings")
        leads_to_nobody = "rows of a file of addresses, forgotten with it after a week"

    class Meta(SheetUploadRow.Meta):
        verbose_name = _("取り込みの行")
        verbose_name_plural = _("取り込みの行")
