"""Mail addresses as people type them, made into the one spelling that is stored and compared."""

import hashlib
import hmac
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

LONGEST = 254
_MARK = "newsletters.suppression"
_MESSAGE = _("メールアドレスを確かめてください（例：hana@example.jp）。")
_validate = EmailValidator(_MESSAGE)


def clean_address(text: str) -> str:
    """Half width, lower case, a domain of other scripts as the mail system writes it. Raises ValidationError.

    Nothing is guessed: what holds a line end, a control character or a space inside is no address. The part before
    the @ in other scripts, or within quotes, is refused: no mail server of ours takes it.
    """
    if len(text) > 4 * LONGEST or any(
        unicodedata.category(each) in {"Cc", "Cf", "Cs"} for each in text.strip()
    ):
        raise ValidationError(_MESSAGE, code="invalid")
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    local, at, domain = plain.rpartition("@")
    if not at or not local.isascii() or '"' in local:
        raise ValidationError(_MESSAGE, code="invalid")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii").lower()
        except UnicodeError as error:
            raise ValidationError(_MESSAGE, code="invalid") from error
    address = f"{local}@{domain}"
    if len(address) > LONGEST:
        raise ValidationError(_MESSAGE, code="invalid")
    _validate(address)
    return address


def folded(text: str) -> str:
    """Words to look for among addresses, in their spelling; a part of one is enough."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def masked(address: str) -> str:
    """As shown to whoever holds a link: enough to tell one's own addresses apart, of no use to others."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if at else ""


def fingerprint_of(address: str) -> str:
    """Stands for an address that was erased: whoever has the database alone cannot try addresses against it."""
    return _fingerprint(address, settings.SECRET_KEY)


def fingerprints_of(address: str) -> list[str]:
    """With the keys of earlier days too."""
    return [_fingerprint(address, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _fingerprint(address: str, key: str) -> str:
    return hmac.new(f"{_MARK}:{key}".encode(), address.lower().encode(), hashlib.sha256).hexdigest()
