"""PDF of a record: made in the background, kept by what it was made of."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.minutes import Edition, Minutes
from platform_portal.publishing.states import State

PDFS = "meetings/minutes/"


class MinutesPdfQuerySet(models.QuerySet["MinutesPdf"]):
    def asked_last(self) -> "MinutesPdfQuerySet":
        """Of each edition the one that was asked for last: earlier ones say what the record said then."""
        rivals = MinutesPdf.objects.filter(minutes=OuterRef("minutes"), edition=OuterRef("edition"))
        return self.filter(pk=rivals.order_by("-asked_at", "-pk").values("pk")[:1])

    def missing(self) -> "MinutesPdfQuerySet":
        """Could not be made of what readers see now: somebody has to do something about it."""
        return self.asked_last().exclude(error="").filter(minutes__state=State.PUBLISHED)


class MinutesPdf(models.Model):
    """One rendering. `source_sha256` is of the content and the layout: the same source is never rendered twice."""

    minutes = models.ForeignKey(
        Minutes, verbose_name=_("議事録"), on_delete=models.CASCADE, related_name="renderings"
    )
    edition = models.CharField(_("どちら"), max_length=6, choices=Edition.choices)
    source_sha256 = models.CharField(max_length=64)
    asked_at = models.DateTimeField(_("頼まれた時刻"), default=timezone.now, editable=False)
    rendered_at = models.DateTimeField(_("できた時刻"), null=True, blank=True, editable=False)
    file = models.FileField(_("ファイル"), upload_to=PDFS, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    error = models.CharField(_("できなかったわけ"), max_length=500, blank=True, editable=False)

    objects: ClassVar[Any] = MinutesPdfQuerySet.as_manager()

    class Privacy:
        public = ("minutes", "edition", "rendered_at", "file", "sha256")
        internal = ("source_sha256", "asked_at", "error")
        personal = ()

    class Meta:
        verbose_name = _("議事録のPDF")
        verbose_name_plural = _("議事録のPDF")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(edition__in=Edition.values), name="meetings_minutespdf_edition_known"
            ),
            models.UniqueConstraint(
                fields=["minutes", "edition", "source_sha256"], name="meetings_minutespdf_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} {self.get_edition_display()}"
