"""The project's own list of categories and windows: a typing error here sends somebody to a wrong number."""

import csv
import datetime as dt
import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from opening_hours import OpeningHours, State

from consultations.models import (
    AddressVisibility,
    Anonymity,
    AreaScope,
    Asker,
    Category,
    Channel,
    ChannelKind,
    ConsultationWindow,
    Fee,
    Toll,
)
from platform_portal.identifiers import is_public_id
from platform_portal.publishing.states import State as PublicationState

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "consultations" / "data"
Row = dict[str, str]

CHANNEL_COLUMNS = (
    "種類",
    "値",
    "料金",
    "つながる範囲",
    "IP電話",
    "受付時間_規則",
    "受付時間_原文",
    "予約制",
    "言語",
    "メモ",
)
WINDOW_COLUMNS = [
    "ID",
    "名称",
    "名称_カナ",
    "相談できること",
    "運営者",
    "分野",
    "相談できる人",
    "対象年齢_下限",
    "対象年齢_上限",
    "対象の条件",
    "対象_女性のみ",
    "地域の範囲",
    "市区町村コード",
    "費用",
    "費用の説明",
    "匿名",
    "言語",
    "連絡すると_だれが出るか",
    "連絡すると_聞かれること",
    "連絡すると_秘密",
    "住所",
    "住所の公開",
    "ウェブサイト",
    "受付時間_規則",
    "受付時間_原文",
    "受付時間_予約制",
    "年末年始_休み開始",
    "年末年始_休み終了",
    "公開状態",
    "確認日",
    "確認間隔_月",
    "代わりの窓口",
    "内部メモ",
    "出典",
    "出典日",
    "公開開始日",
    "公開終了日",
]
CATEGORIES = {
    "living": "生活上の困りごと",
    "childcare": "子ども・子育て",
    "young-carer": "ヤングケアラー",
    "violence": "DV・性暴力・犯罪被害",
    "hikikomori": "ひきこもり状態にある方",
    "mental": "心の悩み",
    "disability": "障害のある方",
    "education": "子どもの教育",
    "employment": "就労等サポート",
    "foreign": "外国人",
    "consumer": "消費者トラブル",
    "minority": "人権侵害・性的少数",
    "gender": "男女共同参画",
    "rights": "人権に関する相談",
    "children": "子ども自身の悩み",
}
# Typed a second time, apart from the file, from the announcements of those who run them.
WELL_KNOWN_NUMBERS = {
    "0120-061-338": "#いのちSOS",
    "0120-279-338": "よりそいホットライン",
    "050-3655-0279": "よりそいホットライン",
    "03-3868-3811": "よりそいホットライン",
    "0120-783-556": "いのちの電話 フリーダイヤル",
    "0570-783-556": "いのちの電話 ナビダイヤル",
    "0570-064-556": "こころの健康相談統一ダイヤル",
    "#9999": "孤独・孤立相談ダイヤル #9999",
    "0120-494949": "孤独・孤立相談ダイヤル #9999",
    "0120-0-78310": "24時間子供SOSダイヤル",
    "0120-99-7777": "チャイルドライン",
    "189": "児童相談所虐待対応ダイヤル 189",
    "0120-189-783": "児童相談所相談専用ダイヤル",
    "0120-007-110": "こどもの人権110番",
    "0570-003-110": "みんなの人権110番",
    "0570-070-810": "女性の人権ホットライン",
    "0570-090911": "外国語人権相談ダイヤル",
    "0120-279-889": "DV相談＋（プラス）",
    "#8008": "DV相談ナビ #8008",
    "#8778": "女性相談支援センター #8778",
    "#8891": "性犯罪・性暴力の相談 #8891",
    "0120-8891-77": "性犯罪・性暴力の相談 #8891",
    "#8103": "性犯罪被害相談電話 #8103",
    "#9110": "警察相談専用電話 #9110",
    "0570-783-554": "犯罪被害者等電話サポートセンター",
    "188": "消費者ホットライン 188",
    "0570-078374": "法テラス・サポートダイヤル",
    "03-6745-5600": "法テラス・サポートダイヤル",
    "0120-811-610": "労働条件相談ほっとライン",
    "0570-013904": "外国人在留総合インフォメーションセンター",
    "03-5796-7112": "外国人在留総合インフォメーションセンター",
    "0120-262-701": "つなぐ窓口（障害者差別の相談）",
    "#8000": "小児救急電話相談 #8000（香川県）",
    "087-823-1588": "小児救急電話相談 #8000（香川県）",
    "087-833-7830": "香川いのちの電話",
    "087-861-4343": "香川いのちの電話",
    "087-835-3211": "香川県子ども女性相談センター",
    "087-802-5566": "性暴力被害者支援センター「オリーブかがわ」",
    "087-833-0999": "香川県消費生活センター",
    "087-834-0008": "香川県消費生活センター",
}
SHORT_NUMBERS = {number for number in WELL_KNOWN_NUMBERS if len(number) <= 5}
# Seen in copies on the web; each of them leads to nobody or to a stranger.
WRONG_NUMBERS = {"0570046556", "0570078355", "0570783189", "0570079714"}
POLITE_ENDING = re.compile(r"(です|ます|ません|ください)$")


def read_windows() -> list[Row]:
    with (DATA / "demo_windows.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_categories() -> list[dict[str, Any]]:
    with (DATA / "categories.toml").open("rb") as file:
        return tomllib.load(file)["category"]


WINDOWS = read_windows()
BY_ID = {row["ID"]: row for row in WINDOWS}
BY_NAME = {row["名称"]: row for row in WINDOWS}
PUBLISHED = [row for row in WINDOWS if row["公開状態"] == "published"]
TROUBLES = read_categories()
each_window = pytest.mark.parametrize("row", WINDOWS, ids=lambda row: row["ID"])
each_category = pytest.mark.parametrize("category", TROUBLES, ids=lambda category: category["slug"])


def channels_of(row: Row) -> list[Row]:
    groups = [{name: row[f"連絡手段{n}_{name}"] for name in CHANNEL_COLUMNS} for n in range(1, 6)]
    return [group for group in groups if any(group.values())]


def telephones_of(row: Row) -> list[Row]:
    return [channel for channel in channels_of(row) if channel["種類"] in {"phone", "fax"}]


def listed(cell: str) -> list[str]:
    return cell.split(";") if cell else []


def digits_of(number: str) -> str:
    return number.replace("-", "")


def hours_of(row: Row) -> list[tuple[str, str]]:
    """(rule, text as published) of the window and of each channel, where either is given."""
    pairs = [(row["受付時間_規則"], row["受付時間_原文"])]
    pairs += [(channel["受付時間_規則"], channel["受付時間_原文"]) for channel in channels_of(row)]
    return [pair for pair in pairs if any(pair)]


def state_at(rule: str, moment: str) -> State:
    return OpeningHours(rule).state(dt.datetime.fromisoformat(moment))[0]


# --- Categories ----------------------------------------------------------------------------------
def test_categories_are_the_fifteen_in_their_order() -> None:
    assert [category["slug"] for category in TROUBLES] == list(CATEGORIES)
    assert {category["slug"]: category["name"] for category in TROUBLES} == CATEGORIES
    assert [category["order"] for category in TROUBLES] == list(range(1, 16))


@each_category
def test_category_is_short_and_fits_the_model(category: dict[str, Any]) -> None:
    assert set(category) == {
        "slug",
        "name",
        "order",
        "icon",
        "is_risk",
        "neutral_label",
        "description",
        "intro",
        "words",
    }
    assert 0 < len(category["description"]) <= 24
    assert 1 <= category["intro"].count("。") <= 2
    assert category["intro"].endswith("。")
    assert category["icon"] == category["slug"]
    for name in ("slug", "name", "icon", "description", "intro"):
        assert len(category[name]) <= Category._meta.get_field(name).max_length


@each_category
def test_category_has_words_that_people_use(category: dict[str, Any]) -> None:
    words = category["words"]

    assert 10 <= len(words) <= 25
    assert len(set(words)) == len(words)
    assert all(word == word.strip() and "\n" not in word for word in words)


def test_being_seen_on_a_page_about_violence_is_a_risk() -> None:
    assert {category["slug"] for category in TROUBLES if category["is_risk"]} >= {"violence"}


def test_neutral_labels_differ_and_say_nothing_of_the_subject() -> None:
    labels = [category["neutral_label"] for category in TROUBLES]

    assert len(set(labels)) == len(labels)
    assert all(re.fullmatch(r"くらしの案内 \d+", label) for label in labels)


# --- The file of windows as a whole --------------------------------------------------------------
def test_windows_file_is_plain_utf8_with_unix_line_ends() -> None:
    content = (DATA / "demo_windows.csv").read_bytes()

    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")


def test_columns_are_those_of_import_and_export() -> None:
    numbered = [f"連絡手段{n}_{name}" for n in range(1, 6) for name in CHANNEL_COLUMNS]

    assert list(WINDOWS[0]) == [*WINDOW_COLUMNS, *numbered]
    assert all(None not in row and None not in row.values() for row in WINDOWS)


def test_there_are_about_sixty_windows() -> None:
    assert 55 <= len(WINDOWS) <= 80


def test_ids_are_well_formed_and_appear_once() -> None:
    ids = [row["ID"] for row in WINDOWS]

    assert [public_id for public_id in ids if not is_public_id(public_id)] == []
    assert len(set(ids)) == len(ids)
    # A spreadsheet turns 234567 and 2345e6 into numbers and saves them so.
    assert [public_id for public_id in ids if re.fullmatch(r"\d+(e\d+)?", public_id)] == []


def test_names_appear_once() -> None:
    assert len(BY_NAME) == len(WINDOWS)


def test_a_number_is_shared_only_by_windows_of_one_operator() -> None:
    operators = defaultdict(set)
    for row in WINDOWS:
        for channel in telephones_of(row):
            operators[digits_of(channel["値"])].add(row["運営者"])

    assert {number: names for number, names in operators.items() if len(names) > 1} == {}


@pytest.mark.parametrize("slug", CATEGORIES)
def test_every_resident_of_kagawa_has_two_windows_for_every_trouble(slug: str) -> None:
    with (ROOT / "platform_portal/region/data/municipalities_37.csv").open(encoding="utf-8") as file:
        homes = [row["code"] for row in csv.DictReader(file)]
    choices = [row for row in PUBLISHED if slug in listed(row["分野"])]
    usable = {
        home: [r for r in choices if r["地域の範囲"] != "municipality" or home in listed(r["市区町村コード"])]
        for home in homes
    }

    assert len(homes) == 17
    assert {home: len(rows) for home, rows in usable.items() if len(rows) < 2} == {}


def test_a_free_nationwide_telephone_is_open_round_the_clock() -> None:
    lines = [
        channel
        for row in PUBLISHED
        if row["地域の範囲"] == "national" and row["受付時間_規則"] == "24/7"
        for channel in telephones_of(row)
        if channel["種類"] == "phone" and channel["料金"] == "free"
    ]

    assert len(lines) >= 3


# --- Telephone numbers ---------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(set(WELL_KNOWN_NUMBERS.values())))
def test_well_known_window_has_its_numbers_and_no_other(name: str) -> None:
    expected = {number for number, owner in WELL_KNOWN_NUMBERS.items() if owner == name}

    assert {channel["値"] for channel in telephones_of(BY_NAME[name])} == expected


@each_window
def test_telephone_numbers_can_exist(row: Row) -> None:
    for channel in telephones_of(row):
        number = channel["値"]
        assert number in SHORT_NUMBERS or phonenumbers.is_valid_number(phonenumbers.parse(number, "JP"))
        assert re.fullmatch(r"#?[0-9]+(-[0-9]+)*", number)


@each_window
def test_telephone_toll_agrees_with_the_prefix(row: Row) -> None:
    for channel in telephones_of(row):
        digits, toll = digits_of(channel["値"]), channel["料金"]
        if digits.startswith(("0120", "0800")):
            assert toll == "free"
        elif digits.startswith("0570"):
            assert toll == "navi"
        elif digits.startswith("0"):
            assert toll == "charged"


@pytest.mark.parametrize("number", sorted(WRONG_NUMBERS))
def test_mistaken_number_of_public_copies_is_absent(number: str) -> None:
    assert [row["名称"] for row in WINDOWS for c in telephones_of(row) if digits_of(c["値"]) == number] == []


# --- Hours ---------------------------------------------------------------------------------------
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


# --- Each window ---------------------------------------------------------------------------------
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
