import concurrent.futures
import threading

import pytest
import sudachipy
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_portal.japanese import tokens as tokens_module
from platform_portal.japanese.tokens import morphemes, tokens


@pytest.mark.parametrize(
    "group",
    [
        ["ひきこもり", "引きこもり", "引き籠もり", "引籠", "引籠り", "ヒキコモリ", "ﾋｷｺﾓﾘ"],
        ["不登校", "ふとうこう"],
        ["DV", "ＤＶ", "ドメスティックバイオレンス", "ドメスティック・バイオレンス", "domestic violence"],
        ["子ども", "こども", "子供", "コドモ"],
        ["障害者", "障がい者", "しょうがいしゃ"],
        ["生活保護", "せいかつほご"],
        ["うつ病", "鬱病", "うつびょう"],
        ["ハローワーク", "ﾊﾛｰﾜｰｸ", "ハロワ", "はろーわーく"],
    ],
    ids=lambda group: group[0],
)
def test_spellings_of_one_word_share_their_tokens(group):
    found = {written: tuple(tokens(written)) for written in group}
    assert len(set(found.values())) == 1, found
    assert found[group[0]]


def test_particles_and_grammar_are_left_out():
    assert tokens("学校に行きたくないと思っています。") == ["学校"]


def test_compounds_are_also_found_by_their_parts():
    found = tokens("児童相談所")
    assert found[0] == "児童相談所"
    assert {"児童", "相談"} <= set(found)


def test_single_characters_out_of_a_compound_are_left_out():
    assert "市" not in tokens("高松市")


def test_short_spelling_counts_only_at_the_start_of_a_word():
    assert tokens("びざ") == tokens("ビザ")
    assert tokens("くびざ") != tokens("くビザ")


def test_telephone_numbers_are_words_small_numbers_are_not():
    assert tokens("188に2回かけた") == ["188", "かける"]


@pytest.mark.parametrize("text", ["도와주세요", "ช่วยด้วย", "𠮷", "Tôi cần giúp đỡ", "帮助"])
def test_other_scripts_give_words(text):
    assert tokens(text)


@pytest.mark.parametrize("text", ["", "   ", "。。。", "\x00\x01", "\ud800", "👨‍👩‍👧", "'; DROP TABLE x; --"])
def test_odd_input_is_no_error(text):
    assert isinstance(tokens(text), list)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_never_raises(text):
    assert all(token == token.strip() and token for token in tokens(text))


def test_text_longer_than_one_call_of_sudachi_is_read_to_its_end():
    text = "こまっている。" * 9000 + "不登校"
    assert len(text.encode()) > 3 * 49_149
    assert "不登校" in tokens(text)
    assert len(morphemes("𠮷" * 30_000)) > 0


def test_chunks_are_cut_between_words(monkeypatch):
    monkeypatch.setattr(tokens_module, "CHUNK_LENGTH", 12)
    assert tokens("相談。あああああ。 不登校の子ども") == tokens("相談。あああああ。") + tokens(
        "不登校の子ども"
    )


def test_many_threads_share_one_dictionary(monkeypatch):
    together = threading.Barrier(8)

    def read(number):
        together.wait()
        return [tokens(f"不登校の相談{number}00") for _ in range(50)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(pool.map(read, range(1, 9)))
    assert all(len(set(map(tuple, result))) == 1 for result in results)
    assert tokens_module._dictionary.cache_info().misses == 1


def test_words_are_kept_plain_when_sudachi_refuses(monkeypatch):
    class Refusing:
        def tokenize(self, text):
            raise sudachipy.errors.SudachiError("refused")

    monkeypatch.setattr(tokens_module, "_tokenizer", Refusing)
    assert tokens("不登校 DV") == ["不登校", "dv"]


def test_person_names_are_known_as_such():
    found = {m.surface: m.is_person_name for m in morphemes("田中が学校に来た")}
    assert found["田中"]
    assert not found["学校"]
