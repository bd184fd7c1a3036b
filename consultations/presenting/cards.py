"""A window as a card: state first, then what it is, then the number with its cost."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import (
    AddressVisibility,
    Anonymity,
    AreaScope,
    Asker,
    Channel,
    ChannelKind,
    ConsultationWindow,
    Fee,
    Toll,
)
from consultations.models.kinds import TELEPHONE_KINDS
from consultations.presenting.clock import Clock
from consultations.presenting.languages import brief_languages, language_names
from consultations.presenting.states import StateWords, channel_state, window_state

SHORT_TOLL = {
    Toll.FREE: gettext_lazy("通話無料"),
    Toll.CHARGED: gettext_lazy("通話料がかかります"),
    Toll.NAVI: gettext_lazy("通話料がかかります（かけ放題の対象外）"),
    Toll.UNKNOWN: gettext_lazy("通話料は分かりません"),
}
CARD_CHANNELS = 2
MOST_PLACES = 2  # named on a card
# What stands there is a place: as secret as the window's address.
PLACE_KINDS = frozenset({ChannelKind.VISIT, ChannelKind.LETTER, ChannelKind.OUTREACH})
CARD_TEMPLATE = "components/window_card.html"


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """One way of reaching a window, ready to show. `href` is empty when there is nothing to follow."""

    kind: str
    label: str
    action: str
    href: str
    is_number: bool
    is_outside: bool
    state: StateWords
    cost: str
    reach: str
    note: str
    hint: str  # the part of the note without which the number on a card leads to the wrong person
    languages: str

    @property
    def is_quiet(self) -> bool:
        """Outside its hours a number does not call out to be dialled."""
        return self.state.style == "closed"


@dataclass(frozen=True, slots=True)
class Seeker:
    """For whom a card is made, as far as they told. `language`: a code of LANGUAGES; `asker`: a value of Asker."""

    language: str = ""
    asker: str = ""


ANYBODY = Seeker()


@dataclass(frozen=True, slots=True)
class WindowCard:
    """`doubt`: what this seeker should ask first, or nothing. `unconfirmed`: that nobody has said it is still true."""

    public_id: str
    name: str
    description: str
    state: StateWords
    doubt: str
    unconfirmed: str
    chips: list[str]
    channels: list[ChannelWords]
    more_channels: int


def present_cards(windows: Iterable[ConsultationWindow], clock: Clock) -> list[WindowCard]:
    return [present_card(window, clock) for window in windows]


def rendered_cards(
    windows: Sequence[ConsultationWindow], clock: Clock, seeker: Seeker = ANYBODY
) -> list[SafeString]:
    """Cards of a list as HTML. Of a window only `pk` and `updated_at` need be loaded.

    A card that another page showed within the same minute is not made again.
    """
    full: dict[int, ConsultationWindow] = {}

    def render(key: int) -> SafeString:
        if not full:  # one query for all, and none when every card is kept
            full.update(ConsultationWindow.objects.for_cards().in_bulk([window.pk for window in windows]))
        return render_to_string(CARD_TEMPLATE, {"card": present_card(full[key], clock, seeker)})

    return [
        clock.keep(("card", window.pk, window.updated_at, seeker), partial(render, window.pk))
        for window in windows
    ]


def present_card(window: ConsultationWindow, clock: Clock, seeker: Seeker = ANYBODY) -> WindowCard:
    channels = _speaking(list(window.channels.all()), window, seeker.language)
    shown = _most_useful(channels, clock)
    return WindowCard(
        public_id=window.public_id,
        name=window.name,
        description=_first_sentences(window.description),
        state=window_state(channels, clock),
        doubt=_doubt(window, seeker),
        unconfirmed=_("確認が取れていません。番号や時間が、変わっているかもしれません。")
        if is_unconfirmed(window, clock)
        else "",
        chips=[*_area_chip(window), *chips_of(window)],
        channels=[
            channel_words(channel, window, clock, siblings=channels, language=seeker.language)
            for channel in shown
        ],
        more_channels=len(channels) - len(shown),
    )


def is_unconfirmed(window: ConsultationWindow, clock: Clock) -> bool:
    """Nobody has confirmed the entry for so long that residents are told. It is shown all the same."""
    return window.due_since + dt.timedelta(days=clock.doubt_days) <= clock.today


def _speaking(channels: list[Channel], window: ConsultationWindow, language: str) -> list[Channel]:
    """Where the seeker is understood; all of them when nothing was chosen."""
    if not language:
        return channels
    return [channel for channel in channels if language in (channel.languages or window.languages)]


def _doubt(window: ConsultationWindow, seeker: Seeker) -> str:
    """A window that does not say who may ask is listed for everybody, but promises nothing."""
    if not seeker.asker or seeker.asker in window.askers:
        return ""
    return _("%(who)sが相談できるかは、確かめてください。") % {"who": Asker(seeker.asker).label}


def _most_useful(channels: list[Channel], clock: Clock) -> list[Channel]:
    """Open ones first, otherwise as the office ordered them; the same number once."""
    ordered = sorted(channels, key=lambda channel: not channel_state(channel, clock).is_open)
    distinct = {(channel.kind, channel.value): channel for channel in reversed(ordered)}
    return [channel for channel in ordered if channel in distinct.values()][:CARD_CHANNELS]


def _first_sentences(text: str, limit: int = 70) -> str:
    """Whole sentences, as many as fit on a card; at least the first."""
    kept = ""
    for sentence in text.replace("\n", "").split("。"):
        if not sentence:
            continue
        if kept and len(kept) + len(sentence) >= limit:
            break
        kept += sentence + "。"
    return kept


def _area_chip(window: ConsultationWindow) -> list[str]:
    """Whose towns it is for, where it is not for everybody: else people call a town that must send them away."""
    if window.area_scope != AreaScope.MUNICIPALITY:
        return []
    places = [str(place) for place in window.municipalities.all()]
    if len(places) > MOST_PLACES:
        return [_("%(place)sなど%(count)d市町の窓口") % {"place": places[0], "count": len(places)}]
    return [_("%(places)sの窓口") % {"places": _("・").join(places)}] if places else []


def chips_of(window: ConsultationWindow) -> list[str]:
    chips = []
    if window.anonymity == Anonymity.YES:
        chips.append(_("名前を言わなくてよい"))
    elif window.anonymity == Anonymity.PARTLY:
        chips.append(_("はじめは名前を言わなくてよい"))
    if window.fee == Fee.FREE:
        chips.append(_("相談は無料"))
    elif window.fee == Fee.PAID:
        chips.append(_("相談にお金がかかります"))
    if window.is_women_only:
        chips.append(_("女性のための窓口"))
    foreign = [language for language in window.languages if language != "ja"]
    if foreign:
        count = len(foreign)
        chips.append(language_names(foreign) if count <= 2 else _("外国語 %(count)d言語") % {"count": count})
    return chips


def channel_words(
    channel: Channel,
    window: ConsultationWindow,
    clock: Clock,
    *,
    siblings: Sequence[Channel] = (),
    language: str = "",
) -> ChannelWords:
    """`siblings`: the channels of the window that are of use, one of which may serve where this one cannot."""
    href = channel.href
    is_outside = href.startswith("http")
    return ChannelWords(
        kind=channel.kind,
        label=str(ChannelKind(channel.kind).label),
        action=_action(channel, href, window),
        href=href,
        is_number=channel.kind in TELEPHONE_KINDS,
        is_outside=is_outside,
        state=channel_state(channel, clock),
        cost=str(SHORT_TOLL[Toll(channel.toll)]) if channel.kind == ChannelKind.PHONE else "",
        reach=_reach(channel, [other for other in siblings if _shares_language(channel, other)]),
        note=channel.note,
        hint=channel.note if language else "",
        languages=brief_languages(channel.languages),
    )


def _action(channel: Channel, href: str, window: ConsultationWindow) -> str:
    """What the button says: the number itself, or what following it does."""
    kind = channel.kind
    if kind in TELEPHONE_KINDS:
        return channel.value or channel.digits
    if href:
        return {
            ChannelKind.LINE: _("LINEで相談する"),
            ChannelKind.CHAT: _("チャットで相談する"),
            ChannelKind.WEB_FORM: _("入力欄から相談する"),
            ChannelKind.EMAIL: _("メールで相談する"),
            ChannelKind.VIDEO: _("ビデオ通話で相談する"),
        }[ChannelKind(kind)]
    if kind in PLACE_KINDS and window.address_visibility == AddressVisibility.PUBLIC:
        return channel.value
    return ""


def _reach(channel: Channel, siblings: Sequence[Channel]) -> str:
    """From where one cannot call, in words; nothing twice."""
    sentences = [sentence for sentence in channel.reach_note.split("。") if sentence]
    number = _number_for_ip_phones(channel, siblings)
    if number:
        words = _("IP電話は %(number)s") % {"number": number}
        # The office's own sentence on it only sends people to look for that number.
        return "。".join([words, *(one for one in sentences if not one.startswith(_("IP電話")))])
    if _("IP電話") in channel.reach_note:
        return "。".join(sentences)
    if channel.accepts_ip_phone is False:
        return "。".join([_("IP電話（050など）からはかけられません"), *sentences])
    if channel.accepts_ip_phone is None and channel.toll == Toll.NAVI:
        return "。".join([_("IP電話からは、かけられないことがあります"), *sentences])
    return "。".join(sentences)


def _shares_language(channel: Channel, other: Channel) -> bool:
    """Whether who is understood on `channel` may be on `other`; a channel that does not say speaks the window's."""
    if not channel.languages or not other.languages:
        return True
    return not set(channel.languages).isdisjoint(other.languages)


def _number_for_ip_phones(channel: Channel, siblings: Sequence[Channel]) -> str:
    if channel.accepts_ip_phone is not False:
        return ""
    numbers = (
        other.value
        for other in siblings
        if other.kind == ChannelKind.PHONE and other.accepts_ip_phone and other.digits != channel.digits
    )
    return next(numbers, "")
