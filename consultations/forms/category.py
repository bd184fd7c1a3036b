"""A category, as staff may change it."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from consultations.forms.desk import guard_text
from consultations.models import Category
from platform_portal.seen_forms import SeenForm


@lru_cache(maxsize=1)
def icon_names() -> tuple[str, ...]:
    """Drawings of the sprite. The file is part of the program, so once per process is enough."""
    found = finders.find("icons.svg")
    text = Path(str(found)).read_text(encoding="utf-8") if found else ""
    return tuple(re.findall(r'<symbol id="([a-z0-9_-]+)"', text))


def icon_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in icon_names()]


class CategoryForm(SeenForm):
    icon = forms.ChoiceField(label=_("絵"), choices=icon_choices, help_text=_("名前の左に出ます。"))

    class Meta:
        model = Category
        fields = ("name", "description", "intro", "words", "icon", "is_risk", "position", "is_active")
        widgets = {
            "intro": forms.Textarea(attrs={"rows": 3}),
            "words": forms.Textarea(attrs={"rows": 12}),
        }
        help_texts = {
            "description": _("ホームの一覧に出ます。60文字まで。"),
            "intro": _("分野のページのはじめに出ます。300文字まで。"),
            "position": _("小さいものから並びます。"),
            "is_active": _("はずすと、住民の画面に出なくなります。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].validators.append(MaxLengthValidator(20_000))
        guard_text(self)

    def clean_words(self) -> str:
        """One word a line, no empty ones, none twice."""
        words = [line.strip() for line in self.cleaned_data["words"].splitlines()]
        return "\n".join(dict.fromkeys(word for word in words if word))
