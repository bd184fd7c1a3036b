"""What stands in a channel's main field, checked per kind. Forms and files read it here."""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from consultations.models.channel import Toll
from consultations.models.kinds import LINK_KINDS, TELEPHONE_KINDS, ChannelKind
from consultations.tolls import toll_of
from platform_portal.japanese.phone import read_phone

_check_link = URLValidator(
    schemes=["https"],
    message=_("https:// で始まるアドレスを書いてください（例：https://example.jp/soudan）。"),
    code="link",
)
_check_email = EmailValidator(
    message=_("メールアドレスを書いてください（例：soudan@pref.example.jp）。"), code="email"
)


_LINE_ID = re.compile(r"@[a-z0-9._-]{2,40}", re.ASCII | re.IGNORECASE)


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
    if kind == ChannelKind.LINE and line_address(plain):
        raise ValidationError(
            _("IDではなく、押すと開くアドレスを書いてください：%(address)s"),
            params={"address": line_address(plain)},
            code="line_id",
        )
    if kind in LINK_KINDS and plain:
        _check_link(plain)
    if kind == ChannelKind.EMAIL and plain:
        plain = unicodedata.normalize("NFKC", plain)
        _check_email(plain)
    return Contact(plain)


def line_address(text: str) -> str:
    """Where an ID like 「@tasukeai」 is opened; empty for anything else."""
    name = unicodedata.normalize("NFKC", text).strip()
    return f"https://line.me/R/ti/p/%40{name[1:]}" if _LINE_ID.fullmatch(name) else ""


def suggest_contact(kind: str, text: str) -> str:
    """The likely way to write what is doubtful or refused; empty when there is none."""
    if kind == ChannelKind.LINE:
        return line_address(text)
    if kind not in TELEPHONE_KINDS:
        return ""
    try:
        return read_phone(text).suggestion
    except ValidationError:
        return ""
