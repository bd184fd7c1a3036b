"""Which words of a record are stored, which are looked for, and how they are marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.presenting.hits import BEFORE, SHOWN, excerpt, mark
from meetings.words import (
    LONGEST_ASKED,
    MOST_TERMS,
    speaker_query,
    speaker_words,
    terms_of,
    text_query,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("「孤独・孤立対策」を進めます。", "孤立"),
        ("孤独孤立の方が", "孤立"),
        ("孤立感がある", "孤立"),
        ("ご相談いただいた", "相談"),
        ("令和7年度事業", "事業"),
        ("ソーシャルワーカーの方", "ワー"),
    ],
)
def test_two_character_words_are_found_in_every_compound(text, word):
    assert word in words_of(text)


def test_middle_dots_fold():
    assert {"孤独", "独孤", "孤立"} <= set(words_of("孤独・孤立対策"))
    assert text_query("孤独孤立") == text_query("孤独・孤立")


def test_pairs_are_asked_for_where_they_find_more_than_the_words():
    assert "独孤" not in text_query("孤独孤立")  # whatever has it has 孤独 and 孤立 as well
    assert "会的" in text_query("社会的処方")  # 社会的 is one word, in which 社会 stands too


def test_widths_fold():
    assert words_of("ＳＮＳ相談") == words_of("SNS相談")
    assert text_query("ﾋｷｺﾓﾘ") == text_query("ヒキコモリ")


def test_long_texts_are_read_to_the_end():
    assert "終幕" in words_of("開会。" * 50_000 + "終幕")


@pytest.mark.parametrize("asked", ["", "　", "、。「」", "の", "＊"])
def test_what_carries_no_word_asks_for_nothing(asked):
    assert text_query(asked) == ""


def test_terms_are_few_and_short():
    assert len(terms_of(" ".join(f"語{n}" for n in range(100)))) <= MOST_TERMS
    assert sum(map(len, terms_of("語" * 10_000))) <= LONGEST_ASKED


def test_speakers_are_asked_among_labels_alone():
    assert "山田" in speaker_words("県社協", "山田", "課長")
    assert "'山田':A" in speaker_query("山田")


def test_a_surname_of_one_character_is_found():
    assert "森" in speaker_words("森")
    assert "'森':A" in speaker_query("森")


# --- Marking -------------------------------------------------------------------------------------
def marked(text, asked):
    return [piece.text for piece in mark(text, terms_of(asked)) if piece.is_marked]


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("孤独・孤立対策の話", "孤立", ["孤立"]),
        ("孤独・孤立対策の話", "孤独孤立", ["孤独・孤立"]),
        ("ＳＮＳでの相談", "sns 相談", ["ＳＮＳ", "相談"]),
        ("引きこもりの方", "ひきこもり", ["引きこもり"]),
        ("相談支援", "相談支援 支援", ["相談支援"]),
        ("何もない", "孤立", []),
    ],
)
def test_marks(text, asked, expected):
    assert marked(text, asked) == expected


@given(st.text(max_size=300), st.text(max_size=20))
def test_marking_loses_no_character(text, asked):
    assert "".join(piece.text for piece in mark(text, terms_of(asked))) == text


def test_excerpt_shows_the_place():
    text = "あ" * 500 + "孤立" + "い" * 500
    pieces = excerpt(text, "孤立")
    assert [piece.text for piece in pieces if piece.is_marked] == ["孤立"]
    assert pieces[0].text == pieces[-1].text == "…"
    assert sum(len(piece.text) for piece in pieces) <= SHOWN + 2
    assert pieces[1].text == "あ" * BEFORE
