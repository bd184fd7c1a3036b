"""What became of asking a link, for people."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# The words of fetching.py.
_REASONS = {
    "timeout": gettext_lazy("時間のうちに答えがありません"),
    "no such host": gettext_lazy("その名前のサーバーがありません"),
    "TLS": gettext_lazy("安全につなげません"),
    "not public": gettext_lazy("外から開けない場所です"),
    "not an address of the web": gettext_lazy("ウェブのアドレスではありません"),
    "unusual port": gettext_lazy("ふつうのウェブの場所ではありません"),
    "too many redirects": gettext_lazy("転送が終わりません"),
}


def in_words(status: str) -> str:
    """A number of a server stays as it is; empty before the first time."""
    if not status or status.isdigit():
        return status
    return str(_REASONS.get(status, _("つながりません")))
