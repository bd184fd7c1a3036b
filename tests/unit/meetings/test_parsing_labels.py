"""What a few words say of a speaker, wherever they stand."""

import pytest

from meetings.parsing.labels import (
    LIKELY,
    NAME,
    NONE,
    SURE,
    begins_with_surname,
    looks_like_name,
    read_label,
    split_name,
    with_name,
)


@pytest.mark.parametrize(
    ("words", "strength", "organization", "name", "role"),
    [
        ("委員(A)", SURE, "", "", "委員"),
        ("(委員)", SURE, "", "", "委員"),
        ("国務大臣（河野太郎君）", SURE, "", "河野太郎", "国務大臣"),
        ("山田（会長）", SURE, "", "山田", "会長"),
        ("20番（鈴木議員）", SURE, "", "鈴木", "20番議員"),
        ("20番鈴木議員", SURE, "", "鈴木", "20番議員"),
        ("20番", SURE, "", "", "20番"),
        ("委員１", SURE, "", "1", "委員"),
        ("A委員", SURE, "", "A", "委員"),
        ("A", LIKELY, "", "", "A"),
        ("問1", LIKELY, "", "", "問1"),
        ("まちの会", LIKELY, "まちの会", "", ""),
        ("山田太郎", NAME, "", "山田太郎", ""),
        ("*山田*", NAME, "", "山田", ""),
        ("○○部長", SURE, "", "", "部長"),
    ],
)
def test_labels_are_read(words, strength, organization, name, role):
    label = read_label(words)
    assert (label.strength, label.organization, label.name, label.role) == (
        strength,
        organization,
        name,
        role,
    )


@pytest.mark.parametrize(
    "words",
    [
        "",
        "長" * 41,
        "長" * 200,
        "会長、山田",
        "委員()",
        "あ(い(う)",
        "鈴木（会場）",
        "20番123",
        "○○○",
        "休憩",
        "資料1",
        "1234さん",
        "山田のの会長",
    ],
)
def test_other_words_name_nobody(words):
    assert read_label(words).strength == NONE


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("会長", ("", "", "会長")),
        ("山田会長", ("", "山田", "会長")),
        ("県社協・山田課長", ("県社協", "山田", "課長")),
        ("まちの会・会長", ("まちの会", "", "会長")),
        ("大西部長", ("", "大西", "部長")),
        ("やまだ委員", ("", "やまだ", "委員")),
        ("スミス委員", ("", "スミス", "委員")),
        ("○○委員", ("", "○○", "委員")),
        ("高松市長", ("", "", "高松市長")),
        ("子育て課長", ("", "", "子育て課長")),
    ],
)
def test_names_are_told_apart_from_roles(words, parts):
    assert split_name(words) == parts


def test_a_name_printed_elsewhere_counts_before_the_dictionary():
    assert split_name("山本山課長", frozenset({"山本"})) == ("", "山本", "山課長")


def test_a_name_that_is_known_already_is_left_alone():
    label = read_label("山田（会長）")
    assert with_name(label) == label
    assert with_name(read_label("県社協・山田課長")).name == "山田"


@pytest.mark.parametrize(
    ("words", "is_name", "begins"),
    [
        ("山田", True, True),
        ("やまだ", True, True),
        ("高松", True, False),
        ("会議室", False, False),
        ("あいうえおか", False, False),
        ("", False, False),
    ],
)
def test_the_dictionary_knows_names(words, is_name, begins):
    assert (looks_like_name(words), begins_with_surname(words)) == (is_name, begins)
