"""The secretariat writes a record in a real browser: by keyboard, two at once, off line, and without scripts."""

import datetime as dt
import time
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from meetings.models import Minutes
from members.models import User
from tests.factories.meetings import AgendaItemFactory, MinutesFactory, MinutesFlagFactory, UtteranceFactory
from tests.factories.members import UserFactory
from tests.functional.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "子どもの居場所づくりについて、県内の市町と協議を重ねています。" * 3


@pytest.fixture
def minutes(transactional_db: None) -> Minutes:
    minutes = MinutesFactory(named_audience="members")
    item = AgendaItemFactory(meeting=minutes.meeting, number="4(1)", title="今年度の取組")
    for n in range(4):
        UtteranceFactory(minutes=minutes, position=n, text=f"{n}番の文です。つづきの文です。", items=[item])
    MinutesFlagFactory(minutes=minutes, utterance=minutes.utterances.first(), remainder="余りの文")
    return minutes


@pytest.fixture
def writer(transactional_db: None) -> User:
    return UserFactory(role="secretariat", name="事務 一郎")


def path_of(minutes: Minutes) -> str:
    return reverse("meetings:desk-minutes", args=[minutes.meeting.public_id])


def texts(minutes: Minutes) -> list[str]:
    return list(minutes.utterances.order_by("position").values_list("text", flat=True))


def wait_for(page: Any, words: str) -> None:
    page.locator("#saving-words", has_text=words).wait_for()


def test_by_keyboard_alone(visit, minutes, writer):
    visitor = visit(DESK)
    visitor.be(writer)
    visitor.see(path_of(minutes))
    page = visitor.page
    page.set_viewport_size(DESK)
    visitor.open(path_of(minutes))
    page.locator(".block [data-open]").first.focus()
    page.keyboard.press("Enter")
    page.locator("textarea[name=text]").wait_for()
    assert visitor.axe_violations() == []
    pick = page.get_by_label("呼び名から選ぶ")
    pick.fill("書記")
    pick.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("「書記」は一覧にありません")
    pick.fill("")
    page.locator("textarea[name=text]").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("はじめに。")
    wait_for(page, "保存しました")
    assert texts(minutes)[0] == "はじめに。0番の文です。つづきの文です。"
    page.keyboard.press("Control+Shift+Enter")
    wait_for(page, "2つに分けました")
    assert texts(minutes)[:2] == ["はじめに。", "0番の文です。つづきの文です。"]
    page.keyboard.press("Alt+PageDown")
    wait_for(page, "3番目に動かしました")
    assert texts(minutes)[2].startswith("0番")
    page.keyboard.press("Alt+PageUp")
    wait_for(page, "2番目に動かしました")
    page.keyboard.press("Alt+Shift+Enter")
    wait_for(page, "合わせました")
    assert len(texts(minutes)) == 4
    page.keyboard.press("Alt+Enter")
    wait_for(page, "新しい発言を入れました")
    page.keyboard.type("足した文。")
    page.keyboard.press("Control+Enter")
    page.locator("h3", has_text="4番目の発言").wait_for()
    assert texts(minutes)[2] == "足した文。"
    expect(page.locator("form[data-utterance]")).to_have_count(1)
    assert visitor.problems == []


def test_the_second_of_two_is_told_and_loses_nothing(visit, minutes, writer):
    one, other = visit(DESK), visit(DESK)
    one.be(writer)
    other.be(UserFactory(role="secretariat", name="事務 二子"))
    one.page.clock.install()
    for visitor in (one, other):
        visitor.open(path_of(minutes))
        visitor.page.locator(".block [data-open]").first.click()
        visitor.page.locator("textarea[name=text]").wait_for()
    one.page.clock.pause_at(timezone.now() + dt.timedelta(hours=1))  # else it might save before anybody looks
    one.page.locator("textarea[name=text]").fill("先の人の文")
    wait_for(one.page, "まだ保存していません")
    one.page.clock.resume()
    wait_for(one.page, "保存しました")
    other.page.locator("textarea[name=text]").fill("後の人の文")
    expect(other.page.get_by_role("alert")).to_contain_text("先の人の文", use_inner_text=True)
    assert other.axe_violations() == []
    assert texts(minutes)[0] == "先の人の文"
    assert other.page.locator("textarea[name=text]").input_value() == "後の人の文"
    other.page.get_by_role("button", name="保存する", exact=True).click()
    wait_for(other.page, "保存しました")
    assert texts(minutes)[0] == "後の人の文"
    assert [*one.problems, *other.problems] == []


def test_what_was_typed_without_a_connection_is_sent_later(visit, minutes, writer):
    visitor = visit(DESK)
    visitor.be(writer)
    visitor.open(path_of(minutes))
    page = visitor.page
    page.locator(".block [data-open]").first.click()
    page.locator("textarea[name=text]").wait_for()
    visitor.context.set_offline(True)
    page.locator("textarea[name=text]").fill("つながらないあいだの文")
    wait_for(page, "つながりません")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.close(run_before_unload=True)
    assert not page.is_closed()
    visitor.context.set_offline(False)
    wait_for(page, "保存しました")
    assert texts(minutes)[0] == "つながらないあいだの文"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_without_scripts(visit, minutes, writer, viewport):
    visitor = visit(viewport, java_script_enabled=False)
    visitor.be(writer)
    visitor.open(path_of(minutes))
    page = visitor.page
    page.get_by_role("link", name="直す").first.click()
    page.get_by_label("本文", exact=True).fill("前半。【ここで分ける】後半。")
    page.locator("summary", has_text="分ける・合わせる").click()
    page.get_by_role("button", name="ここで2つに分ける").click()
    assert texts(minutes)[:2] == ["前半。", "後半。"]
    page.locator("summary", has_text="分ける・合わせる").click()
    page.get_by_role("button", name="この発言を消す").click()
    assert len(texts(minutes)) == 4
    page.get_by_role("button", name="消した発言を元に戻す").click()
    assert texts(minutes)[1] == "後半。"
    page.get_by_role("button", name="捨ててよい").click()
    expect(page.get_by_text("確かめるところは残っていません")).to_be_visible()


@pytest.mark.timed
def test_500_blocks_are_not_sluggish(visit, writer):
    """30,000 characters and more: the page opens, and a stroke is on the screen, at once."""
    minutes = MinutesFactory(named_audience="members")
    for n in range(500):
        UtteranceFactory(minutes=minutes, position=n, text=LONG)
    visitor = visit(DESK)
    visitor.be(writer)
    visitor.open(path_of(minutes))
    begun = time.perf_counter()
    visitor.open(path_of(minutes))
    opened = time.perf_counter() - begun
    page = visitor.page
    begun = time.perf_counter()
    page.locator(".block [data-open]").nth(250).click()
    page.locator("textarea[name=text]").wait_for()
    block = time.perf_counter() - begun
    middle = page.evaluate(
        """async () => {
          const field = document.querySelector("textarea[name=text]");
          const times = [];
          for (let n = 0; n < 30; n += 1) {
            const begun = performance.now();
            field.setRangeText("あ", 0, 0, "end");
            field.dispatchEvent(new InputEvent("input", { bubbles: true }));
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            times.push(performance.now() - begun);
          }
          times.sort((one, other) => one - other);
          return times[15];
        }"""
    )
    assert opened < 3
    assert block < 2
    assert middle < 50
