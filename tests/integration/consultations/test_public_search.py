"""Own words: answered on the spot, never kept, never empty-handed."""

import re
from typing import Any

import pytest
from django.test import Client

from consultations.masters import load_categories
from consultations.models import Category, ZeroHitWord
from tests.factories.consultations import WindowFactory

pytestmark = pytest.mark.django_db

NONSENSE = "ぬぬぬぬぬぬぬぬ"


def ask(client: Client, words: str, **headers: str) -> Any:
    return client.post("/search/", {"words": words}, headers=headers)


def text(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture(autouse=True)
def _world() -> None:
    load_categories()


@pytest.fixture
def debt_line() -> Any:
    return WindowFactory(
        name="お金の困りごと電話",
        description="借金や家賃のことを話せます。",
        topics=[Category.objects.get(slug="living")],
    )


@pytest.fixture
def life_line() -> Any:
    return WindowFactory(name="いのちの電話", topics=[Category.objects.get(slug="mental")])


def test_categories_and_windows_are_found(client: Client, debt_line: Any) -> None:
    page = text(ask(client, "借金が返せなくて家賃も払えない"))
    assert "近い困りごと" in page
    assert "生活上の困りごと" in page.split("見つかった窓口")[0]
    assert debt_line.name in page.split("見つかった窓口")[1]


def test_open_ones_come_first(client: Client, debt_line: Any) -> None:
    WindowFactory(
        name="お金の相談室", description="借金や家賃のことを話せます。借金。", opening_hours="2020 Jan 01 10:00-11:00",
        topics=[Category.objects.get(slug="living")],
    )  # fmt: skip
    found = re.findall(r"<h3><a [^>]*>([^<]+)</a>", text(ask(client, "借金 家賃")))
    assert found[:2] == ["お金の困りごと電話", "お金の相談室"]


def test_answer_page_keeps_the_words_in_the_field_only(client: Client, debt_line: Any) -> None:
    response = ask(client, "借金がこわい")
    page = text(response)
    assert page.count("借金がこわい") == 1
    assert 'value="借金がこわい"' in page
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_swapped_answer_is_a_part_without_the_words(client: Client, debt_line: Any) -> None:
    response = ask(client, "借金がこわい", **{"HX-Request": "true"})
    part = text(response)
    assert "<html" not in part
    assert "借金がこわい" not in part
    assert debt_line.name in part
    assert response["Cache-Control"] == "no-store"


def test_crisis_words_bring_the_emergency_numbers_first(client: Client, life_line: Any) -> None:
    page = text(ask(client, "しにたい"))
    crisis = page.index("すぐ話せるところがあります")
    assert "119" in page[crisis : crisis + 800]
    assert life_line.name in page[crisis:].split("近い困りごと")[0]


@pytest.mark.parametrize("words", ["誰か", "もう無理です", "ﾀｽｹﾃ", "help me", "自殺 ぬぬぬ"])
def test_a_cry_is_answered_with_a_line_first(client: Client, life_line: Any, words: str) -> None:
    page = text(ask(client, words))
    main = page[page.index("<main") :]
    assert main.index("すぐ話せるところがあります") < main.index(life_line.name)
    assert "その言葉では見つかりませんでした" not in page
    assert 'class="tile"' in page
    assert not ZeroHitWord.objects.exists()


def test_a_cry_is_answered_where_no_category_is_in_use(client: Client, life_line: Any) -> None:
    Category.objects.update(is_active=False)
    page = text(ask(client, "たすけて"))
    assert life_line.name in page.split("すぐ話せるところがあります")[1]
    assert "その言葉では見つかりませんでした" not in page


def test_crisis_without_any_line_still_shows_numbers(client: Client) -> None:
    page = text(ask(client, "しにたい"))
    assert "0120-279-338" in page


@pytest.mark.parametrize(
    "words", ["お父さんにころされる", "包丁を持ってる", "今殴られている", "me quiere matar"]
)
def test_who_is_threatened_gets_the_police_first(client: Client, life_line: Any, words: str) -> None:
    shelter = WindowFactory(name="にげる電話", topics=[Category.objects.get(slug="violence")])
    page = text(ask(client, words))
    main = page[page.index("<main") :]
    box = main[main.index('id="threat-title"') :].split("</section>")[0]
    numbers = re.findall(r'href="tel:([^"]+)"', box)
    assert numbers[:4] == ["110", "119", "189", "%238008"]
    assert shelter.name in box
    assert life_line.name not in box
    assert "とてもつらいのですね" not in main


def test_both_dangers_get_both_boxes(client: Client, life_line: Any) -> None:
    page = text(ask(client, "夫に殺されるくらいなら死にたい"))
    assert page.index('id="threat-title"') < page.index('id="crisis-title"')
    assert life_line.name in page.split('id="crisis-title"')[1]


def test_children_do_not_meet_abuse_first(client: Client) -> None:
    topics = Category.objects.filter(slug__in=["young-carer", "children", "violence"])
    WindowFactory(name="虐待対応", kana="ア", topics=topics)
    WindowFactory(name="子どもの電話", kana="イ", topics=topics.exclude(slug="violence"))

    def found(words: str) -> list[str]:
        windows = text(ask(client, words)).split('id="found-windows"')[1].split("</section>")[0]
        return re.findall(r"<h3><a [^>]*>([^<]+)</a>", windows)

    assert found("お母さんの世話でつらい") == ["子どもの電話", "虐待対応"]
    assert found("お母さんにたたかれる")[0] == "虐待対応"


def test_first_numbers_say_who_cannot_dial_them(client: Client, life_line: Any) -> None:
    life_line.channels.update(accepts_ip_phone=False)
    box = text(ask(client, "死にたい")).split('id="crisis-title"')[1].split("</section>")[0]
    assert "IP電話（050など）からはかけられません" in box


def test_nothing_found_is_not_the_end(client: Client, life_line: Any) -> None:
    page = text(ask(client, NONSENSE))
    assert "その言葉では見つかりませんでした" in page
    assert page.count('class="tile"') == 15
    assert life_line.name in page.split('id="last-resort"')[1]


def test_words_without_an_answer_are_counted_by_word_alone(client: Client, monkeypatch: Any) -> None:
    counted: list[str] = []
    monkeypatch.setattr("consultations.views.public.search.record_zero_hits", counted.append)
    ask(client, NONSENSE)
    ask(client, "借金が返せない")
    ask(client, NONSENSE, **{"Sec-Fetch-Site": "cross-site"})
    assert counted == [NONSENSE]


def test_counting_stops_when_somebody_floods(client: Client, monkeypatch: Any) -> None:
    counted: list[str] = []
    monkeypatch.setattr("consultations.views.public.search.record_zero_hits", counted.append)
    monkeypatch.setattr("consultations.views.public.search.RATE", "2/m")
    for _time in range(4):
        assert ask(client, NONSENSE).status_code == 200
    assert len(counted) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "ひとことでよいので"),
        ("   ", "ひとことでよいので"),
        ("\x00\x07\u202e", "ひとことでよいので"),
    ],
)
def test_what_cannot_be_searched_is_said(client: Client, life_line: Any, words: str, message: str) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        page = text(ask(client, words, **headers))
        assert message in page
        assert "困りごとから選ぶ" in page
        assert page.count('id="last-resort"') == 1
        assert page.index(life_line.name) < page.index("困りごとから選ぶ")


@pytest.mark.parametrize(
    "words", ["死に\x00たい", "つらくて。" * 100 + "死にたい", "あ" * 20_000, "借金\x00"]
)
def test_whatever_is_pasted_is_answered(client: Client, life_line: Any, words: str) -> None:
    page = text(ask(client, words))
    assert "error" not in page
    assert "\x00" not in page
    assert life_line.name in page
    assert ("すぐ話せるところがあります" in page) is ("たい" in words)


def test_browser_cuts_nothing_silently(client: Client) -> None:
    assert "maxlength" not in text(client.get("/search/"))


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("quero morrer", "/windows/?language=pt"),
        ("I want to die", "/languages/"),
        ("my husband is choking me", "/languages/"),
        ("shinitai", "/languages/"),
        ("自殺", ""),
        ("SOS 助けて", ""),
        ("xyzzy plugh", "/languages/"),
        ("ກກກກ", "/languages/"),
        (NONSENSE, ""),
        ("借金が返せない", ""),
        ("！？", ""),
    ],
)
def test_who_writes_another_language_is_shown_the_way(client: Client, words: str, link: str) -> None:
    part = text(ask(client, words, **{"HX-Request": "true"}))
    assert (f'href="{link}"' in part) is bool(link)
    assert ("Talk in your language" in part) is bool(link)


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE x; --",
        "{{ settings.SECRET_KEY }}",
        "a" * 300,
        "\u202e",
        "😀" * 50,
        "& | ! ( ) :*",
    ],
)
def test_hostile_words_are_only_words(client: Client, words: str) -> None:
    page = text(ask(client, words))
    assert "<script>alert" not in page
    assert "tests-only-" not in page


def test_opening_the_page_shows_the_field_and_searches_nothing(client: Client) -> None:
    page = text(client.get("/search/", {"words": "借金"}))
    assert "借金" not in page
    assert 'name="words"' in page
    assert "見つかった" not in page
    assert ZeroHitWord.objects.count() == 0


def test_inactive_categories_and_drafts_are_not_found(client: Client) -> None:
    Category.objects.filter(slug="living").update(is_active=False)
    draft = WindowFactory(name="借金の下書き", draft=True)
    page = text(ask(client, "借金が返せない"))
    assert "生活上の困りごと" not in page
    assert draft.name not in page
