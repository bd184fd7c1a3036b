"""The project's own list of categories and windows: a typing error here sends somebody to a wrong number."""

import csv
import re
from collections import defaultdict
from typing import Any

import phonenumbers
import pytest

from consultations.models import (
    Category,
)
from platform_portal.identifiers import is_public_id
from tests.unit.consultations.demo_data import (
    BY_NAME,
    CATEGORIES,
    CHANNEL_COLUMNS,
    DATA,
    PUBLISHED,
    ROOT,
    SHORT_NUMBERS,
    TROUBLES,
    WELL_KNOWN_NUMBERS,
    WINDOW_COLUMNS,
    WINDOWS,
    WRONG_NUMBERS,
    Row,
    digits_of,
    each_category,
    each_window,
    listed,
    telephones_of,
)


# --- Categories -----------------------------------------------------------------------------------
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


# --- The file of windows as a whole ---------------------------------------------------------------
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


# --- Telephone numbers ----------------------------------------------------------------------------
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
