"""分野: what a resident's trouble is about."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.states import State


class CategoryQuerySet(models.QuerySet["Category"]):
    def published(self) -> "CategoryQuerySet":
        """Those that residents choose from."""
        return self.filter(is_active=True)


class Category(PublicIdModel):
    # Public addresses use the neutral id: a browser's history must not say "violence".
    slug = models.SlugField(_("記号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=40, unique=True)
    description = models.CharField(_("ひとこと説明"), max_length=60)
    intro = models.TextField(_("はじめの文"), max_length=300, blank=True)
    words = models.TextField(
        _("困りごとの言葉"),
        blank=True,
        help_text=_("この分野の困りごとを、住民が使う言葉で1行に1つずつ書きます。さがす機能が使います。"),
    )
    icon = models.SlugField(_("絵"), max_length=30)
    is_risk = models.BooleanField(
        _("安全への配慮が必要"),
        default=False,
        help_text=_("見ていることを知られると危ない分野。題名を中立にし、画面を保存させません。"),
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_active = models.BooleanField(_("使う"), default=True)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects = CategoryQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "slug",
            "name",
            "description",
            "intro",
            "words",
            "icon",
            "is_risk",
            "position",
            "is_active",
        )
        internal = ("updated_at",)
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("分野")
        verbose_name_plural = _("分野")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def word_list(self) -> list[str]:
        return [word.strip() for word in self.words.splitlines() if word.strip()]

    def windows_depending_on_it(self) -> Any:
        """Published windows to which no other category in use leads."""
        others = (
            Category.windows.through.objects.filter(
                consultationwindow=OuterRef("pk"), category__is_active=True
            )
            .exclude(category=self.pk)
            .values("pk")
        )
        return self.windows.filter(state=State.PUBLISHED).exclude(Exists(others))
