"""What pages outside the portal have answered that issues lead to."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_ADDRESS = 500  # characters; longer ones are not asked


class LinkAnswer(models.Model):
    """One address, however many issues lead to it. A row stands for a page that was asked."""

    url = models.CharField(_("リンク"), max_length=LONGEST_ADDRESS, unique=True)
    asked_at = models.DateTimeField(_("確かめた時刻"), default=timezone.now)
    is_ok = models.BooleanField(_("つながった"))
    status = models.CharField(_("答え"), max_length=60, blank=True)  # a number or a word of ours

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("url", "asked_at", "is_ok", "status")
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("号のリンクの確認")
        verbose_name_plural = _("号のリンクの確認")
        ordering = ["url"]

    def __str__(self) -> str:
        return self.url
