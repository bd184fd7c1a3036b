"""What stands in a channel's main field, checked per kind. Forms and files read it here."""

import unicodedata
from dataclasses import dataclass

from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from consultations.models.channel import Toll
from consultations.models.kinds import LINK_KINDS, TELEPHONE_KINDS, ChannelKind
from consultations.phone import read_phone, toll_of

_check_link = URLValidator(
    schemes=["https"],
    message=_("https:// で始まるアドレスを書いてください（例：https://example.jp/soudan）。"),
    code="link",
)
_check_email = EmailValidator(
    message=_("メールアドレスを書いてください（例：soudan@pref.example.jp）。"), code="email"
)


@dataclass(frozen=True, slots=True)
class Contact:
    """`value` as stored; `digits` for telephones; what is doubtful in `warning`."""

    value: str
    digits: str = ""
    toll: Toll = Toll.UNKNOWN
    warning: str = ""


def read_contact(kind: str, text: str) -> Contact:
    """Raises ValidationError with a sentence to show."""
    plain = text.strip()
    if kind in TELEPHONE_KINDS:
        phone = read_phone(plain)
        toll = toll_of(phone.digits) if kind == ChannelKind.PHONE else Toll.UNKNOWN
        return Contact(phone.display, phone.digits, toll, phone.warning)
    if kind in LINK_KINDS and plain:
        _check_link(plain)
    if kind == ChannelKind.EMAIL and plain:
        plain = unicodedata.normalize("NFKC", plain)
        _check_email(plain)
    return Contact(plain)
