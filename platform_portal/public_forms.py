"""Guards of forms that need no sign-in: no cookie, no third party.

A signed, time-limited token; the browser's own word on where the request comes from; a trap field;
and a limit per sender. Used by every public form that writes something.
"""

import ipaddress
import time
from copy import copy
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_ratelimit.core import is_ratelimited

from platform_portal.access.checks import Refused

TOKEN_MAX_AGE = 4 * 60 * 60  # seconds; somebody may leave the page open for an evening
TOKEN_MIN_AGE = 2  # seconds; nobody reads and writes faster
TOO_MANY = _(
    "短い間にたくさん届いたため、いまは受け取れません。1時間ほどたってから、もう一度お試しください。"
)


def client_address(request: HttpRequest) -> str:
    """Address of the sender, seen through the configured number of trusted proxies."""
    steps = settings.PORTAL_TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    candidate = hops[-steps] if 0 < steps <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return "0.0.0.0"  # noqa: S104  unix socket or garbage: one common bucket


def is_same_origin(request: HttpRequest) -> bool:
    """False only when the browser itself says that another site sent this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == request.get_host()


def check_same_origin(request: HttpRequest) -> None:
    """Raises Refused: see is_same_origin()."""
    if not is_same_origin(request):
        raise Refused(gettext("別のサイトから送られたため、受け取りませんでした。"))


def is_limited(request: HttpRequest, *, group: str, rate: str) -> bool:
    """Counts this request and says whether the sender has used up `rate` (e.g. "5/h")."""
    return bool(is_ratelimited(request, group=group, key="ip", rate=rate, method="POST", increment=True))


def new_token(purpose: str) -> str:
    return signing.dumps(purpose, salt="public-form")


def age_of_token(token: str, purpose: str) -> float:
    """Seconds since the token was made. Raises signing.BadSignature when it is not ours or too old."""
    if signing.loads(token, salt="public-form", max_age=TOKEN_MAX_AGE) != purpose:
        raise signing.BadSignature("made for another form")
    made_at = signing.b62_decode(token.rsplit(":", 2)[1])  # value:timestamp:signature
    return time.time() - made_at


class ShownAgainForm(forms.Form):
    """A form that may come back with other hidden values than it was sent with."""

    button = _("送る")  # what the button says that sends the form

    def show_again(self, **values: str) -> None:
        """Everything that was written stays, each tick of a group too."""
        renewed: Any = copy(self.data)
        for name, value in values.items():
            renewed[name] = value
        self.data = renewed


class PublicForm(ShownAgainForm):
    """Base of public forms that write. Fields `token` and `website_url` (the trap) are hidden."""

    purpose = ""

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    # Named so that programs fill it in; people never see it.
    website_url = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", new_token(self.purpose))

    @property
    def is_trapped(self) -> bool:
        """Pages that anybody may open ask this first, and thank the program without keeping anything. Behind a link that
        was mailed to somebody it was a password manager: there the form says what is wrong.
        """
        return bool(self.data.get("website_url"))

    @property
    def problem(self) -> str:
        """All that is wrong, for a page that shows no fields."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)

    def clean_token(self) -> str:
        token = self.cleaned_data["token"]
        try:
            age = age_of_token(token, self.purpose)
        except signing.BadSignature as error:
            self._renew_token()
            raise ValidationError(
                _(
                    "この画面を開いてから時間がたちました。内容はそのままです。もう一度「%(button)s」を押してください。"
                ),
                code="token",
                params={"button": self.button},
            ) from error
        if self.is_trapped:
            raise ValidationError(
                _(
                    "お使いのブラウザーやパスワード管理の機能が、画面に見えない欄に書き込んだので、まだ受け取っていません。書いた内容はそのままです。もう一度「%(button)s」を押してください。"
                ),
                code="trapped",
                params={"button": self.button},
            )
        if age < TOKEN_MIN_AGE:
            raise ValidationError(
                _(
                    "画面を開いてすぐに送られたので、まだ受け取っていません。内容はそのままです。もう一度「%(button)s」を押してください。"
                ),
                code="too_fast",
                params={"button": self.button},
            )
        return str(token)

    def _renew_token(self) -> None:
        self.show_again(token=new_token(self.purpose))
