"""Words for states, times, costs: true to the minute, and never "closed" for what nobody knows."""

import datetime as dt

import pytest

from consultations.hours.evaluation import week_table
from consultations.models import Channel, ConsultationWindow
from consultations.presenting.cards import _first_sentences, channel_words, chips_of
from consultations.presenting.clock import Clock
from consultations.presenting.details import _hours_of
from consultations.presenting.languages import brief_languages, language_name, language_names
from consultations.presenting.states import channel_state, window_state
from platform_portal.japanese.calendar import TOKYO, HolidayCalendar

SATURDAY = dt.date(2026, 11, 21)  # 23 November is a holiday


def clock_at(text: str, on: dt.date = SATURDAY) -> Clock:
    hour, minute = text.split(":")
    clock = Clock(dt.datetime.combine(on, dt.time(int(hour), int(minute)), TOKYO))
    clock.open_at.__dict__["calendar"] = HolidayCalendar()  # no query in a unit test
    return clock


def phone(rule: str = "", **values: object) -> Channel:
    return Channel(
        **{"kind": "phone", "value": "0120-000-000", "digits": "0120000000", "effective_hours": rule} | values
    )


@pytest.mark.parametrize(
    ("rule", "time", "style", "words"),
    [
        ("24/7", "3:00", "open", "受付中・24時間"),
        ("Mo-Su 09:00-21:00", "10:00", "open", "受付中・21:00まで"),
        ("Mo-Su 09:00-21:00", "20:20", "soon", "あと40分で終了（21:00）"),
        ("Mo-Su 09:00-21:00", "20:59", "soon", "あと1分で終了（21:00）"),
        ("Mo-Su 18:00-24:00", "20:00", "open", "受付中・24:00まで"),
        ("Mo-Su 18:00-32:00", "20:00", "open", "受付中・あす 8:00まで"),
        ("Mo-Su 18:00-32:00", "2:00", "open", "受付中・8:00まで"),
        ("Sa-Su 00:00-24:00", "20:00", "open", "受付中・あす 24:00まで"),
        ("Mo-Su 13:00-17:00", "9:00", "closed", "受付時間外・今日 13:00から"),
        ("Mo-Su 09:00-12:00", "13:00", "closed", "受付時間外・あす 9:00から"),
        ("Mo-Fr 08:30-17:15", "13:00", "closed", "受付時間外・月曜 8:30から"),
        ("Mo-Fr 08:30-17:15; PH off", "13:00", "closed", "受付時間外・火曜 8:30から"),
        ("Dec 05 10:00-12:00", "13:00", "closed", "受付時間外・12月5日（土） 10:00から"),
        ("2020 Jan 01 10:00-11:00", "13:00", "closed", "いまは受付していません"),
        ("", "13:00", "unknown", "受付時間は分かりません"),
        ("nonsense", "13:00", "unknown", "受付時間は分かりません"),
    ],
)
def test_state_in_words(rule: str, time: str, style: str, words: str) -> None:
    state = channel_state(phone(rule), clock_at(time))
    assert (state.style, state.words) == (style, words)


@pytest.mark.parametrize(
    ("rule", "caution"),
    [
        ("Mo-Fr 08:30-17:15", "その日は祝日です。休みかもしれません"),
        ("Mo-Fr 08:30-17:15; PH off", ""),
        ("Mo-Fr,PH 08:30-17:15", ""),
        ("Mo-Su 18:00-20:00", ""),
        ("Tu-Fr 08:30-17:15", ""),
    ],
)
def test_next_opening_on_a_holiday_is_doubted_where_nobody_spoke_of_holidays(rule: str, caution: str) -> None:
    assert channel_state(phone(rule), clock_at("13:00")).caution == caution


def test_by_appointment_is_neither_open_nor_closed() -> None:
    state = channel_state(phone("Mo-Su 09:00-21:00", takes_appointments_only=True), clock_at("10:00"))
    assert (state.style, state.words, state.is_open) == ("appointment", "予約して相談", False)


def test_holiday_of_which_the_rule_does_not_speak_is_a_caution() -> None:
    state = channel_state(phone("Mo-Fr 08:30-17:15"), clock_at("10:00", dt.date(2026, 11, 23)))
    assert state.is_open
    assert "祝日" in state.caution


@pytest.mark.parametrize("kind", ["email", "web_form", "fax", "letter"])
def test_what_nobody_waits_at_can_be_sent_at_any_time(kind: str) -> None:
    assert channel_state(phone("Mo-Fr 08:30-17:15", kind=kind), clock_at("3:00")).words == "いつでも送れます"


def test_what_keeps_hours_of_its_own_has_a_state() -> None:
    form = phone("Mo-Fr 08:30-17:15", kind="web_form", opening_hours="Mo-Fr 08:30-17:15")
    assert channel_state(form, clock_at("3:00")).style == "closed"


def test_window_is_open_when_any_live_channel_is() -> None:
    channels = [phone("Mo-Fr 09:00-17:00"), phone("24/7", kind="chat", value="https://a.example/")]
    assert window_state(channels, clock_at("3:00")).words == "受付中・24時間"


def test_window_with_unknown_and_closed_lines_speaks_of_the_first() -> None:
    unknown, closed = phone(""), phone("Mo-Fr 09:00-17:00")
    assert window_state([unknown, closed], clock_at("3:00")).style == "unknown"
    assert window_state([closed, unknown], clock_at("3:00")).style == "closed"


def test_window_without_channels_is_unknown() -> None:
    assert window_state([], clock_at("3:00")).style == "unknown"


@pytest.mark.parametrize(
    ("hour", "is_night"), [("21:59", False), ("22:00", True), ("5:59", True), ("6:00", False)]
)
def test_night(hour: str, is_night: bool) -> None:
    assert clock_at(hour).is_night is is_night


# --- Channels --------------------------------------------------------------------------------
def words_of(channel: Channel) -> object:
    return channel_words(channel, ConsultationWindow(name="窓口"), clock_at("10:00"))


@pytest.mark.parametrize(
    ("toll", "cost"),
    [
        ("free", "通話無料"),
        ("charged", "通話料がかかります"),
        ("navi", "通話料がかかります（かけ放題の対象外）"),
        ("unknown", "通話料は分かりません"),
    ],
)
def test_cost_of_a_call_is_said(toll: str, cost: str) -> None:
    assert words_of(phone("24/7", toll=toll)).cost == cost


def test_short_dial_is_escaped_for_the_telephone() -> None:
    words = words_of(phone("24/7", value="#8008", digits="#8008"))
    assert (words.href, words.action) == ("tel:%238008", "#8008")


def test_reach_names_ip_phones_and_the_region() -> None:
    words = words_of(phone("24/7", accepts_ip_phone=False, reach_note="県内からだけつながります。"))
    assert words.reach == "IP電話（050など）からはかけられません。県内からだけつながります"


@pytest.mark.parametrize(
    ("values", "reach"),
    [
        ({"accepts_ip_phone": False}, "IP電話（050など）からはかけられません"),
        (
            {"accepts_ip_phone": False, "reach_note": "IP電話からはかけられません。"},
            "IP電話からはかけられません",
        ),
        ({"toll": "navi"}, "IP電話からは、かけられないことがあります"),
        (
            {"toll": "navi", "reach_note": "一部のIP電話からはかけられません"},
            "一部のIP電話からはかけられません",
        ),
        ({"toll": "navi", "accepts_ip_phone": True}, ""),
        ({"toll": "free"}, ""),
    ],
)
def test_reach_is_said_once(values: dict[str, object], reach: str) -> None:
    assert words_of(phone("24/7", **values)).reach == reach


def test_number_for_ip_phones_is_named_beside_the_one_they_cannot_dial() -> None:
    free = phone(
        "24/7",
        accepts_ip_phone=False,
        reach_note="IP電話からは050の番号にかけてください。県内からだけつながります",
    )
    other = phone("24/7", value="050-0000-0000", digits="05000000000", accepts_ip_phone=True)
    words = channel_words(free, ConsultationWindow(), clock_at("10:00"), siblings=[free, other])
    assert words.reach == "IP電話は 050-0000-0000。県内からだけつながります"


@pytest.mark.parametrize(
    ("kind", "value", "action", "is_outside"),
    [
        ("line", "https://a.example/", "LINEで相談する", True),
        ("chat", "https://a.example/", "チャットで相談する", True),
        ("web_form", "https://a.example/", "入力欄から相談する", True),
        ("video", "https://a.example/", "ビデオ通話で相談する", True),
        ("email", "a@b.example", "メールで相談する", False),
        ("visit", "市役所1階", "市役所1階", False),
        ("line", "", "", False),
    ],
)
def test_button_says_what_it_does(kind: str, value: str, action: str, is_outside: bool) -> None:
    words = words_of(phone("24/7", kind=kind, value=value, digits=""))
    assert (words.action, words.is_outside, words.cost) == (action, is_outside, "")


# --- Chips, languages, sentences -------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "chips"),
    [
        ({"anonymity": "yes"}, ["名前を言わなくてよい"]),
        ({"anonymity": "partly"}, ["はじめは名前を言わなくてよい"]),
        ({"anonymity": "no", "fee": "unknown"}, []),
        ({"fee": "free"}, ["相談は無料"]),
        ({"fee": "paid"}, ["相談にお金がかかります"]),
        ({"is_women_only": True}, ["女性のための窓口"]),
        ({"languages": ["ja", "en"]}, ["英語"]),
        ({"languages": ["ja", "en", "zh", "ko"]}, ["外国語 3言語"]),
        ({"languages": ["ja"]}, []),
    ],
)
def test_chips(values: dict[str, object], chips: list[str]) -> None:
    assert chips_of(ConsultationWindow(**values)) == chips


def test_languages_are_named() -> None:
    assert language_name("zh-Hans") == "中国語"
    assert language_name("tl") == language_name("fil") == "フィリピノ語"
    assert language_name("xx") == "xx"
    assert language_names(["en", "zh", "zh-Hant"]) == "英語・中国語"
    assert brief_languages(["en", "zh", "ko"]) == "英語・中国語・韓国語"
    assert brief_languages(["en", "zh", "ko", "vi"]) == "英語・中国語など4言語"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("短い文。", "短い文。"),
        ("一つめの文。" + "あ" * 80 + "。", "一つめの文。"),
        ("あ" * 80 + "。次の文。", "あ" * 80 + "。"),
        ("一つめ。\n二つめ。", "一つめ。二つめ。"),
        ("句点のない文", "句点のない文。"),
    ],
)
def test_card_shows_whole_sentences(text: str, shown: str) -> None:
    assert _first_sentences(text) == shown


def test_table_of_today_tells_of_the_night_that_began_yesterday() -> None:
    def today(rule: str) -> str:
        return _hours_of(week_table(rule, SATURDAY, HolidayCalendar())[0], is_today=True)

    assert today("Mo-Su 18:00-32:00") == "8:00まで（きのうから）、18:00〜翌8:00"
    assert today("Mo-Fr 18:00-32:00") == "8:00まで（きのうから）"
    assert today("Mo-Fr 09:00-17:00") == "お休み"
    assert today("Mo-Su 09:00-17:00; Nov unknown") == "分かりません"
    tomorrow = week_table("Mo-Su 18:00-32:00", SATURDAY, HolidayCalendar())[1]
    assert _hours_of(tomorrow, is_today=False) == "18:00〜翌8:00"
