"""The project's own list of categories and windows as rows, and what tests know of it apart from the file."""

import csv
import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from opening_hours import OpeningHours, State

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
