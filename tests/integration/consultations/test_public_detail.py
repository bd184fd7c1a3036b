"""A window's page: true, complete, careful with what must not be known."""

import datetime as dt
import re
import unicodedata
from typing import Any

import pytest
import time_machine
from django.test import Client

from consultations.indexing import refresh_derived
from consultations.models import Fallback
from platform_portal.japanese.calendar import TOKYO
from platform_portal.page_cache import forget_public_pages
from tests.factories.consultations import (
    CalendarOverrideFactory,
    CategoryFactory,
    ChannelFactory,
    WindowFactory,
)
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db

SATURDAY_MORNING = dt.datetime(2026, 11, 21, 10, 0, tzinfo=TOKYO)


def show(client: Client, window: Any, part: str = "") -> str:
    response = client.get(f"/w/{window.public_id}/{part}")
    assert response.status_code == 200
    return response.content.decode()


def test_everything_a_caller_wants_to_know(client: Client) -> None:
    town = MunicipalityFactory(prefecture=PortalSettingsFactory().prefecture)
    window = WindowFactory(
        name="くらしの窓口",
        area_scope="municipality",
        places=[town],
        askers=["self", "family"],
        minimum_age=15,
        maximum_age=39,
        eligibility="県内に住む人",
        fee="free",
        fee_note="弁護士との面談は30分まで無料",
        anonymity="partly",
        languages=["ja", "zh"],
        who_answers="相談員",
        what_is_asked="困っていること",
        confidentiality="守られます",
        address="高松市番町1-1",
        website="https://kurashi.example/",
        operator="くらしの会",
    )
    page = show(client, window)
    for words in (
        "本人・家族", "15歳から39歳まで", "県内に住む人", "高松市", "無料。弁護士との面談は30分まで無料",
        "はじめは名前を言わなくてよい", "日本語・中国語", "相談員", "困っていること", "守られます", "高松市番町1-1",
        "くらしの会", 'href="tel:0120000000"', "通話無料", 'href="https://kurashi.example/" rel="noreferrer"',
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize(
    ("low", "high", "words"), [(18, None, "18歳から"), (None, 17, "17歳まで"), (None, None, None)]
)
def test_ages(client: Client, low: int | None, high: int | None, words: str | None) -> None:
    page = show(client, WindowFactory(minimum_age=low, maximum_age=high, is_women_only=True))
    assert "女性のみ" in page
    assert (words in page) if words else ("歳" not in page)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (dt.date(2020, 1, 1), dt.date(2099, 3, 31), "2020年1月1日〜2099年3月31日"),
        (dt.date(2020, 1, 1), None, "2020年1月1日〜"),
        (None, dt.date(2099, 3, 31), "〜2099年3月31日"),
    ],
)
def test_time_limited_window_says_from_when_to_when(
    client: Client, first: dt.date | None, last: dt.date | None, words: str
) -> None:
    assert f"<dd>{words}</dd>" in show(client, WindowFactory(valid_from=first, valid_to=last))


@time_machine.travel(dt.datetime(2026, 11, 28, 10, 0, tzinfo=TOKYO), tick=False)
def test_week_names_the_month_where_it_changes(client: Client) -> None:
    page = show(client, WindowFactory(opening_hours="Mo-Fr 08:30-17:15"))
    assert "30日（月）" in page
    assert "12月1日（火）" in page


def test_hidden_address_and_internal_note_are_in_no_answer(client: Client) -> None:
    secret = "ひみつ町1-1"
    town = MunicipalityFactory(prefecture=PortalSettingsFactory().prefecture)
    category = CategoryFactory()
    values = {"topics": [category], "places": [town], "address": secret, "internal_note": "内輪のメモ"}
    hidden = WindowFactory(address_visibility="hidden", **values)
    area = WindowFactory(address_visibility="area", **values)
    for window in (hidden, area):
        ChannelFactory(window=window, position=1, kind="visit", value=secret, digits="")
        refresh_derived(window)
    Fallback.objects.create(window=area, target=hidden)
    paths = ["/", "/windows/", f"/c/{category.public_id}/", "/search/", "/sitemap.xml"]
    for window in (hidden, area):
        paths += [f"/w/{window.public_id}/{part}" for part in ("", "card/", "report/", "report/thanks/")]
    for path in paths:
        text = client.get(path).content.decode()
        assert secret not in text, path
        assert "内輪のメモ" not in text, path
    assert "<dd>高松市</dd>" in show(client, area)
    assert "場所" not in show(client, hidden)


@pytest.mark.parametrize("state", ["draft", "in_review", "suspended", "archived"])
@pytest.mark.parametrize("part", ["", "card/", "report/", "report/thanks/"])
def test_only_published_windows_have_pages(client: Client, state: str, part: str) -> None:
    assert client.get(f"/w/{WindowFactory(state=state).public_id}/{part}").status_code == 404


def test_risk_flagged_window_is_neutral_and_not_kept(client: Client) -> None:
    window = WindowFactory(name="逃げたい人の電話", topics=[CategoryFactory(risk=True), CategoryFactory()])
    for part in ("", "card/", "report/", "report/thanks/"):
        response = client.get(f"/w/{window.public_id}/{part}")
        title = re.search("<title>(.*?)</title>", response.content.decode())[1]
        assert "逃げ" not in title
        assert response["Cache-Control"] == "no-store"
    assert "/leave-no-trace/" in show(client, window)


# --- Hours -----------------------------------------------------------------------------------
@time_machine.travel(SATURDAY_MORNING, tick=False)
def test_week_marks_today_and_names_holidays(client: Client) -> None:
    window = WindowFactory(opening_hours="Mo-Fr 08:30-17:15; PH off")
    page = show(client, window)
    rows = re.findall(r"<tr(.*?)><th scope=\"row\">(.*?)</th><td>(.*?)</td></tr>", page)
    assert len(rows) == 7
    assert "aria-current" in rows[0][0]
    assert "今日" in rows[0][1]
    assert rows[0][2] == "お休み"
    assert "勤労感謝の日" in rows[2][2]
    assert rows[3][2] == "8:30〜17:15"
    assert "受付時間外・火曜 8:30から" in page


@time_machine.travel(SATURDAY_MORNING, tick=False)
def test_weekdays_without_a_word_on_holidays_ask_to_make_sure(client: Client) -> None:
    asks = "祝日は、開いているか分かりません"
    assert asks in show(client, WindowFactory(opening_hours="Mo-Fr 08:30-17:15"))
    assert asks not in show(client, WindowFactory(opening_hours="Mo-Fr 08:30-17:15; PH off"))


@time_machine.travel(SATURDAY_MORNING, tick=False)
def test_staff_corrections_of_holidays_count(client: Client) -> None:
    CalendarOverrideFactory(on="2026-11-24", name="県民の日")
    page = show(client, WindowFactory(opening_hours="Mo-Fr 08:30-17:15; PH off"))
    assert "県民の日" in page
    assert "受付時間外・水曜 8:30から" in page


@time_machine.travel(SATURDAY_MORNING, tick=False)
def test_dated_exception_shows_its_reason(client: Client) -> None:
    window = WindowFactory(opening_hours="Mo-Su 09:00-17:00")
    window.exceptions.create(on="2026-11-22", spans="", reason="設備の点検")
    refresh_derived(window)
    assert re.search(r"お休み <small>設備の点検", show(client, window))


def test_unknown_hours_are_said_and_the_published_text_shown(client: Client) -> None:
    page = show(client, WindowFactory(opening_hours="", hours_text="各市町による"))
    assert "受付時間は分かりません" in page
    assert "各市町による" in page
    assert "受付時間外" not in page
    assert 'class="tel big"' in page, "a number with unknown hours is not quiet"


def test_round_the_clock_needs_no_table(client: Client) -> None:
    page = show(client, WindowFactory())
    assert "毎日、24時間" in page
    assert "<table" not in page


def test_channels_with_hours_of_their_own_have_their_own_table(client: Client) -> None:
    window = WindowFactory(opening_hours="Mo-Su 09:00-17:00")
    ChannelFactory(
        window=window, position=1, kind="chat", value="https://a.example/", digits="",
        opening_hours="Mo-Su 18:00-22:00", hours_text="夜だけ", languages=["en"],
    )  # fmt: skip
    refresh_derived(window)
    page = show(client, window)
    assert page.count('<table class="week">') == 2
    assert "チャット（英語）" in page
    assert "夜だけ" in page


def test_published_hours_of_the_telephone_are_not_those_of_line(client: Client) -> None:
    window = WindowFactory(opening_hours="", hours_text="電話は平日だけ", phone=False)
    ChannelFactory(window=window, opening_hours="Mo-Fr 09:00-17:00", hours_text="平日9時から")
    line = ChannelFactory(window=window, position=1, kind="line", value="https://a.example/", digits="")
    refresh_derived(window)
    assert "電話は平日だけ" not in show(client, window)
    window.channels.exclude(pk=line.pk).delete()
    forget_public_pages()
    assert "電話は平日だけ" in show(client, window)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"fee": "free", "fee_note": "相談は無料です。通話料がかかります。"}, "相談は無料です。通話料がかかります。"),
        ({"fee": "free", "fee_note": "通話料がかかります。"}, "無料。通話料がかかります。"),
        ({"fee": "free", "fee_note": "相談にお金はかかりません。"}, "相談にお金はかかりません。"),
        ({"fee": "paid", "fee_note": "相談は無料です。"}, "有料。相談は無料です。"),
        ({"fee": "free"}, "無料"),
        ({"fee": "unknown", "fee_note": "通話料がかかります。"}, "通話料がかかります。"),
        ({"maximum_age": 18, "eligibility": "１８歳までの子ども"}, "18歳までの子ども"),
        ({"maximum_age": 18, "eligibility": "県内の子ども"}, "18歳まで。県内の子ども"),
        ({"minimum_age": 6, "maximum_age": 15, "eligibility": "15歳までの子ども"}, "6歳から15歳まで。15歳までの子ども"),
        ({"minimum_age": 15}, "15歳から"),
    ],
)  # fmt: skip
def test_facts_are_said_once(client: Client, values: dict[str, Any], words: str) -> None:
    page = unicodedata.normalize("NFKC", show(client, WindowFactory(**values)))
    assert f"<dd>{words}</dd>" in page


@time_machine.travel(SATURDAY_MORNING, tick=False)
def test_number_outside_its_hours_is_quiet(client: Client) -> None:
    page = show(client, WindowFactory(opening_hours="Mo-Su 18:00-22:00"))
    assert 'class="tel big quiet"' in page
    assert "今日 18:00から" in page


# --- When busy, how sure we are -----------------------------------------------------------------
def test_fallbacks_keep_their_order_but_open_ones_come_first(client: Client) -> None:
    window = WindowFactory()
    for position, (name, rule) in enumerate(
        [("とじた窓口", "2020 Jan 01 10:00-11:00"), ("あいた窓口一", "24/7"), ("あいた窓口二", "24/7")]
    ):
        Fallback.objects.create(
            window=window, target=WindowFactory(name=name, opening_hours=rule), position=position
        )
    Fallback.objects.create(window=window, target=WindowFactory(name="下書き", draft=True), position=9)
    page = show(client, window)
    places = [page.index(name) for name in ("あいた窓口一", "あいた窓口二", "とじた窓口")]
    assert places == sorted(places)
    assert "下書き" not in page


def test_without_fallbacks_the_page_ends_with_a_line_that_never_closes(client: Client) -> None:
    WindowFactory(name="いつでも電話", topics=[CategoryFactory()])
    page = show(client, WindowFactory(name="昼の窓口"))
    assert "いつでも電話" in page.split('id="last-resort"')[1]


def test_where_every_fallback_is_shut_a_line_that_never_closes_comes_first(client: Client) -> None:
    WindowFactory(name="いつでも電話", topics=[CategoryFactory()])
    window = WindowFactory(name="昼の窓口")
    shut = WindowFactory(name="とじた窓口", opening_hours="2020 Jan 01 10:00-11:00")
    Fallback.objects.create(window=window, target=shut, position=1)
    page = show(client, window)
    assert page.index('id="busy-title"') < page.index("いつでも電話") < page.index("とじた窓口")
    assert page.count(">いつでも電話</a>") == 1
    Fallback.objects.create(window=window, target=WindowFactory(name="あいた窓口"), position=2)
    forget_public_pages()
    assert "いつでも電話" not in show(client, window)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "番号と受付時間は、まだ確かめていません。"),
        ({"source": "県の一覧"}, "まだ確かめていません。出典：県の一覧（日付は分かりません）"),
        ({"source": "県の一覧", "source_on": dt.date(2025, 3, 1)}, "出典：県の一覧（2025年3月1日）"),
    ],
)
def test_unverified_is_said(client: Client, values: dict[str, Any], words: str) -> None:
    assert words in show(client, WindowFactory(**values))


def test_verified_is_said_with_the_day(client: Client, owner: Any) -> None:
    window = WindowFactory(verified_on=dt.date(2026, 11, 10), verified_by=owner)
    page = show(client, window)
    assert "2026年11月10日に、職員が番号と受付時間を確かめました。" in page
    assert owner.name not in page


def test_it_is_said_when_the_operator_verified_it(client: Client) -> None:
    window = WindowFactory(verified_on=dt.date(2026, 11, 10), verification_source="link")
    assert "2026年11月10日に、運営する団体が番号と受付時間を確かめました。" in show(client, window)


# --- Card ------------------------------------------------------------------------------------
def test_card_bears_numbers_and_a_code_but_no_subject(client: Client, settings: Any) -> None:
    window = WindowFactory(name="逃げたい人の電話", topics=[CategoryFactory(risk=True)], operator="女性の会")
    response = client.get(f"/w/{window.public_id}/card/")
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "0120-000-000" in main
    assert f"testserver/w/{window.public_id}/" in main
    assert "<svg" in main
    for word in ("逃げ", "女性", "相談"):
        assert word not in main
    assert response["X-Robots-Tag"] == "noindex"
    assert "style=" not in main


def test_card_gives_the_telephone_its_own_hours_not_those_of_a_meeting(client: Client) -> None:
    window = WindowFactory(
        hours_text="第3水曜 13時20分〜13時50分", opening_hours="We[3] 13:20-13:50", phone=False
    )
    ChannelFactory(window=window, kind="visit", value="センター", position=1)
    ChannelFactory(
        window=window,
        value="087-000-0000",
        opening_hours="Mo-Fr 09:00-17:00",
        hours_text="平日9時〜17時",
        position=2,
    )
    ChannelFactory(window=window, value="087-000-0001", opening_hours="24/7", position=3)
    main = show(client, window, "card/").split("<main")[1]
    assert main.index("087-000-0000") < main.index("平日9時〜17時") < main.index("087-000-0001")
    assert "第3水曜" not in main


def test_card_without_a_telephone_keeps_the_hours_of_the_window(client: Client) -> None:
    window = WindowFactory(hours_text="24時間365日", phone=False)
    ChannelFactory(window=window, kind="chat", value="https://a.example/")
    assert "24時間365日" in show(client, window, "card/")


# --- Cost and caches -------------------------------------------------------------------------
def test_queries_do_not_grow_with_channels_and_fallbacks(
    client: Client, django_assert_max_num_queries: Any, settings: Any
) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "PublicPageCache" not in name]
    window = WindowFactory(topics=[CategoryFactory()])

    def grow(count: int) -> None:
        for _number in range(count):
            target = WindowFactory()
            Fallback.objects.create(window=window, target=target, position=target.pk)
            ChannelFactory(window=window)
        refresh_derived(window)

    counts = []
    for more in (1, 9):
        grow(more)
        with django_assert_max_num_queries(14) as captured:
            show(client, window)
        counts.append(len(captured))
    assert counts[1] <= counts[0]


@time_machine.travel(dt.datetime(2026, 11, 21, 10, 0, 12, tzinfo=TOKYO), tick=False)
def test_page_lives_to_the_next_full_minute(client: Client) -> None:
    window = WindowFactory()
    response = client.get(f"/w/{window.public_id}/")
    assert response["Cache-Control"] == "public, max-age=48"
    again = client.get(f"/w/{window.public_id}/", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_kept_page_says_its_age(client: Client) -> None:
    window = WindowFactory()
    with time_machine.travel(dt.datetime(2026, 11, 21, 10, 0, 12, tzinfo=TOKYO), tick=False) as traveller:
        first = client.get(f"/w/{window.public_id}/")
        traveller.shift(30)
        second = client.get(f"/w/{window.public_id}/")
    assert "Age" not in first
    assert second["Age"] == "30"
    assert second["Cache-Control"] == "public, max-age=48"
