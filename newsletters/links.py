"""The addresses in one copy of an issue, and what they say: whose copy it is. Signed, so that nobody can make up
another's.

A token opens only the page to leave and to choose topics. It holds the number of the delivery alone, and lives as
long as the copy: somebody leaves with the mail they find after years.
"""

import hashlib
import hmac
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.urls import reverse

from newsletters.content import TOKEN_MARK
from newsletters.models import Readership

_LEAVE = "newsletters.leave"
_BOUNCE = "newsletters.bounce"
_BOUNCE_MARK = "b+"
_MAC_LENGTH = 16  # hexadecimal digits; an address has room for 64 characters before the @


def leave_address() -> str:
    """Of the page to leave, with the mark that each copy's own token takes the place of."""
    place = "token"  # the mark itself would be quoted
    return page_address("leave", place).replace(f"/{place}/", f"/{TOKEN_MARK}/")


def archive_address(readership: str) -> str:
    """Members read their own newsletters where they sign in."""
    return page_address("archive" if readership == Readership.PUBLIC else "my-archive")


def page_address(name: str, *args: str) -> str:
    """The whole address of a page of this app."""
    return f"{settings.PORTAL_ORIGIN}{reverse(f'newsletters:{name}', args=args)}"


def leave_token(delivery_id: int) -> str:
    return signing.Signer(salt=_LEAVE).sign(_short(delivery_id))


def delivery_id_of(token: str) -> int:
    """Raises signing.BadSignature."""
    try:
        return int(signing.Signer(salt=_LEAVE).unsign(token), 36)
    except ValueError as error:
        raise signing.BadSignature("not a number") from error


def bounce_address(delivery_id: int) -> str:
    """The Return-Path of one copy (VERP): a notice sent there says by itself which copy it is about."""
    number = _short(delivery_id)
    return f"{_BOUNCE_MARK}{number}.{_mac(number, settings.SECRET_KEY)}@{_bounce_domain()}"


def delivery_id_of_bounce(address: str) -> int | None:
    """The delivery that this address of ours was made for, or None for one that we did not make."""
    local, _at, domain = parseaddr(address)[1].lower().rpartition("@")
    number, _dot, mac = local.removeprefix(_BOUNCE_MARK).partition(".")
    if not local.startswith(_BOUNCE_MARK) or domain != _bounce_domain() or not number.isalnum():
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(mac.encode(), _mac(number, key).encode()) for key in keys):
        return None
    return int(number, 36)


def _mac(number: str, key: str) -> str:
    return hmac.new(f"{_BOUNCE}:{key}".encode(), number.encode(), hashlib.sha256).hexdigest()[:_MAC_LENGTH]


def _bounce_domain() -> str:
    return settings.PORTAL_BOUNCE_DOMAIN.lower()


def _short(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    written = ""
    while number:
        number, rest = divmod(number, 36)
        written = digits[rest] + written
    return written or "0"
