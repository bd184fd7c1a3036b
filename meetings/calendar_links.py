"""The address of one person's own calendar of meetings: signed, and worthless once its row is gone or made anew."""

from django.core import signing
from django.utils.crypto import get_random_string

from meetings.models import CalendarLink
from members.models import User

SALT = "meetings.calendar"
LENGTH = 16


def new_nonce() -> str:
    return get_random_string(LENGTH)


def token_of(link: CalendarLink) -> str:
    return signing.Signer(salt=SALT).sign_object([link.user_id, link.nonce])


def user_of(token: str) -> User | None:
    """None for an address that was made up, cut off, replaced or stopped, or whose person may not sign in any more."""
    try:
        key, nonce = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    link = CalendarLink.objects.select_related("user").filter(user=key, nonce=nonce).first()
    return link.user if link is not None and link.user.is_active else None
