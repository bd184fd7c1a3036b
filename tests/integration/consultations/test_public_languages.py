"""The page for people who do not read Japanese well."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.factories.consultations import ChannelFactory, WindowFactory

pytestmark = pytest.mark.django_db


def links(client: Client) -> list[tuple[str, str]]:
    page = client.get("/languages/").content.decode()
    return re.findall(r'\?language=([a-z]+)"><span lang="[a-z]+">[^<]+</span>（(\d+)）', page)


def test_every_language_spoken_is_a_link_with_its_number(client: Client) -> None:
    WindowFactory(languages=["ja", "en", "zh"])
    line = WindowFactory(languages=["en"])
    ChannelFactory(window=line, languages=["en", "vi"])
    WindowFactory(languages=["pt"], draft=True)
    WindowFactory(languages=["ja", "xx"])
    assert sorted(links(client)) == [("en", "2"), ("vi", "1"), ("zh", "1")]


def test_links_lead_to_windows_that_speak_it(client: Client) -> None:
    WindowFactory(name="英語の窓口", languages=["en"])
    WindowFactory(name="日本語の窓口")
    page = client.get("/windows/", {"language": links(client)[0][0]}).content.decode()
    assert "英語の窓口" in page
    assert "日本語の窓口" not in page.split('id="last-resort"')[0]


def test_page_stands_without_any_language(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        page = client.get("/languages/").content.decode()
    assert "You can talk to someone" in page
    assert 'id="choose-language"' not in page
