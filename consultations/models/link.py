"""Links of windows: whether they still lead anywhere."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# One failure may be the weather; a page that fails in two runs is looked at by a person.
ALARM_FAILURES = 2


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def broken(self) -> "LinkCheckQuerySet":
        return self.filter(failures__gte=ALARM_FAILURES)


class LinkCheck(models.Model):
    """One address, however many windows name it. `failures`: runs in a row in which it could not be reached."""

    url = models.CharField(_("リンク"), max_length=300, unique=True)
    first_seen_at = models.DateTimeField(_("はじめて見た時刻"), default=timezone.now)
    checked_at = models.DateTimeField(_("最後に確かめた時刻"), null=True, blank=True)
    last_ok_at = models.DateTimeField(_("最後につながった時刻"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("続けてつながらなかった回数"), default=0)
    last_status = models.CharField(_("最後の答え"), max_length=60, blank=True)  # a number or a word of ours

    objects: ClassVar = LinkCheckQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("url", "first_seen_at", "checked_at", "last_ok_at", "failures", "last_status")
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("リンクの確認")
        verbose_name_plural = _("リンクの確認")
        ordering = ["-failures", "url"]
        constraints = [
            models.CheckConstraint(
                condition=Q(failures=0) | Q(checked_at__isnull=False),
                name="consultations_linkcheck_failed_when_checked",
            ),
        ]

    def __str__(self) -> str:
        return self.url
