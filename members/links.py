"""Links with which somebody may choose a password."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from members.mails import absolute
from members.models import User


def password_reset_link(user: User) -> str:
    """Valid for PASSWORD_RESET_TIMEOUT, and until the password or the e-mail address changes."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return absolute(reverse("account_reset_password_from_key", kwargs=key))
