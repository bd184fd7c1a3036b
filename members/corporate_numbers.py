"""法人番号: thirteen digits, the first of which checks the others. Volunteer groups have none."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.jp import cn

from platform_portal.japanese.text import normalize_width


def compact_corporate_number(text: str) -> str:
    """The number as stored: half-width digits without hyphens or spaces."""
    return cn.compact(normalize_width(text)).strip()


def validate_corporate_number(number: str) -> None:
    try:
        cn.validate(number)
    except NotANumber as error:
        raise ValidationError(
            _("「%(number)s」は法人番号ではありません。13桁の数字を確かめてください。"),
            params={"number": number},
            code="corporate_number",
        ) from error
