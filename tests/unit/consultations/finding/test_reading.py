import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.finding.reading import MAX_SENTENCE, read


def keys(text: str) -> list[str]:
    return [unit.key for unit in read(text).units]


@pytest.mark.parametrize(
    "text",
    [
        "学校に行けない",
        "がっこうに いけない",
        "学校行けん",
        "学校に行けへん",
        "学校に行かない",
        "学校に行きません",
        "学校にいけん",
    ],
)
def test_negation_is_read_whatever_the_dialect(text):
    assert keys(text) == ["学校", "行く+not"]


@pytest.mark.parametrize("text", ["学校に行きたくない", "学校行きとうない", "がっこう いきたくない"])
def test_what_is_not_wanted(text):
    assert keys(text) == ["学校", "行く+not+want"]


def test_wish_and_refusal_differ():
    assert keys("学校に行きたい") == ["学校", "行く+want"]


def test_what_is_suffered():
    assert keys("夫に殴られた") == ["夫", "殴る+suffered"]


def test_missing_things_are_words_of_their_own():
    assert keys("お金がない") == ["お金", "無い"]
    assert keys("お金ないねん") == ["お金", "無い"]


def test_negated_doing_marks_the_noun():
    assert keys("ごはんの味がしない")[-1] == "味+not"


def test_being_somewhere_is_a_word_going_on_is_not():
    assert "居る" in keys("ずっと家にいる")
    assert "居る" not in keys("泣いている")


def test_sound_is_the_same_for_kanji_and_kana():
    assert read("家賃が払えない").sound == read("やちんがはらえない").sound


def test_long_text_is_cut():
    assert len(read("あ" * 5 * MAX_SENTENCE).plain) <= MAX_SENTENCE * 2


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_never_raises(text):
    read(text)
