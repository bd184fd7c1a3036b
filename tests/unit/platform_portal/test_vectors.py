import pytest
from django.db import connection

from consultations.finding.words import category_word, document_words, query_words
from platform_portal.japanese.vectors import query_literal, vector_literal

NASTY = [
    "it's",
    "back\\slash",
    "a & b | !c",
    "(x):*A",
    "'; DROP TABLE x; --",
    "tab\tnew\nline",
    "引き籠もり",
    "  ",
    "\\'",
]


def matches(vector: str, query: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector, query])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("word", NASTY)
def test_any_word_is_stored_and_found_as_it_is(word):
    vector = vector_literal([("other", "A"), (word, "B")])
    assert matches(vector, query_literal([word]))
    assert not matches(vector_literal([("other", "A")]), query_literal([word]))


@pytest.mark.django_db
def test_weights_are_kept_and_can_be_asked_for():
    vector = vector_literal([("name", "A"), ("text", "C")])
    assert matches(vector, query_literal(["name"], weights="A"))
    assert not matches(vector, query_literal(["text"], weights="A"))


@pytest.mark.django_db
def test_beginnings():
    vector = vector_literal([("ひきこもりそうだん", "A")])
    assert matches(vector, query_literal([], prefixes=["ひきこも"]))
    assert matches(vector, query_literal([], prefixes=["ひきこも"], weights="A"))
    assert not matches(vector, query_literal(["ひきこも"]))


def test_a_word_given_twice_keeps_its_best_weight():
    assert vector_literal([("x", "D"), ("x", "A"), ("x", "C")]) == "'x':1A"


def test_what_postgresql_refuses_is_left_out():
    assert vector_literal([("", "A"), ("x" * 3000, "A"), ("a\x00", "A")]) == ""
    assert query_literal(["", "x" * 3000, "a\x00"], prefixes=[""]) == ""


@pytest.mark.django_db
def test_a_long_document_fits():
    vector = vector_literal((f"word{number}", "C") for number in range(20_000))
    assert matches(vector, query_literal(["word19999"]))


def test_document_words():
    words = dict(
        document_words(
            name="ひきこもり地域支援センター",
            kana="ヒキコモリ チイキシエンセンター",
            slugs=["hikikomori"],
            about=["家族の相談", "県の福祉課"],
            places=["高松市"],
        )
    )
    assert words["引き籠もり"] == "A"
    assert words["ひきこもりちいきしえんせんたー"] == "A"
    assert words["しえんせんたー"] == "A"
    assert words[category_word("hikikomori")] == "B"
    assert words["家族"] == "C"
    assert words["高松市"] == "D"


def test_query_words_leave_out_what_every_window_says():
    assert query_words("ひきこもりの相談窓口").words == ("引き籠もり",)
    assert query_words("相談窓口").words
    assert query_words("ヒキコモ").prefixes == ("ひきこも",)
    assert not query_words("")
    assert not query_words("。")
