"""Somebody's own calendar of meetings can be read by a program that has its address."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CalendarLink(models.Model):
    """At most one for each person. The address is signed over `nonce`: a new one makes the old address worthless."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("利用者"),
        on_delete=models.CASCADE,
        related_name="calendar_link",
    )
    nonce = models.CharField(max_length=16, editable=False)
    created_at = models.DateTimeField(_("作った時刻"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ()
        internal = ("nonce", "created_at")
        personal = ("user",)
        withheld = ("nonce",)

    class Meta:
        verbose_name = _("カレンダーのアドレス")
        verbose_name_plural = _("カレンダーのアドレス")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)
