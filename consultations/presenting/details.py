"""A window in full: how to reach it, what happens then, when, for whom, and how sure we are."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.hours.evaluation import DayHours
from consultations.models import Anonymity, AreaScope, Asker, Channel, ChannelKind, ConsultationWindow, Fee
from consultations.models.kinds import KINDS_WITH_HOURS
from consultations.presenting.cards import (
    ChannelWords,
    WindowCard,
    channel_words,
    chips_of,
    is_unconfirmed,
    present_card,
)
from consultations.presenting.clock import WEEKDAYS, Clock
from consultations.presenting.languages import brief_languages, language_names
from consultations.presenting.states import StateWords, window_state
from platform_portal.japanese.text import normalize

# A note on the fee that begins by saying that there is none.
_FREE_ALREADY = re.compile(r"(?:相談料?は、?)?無料|相談にお金はかかりません")
HOLIDAYS_AHEAD = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DayWords:
    day: str
    is_today: bool
    hours: str
    note: str


@dataclass(frozen=True, slots=True)
class HoursTable:
    """The next seven days of every channel that keeps the same hours."""

    channels: str
    days: list[DayWords]
    published_text: str
    is_known: bool
    is_always: bool
    asks_about_holidays: bool


@dataclass(frozen=True, slots=True)
class WindowDetail:
    window: ConsultationWindow
    is_risk: bool
    state: StateWords
    chips: list[str]
    channels: list[ChannelWords]
    on_contact: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    tables: list[HoursTable]
    address: str
    fallbacks: list[WindowCard]
    verified: str
    is_unconfirmed: bool


def present_detail(window: ConsultationWindow, clock: Clock) -> WindowDetail:
    """Everything of a window's page. Works on any state of publication, for the desk's preview too."""
    channels = list(window.channels.all())
    words = [channel_words(channel, window, clock, siblings=channels) for channel in channels]
    return WindowDetail(
        window=window,
        is_risk=window.is_risk,
        state=window_state(channels, clock),
        chips=chips_of(window),
        # sorted() is stable: within open and closed the office's order stays
        channels=sorted(words, key=lambda channel: not channel.state.is_open),
        on_contact=_on_contact(window),
        facts=facts_of(window),
        tables=_tables(window, channels, clock),
        address=window.public_address,
        fallbacks=_fallbacks(window, clock),
        verified=_verified(window),
        is_unconfirmed=is_unconfirmed(window, clock),
    )


def _on_contact(window: ConsultationWindow) -> list[tuple[str, str]]:
    rows = [
        (_("だれが出るか"), window.who_answers),
        (_("聞かれること"), window.what_is_asked),
        (_("秘密"), window.confidentiality),
    ]
    if window.anonymity != Anonymity.UNKNOWN:
        rows.append((_("名前"), str(Anonymity(window.anonymity).label)))
    return [(name, text) for name, text in rows if text]


def facts_of(window: ConsultationWindow) -> list[tuple[str, str]]:
    """Who may ask, where, for how much, in which languages, since when, and who runs it."""
    rows = [
        (_("相談できる人"), _who(window)),
        (_("地域"), _area(window)),
        (_("相談の費用"), _fee(window)),
        (_("使える言語"), language_names(window.languages)),
        (_("開いている期間"), _period(window)),
        (_("運営"), window.operator_name),
    ]
    return [(name, text) for name, text in rows if text]


def _who(window: ConsultationWindow) -> str:
    people = [str(Asker(asker).label) for asker in window.askers]
    words = [_("・").join(people)] if people else []
    if not _tells_ages(window):
        words.append(_ages(window))
    if window.is_women_only:
        words.append(_("女性のみ"))
    if window.eligibility:
        words.append(window.eligibility)
    return "。".join(word.rstrip("。") for word in words if word)


def _ages(window: ConsultationWindow) -> str:
    if window.minimum_age is not None and window.maximum_age is not None:
        return _("%(low)d歳から%(high)d歳まで") % {"low": window.minimum_age, "high": window.maximum_age}
    if window.minimum_age is not None:
        return _("%(low)d歳から") % {"low": window.minimum_age}
    if window.maximum_age is not None:
        return _("%(high)d歳まで") % {"high": window.maximum_age}
    return ""


def _tells_ages(window: ConsultationWindow) -> bool:
    """Whether the office's own words on who may come name the same ages: 「18歳までの子ども」."""
    named = set(re.findall(r"\d+(?=歳)", normalize(window.eligibility)))
    ages = {str(age) for age in (window.minimum_age, window.maximum_age) if age is not None}
    return bool(ages) and ages <= named


def _area(window: ConsultationWindow) -> str:
    if window.area_scope == AreaScope.MUNICIPALITY:
        return _("・").join(str(place) for place in window.municipalities.all())
    return str(AreaScope(window.area_scope).label)


def _fee(window: ConsultationWindow) -> str:
    label = "" if window.fee == Fee.UNKNOWN else str(Fee(window.fee).label)
    if _FREE_ALREADY.match(window.fee_note) and window.fee == Fee.FREE:
        return window.fee_note
    return "。".join(filter(None, [label, window.fee_note]))


def _period(window: ConsultationWindow) -> str:
    if not window.valid_from and not window.valid_to:
        return ""
    ends = [date_format(day, "Y年n月j日") if day else "" for day in (window.valid_from, window.valid_to)]
    return f"{ends[0]}〜{ends[1]}"


def _tables(window: ConsultationWindow, channels: Sequence[Channel], clock: Clock) -> list[HoursTable]:
    """One table per rule; channels that share it are named together."""
    groups: dict[tuple[str, bool], list[Channel]] = {}
    for channel in channels:
        if channel.kind in KINDS_WITH_HOURS or channel.opening_hours:
            groups.setdefault((channel.effective_hours, channel.takes_appointments_only), []).append(channel)
    return [_table(window, group, clock, is_only=len(groups) == 1) for group in groups.values()]


def _table(
    window: ConsultationWindow, channels: Sequence[Channel], clock: Clock, *, is_only: bool
) -> HoursTable:
    schedule = clock.schedule_of(channels[0])
    names = dict.fromkeys(_channel_name(channel) for channel in channels)
    reasons = {row.on: row.reason for row in window.exceptions.all()}
    return HoursTable(
        channels="" if is_only else _("・").join(names),
        days=[_day_words(day, reasons, clock) for day in schedule.week(clock.today)]
        if schedule.is_known
        else [],
        published_text=published_hours(window, channels[0]),
        is_known=schedule.is_known,
        is_always=schedule.state_at(clock.moment).is_always,
        asks_about_holidays=_asks_about_holidays(channels[0], clock),
    )


def published_hours(window: ConsultationWindow, channel: Channel) -> str:
    """The office's own words on when this channel is answered, or nothing."""
    return channel.hours_text or _text_of_window(window, channel)


def _text_of_window(window: ConsultationWindow, channel: Channel) -> str:
    """What the office says of its hours is about channels that keep the window's, not about those with their own.

    A window without a rule, one of whose channels has one, speaks of that channel: of the telephone, not of LINE.
    """
    if channel.opening_hours:
        return ""
    is_about_another = not window.opening_hours and any(
        other.opening_hours for other in window.channels.all()
    )
    return "" if is_about_another else window.hours_text


def _channel_name(channel: Channel) -> str:
    """「電話 0120-…」: a number, since two tables may both be of telephones."""
    name = str(channel.get_kind_display())
    if channel.kind == ChannelKind.PHONE:
        name = f"{name} {channel.value}"
    if channel.languages:
        name += _("（%(languages)s）") % {"languages": brief_languages(channel.languages)}
    return name


def _asks_about_holidays(channel: Channel, clock: Clock) -> bool:
    """True when the rule opens on some coming holiday only because nobody said a word about holidays."""
    schedule = clock.schedule_of(channel)
    holidays = clock.calendar.holidays_between(clock.today, clock.today + HOLIDAYS_AHEAD)
    noons = (dt.datetime.combine(day, dt.time(12), clock.moment.tzinfo) for day in holidays)
    return any(schedule.state_at(noon).holiday_unconfirmed for noon in noons)


def _day_words(day: DayHours, reasons: dict[dt.date, str], clock: Clock) -> DayWords:
    is_today = day.date == clock.today
    notes = [day.holiday_name, reasons.get(day.date, ""), day.note]
    return DayWords(
        day=_day_name(day.date, clock),
        is_today=is_today,
        hours=_hours_of(day, is_today=is_today),
        note="。".join(note for note in notes if note),
    )


def _hours_of(day: DayHours, *, is_today: bool) -> str:
    """「10:00〜17:00」; today also tells of the night that began yesterday, or the state above would contradict it."""
    if day.spans == [("0:00", "24:00")]:
        return _("24時間")
    parts = [f"{start}〜{end}" for start, end in day.spans]
    if is_today and day.carried_until:
        parts.insert(0, _("%(end)sまで（きのうから）") % {"end": day.carried_until})
    if parts:
        return "、".join(parts)
    if day.unknown_spans:
        return _("分かりません")
    return _("お休み") if day.is_closed else ""


def _day_name(on: dt.date, clock: Clock) -> str:
    """「21日（土）」, with the month only where it changes."""
    words = {"month": on.month, "day": on.day, "weekday": WEEKDAYS[on.weekday()]}
    if on.month == clock.today.month:
        return _("%(day)d日（%(weekday)s）") % words
    return _("%(month)d月%(day)d日（%(weekday)s）") % words


def _fallbacks(window: ConsultationWindow, clock: Clock) -> list[WindowCard]:
    if window._state.adding:
        return []
    cards = [present_card(link.target, clock) for link in window.fallback_links.all()]
    return sorted(cards, key=lambda card: not card.state.is_open)


def _verified(window: ConsultationWindow) -> str:
    if window.verified_on:
        day = {"date": date_format(window.verified_on, "Y年n月j日")}
        if window.is_verified_by_operator:
            return _("%(date)sに、運営する団体が番号と受付時間を確かめました。") % day
        return _("%(date)sに、職員が番号と受付時間を確かめました。") % day
    if not window.source:
        return _("番号と受付時間は、まだ確かめていません。")
    when = date_format(window.source_on, "Y年n月j日") if window.source_on else _("日付は分かりません")
    return _("番号と受付時間は、まだ確かめていません。出典：%(source)s（%(when)s）") % {
        "source": window.source,
        "when": when,
    }
