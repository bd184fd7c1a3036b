"""What a resident comes for, done in a real browser."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from consultations.models import ErrorReport
from tests.functional.conftest import DESK, PHONE, Directory


def test_three_taps_to_the_number_of_an_open_window(visit: Any, directory: Directory) -> None:
    visitor = visit(PHONE, has_touch=True)
    visitor.open("/")
    taps = 0
    visitor.page.get_by_role("link", name="今、電話で話せるところ").tap()
    taps += 1
    number = visitor.page.locator('main a[href^="tel:"]').first
    number.wait_for()
    box = number.bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"], "the first number is on the first screen"
    assert number.get_attribute("href") == "tel:0120000000"
    expect(visitor.page.locator(".card").first).to_contain_text("受付中", use_inner_text=True)
    assert taps + 1 <= 3  # the last tap dials


def test_page_that_lay_in_a_pocket_is_fetched_again(visit: Any, directory: Directory) -> None:
    visitor = visit(PHONE)
    visitor.page.clock.install()
    visitor.open(reverse("consultations:window-list"))
    come_back = "document.dispatchEvent(new Event('visibilitychange'))"
    visitor.page.evaluate("window.isOld = true")
    visitor.page.clock.fast_forward("05:00")
    visitor.page.evaluate(come_back)
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.evaluate("window.isOld") is True
    visitor.page.clock.fast_forward("06:00")
    with visitor.page.expect_event("load"):
        visitor.page.evaluate(come_back)
    assert visitor.page.evaluate("window.isOld") is None


def test_old_page_without_a_connection_keeps_the_number_and_says_that_it_is_old(
    visit: Any, directory: Directory
) -> None:
    visitor = visit(PHONE)
    visitor.page.clock.install()
    visitor.open(reverse("consultations:window-detail", args=[directory.open_line.public_id]))
    visitor.page.clock.fast_forward("11:00")
    visitor.context.set_offline(True)
    visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    visitor.page.get_by_text("前に開いたときの画面です。").wait_for()
    visitor.page.get_by_role("link", name="0120-000-000").wait_for()
    with visitor.page.expect_event("load"):
        visitor.context.set_offline(False)
    expect(visitor.page.get_by_text("前に開いたときの画面です。")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_from_category_to_detail(javascript: bool, visit: Any, directory: Directory) -> None:
    visitor = visit(PHONE, java_script_enabled=javascript)
    visitor.open("/")
    visitor.page.get_by_role("link", name="心の悩み").click()
    visitor.page.get_by_role("link", name="ひるの相談室", exact=True).click()
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_have_text("ひるの相談室", use_inner_text=True)
    page.get_by_role("heading", name="つながらないとき").wait_for()
    page.get_by_role("link", name="よるひる電話", exact=True).wait_for()
    assert page.locator("table.week tr[aria-current=date]").count() == 1


def test_filter_without_javascript_and_take_a_choice_away(visit: Any, directory: Directory) -> None:
    visitor = visit(PHONE, java_script_enabled=False)
    visitor.open(reverse("consultations:window-list"))
    page = visitor.page
    page.get_by_text("条件でしぼる").click()
    page.get_by_label("受付中だけ").check()
    page.get_by_label("話したいことば").select_option("en")
    page.get_by_role("button", name="この条件で見る").click()
    expect(page.locator("h3")).to_have_text(["よるひる電話"])
    page.get_by_role("link", name="English（英語）").click()
    expect(page.locator("h3")).to_have_count(2)
    assert "language" not in page.url


def test_choices_stand_open_on_wide_screens_only(visit: Any, directory: Directory) -> None:
    for viewport, is_open in ((PHONE, False), (DESK, True)):
        visitor = visit(viewport)
        visitor.open(reverse("consultations:window-list") + "?now=1")
        assert visitor.page.get_by_role("button", name="この条件で見る").is_visible() is is_open


def test_keyboard_alone_reaches_a_number(visit: Any, directory: Directory) -> None:
    visitor = visit(DESK)
    visitor.open("/")
    page = visitor.page
    focus = page.locator(":focus")
    page.keyboard.press("Tab")
    expect(focus).to_have_text("本文へ進む")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # other languages come first
    expect(focus).to_contain_text("English")
    page.keyboard.press("Tab")
    expect(focus).to_contain_text("今、電話で話せるところ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/windows/**")
    for _press in range(60):
        page.keyboard.press("Tab")
        href = page.evaluate("document.activeElement.getAttribute('href') || ''")
        if href == "tel:0120000000":
            break
    else:
        pytest.fail("the number was not reached by Tab")
    shown = page.evaluate(
        """() => { const it = document.activeElement, box = it.getBoundingClientRect();
             const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
             return [it.contains(top), getComputedStyle(it).outlineWidth]; }"""
    )
    assert shown == [True, "4px"], "the focused number is neither covered nor without a ring"


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_report_an_error(javascript: bool, visit: Any, directory: Directory, monkeypatch: Any) -> None:
    monkeypatch.setattr("platform_portal.public_forms.TOKEN_MIN_AGE", 0)
    visitor = visit(PHONE, java_script_enabled=javascript)
    visitor.open(f"/w/{directory.open_line.public_id}/")
    page = visitor.page
    page.get_by_role("link", name="誤りを知らせる").click()
    page.get_by_role("button", name="送る").click()
    page.get_by_role("heading", name="もう一度確かめてください").wait_for()
    if javascript:
        assert visitor.axe_violations() == []
    page.get_by_role("link", name="どこがちがいますか").click()
    page.get_by_label("番号・アドレスがちがう").check()
    page.get_by_label("くわしく").fill("つながりませんでした")
    page.get_by_role("button", name="送る").click()
    page.get_by_role("heading", name="送りました。ありがとうございます").wait_for()
    report = ErrorReport.objects.get()
    assert (report.kind, report.text) == ("number", "つながりませんでした")
    assert visitor.context.cookies() == []


def test_print_shows_the_card_alone(visit: Any, directory: Directory) -> None:
    visitor = visit(DESK)
    visitor.open(f"/w/{directory.shelter.public_id}/card/")
    visitor.page.emulate_media(media="print")
    text = visitor.page.locator("body").inner_text()
    assert "#8008" in text
    assert "逃げたい" not in text
    assert "ページを離れる" not in text
    size = visitor.page.locator(".pocket-card").bounding_box()
    assert round(size["width"] / 96 * 25.4) == 91
    assert round(size["height"] / 96 * 25.4) == 55
