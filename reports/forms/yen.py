"""Amounts and numbers of people as they are written: 1,234,567, ￥350,000-, 金三十五万円也, １２人. Kept as whole numbers."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from platform_portal.japanese.numbers import plain, read_number

_DASHES = "[-‐‑‒–—―−─ー]"
_MONEY = re.compile(rf"金?[¥\\]?(?P<number>.+?)円?也?{_DASHES}*")
_PEOPLE = re.compile(r"(?P<number>.+?)[人名]?")
MOST_PEOPLE = 9_999_999


def write_yen(amount: int) -> str:
    return f"{amount:,}"


class _WholeField(forms.CharField):
    """`pattern`: what may stand around the number."""

    pattern: "re.Pattern[str]"

    def __init__(self, *, most: int, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "max_length": 40, "required": False, **options})
        self.most = most

    def clean(self, value: Any) -> Any:
        text = plain(super().clean(value))
        if not text:
            return None
        match = self.pattern.fullmatch(text)
        try:
            number = read_number(match["number"] if match else "")
        except ValueError as error:
            raise ValidationError(self.how_to_write(), code="invalid") from error
        if number > self.most:
            raise ValidationError(_("大きすぎます。数を確かめてください。"), code="too_large")
        return number

    def how_to_write(self) -> str:
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        """What was typed comes back as it was typed."""
        return write_yen(value) if isinstance(value, int) else value


class YenField(_WholeField):
    """Gives whole yen, or None where nothing is written."""

    pattern = _MONEY

    def how_to_write(self) -> str:
        return _(
            "金額として読めません。円の単位で、税込みかどうかなどは書かずに、数だけを書いてください。例：1,234,567、35万円"
        )


class PeopleField(_WholeField):
    """Gives how many people, or None where nothing is written."""

    pattern = _PEOPLE

    def __init__(self, **options: Any) -> None:
        super().__init__(most=MOST_PEOPLE, **options)
        self.widget.attrs["class"] = "short-number"

    def how_to_write(self) -> str:
        return _("人数として読めません。数だけを書いてください。例：62")
