"""Days that differ from the printed calendar: for one window, or for all."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.window import ConsultationWindow


class WindowException(models.Model):
    """One day on which a window is closed or keeps other hours."""

    window = models.ForeignKey(
        ConsultationWindow, verbose_name=_("相談窓口"), on_delete=models.CASCADE, related_name="exceptions"
    )
    on = models.DateField(_("日付"))
    spans = models.CharField(
        _("その日の受付時間"),
        max_length=100,
        blank=True,
        help_text=_("例：10:00-12:00,13:00-15:00。空欄は「休み」です。"),
    )
    reason = models.CharField(_("理由"), max_length=100)

    class Privacy:
        public = ("window", "on", "spans", "reason")
        internal: tuple[str, ...] = ()
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("日ごとの変更")
        verbose_name_plural = _("日ごとの変更")
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["window", "on"],
                name="consultations_exception_once_a_day",
                violation_error_message=_("同じ日の変更が、すでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.reason}"


class CalendarOverride(models.Model):
    """A correction to the public holidays, for every window."""

    on = models.DateField(
        _("日付"), unique=True, error_messages={"unique": _("この日の登録が、すでにあります。")}
    )
    is_holiday = models.BooleanField(
        _("祝日として扱う"),
        default=True,
        help_text=_("はずすと、暦の上では祝日でも、ふつうの日として扱います。"),
    )
    name = models.CharField(_("名称・理由"), max_length=100)

    class Privacy:
        public = ("on", "is_holiday", "name")
        internal: tuple[str, ...] = ()
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("祝日の変更")
        verbose_name_plural = _("祝日の変更")
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
