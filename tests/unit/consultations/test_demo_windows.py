"""Each window of the project's own list: what it says of itself, and its hours."""

import datetime as dt
import re

import pytest
from opening_hours import OpeningHours, State

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
from platform_portal.publishing.states import State as PublicationState
from tests.unit.consultations.demo_data import (
    BY_ID,
    BY_NAME,
    CATEGORIES,
    POLITE_ENDING,
    Row,
    channels_of,
    each_window,
    hours_of,
    listed,
    state_at,
)


# --- Hours ----------------------------------------------------------------------------------------
@each_window
def test_rules_can_be_read_and_stand_beside_the_published_text(row: Row) -> None:
    for rule, text in hours_of(row):
        if rule:
            OpeningHours(rule)
            assert text


@each_window
def test_rule_says_what_the_text_says_of_holidays(row: Row) -> None:
    for rule, text in hours_of(row):
        if rule and rule != "24/7":
            assert ("PH" in rule) == bool(re.search(r"平日|祝", text))


@each_window
def test_rule_says_what_the_text_says_of_the_end_of_the_year(row: Row) -> None:
    for rule, text in hours_of(row):
        if rule and re.search(r"年末年始|12/29|12月29日", text):
            assert rule.endswith("; Dec 29-Jan 03 off")


@each_window
def test_unknown_hours_are_noted_for_staff(row: Row) -> None:
    for rule, _text in hours_of(row):
        if rule.endswith("; Dec 29-Jan 03 unknown"):
            assert "年末年始" in row["内部メモ"]
        elif "unknown" in rule:
            assert "食い違う時間帯" in row["内部メモ"]


@each_window
def test_what_differs_by_region_has_no_rule(row: Row) -> None:
    for rule, text in hours_of(row):
        if re.search(r"によって違い|受付時間内|期間だけ", text):
            assert not rule


@each_window
def test_round_the_clock_is_said_in_the_text(row: Row) -> None:
    for rule, text in hours_of(row):
        assert (rule == "24/7") == ("24時間" in text and "期間だけ" not in text)


@pytest.mark.parametrize(
    ("name", "moment", "state"),
    [
        ("いのちの電話 フリーダイヤル", "2026-11-09T20:59", State.OPEN),
        ("いのちの電話 フリーダイヤル", "2026-11-10T07:59", State.CLOSED),
        ("いのちの電話 フリーダイヤル", "2026-11-10T08:00", State.OPEN),
        ("いのちの電話 フリーダイヤル", "2026-11-11T07:59", State.OPEN),
        ("いのちの電話 フリーダイヤル", "2026-11-11T08:00", State.CLOSED),
        ("いのちの電話 フリーダイヤル", "2027-02-11T03:00", State.OPEN),
        ("いのちの電話 ナビダイヤル", "2026-11-10T03:00", State.CLOSED),
        ("小児救急電話相談 #8000（香川県）", "2026-11-10T07:59", State.OPEN),
        ("小児救急電話相談 #8000（香川県）", "2026-11-10T12:00", State.CLOSED),
        ("チャイルドライン", "2026-12-30T17:00", State.CLOSED),
        ("犯罪被害者等電話サポートセンター", "2026-12-28T09:00", State.OPEN),
        ("犯罪被害者等電話サポートセンター", "2026-12-30T09:00", State.UNKNOWN),
        ("香川県子ども女性相談センター", "2026-11-21T20:00", State.OPEN),
        ("香川県子ども女性相談センター", "2026-11-22T10:00", State.CLOSED),
        ("綾川町 ひきこもり個別相談会", "2026-11-18T13:30", State.OPEN),
        ("綾川町 ひきこもり個別相談会", "2026-11-11T13:30", State.CLOSED),
    ],
)
def test_rule_evaluates_as_published(name: str, moment: str, state: State) -> None:
    assert state_at(BY_NAME[name]["受付時間_規則"], moment) == state


# --- Each window ----------------------------------------------------------------------------------
@each_window
def test_choices_are_known(row: Row) -> None:
    assert set(listed(row["分野"])) <= set(CATEGORIES)
    assert set(listed(row["相談できる人"])) <= set(Asker.values)
    assert row["地域の範囲"] in AreaScope.values
    assert row["費用"] in Fee.values
    assert row["匿名"] in Anonymity.values
    assert row["住所の公開"] in AddressVisibility.values
    assert row["公開状態"] in PublicationState.values
    assert {row["対象_女性のみ"], row["受付時間_予約制"]} <= {"", "はい"}
    for channel in channels_of(row):
        assert channel["種類"] in ChannelKind.values
        assert channel["料金"] in Toll.values
        assert channel["IP電話"] in {"", "はい", "いいえ"}
        assert channel["予約制"] in {"", "はい"}


@each_window
def test_texts_fit_the_model(row: Row) -> None:
    fields = {
        "名称": "name",
        "名称_カナ": "kana",
        "相談できること": "description",
        "運営者": "operator",
        "対象の条件": "eligibility",
        "費用の説明": "fee_note",
        "連絡すると_だれが出るか": "who_answers",
        "連絡すると_聞かれること": "what_is_asked",
        "連絡すると_秘密": "confidentiality",
        "住所": "address",
        "受付時間_規則": "opening_hours",
        "受付時間_原文": "hours_text",
        "内部メモ": "internal_note",
        "出典": "source",
    }
    parts = {
        "値": "value",
        "つながる範囲": "reach_note",
        "受付時間_規則": "opening_hours",
        "受付時間_原文": "hours_text",
        "メモ": "note",
    }
    for column, name in fields.items():
        assert len(row[column]) <= ConsultationWindow._meta.get_field(name).max_length
    for channel in channels_of(row):
        for column, name in parts.items():
            assert len(channel[column]) <= Channel._meta.get_field(name).max_length


@each_window
def test_window_says_enough_and_can_be_reached(row: Row) -> None:
    assert all(
        row[name] for name in ("名称", "名称_カナ", "相談できること", "運営者", "分野", "言語", "出典")
    )
    assert channels_of(row)
    assert all(channel["値"] for channel in channels_of(row))
    assert re.fullmatch(r"[ァ-ヶー ]+", row["名称_カナ"])
    assert all(re.fullmatch(r"[a-z]{2,3}", code) for code in listed(row["言語"]))


@each_window
def test_description_is_short_and_polite(row: Row) -> None:
    sentences = row["相談できること"].removesuffix("。").split("。")

    assert row["相談できること"].endswith("。")
    assert len(sentences) <= 3
    assert [sentence for sentence in sentences if not POLITE_ENDING.search(sentence)] == []


@each_window
def test_links_are_safe(row: Row) -> None:
    for channel in channels_of(row):
        if channel["種類"] in {"line", "chat", "web_form", "video"}:
            assert channel["値"].startswith("https://")
        if channel["種類"] == "email":
            assert re.fullmatch(r"[\w.-]+@[\w.-]+\.[a-z]+", channel["値"])


@each_window
def test_area_names_its_municipalities(row: Row) -> None:
    assert bool(row["市区町村コード"]) == (row["地域の範囲"] == "municipality")
    assert all(code.startswith("37") and len(code) == 6 for code in listed(row["市区町村コード"]))


@each_window
def test_fallbacks_exist_and_can_be_used_by_the_same_people(row: Row) -> None:
    targets = listed(row["代わりの窓口"])

    assert row["ID"] not in targets
    assert len(set(targets)) == len(targets)
    for target in (BY_ID[public_id] for public_id in targets):
        if row["公開状態"] == "published":
            assert target["公開状態"] == "published"
        if row["地域の範囲"] == "national":
            assert target["地域の範囲"] != "municipality"
        if target["地域の範囲"] == "municipality":
            assert set(listed(target["市区町村コード"])) & set(listed(row["市区町村コード"]))


@each_window
def test_nothing_is_claimed_to_be_verified(row: Row) -> None:
    assert row["確認日"] == ""
    assert 1 <= int(row["確認間隔_月"]) <= 24


@each_window
def test_dates_are_days(row: Row) -> None:
    for column in ("出典日", "公開開始日", "公開終了日"):
        if row[column]:
            assert dt.date.fromisoformat(row[column]) <= dt.date(2026, 11, 21)


@each_window
def test_what_is_not_published_says_why(row: Row) -> None:
    assert row["公開状態"] == "published" or row["内部メモ"]


def test_line_of_announced_periods_is_not_published() -> None:
    row = BY_NAME["孤独・孤立相談ダイヤル #9999"]

    assert row["公開状態"] == "draft"
    assert row["公開開始日"] < row["公開終了日"]


@each_window
def test_address_of_a_window_about_violence_stays_hidden(row: Row) -> None:
    is_local = row["地域の範囲"] != "national"
    if "violence" in listed(row["分野"]) and is_local:
        assert row["住所"] == ""
        assert row["住所の公開"] == "hidden"
