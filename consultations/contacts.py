"""What stands in a channel's main field, checked per kind. Forms and files read it here."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from consultations.models.channel import LINK_KINDS, TELEPHONE_KINDS, ChannelKind, Toll
from consultations.phone import read_phone, toll_of

_check_link = URLValidator(schemes=["https"])


@dataclass(frozen=True, slots=True)
class Contact:
    """`value` as stored; `digits` for telephones; what is doubtful in `warning`, with the likely `suggestion`."""

    value: str
    digits: str = ""
    toll: Toll = Toll.UNKNOWN
    warning: str = ""
    suggestion: str = ""


def read_contact(kind: str, text: str) -> Contact:
    """Raises ValidationError with a sentence to show."""
    plain = text.strip()
    if kind in TELEPHONE_KINDS:
        phone = read_phone(plain)
        toll = toll_of(phone.digits) if kind == ChannelKind.PHONE else Toll.UNKNOWN
        return Contact(phone.display, phone.digits, toll, phone.warning, phone.suggestion)
    if kind in LINK_KINDS and plain:
        try:
            _check_link(plain)
        except ValidationError as error:
            raise ValidationError(
                _("https:// で始まるアドレスを書いてください（例：https://example.jp/soudan）。"), code="link"
            ) from error
    if kind == ChannelKind.EMAIL and plain:
        validate_email(plain)
    return Contact(plain)
