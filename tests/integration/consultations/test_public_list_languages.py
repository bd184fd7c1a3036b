"""Lists in a language of one's own: whose lines speak it, what is open in it, and what the page says in it."""

import re
from typing import Any

import pytest
from django.test import Client

from consultations.indexing import refresh_derived
from platform_portal.page_cache import forget_public_pages
from tests.factories.consultations import ChannelFactory, WindowFactory
from tests.factories.region import MunicipalityFactory
from tests.integration.consultations.lists import NEVER, get, names

pytestmark = pytest.mark.django_db


def two_lines(name: str = "ふたつの線", **values: Any) -> tuple[Any, Any, Any]:
    """Open day and night in Japanese, shut in Portuguese."""
    window = WindowFactory(name=name, languages=["ja", "pt"], phone=False, **values)
    japanese = ChannelFactory(window=window, value="0120-111-111", languages=["ja"], position=1)
    foreign = ChannelFactory(
        window=window,
        value="0120-222-222",
        languages=["pt"],
        position=2,
        opening_hours=NEVER,
        note="「2」を押してください",
    )
    refresh_derived(window)
    return window, japanese, foreign


def test_with_a_language_only_its_lines_count(client: Client) -> None:
    two_lines()
    page = get(client, language="pt").split('id="last-resort"')[0]
    assert "0120-222-222" in page
    assert "0120-111-111" not in page
    assert "受付中・24時間" not in page
    assert "「2」を押してください" in page
    assert "「2」を押してください" not in get(client)


def test_number_for_ip_phones_is_named_only_where_it_is_spoken(client: Client) -> None:
    _window, japanese, foreign = two_lines()
    for line, reached in ((foreign, False), (japanese, True)):
        line.accepts_ip_phone = reached
        line.save()
    page = get(client, language="pt").split('id="last-resort"')[0]
    assert "IP電話は 0120-111-111" not in page
    assert "IP電話（050など）からはかけられません" in page
    foreign.languages = ["ja", "pt"]
    foreign.save()
    forget_public_pages()
    assert "IP電話は 0120-111-111" in get(client)


def test_page_of_a_window_names_no_number_for_ip_phones_in_another_language(client: Client) -> None:
    window, japanese, foreign = two_lines()
    for line, reached in ((foreign, False), (japanese, True)):
        line.accepts_ip_phone = reached
        line.save()
    page = client.get(f"/w/{window.public_id}/").content.decode()
    assert "IP電話は 0120-111-111" not in page
    assert "IP電話（050など）からはかけられません" in page


def test_card_names_the_towns_it_is_for(client: Client, town: Any) -> None:
    prefecture = town.prefecture
    others = [
        MunicipalityFactory(code=code, name=name, kana=name, prefecture=prefecture)
        for code, name in (("372021", "丸亀市"), ("372030", "坂出市"))
    ]
    WindowFactory(name="町の窓口", area_scope="municipality", places=[town])
    WindowFactory(name="三つの町の窓口", area_scope="municipality", places=[town, *others])
    WindowFactory(name="国の窓口")
    page = get(client)
    assert f'<span class="chip">{town.name}の窓口</span>' in page
    assert f'<span class="chip">{town.name}など3市町の窓口</span>' in page
    assert page.count("の窓口</span>") == 2


def test_lines_without_a_word_on_languages_speak_the_windows(client: Client) -> None:
    WindowFactory(name="なにも言わない線", languages=["ja", "pt"])
    assert "受付中・24時間" in get(client, language="pt").split('id="last-resort"')[0]


def test_window_that_no_line_speaks_is_not_listed(client: Client) -> None:
    window = WindowFactory(name="言うだけの窓口", languages=["ja", "pt"], phone=False)
    ChannelFactory(window=window, languages=["ja"])
    WindowFactory(name="話す窓口", languages=["pt"])
    assert names(get(client, language="pt")) == ["話す窓口"]


def test_open_and_by_telephone_are_meant_in_that_language(client: Client) -> None:
    two_lines(kana="ア")
    chat = WindowFactory(name="文字の窓口", kana="イ", languages=["ja"])
    ChannelFactory(window=chat, kind="chat", value="https://a.example/", languages=["pt"])
    refresh_derived(chat)
    WindowFactory(name="開いている窓口", kana="ウ", languages=["pt"])
    assert names(get(client, language="pt")) == ["文字の窓口", "開いている窓口", "ふたつの線"]
    assert names(get(client, language="pt", now="1")) == ["文字の窓口", "開いている窓口"]
    assert names(get(client, language="pt", always="1", channel="phone")) == ["開いている窓口"]
    assert names(get(client, language="pt", channel="phone")) == ["開いている窓口", "ふたつの線"]


def test_heading_and_legend_are_in_that_language(client: Client) -> None:
    WindowFactory(languages=["pt", "ur", "zh"])
    page = get(client, language="pt")
    assert '<h1><span lang="pt">Português</span>（ポルトガル語）で話せるところ</h1>' in page
    assert '<p lang="pt" dir="ltr">verde = aberto agora' in page
    assert '<p lang="ur" dir="rtl">' in get(client, language="ur")
    assert '<p lang="zh-Hant" dir="ltr">' in get(client, language="zh")
    assert "verde" not in get(client)


def test_word_for_open_is_explained_not_by_its_colour_alone(client: Client) -> None:
    WindowFactory(languages=["pt"])
    assert re.search(r"verde = aberto agora <span[^>]*>（受付中）", get(client, language="pt"))


def test_where_nobody_speaks_the_language_now_a_line_in_japanese_is_offered(client: Client) -> None:
    window, _japanese, foreign = two_lines()
    page = get(client, language="pt")
    assert "Nobody speaks Português on these lines right now." in page
    assert "0120-111-111" in page.split('id="last-resort"')[1]
    foreign.opening_hours = ""
    foreign.save()
    refresh_derived(window)
    forget_public_pages()
    page = get(client, language="pt")
    assert "Nobody speaks" not in page
    assert 'id="last-resort"' not in page


def test_language_that_was_given_up_leaves_no_trace(client: Client) -> None:
    WindowFactory(name="日本語だけ")
    page = get(client, language="pt")
    assert "verde" not in page
    assert "で話せるところ</h1>" not in page
    assert "受付中・24時間" in page
