"""Amounts and numbers as people write them: 1,234,567, ￥１２３４, 1234円, １２人. Kept as whole numbers."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+", re.ASCII)
MOST_PEOPLE = 9_999_999


def read_whole(text: str, *units: str) -> int | None:
    """None for nothing. Raises ValueError for what is no whole number: nothing is rounded or guessed."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).replace("、", ",")
    for unit in units:
        plain = plain.removesuffix(unit)
    plain = plain.lstrip("¥\\")
    if not plain:
        return None
    if not _WHOLE.fullmatch(plain):
        raise ValueError
    return int(plain.replace(",", ""))


def write_yen(amount: int) -> str:
    return f"{amount:,}"


class _WholeField(forms.CharField):
    units: tuple[str, ...] = ()

    def __init__(self, *, most: int, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "max_length": 40, "required": False, **options})
        self.most = most

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            number = read_whole(text, *self.units)
        except ValueError as error:
            raise ValidationError(self.how_to_write(), code="invalid") from error
        if number is not None and number > self.most:
            raise ValidationError(_("大きすぎます。数を確かめてください。"), code="too_large")
        return number

    def how_to_write(self) -> str:
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        """What was typed comes back as it was typed."""
        return write_yen(value) if isinstance(value, int) else value


class YenField(_WholeField):
    """Gives whole yen, or None where nothing is written."""

    units = ("円",)

    def how_to_write(self) -> str:
        return _("金額は、円の単位で、数字だけで書いてください。例：1,234,567")


class PeopleField(_WholeField):
    """Gives how many people, or None where nothing is written."""

    units = ("人", "名")

    def __init__(self, **options: Any) -> None:
        super().__init__(most=MOST_PEOPLE, **options)
        self.widget.attrs["class"] = "short-number"

    def how_to_write(self) -> str:
        return _("人数は、数字だけで書いてください。例：62")
