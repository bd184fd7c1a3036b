"""What somebody who is asked "is this still true?" has to look at, in the words that residents see."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consultations.hours_words import hours_words
from consultations.models import AddressVisibility, Channel, ConsultationWindow
from consultations.models.kinds import TELEPHONE_KINDS
from consultations.presenting.cards import PLACE_KINDS
from consultations.presenting.details import facts_of, published_hours
from consultations.presenting.states import ANYTIME_KINDS
from consultations.published_hours import contradictions, hours_content


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    label: str
    value: str
    hours: str


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """`address`: only what is public of it."""

    public_id: str
    name: str
    channels: list[ChannelFacts]
    address: str
    website: str


def facts_to_check(window: ConsultationWindow) -> WindowFacts:
    """Needs channels, and municipalities for the address, prefetched where there are many windows."""
    return WindowFacts(
        public_id=window.public_id,
        name=window.name,
        channels=[_channel(channel, window) for channel in window.channels.all()],
        address=window.public_address,
        website=window.website,
    )


@dataclass(frozen=True, slots=True)
class ToApprove:
    """What goes public with a window, for whoever has to vouch for it.

    `published`: the office's own words on its hours. `contradictions`: sentences on what these say otherwise.
    `facts`: who may ask and the like, as (name, words).
    """

    window: ConsultationWindow
    to_check: WindowFacts
    published: list[str]
    contradictions: list[str]
    facts: list[tuple[str, str]]


def facts_to_approve(window: ConsultationWindow) -> ToApprove:
    """Needs channels, municipalities and the organisation fetched where there are many windows."""
    texts = dict.fromkeys(published_hours(window, channel) for channel in window.channels.all())
    return ToApprove(
        window=window,
        to_check=facts_to_check(window),
        published=[text for text in texts if text],
        contradictions=contradictions(hours_content(window)),
        facts=facts_of(window),
    )


def _channel(channel: Channel, window: ConsultationWindow) -> ChannelFacts:
    return ChannelFacts(str(channel.get_kind_display()), _value(channel, window), _hours(channel, window))


def _value(channel: Channel, window: ConsultationWindow) -> str:
    """A place that is not public is not written into a mail either."""
    if channel.kind in PLACE_KINDS and window.address_visibility != AddressVisibility.PUBLIC:
        return ""
    return channel.value or (channel.digits if channel.kind in TELEPHONE_KINDS else "")


def _hours(channel: Channel, window: ConsultationWindow) -> str:
    if channel.kind in ANYTIME_KINDS and not channel.opening_hours:
        return _("いつでも送れます")
    rule = channel.opening_hours or window.opening_hours
    words = (
        hours_words(rule, window.year_end)
        or channel.hours_text
        or window.hours_text
        or _("受付時間は書いてありません")
    )
    if channel.is_by_appointment or window.is_by_appointment:
        return _("%(hours)s（予約制）") % {"hours": words}
    return words
