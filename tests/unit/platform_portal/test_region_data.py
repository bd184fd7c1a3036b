"""The master data of prefectures and municipalities: complete, and every code adds up."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from platform_portal.region.codes import check_digit, is_valid_code

DATA = Path(__file__).resolve().parents[3] / "platform_portal" / "region" / "data"
MUNICIPALITY_FILES = sorted(DATA.glob("municipalities_*.csv"))
KATAKANA = {chr(point) for point in range(ord("ァ"), ord("ヶ") + 1)} | {"ー"}
# Codes seen in print, not computed here: 国土数値情報 and the pages of the bodies themselves.
PRINTED_CODES = {
    "010006": "北海道",
    "060003": "山形県",
    "130001": "東京都",
    "360007": "徳島県",
    "370002": "香川県",
}
PRINTED_KAGAWA = {"372013": "高松市", "372064": "さぬき市", "372081": "三豊市"}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", [DATA / "prefectures.csv", *MUNICIPALITY_FILES], ids=lambda path: path.name)
def test_file_is_plain_utf8_with_unix_line_ends(path: Path) -> None:
    content = path.read_bytes()

    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")


@pytest.mark.parametrize("path", [DATA / "prefectures.csv", *MUNICIPALITY_FILES], ids=lambda path: path.name)
def test_every_code_has_its_check_digit_and_appears_once(path: Path) -> None:
    codes = [row["code"] for row in rows_of(path)]

    assert [code for code in codes if not is_valid_code(code)] == []
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("path", [DATA / "prefectures.csv", *MUNICIPALITY_FILES], ids=lambda path: path.name)
def test_every_kana_is_full_width_katakana(path: Path) -> None:
    assert [row["kana"] for row in rows_of(path) if not row["kana"] or set(row["kana"]) - KATAKANA] == []


def test_prefectures_are_all_47() -> None:
    rows = rows_of(DATA / "prefectures.csv")

    assert [row["code2"] for row in rows] == [f"{number:02}" for number in range(1, 48)]
    assert all(row["code"] == row["code2"] + "000" + check_digit(row["code2"] + "000") for row in rows)
    assert len({row["name"] for row in rows}) == 47
    assert Counter(row["name"][-1] for row in rows) == {"県": 43, "府": 2, "都": 1, "道": 1}
    assert PRINTED_CODES.items() <= {row["code"]: row["name"] for row in rows}.items()


def test_kagawa_has_its_eight_cities_and_nine_towns() -> None:
    rows = rows_of(DATA / "municipalities_37.csv")

    assert Counter(row["kind"] for row in rows) == {"市": 8, "町": 9}
    assert all(row["name"].endswith(row["kind"]) for row in rows)
    assert len({row["name"] for row in rows}) == 17
    assert PRINTED_KAGAWA.items() <= {row["code"]: row["name"] for row in rows}.items()


@pytest.mark.parametrize("path", MUNICIPALITY_FILES, ids=lambda path: path.name)
def test_municipalities_belong_to_the_prefecture_in_the_name_of_the_file(path: Path) -> None:
    prefecture = path.stem.removeprefix("municipalities_")

    assert {row["code"][:2] for row in rows_of(path)} == {prefecture}


@pytest.mark.parametrize(
    ("first_five", "digit"),
    # The last three: remainders 0, 1 and 10, where 11, 10 and 1 have to become one digit.
    [("01000", "6"), ("36000", "7"), ("37201", "3"), ("00000", "1"), ("00006", "0"), ("00005", "1")],
)
def test_check_digit(first_five: str, digit: str) -> None:
    assert check_digit(first_five) == digit


@pytest.mark.parametrize("code", ["372012", "37201", "3720133", "37201a", "３７２０１３", ""])
def test_wrong_code_is_refused(code: str) -> None:
    assert not is_valid_code(code)
