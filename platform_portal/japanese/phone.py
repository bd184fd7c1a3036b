"""Telephone numbers as offices write them: read, checked, warned about.

Published lists carry numbers with the hyphens in the wrong place, with a digit missing, in full width or with an
extension. What a person typed stays on show; what a telephone dials is kept beside it.
"""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_LENGTH = 60
_DASHES = re.compile("[‐‑‒–—―−ー─_~〜]")
_EXTENSION = re.compile(
    r"\s*[(（]?\s*(?:内線|内|ext\.?|x)\s*[:：]?\s*(\d{1,6})(?:番)?\s*[)）]?$", re.IGNORECASE
)
_SHORT = re.compile(r"1\d\d|#\d{3,4}", re.ASCII)
_SHAPE = re.compile(r"\+?[\d\-()\s.]+|#\s*\d+", re.ASCII)
_TWO_NUMBERS = re.compile(r"[/／、,，;；\n]|または|又は")
# 4 + 6 digits is how many offices print their free numbers; nobody misreads it.
_SERVICE = re.compile(r"(0120|0800|0570|0990)-\d{6,7}")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """`display` is shown, `digits` is dialled (digits, with a leading `#` or `+` where there is one).

    `warning` is an empty string or a sentence; `suggestion` is an empty string or the likely way to write it.
    """

    display: str
    digits: str
    warning: str = ""
    suggestion: str = ""


def read_phone(text: str) -> PhoneNumber:
    """Reads one number; reading its `display` again gives the same.

    Raises ValidationError, with a sentence to show, for what cannot be dialled.
    """
    shown = _tidy(text)
    if not shown:
        raise ValidationError(_("電話番号を書いてください。"), code="phone_empty")
    if _TWO_NUMBERS.search(shown):
        raise ValidationError(
            _("番号が2つ以上あるようです。1つの欄に番号を1つだけ書いてください。"), code="phone_many"
        )
    extension = _EXTENSION.search(shown)
    number = shown[: extension.start()] if extension else shown
    if not _SHAPE.fullmatch(number) or len(shown) > MAX_LENGTH:
        raise ValidationError(
            _("「%(text)s」は電話番号として読めません。数字とハイフンで書いてください（例：087-832-0000）。"),
            params={"text": shown[:MAX_LENGTH]},
            code="phone_shape",
        )
    tail = shown[len(number) :]
    dialled = re.sub(r"[^0-9+#]", "", number)
    if _SHORT.fullmatch(dialled):
        return PhoneNumber(dialled + tail, dialled)
    return _read_long(number.strip(), dialled, tail)


def _tidy(text: str) -> str:
    half = unicodedata.normalize("NFKC", text).replace("\u200b", "")
    return re.sub(r"[ \t]+", " ", _DASHES.sub("-", half)).strip()


def _read_long(number: str, dialled: str, tail: str) -> PhoneNumber:
    try:
        parsed = phonenumbers.parse(dialled, "JP")
    except phonenumbers.NumberParseException as error:
        raise ValidationError(
            _("「%(text)s」は電話番号として読めません。番号を確かめてください。"),
            params={"text": number},
            code="phone_shape",
        ) from error
    is_japanese = parsed.country_code == 81
    digits = _national_digits(dialled, parsed) if is_japanese else dialled
    if len(digits) > 20:
        raise ValidationError(_("電話番号が長すぎます。番号を確かめてください。"), code="phone_long")
    if not phonenumbers.is_valid_number(parsed):
        return PhoneNumber(number + tail, digits, warning=_warn_of_count(digits) if is_japanese else _doubt())
    if not is_japanese:
        return PhoneNumber(number + tail, digits)
    usual = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    if not dialled.startswith(("0", "+")):  # a spreadsheet took the number for a sum and ate its zero
        warning = _("先頭の 0 がないので、補いました。番号を確かめてください。")
        return PhoneNumber(usual + tail, "0" + digits, warning, usual + tail)
    return _with_grouping(number, digits, usual, tail)


def check_phone(text: str) -> None:
    """For the fields of a model. Raises ValidationError like `read_phone`."""
    read_phone(text)


def _national_digits(dialled: str, parsed: phonenumbers.PhoneNumber) -> str:
    """Japan's own numbers as dialled inside the country."""
    if dialled.startswith("+"):
        return "0" + phonenumbers.national_significant_number(parsed)
    return dialled


def _with_grouping(number: str, digits: str, usual: str, tail: str) -> PhoneNumber:
    if number.isdigit():  # nobody grouped it, so nobody grouped it wrongly
        return PhoneNumber(usual + tail, digits)
    grouped = re.sub(r"[()\s.]+", "-", number).strip("-")
    if number.startswith("+") or grouped == usual or _SERVICE.fullmatch(grouped):
        return PhoneNumber(number + tail, digits)
    warning = _(
        "区切りの位置がふつうとちがいます。%(usual)s ではありませんか。数字の抜けや打ちまちがいも確かめてください。"
    )
    return PhoneNumber(number + tail, digits, warning % {"usual": usual}, usual + tail)


def _warn_of_count(digits: str) -> str:
    # Mobile, IP and 0800 numbers have eleven digits; all others ten.
    expected = 11 if re.match(r"0[5789]0|0800", digits) and not digits.startswith("0990") else 10
    if len(digits) < expected:
        return _("数字が %(count)s 個足りないようです。番号を確かめてください。") % {
            "count": expected - len(digits)
        }
    if len(digits) > expected:
        return _("数字が %(count)s 個多いようです。番号を確かめてください。") % {
            "count": len(digits) - expected
        }
    return _doubt()


def _doubt() -> str:
    return _("使われていない番号のようです。番号を確かめてください。")
