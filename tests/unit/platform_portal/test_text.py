import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_portal.japanese.text import clean, kana, katakana, normalize, normalize_width


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ＤＶ", "dv"),
        ("ﾋｷｺﾓﾘ", "ひきこもり"),
        ("ヒキコモリ", "ひきこもり"),
        ("１８８", "188"),
        ("  相談　窓口\t\r\n ", "相談 窓口"),
        ("相\u200b談\u202e", "相談"),
        ("相\x00談", "相 談"),
        ("9時〜17時", "9時~17時"),
        ("9時～17時", "9時~17時"),
        ("こころ\ud800", "こころ"),
        ("か\u3099っこう", "がっこう"),
        ("", ""),
    ],
)
def test_normalize(written, expected):
    assert normalize(written) == expected


def test_normalize_width_keeps_katakana():
    assert normalize_width("ﾋｷｺﾓﾘのＤＶ") == "ヒキコモリのdv"


@given(st.text())
def test_normalize_is_stable_and_never_raises(text):
    once = normalize(text)
    assert normalize(once) == once
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Cf"} for c in once)
    once.encode()


def test_normalize_limits_length_even_where_characters_unfold():
    assert len(normalize("ﷺ" * 50, limit=40)) <= 40


def test_clean_keeps_what_people_wrote():
    assert clean(" ＤＶの　そうだん\x07 ｶﾅ ") == "ＤＶの そうだん ｶﾅ"


def test_clean_takes_out_what_turns_text_around_but_keeps_emoji_whole():
    assert clean("abc\u202edef") == "abcdef"
    assert clean("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"


def test_clean_cuts_at_the_limit():
    assert clean("あ" * 20, limit=5) == "あああああ"


@given(st.text(alphabet=[chr(c) for c in range(0x3041, 0x3097)]))
def test_kana_and_katakana_undo_each_other(text):
    assert kana(katakana(text)) == text


def test_kana_keeps_length_and_the_long_mark():
    assert kana("ハローワーク窓口") == "はろーわーく窓口"
