"""What residents tell us: errors they noticed, words for which nothing was found. No personal data."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models.window import ConsultationWindow
from platform_portal.publishing.models import actor, paired


class ErrorReportQuerySet(models.QuerySet["ErrorReport"]):
    def waiting(self) -> "ErrorReportQuerySet":
        return self.filter(handled_at=None)


class ErrorReport(models.Model):
    """An error somebody noticed on a window's page. Neither name nor address of the sender is kept."""

    class Kind(models.TextChoices):
        UNREACHABLE = "unreachable", _("電話やリンクがつながらない")
        NUMBER = "number", _("番号・アドレスがちがう")
        HOURS = "hours", _("受付時間がちがう")
        CONTENT = "content", _("説明がちがう")
        OTHER = "other", _("そのほか")

    window = models.ForeignKey(
        ConsultationWindow, verbose_name=_("相談窓口"), on_delete=models.CASCADE, related_name="error_reports"
    )
    kind = models.CharField(_("どこがちがうか"), max_length=12, choices=Kind.choices)
    text = models.TextField(_("くわしく"), max_length=500, blank=True)
    reported_at = models.DateTimeField(_("届いた時刻"), default=timezone.now, editable=False)
    handled_at = models.DateTimeField(_("対応した時刻"), null=True, blank=True, editable=False)
    handled_by = actor(_("対応した人"))
    resolution = models.CharField(_("対応の内容"), max_length=300, blank=True)

    objects = ErrorReportQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("window", "kind", "text", "reported_at", "handled_at", "handled_by", "resolution")
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("誤りの知らせ")
        verbose_name_plural = _("誤りの知らせ")
        ordering = ["-reported_at"]
        constraints = [
            models.CheckConstraint(
                condition=paired("handled_at", "handled_by"), name="consultations_report_handled_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window}: {self.get_kind_display()}"


class ZeroHitWord(models.Model):
    """A word for which no window was found. Counted by word; who asked, and when exactly, is not kept."""

    word = models.CharField(_("言葉"), max_length=20, unique=True)
    count = models.PositiveIntegerField(_("回数"), default=0)
    last_on = models.DateField(_("最後の日"))

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("word", "count", "last_on")
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("見つからなかった言葉")
        verbose_name_plural = _("見つからなかった言葉")
        ordering = ["-count", "word"]
        constraints = [
            models.CheckConstraint(condition=~Q(word=""), name="consultations_zerohitword_not_empty"),
        ]

    def __str__(self) -> str:
        return self.word
