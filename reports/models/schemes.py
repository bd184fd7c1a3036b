"""交付金: what it is called and which kinds of work it pays for. Both change every year, so both are data."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.users import validate_one_line
from platform_portal.japanese.calendar import format_fiscal_year
from platform_portal.publishing.models import actor, paired

FIRST_YEAR, LAST_YEAR = 2020, 2099
MOST_CATEGORIES = 20
"""So many circled numbers have a sign of their own: ① to ⑳."""
_FIRST_CIRCLED = ord("①")


def circled(number: int) -> str:
    """1 to 20 as ① to ⑳."""
    return chr(_FIRST_CIRCLED + number - 1)


class GrantScheme(models.Model):
    """The grant of one fiscal year (April to March)."""

    fiscal_year = models.PositiveSmallIntegerField(
        _("年度"), unique=True, validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    official_name = models.CharField(_("交付金の正式な名前"), max_length=150, validators=[validate_one_line])
    rate_numerator = models.PositiveSmallIntegerField(_("補助率の分子"), null=True, blank=True)
    rate_denominator = models.PositiveSmallIntegerField(_("補助率の分母"), null=True, blank=True)
    ceiling_yen = models.PositiveBigIntegerField(_("上限額（円）"), null=True, blank=True)
    source_url = models.URLField(_("根拠の文書のアドレス"), max_length=500, blank=True)
    source_note = models.CharField(
        _("根拠の文書"), max_length=300, blank=True, validators=[validate_one_line]
    )
    created_at = models.DateTimeField(_("登録した時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = (
            "fiscal_year",
            "official_name",
            "rate_numerator",
            "rate_denominator",
            "ceiling_yen",
            "source_url",
            "source_note",
        )
        internal = ("created_at", "updated_at")
        personal = ()

    class Meta:
        verbose_name = _("交付金")
        verbose_name_plural = _("交付金")
        ordering = ["-fiscal_year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fiscal_year__gte=FIRST_YEAR, fiscal_year__lte=LAST_YEAR),
                name="reports_grantscheme_year_known",
                violation_error_message=_("年度を確かめてください。"),
            ),
            models.CheckConstraint(
                condition=Q(rate_numerator=None, rate_denominator=None)
                | Q(rate_numerator__gte=1, rate_denominator__gte=F("rate_numerator")),
                name="reports_grantscheme_rate_is_a_share",
                violation_error_message=_("補助率は、分子と分母の両方を、1を超えないように書いてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{format_fiscal_year(self.fiscal_year)} {self.official_name}"

    @property
    def rate_words(self) -> str:
        """2分の1, or empty while it is not known."""
        return f"{self.rate_denominator}分の{self.rate_numerator}" if self.rate_denominator else ""


class GrantCategory(models.Model):
    """One kind of work by its number and its exact words. Unconfirmed until somebody has seen them in the papers of the
    grant: no final report cites an unconfirmed one."""

    scheme = models.ForeignKey(
        GrantScheme, verbose_name=_("交付金"), on_delete=models.PROTECT, related_name="categories"
    )
    number = models.PositiveSmallIntegerField(
        _("番号"), validators=[MinValueValidator(1), MaxValueValidator(MOST_CATEGORIES)]
    )
    label = models.CharField(_("区分の言葉"), max_length=200, blank=True, validators=[validate_one_line])
    confirmed_at = models.DateTimeField(_("確かめた時刻"), null=True, blank=True, editable=False)
    confirmed_by = actor(_("確かめた人"))

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ("scheme", "number", "label")
        internal = ("confirmed_at", "confirmed_by")
        personal = ()

    class Meta:
        verbose_name = _("区分")
        verbose_name_plural = _("区分")
        ordering = ["scheme", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "number"],
                name="reports_grantcategory_number_once",
                violation_error_message=_("この番号の区分は、もうあります。"),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_CATEGORIES),
                name="reports_grantcategory_number_circled",
                violation_error_message=_("区分の番号は、1から20までです。"),
            ),
            models.CheckConstraint(
                condition=paired("confirmed_at", "confirmed_by"), name="reports_grantcategory_confirmed_pair"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(label=""),
                name="reports_grantcategory_confirmed_with_words",
                violation_error_message=_("言葉のない区分は、確かめたことにできません。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign}{self.label}"

    @property
    def sign(self) -> str:
        return circled(self.number)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None
