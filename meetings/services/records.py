"""What everything that writes a record shares: one order of locks, and counting its versions."""

from django.utils.translation import gettext as _

from meetings.models import Minutes, Utterance
from platform_portal.access.checks import Refused


def tidy(text: str) -> str:
    """As a record keeps it: browsers end the lines of a field in their own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


class ChangedMeanwhile(Refused):
    """Somebody else has saved since this person opened the page."""


def lock_minutes(minutes: Minutes) -> Minutes:
    """Before any of its blocks, so that nobody waits in a circle."""
    rows = Minutes.objects.select_for_update(of=("self",)).select_related("meeting__body")
    return rows.get(pk=minutes.pk)


def lock_utterance(utterance: Utterance) -> Utterance:
    """With its record, which is locked first."""
    minutes = lock_minutes(utterance.minutes)
    locked: Utterance | None = (
        Utterance.objects.select_for_update(of=("self",))
        .filter(pk=utterance.pk, minutes=minutes, removed_at=None)
        .first()
    )
    if locked is None:
        raise ChangedMeanwhile(_("この発言は、もうありません。画面を読み込み直してください。"))
    locked.minutes = minutes
    return locked


def check_is_as_seen(seen: int | None, now: int) -> None:
    """`seen`: the version that the person had before them; None when nobody looked."""
    if seen is not None and seen != now:
        raise ChangedMeanwhile(
            _("画面を開いてから、ほかの人が変えました。いまの内容を読んで、もう一度決めてください。")
        )
