"""Lists: open first, filtered, never empty, the same number of queries however many windows there are."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consultations.indexing import refresh_derived
from consultations.models import Channel
from platform_portal.page_cache import forget_public_pages
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.factories.region import MunicipalityFactory, PrefectureFactory
from tests.integration.consultations.lists import NEVER, SHUT, get, names, with_channel

pytestmark = pytest.mark.django_db


def test_open_comes_first_then_the_nearest_then_by_name(client: Client, town: Any) -> None:
    WindowFactory(name="閉・町", kana="ア", area_scope="municipality", places=[town], opening_hours=NEVER)
    WindowFactory(name="開・国", kana="イ", area_scope="national")
    WindowFactory(name="開・県", kana="ウ", area_scope="prefecture")
    WindowFactory(name="開・町", kana="エ", area_scope="municipality", places=[town])
    WindowFactory(name="開・国の二", kana="オ", area_scope="national")
    assert names(get(client)) == ["開・町", "開・県", "開・国", "開・国の二", "閉・町"]


def test_drafts_are_not_shown(client: Client) -> None:
    WindowFactory(name="公開")
    WindowFactory(name="下書き", draft=True)
    assert names(get(client)) == ["公開"]


@pytest.fixture
def variety(town: Any) -> Any:
    """One window for each choice, so that every choice has exactly one answer."""
    other = MunicipalityFactory(code="372021", name="丸亀市", kana="マルガメシ", prefecture=town.prefecture)
    plain = {"area_scope": "municipality", "places": [other], "opening_hours": NEVER, "askers": ["self"]}
    WindowFactory(name="なにもない", **plain)
    WindowFactory(name="無料", **plain | {"fee": "free"})
    WindowFactory(name="匿名", **plain | {"anonymity": "partly"})
    WindowFactory(name="英語", **plain | {"languages": ["ja", "en"]})
    WindowFactory(name="家族", **plain | {"askers": ["family"]})
    WindowFactory(name="高松", **plain | {"places": [town]})
    WindowFactory(
        name="受付中", **plain | {"opening_hours": "Mo-Su 00:00-24:00; 2020 Jan 01 off; 2027 Jan 01 off"}
    )
    with_channel("文字", "email", NEVER, area_scope="municipality", places=[other], askers=["self"])
    with_channel("面会", "visit", NEVER, area_scope="municipality", places=[other], askers=["self"])
    return town


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"free": "1"}, ["無料"]),
        ({"anonymous": "1"}, ["匿名"]),
        ({"language": "en"}, ["英語"]),
        ({"who": "family"}, ["家族"]),
        ({"city": "372013"}, ["高松"]),
        ({"now": "1"}, ["受付中"]),
        ({"channel": "writing"}, ["文字"]),
        ({"channel": ["writing", "visit"]}, ["文字", "面会"]),
        ({"channel": "visit"}, ["面会"]),
    ],
)
def test_choice_narrows_the_list(
    client: Client, variety: Any, query: dict[str, Any], found: list[str]
) -> None:
    page = get(client, **query)
    assert sorted(names(page)) == sorted(found)
    assert "その条件をはずして" not in page


def test_open_by_phone_is_not_open_by_chat(client: Client) -> None:
    with_channel("電話だけ", "phone")
    with_channel("チャットだけ", "chat")
    assert names(get(client, now="1", channel="phone")) == ["電話だけ"]
    assert names(get(client, now="1", channel="writing")) == ["チャットだけ"]


def test_always_means_day_and_night(client: Client) -> None:
    WindowFactory(name="昼も夜も")
    WindowFactory(name="昼だけ", opening_hours="Mo-Su 08:00-20:00")
    WindowFactory(name="元日は休み", opening_hours="Mo-Su 00:00-24:00; Jan 01 off")
    assert names(get(client, always="1")) == ["昼も夜も"]


def test_window_of_many_towns_is_listed_once(client: Client, town: Any) -> None:
    other = MunicipalityFactory(code="372021", name="丸亀市", kana="マルガメシ", prefecture=town.prefecture)
    WindowFactory(name="ふたつの市", area_scope="municipality", places=[town, other])
    WindowFactory(name="県の窓口", area_scope="prefecture", places=[town, other])
    assert sorted(names(get(client, city=town.code))) == ["ふたつの市", "県の窓口"]


def test_cities_are_those_of_the_own_prefecture(client: Client, town: Any) -> None:
    tokushima = PrefectureFactory(code="360007", name="徳島県", kana="トクシマケン")
    MunicipalityFactory(code="362018", name="徳島市", kana="トクシマシ", prefecture=tokushima)
    page = get(client)
    assert "高松市" in page
    assert "徳島市" not in page


# --- Never empty -----------------------------------------------------------------------------
def test_choices_are_given_up_step_by_step_and_named(client: Client, town: Any) -> None:
    WindowFactory(name="英語の窓口", languages=["en"], opening_hours=NEVER, fee="free")
    page = get(client, now="1", language="en", free="1")
    assert names(page) == ["英語の窓口"]
    assert "「受付中だけ」に合う窓口は見つかりませんでした" in page
    assert "「相談が無料」" not in page.split("合う窓口は")[0]


def test_heading_promises_nothing_that_was_given_up(client: Client, town: Any) -> None:
    WindowFactory(name="昼の窓口", opening_hours=NEVER)
    assert "<h1>相談窓口</h1>" in get(client, now="1", channel="phone")
    WindowFactory(name="いつでも窓口")
    forget_public_pages()
    assert "<h1>今、電話で話せるところ</h1>" in get(client, now="1", channel="phone", free="x")
    assert "<h1>24時間つながるところ</h1>" in get(client, always="1")


def test_language_is_given_up_last(client: Client, town: Any) -> None:
    WindowFactory(name="日本語だけ")
    page = get(client, now="1", language="vi", channel="visit")
    assert names(page) == ["日本語だけ"]
    assert "Tiếng Việt" in page.split("に合う窓口は")[0]


def test_category_without_windows_falls_back_on_lines_that_never_close(client: Client) -> None:
    category = CategoryFactory()
    WindowFactory(name="24時間の窓口", topics=[CategoryFactory()])
    page = get(client, f"/c/{category.public_id}/")
    assert names(page) == ["24時間の窓口"]
    assert "まだ載っていません" in page


def test_empty_portal_still_shows_the_numbers(client: Client) -> None:
    page = get(client)
    assert "いま助けが必要なときの番号" in page
    assert "0120-279-338" in page


def test_list_ends_with_a_line_that_never_closes(client: Client) -> None:
    for number in range(21):
        WindowFactory(name=f"市の窓口{number}", area_scope="prefecture")
    line = WindowFactory(
        name="いつでも電話", area_scope="national", topics=[CategoryFactory(), CategoryFactory()]
    )
    WindowFactory(name="せまい電話", area_scope="national", topics=[CategoryFactory()])
    end = get(client).split('id="last-resort"')[1]
    assert line.name in end
    assert "せまい電話" not in end


def test_line_is_not_shown_twice(client: Client) -> None:
    WindowFactory(name="いつでも電話", area_scope="national")
    assert get(client).count("いつでも電話</a></h3>") == 1


# --- Garbage ---------------------------------------------------------------------------------
GARBAGE = [
    "x", "0", "-1", "99999999999999999999", "1 OR 1=1", "'; DROP TABLE consultations_channel; --", "{{7*7}}", "%00",
    "\x00", "\u202e", "<script>alert(1)</script>", "あ" * 500, "１", "1,2", "../../etc/passwd", "😀",
]  # fmt: skip
PARAMETERS = ["now", "always", "channel", "who", "city", "language", "free", "anonymous", "page"]


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_garbage_is_ignored_with_a_word_about_it(client: Client, parameter: str) -> None:
    WindowFactory(name="窓口")
    for value in GARBAGE:
        page = get(client, **{parameter: [value, value]})
        assert names(page) == ["窓口"], value
        assert "<script>alert" not in page
        if parameter != "page" and value not in {"１"}:
            assert "読み取れない条件があった" in page, value


def test_bytes_that_are_no_text_are_ignored(client: Client) -> None:
    WindowFactory(name="窓口")
    response = client.get("/windows/?now=%ff%fe&page=%c0%80")
    assert response.status_code == 200
    assert names(response.content.decode()) == ["窓口"]


def test_unknown_parameters_change_nothing(client: Client) -> None:
    WindowFactory(name="窓口")
    page = get(client, utm_source="x", q="x")
    assert names(page) == ["窓口"]
    assert "読み取れない" not in page


# --- Pages, chips, titles --------------------------------------------------------------------
def test_twenty_a_page_and_the_title_says_which(client: Client) -> None:
    for number in range(45):
        WindowFactory(name=f"窓口{number:02}", kana=f"マドグチ{number:02}")
    first, third = get(client), get(client, page="3", fee="x")
    assert len(names(first)) == 20
    assert len(names(third)) == 5
    assert "<title>相談窓口（3 ページ目） | " in third
    assert 'aria-current="page"><span class="visually-hidden">ページ </span>3</span>' in third
    assert names(get(client, page="99")) == names(third)


def test_pages_keep_the_choices(client: Client) -> None:
    for number in range(25):
        WindowFactory(name=f"窓口{number:02}", fee="free")
    assert 'href="?free=1&amp;page=2"' in get(client, free="1")


def test_chip_takes_one_choice_away_and_begins_at_page_one(client: Client, variety: Any) -> None:
    page = get(client, channel=["phone", "visit"], city="372013", page="2")
    hrefs = re.findall(r'class="chip-remove" href="([^"]+)"', page)
    assert hrefs == [
        "?channel=visit&amp;city=372013",
        "?channel=phone&amp;city=372013",
        "?channel=phone&amp;channel=visit",
    ]


# --- Cost ------------------------------------------------------------------------------------
def queries_of(client: Client, path: str, count: Any) -> int:
    client.get(path)
    with count as captured:
        client.get(path)
    return len(captured)


@pytest.mark.parametrize("path", ["/", "/windows/", "/windows/?now=1&channel=phone", "/c/{category}/"])
def test_queries_do_not_grow_with_the_windows(
    client: Client, town: Any, path: str, django_assert_max_num_queries: Any, settings: Any
) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "PublicPageCache" not in name]
    category = CategoryFactory()
    path = path.format(category=category.public_id)

    def fill(count: int) -> None:
        for _number in range(count):
            window = WindowFactory(topics=[category], places=[town], languages=["en"])
            Channel.objects.create(window=window, position=1, kind="visit", value="市役所")
            refresh_derived(window)

    fill(5)
    few = queries_of(client, path, django_assert_max_num_queries(16))
    fill(45)
    assert (
        queries_of(client, path, django_assert_max_num_queries(16)) <= few + 1
    )  # the second page has a count of its own


# --- What caches may keep --------------------------------------------------------------------
def test_category_page_is_named_and_kept(client: Client) -> None:
    category = CategoryFactory(name="くらし")
    response = client.get(f"/c/{category.public_id}/")
    assert "<title>くらし | " in response.content.decode()
    assert re.fullmatch(r"public, max-age=\d+", response["Cache-Control"])


def test_risk_flagged_category_is_neutral_and_not_kept(client: Client) -> None:
    category = CategoryFactory(risk=True)
    WindowFactory(topics=[category])
    response = client.get(f"/c/{category.public_id}/")
    assert "<title>相談窓口 | " in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert category.slug not in response.request["PATH_INFO"]


def test_inactive_category_is_gone(client: Client) -> None:
    category = CategoryFactory(is_active=False)
    assert client.get(f"/c/{category.public_id}/").status_code == 404


def test_doors_count_what_stands_behind_them(client: Client) -> None:
    with_channel("電話", "phone")
    with_channel("昼の電話", "phone", NEVER)
    with_channel("チャット", "chat", "Mo-Su 00:00-24:00; 2020 Jan 01 off; Jan 01 off")
    page = get(client, reverse("consultations:home"))
    doors = re.findall(r"<strong>(\d+)</strong>", page)
    assert doors == ["1", "1", "1"]


def test_doors_are_honest_when_nobody_is_there(client: Client) -> None:
    page = get(client, reverse("consultations:home"))
    assert "いまは受付時間外です" in page
    assert "いま返事できるところはありません" in page
    assert "24時間の窓口は、いま載っていません" in page


# --- Who asks ----------------------------------------------------------------------------------
DOUBT = "家族が相談できるかは、確かめてください"


def test_who_says_that_family_may_ask_comes_first(client: Client) -> None:
    WindowFactory(name="言わない窓口", kana="ア")
    WindowFactory(name="家族の窓口", kana="イ", askers=["family"])
    WindowFactory(name="閉じた家族の窓口", kana="ウ", askers=["self", "family"], **SHUT)
    WindowFactory(name="閉じた言わない窓口", kana="エ", **SHUT)
    WindowFactory(name="本人だけの窓口", askers=["self"])
    page = get(client, who="family").split('id="last-resort"')[0]
    assert names(page) == ["家族の窓口", "言わない窓口", "閉じた家族の窓口", "閉じた言わない窓口"]
    cards = page.split('<li class="card">')[1:]
    assert [DOUBT in card for card in cards] == [False, True, False, True]
    assert "確かめてください" not in get(client).split('id="last-resort"')[0]


def test_pages_of_a_split_list_neither_lose_nor_repeat(client: Client) -> None:
    for number in range(13):
        WindowFactory(name=f"家族{number}", askers=["family"])
        WindowFactory(name=f"無言{number}")
        WindowFactory(name=f"閉{number}", **SHUT)
    listed = [name for number in (1, 2) for name in names(get(client, who="family", page=number))]
    assert len(listed) == len(set(listed)) == 39


# --- Whom to call first ------------------------------------------------------------------------
def general_line(name: str, **values: Any) -> Any:
    return WindowFactory(name=name, topics=[CategoryFactory() for _number in range(5)], **values)


def test_free_line_for_everything_comes_first_where_no_trouble_was_chosen(client: Client) -> None:
    WindowFactory(name="県のいのちの電話", kana="ア", area_scope="prefecture")
    charged = general_line("お金のかかる電話", kana="イ")
    charged.channels.update(toll="charged")
    general_line("昼だけの電話", kana="ウ", opening_hours="Mo-Su 00:00-24:00; 2020 Jan 01 off; Jan 01 off")
    general_line("なんでも電話", kana="ン")
    expected = ["なんでも電話", "県のいのちの電話", "お金のかかる電話", "昼だけの電話"]
    assert names(get(client)) == expected
    assert names(get(client, now="1", channel="phone")) == expected


def test_in_a_category_the_nearest_comes_first(client: Client) -> None:
    line = general_line("なんでも電話")
    category = line.categories.first()
    WindowFactory(name="県の電話", area_scope="prefecture", topics=[category])
    assert names(get(client, f"/c/{category.public_id}/")) == ["県の電話", "なんでも電話"]


def test_children_do_not_meet_abuse_first(client: Client) -> None:
    category, violence = CategoryFactory(slug="young-carer"), CategoryFactory(risk=True)
    WindowFactory(name="虐待対応", kana="ア", topics=[category, violence])
    WindowFactory(name="子どもの電話", kana="イ", topics=[category])
    WindowFactory(name="昼の子どもの電話", kana="ウ", topics=[category], **SHUT)
    found = names(get(client, f"/c/{category.public_id}/"))
    assert found == ["子どもの電話", "虐待対応", "昼の子どもの電話"]
    assert names(get(client, f"/c/{violence.public_id}/")) == ["虐待対応"]
