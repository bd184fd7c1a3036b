"""試行事業: projects tried out with the grant, and what each cost, payee by payee. Money is whole yen."""

from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor
from reports.models.schemes import GrantCategory, GrantScheme

MOST_YEN = 99_999_999_999


class TrialProject(PublicIdModel):
    """`timing` is printed as written; the days read from it serve lists and checks."""

    scheme = models.ForeignKey(
        GrantScheme, verbose_name=_("年度"), on_delete=models.PROTECT, related_name="projects"
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    name = models.CharField(_("事業名称"), max_length=200, validators=[validate_one_line])
    content = models.TextField(
        _("事業内容"), max_length=2000, blank=True, validators=[MaxLengthValidator(2000)]
    )
    expected_effect = models.TextField(
        _("期待される効果"), max_length=1000, blank=True, validators=[MaxLengthValidator(1000)]
    )
    timing = models.CharField(_("実施時期"), max_length=100, blank=True, validators=[validate_one_line])
    starts_on = models.DateField(_("始まりの日"), null=True, blank=True, editable=False)
    ends_on = models.DateField(_("終わりの日"), null=True, blank=True, editable=False)
    response = models.TextField(
        _("実施後の反響"), max_length=2000, blank=True, validators=[MaxLengthValidator(2000)]
    )
    category = models.ForeignKey(
        GrantCategory,
        verbose_name=_("区分"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    created_by = actor(_("書いた人"), from_the_start=True)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = (
            "public_id",
            "scheme",
            "position",
            "name",
            "content",
            "expected_effect",
            "timing",
            "starts_on",
            "ends_on",
            "response",
            "category",
        )
        internal = ("version", "created_at", "created_by", "updated_at")
        personal = ()

    class Meta:
        verbose_name = _("試行事業")
        verbose_name_plural = _("試行事業")
        ordering = ["scheme", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None, ends_on=None)
                | Q(starts_on__isnull=False, ends_on=None)
                | Q(ends_on__gte=F("starts_on")),
                name="reports_trialproject_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BudgetLine(models.Model):
    """What one payee gets for a project. `amount_yen` is empty until it is known."""

    project = models.ForeignKey(
        TrialProject, verbose_name=_("試行事業"), on_delete=models.CASCADE, related_name="lines"
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    payee = models.CharField(_("発注先"), max_length=150, validators=[validate_one_line])
    amount_yen = models.PositiveBigIntegerField(_("金額（円）"), null=True, blank=True)
    breakdown = models.CharField(_("内訳"), max_length=200, blank=True, validators=[validate_one_line])
    is_additional = models.BooleanField(_("追加発注"), default=False)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ("project", "position", "payee", "amount_yen", "breakdown", "is_additional")
        internal = ()
        personal = ()

    class Meta:
        verbose_name = _("経費")
        verbose_name_plural = _("経費")
        ordering = ["project", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_yen=None) | Q(amount_yen__lte=MOST_YEN),
                name="reports_budgetline_amount_sayable",
                violation_error_message=_("金額を確かめてください。大きすぎます。"),
            ),
        ]

    def __str__(self) -> str:
        return self.payee
