"""What to say of one channel's, and one window's, opening."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consultations.hours.evaluation import OpenKind, OpenState
from consultations.models import Channel, ChannelKind
from consultations.presenting.clock import Clock

# Nobody waits at the other end: these may be sent at any time unless they keep hours of their own.
ANYTIME_KINDS = frozenset({ChannelKind.WEB_FORM, ChannelKind.EMAIL, ChannelKind.FAX, ChannelKind.LETTER})


@dataclass(frozen=True, slots=True)
class StateWords:
    """`style` is a class of the style sheet, `words` the state in full, `later` when it opens (or empty)."""

    style: str
    words: str
    is_open: bool = False
    later: str = ""
    caution: str = ""


def channel_state(channel: Channel, clock: Clock) -> StateWords:
    if channel.kind in ANYTIME_KINDS and not channel.opening_hours:
        return StateWords("anytime", _("いつでも送れます"))
    return state_words(clock.state_of(channel), clock)


def state_words(state: OpenState, clock: Clock) -> StateWords:
    caution = _("今日は祝日です。つながらないことがあります") if state.holiday_unconfirmed else ""
    if state.is_open:
        return StateWords(*_open_words(state, clock), is_open=True, caution=caution)
    if state.kind == OpenKind.BY_APPOINTMENT:
        return StateWords("appointment", _("予約して相談"), caution=caution)
    if state.kind == OpenKind.UNKNOWN:
        return StateWords("unknown", _("受付時間は分かりません"))
    if state.opens_at is None:
        return StateWords("closed", _("いまは受付していません"))
    later = clock.from_words(state.opens_at)
    words = _("受付時間外・%(when)sから") % {"when": later}
    doubt = _("その日は祝日です。休みかもしれません") if state.opens_unconfirmed else ""
    return StateWords("closed", words, later=later, caution=doubt)


def _open_words(state: OpenState, clock: Clock) -> tuple[str, str]:
    if state.is_always or state.until is None:
        return "open", _("受付中・24時間")
    minutes = clock.minutes_left(state.until)
    until = clock.until_words(state.until)
    if state.kind == OpenKind.CLOSING_SOON:
        return "soon", _("あと%(minutes)d分で終了（%(until)s）") % {"minutes": minutes, "until": until}
    return "open", _("受付中・%(until)sまで") % {"until": until}


_ORDER = {"open": 0, "soon": 1}


def window_state(channels: Sequence[Channel], clock: Clock) -> StateWords:
    """The best that can be said: an open live channel; else the state of the first one listed."""
    live = [channel for channel in channels if channel.is_live] or list(channels)
    if not live:
        return StateWords("unknown", _("受付時間は分かりません"))
    states = [channel_state(channel, clock) for channel in live]
    return min(states, key=lambda state: _ORDER.get(state.style, 9))
