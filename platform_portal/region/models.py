"""Where the portal stands: prefectures, the municipalities of its own, and its one row of settings."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_portal.region.codes import is_valid_code


def validate_code(code: str) -> None:
    if not is_valid_code(code):
        raise ValidationError(
            _("「%(code)s」は全国地方公共団体コードではありません。6桁の数字を確かめてください。"),
            params={"code": code},
            code="code",
        )


class Prefecture(models.Model):
    code = models.CharField(_("団体コード"), max_length=6, primary_key=True, validators=[validate_code])
    name = models.CharField(_("名称"), max_length=10, unique=True)
    kana = models.CharField(_("カナ"), max_length=20)

    class Privacy:
        public = ("name", "kana")
        internal: tuple[str, ...] = ()
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("都道府県")
        verbose_name_plural = _("都道府県")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def own(self) -> "MunicipalityQuerySet":
        """Those of the portal's prefecture."""
        return self.filter(prefecture__in=PortalSettings.objects.filter(pk=1).values("prefecture"))


class Municipality(models.Model):
    code = models.CharField(_("団体コード"), max_length=6, primary_key=True, validators=[validate_code])
    prefecture = models.ForeignKey(
        Prefecture, verbose_name=_("都道府県"), on_delete=models.PROTECT, related_name="municipalities"
    )
    name = models.CharField(_("名称"), max_length=30)
    kana = models.CharField(_("カナ"), max_length=60)

    objects = MunicipalityQuerySet.as_manager()

    class Privacy:
        public = ("prefecture", "name", "kana")
        internal: tuple[str, ...] = ()
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("市区町村")
        verbose_name_plural = _("市区町村")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["prefecture", "name"], name="region_municipality_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PortalSettings(models.Model):
    """One row. What a prefecture fills in once and edits on the desk."""

    portal_name = models.CharField(_("ポータルの名前"), max_length=60, default="つながりポータル")
    platform_name = models.CharField(_("プラットフォームの名前"), max_length=100)
    prefecture = models.ForeignKey(Prefecture, verbose_name=_("都道府県"), on_delete=models.PROTECT)
    secretariat_name = models.CharField(_("事務局の名前"), max_length=100)
    secretariat_postal_code = models.CharField(
        _("郵便番号"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^\d{3}-\d{4}$", _("760-8570 のように書いてください。"))],
    )
    secretariat_address = models.CharField(_("事務局の住所"), max_length=200, blank=True)
    secretariat_phone = models.CharField(_("事務局の電話番号"), max_length=20, blank=True)
    secretariat_email = models.EmailField(_("事務局のメールアドレス"), blank=True)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    class Privacy:
        public = (
            "portal_name",
            "platform_name",
            "prefecture",
            "secretariat_name",
            "secretariat_postal_code",
            "secretariat_address",
            "secretariat_phone",
            "secretariat_email",
        )
        internal = ("updated_at",)
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("ポータルの設定")
        verbose_name_plural = _("ポータルの設定")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="region_portalsettings_one_row"),
        ]

    def __str__(self) -> str:
        return self.portal_name

    @property
    def can_be_reached(self) -> bool:
        """Nobody is told to ask the secretariat where there is nothing to ask it by."""
        return bool(self.secretariat_phone or self.secretariat_email)

    @classmethod
    def load(cls) -> "PortalSettings":
        """The row, or unsaved defaults on a portal that was not set up yet."""
        row = cls.objects.select_related("prefecture").filter(pk=1).first()
        return row or cls(pk=1, platform_name="", secretariat_name="")
