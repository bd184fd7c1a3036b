"""The desk in a real browser: readable by everybody, and a window written from nothing to public by two people."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from consultations.models import Category, ConsultationWindow
from platform_portal.publishing.states import State
from tests.factories.consultations import WindowFactory
from tests.factories.members import PASSWORD, UserFactory
from tests.functional.conftest import DESK, PHONE, Directory


def test_contents_begin_where_one_is(visit: Any, directory: Directory) -> None:
    """On a telephone the list of contents is a strip; its last entries lie far to the right."""
    visitor = visit(PHONE)
    visitor.be(UserFactory(role="administrator"))
    visitor.open(reverse("region:settings"))
    box = visitor.page.locator(".sections [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert visitor.page.evaluate("scrollY") == 0


def test_form_with_errors_and_bulk_plan_are_accessible(visit: Any, directory: Directory) -> None:
    visitor = visit(DESK)
    visitor.be(UserFactory(role="administrator"))
    page = visitor.page
    visitor.open(reverse("desk:window-create"))
    page.click("text=下書きとして保存する")
    expect(page.locator("#error-summary")).to_be_visible()
    assert visitor.axe_violations() == []
    visitor.open(reverse("desk:window-list"))
    for box in page.query_selector_all("input[name=selected]"):
        box.check()
    page.select_option("select[name=action]", "suspend")
    page.click("text=次へ（内容を確かめる）")
    expect(page.locator("main")).to_contain_text("変わる窓口", use_inner_text=True)
    assert visitor.axe_violations() == []


def test_what_is_approved_together_is_shown_on_a_telephone_too(visit: Any, directory: Directory) -> None:
    topics = [Category.objects.first()]
    WindowFactory.create_batch(2, state=State.IN_REVIEW, topics=topics, hours_text="平日9時〜17時")
    visitor = visit(PHONE)
    visitor.be(UserFactory(role="staff"))
    page = visitor.page
    visitor.open(reverse("desk:window-list") + "?state=in_review&select=page")
    page.select_option("select[name=action]", "approve")
    page.click("text=次へ（内容を確かめる）")
    assert page.locator("input[name=checked]").count() == 2
    expect(page.locator("main")).to_contain_text("正しいほうに合わせてください", use_inner_text=True)
    assert not visitor.overflows()
    assert visitor.axe_violations() == []


def test_charts_are_read_on_a_telephone(visit: Any, directory: Directory) -> None:
    visitor = visit(PHONE)
    visitor.be(UserFactory(role="administrator"))
    visitor.open(reverse("desk:dashboard"))
    cells = visitor.page.locator(".bars :is(th, td)")
    cells.nth(2).wait_for()
    sizes = cells.evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) >= 12
    expect(visitor.page.locator(".bars text")).to_have_count(0)  # words in a drawing shrink with it
    assert not visitor.overflows()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_from_nothing_to_public_by_two_people(javascript: bool, visit: Any, directory: Directory) -> None:
    author, approver = (
        visit(DESK, java_script_enabled=javascript),
        visit(DESK, java_script_enabled=javascript),
    )
    author.be(UserFactory(role="staff", name="書く人"))
    approver.be(UserFactory(role="staff", name="認める人"))
    page = author.page
    author.open(reverse("desk:window-create"))
    page.fill("#id_name", "ふたりで作る窓口")
    page.check(f"input[name=categories][value='{Category.objects.get(slug='mental').pk}']")
    page.select_option("#id_channels-0-kind", "phone")
    page.fill("#id_channels-0-value", "087-832-0000")
    page.click("text=連絡手段を足す")
    page.select_option("#id_channels-1-kind", "visit")
    page.fill("#id_channels-1-value", "県庁2階の相談室")
    page.check("input[name=hours-mode][value=rows]")
    for day in range(5):
        page.check(f"input[name=rows-0-days][value='{day}']")
    page.fill("#id_rows-0-start", "8:30")
    page.fill("#id_rows-0-end", "17:15")
    if javascript:
        page.locator("#hours-saying", has_text="8:30〜17:15").wait_for()
    page.locator(".sticky-end button", has_text="下書きとして保存する").click()
    expect(page.locator("main")).to_contain_text("下書きとして保存しました", use_inner_text=True)
    page.click("a:has-text('確認を頼む')")
    page.locator("main button", has_text="確認を頼む").click()

    window = ConsultationWindow.objects.get(name="ふたりで作る窓口")
    assert (window.state, window.opening_hours) == (State.IN_REVIEW, "Mo-Fr 08:30-17:15; PH off")
    disabled = page.locator("button[aria-disabled]", has_text="認めて公開する")
    assert disabled.count() == 1

    approver.open(reverse("desk:home"))
    approver.page.click("a:has-text('確認を頼まれている窓口')")
    approver.page.click("a:has-text('ふたりで作る窓口')")
    approver.page.click("a:has-text('認めて公開する')")
    expect(approver.page.locator("main")).to_contain_text("087-832-0000", use_inner_text=True)
    if javascript:  # without it the judge itself cannot run
        assert approver.axe_violations() == []
    approver.page.check("input[name=is_checked]")
    approver.page.locator("main button", has_text="認めて公開する").click()
    approver.open(reverse("consultations:window-detail", args=[window.public_id]))
    expect(approver.page.locator("main")).to_contain_text("087-832-0000", use_inner_text=True)
    assert author.problems == approver.problems == []


def test_verification_by_keyboard(visit: Any, directory: Directory) -> None:
    """After a press the message has the focus: Enter held too long vouches for nothing more."""
    visitor = visit(DESK)
    visitor.be(UserFactory(role="staff"))
    visitor.open(reverse("desk:verification-list"))
    before = visitor.page.locator("tbody tr").count()
    page = visitor.page
    assert page.evaluate("document.activeElement === document.body")
    page.locator("tr.is-next button").focus()
    page.keyboard.press("Enter")
    # The focus comes with the first picture of the page, a moment after its words: it is waited for.
    page.locator(".notice:focus:has-text('今日確かめたものとして記録しました')").wait_for()
    page.locator(f"[role=status]:has-text('のこり{before - 1}件')").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.locator("button:focus", has_text=re.compile(r"^\s*取り消す\s*$")).wait_for()
    page.keyboard.press("Enter")
    page.locator(".notice:focus:has-text('取り消しました')").wait_for()
    page.locator(f"[role=status]:has-text('のこり{before}件')").wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_form_outlives_the_sign_in(javascript: bool, visit: Any, directory: Directory) -> None:
    """The session ends while somebody writes; they sign in beside it and lose nothing."""
    visitor = visit(DESK, java_script_enabled=javascript)
    person = UserFactory(role="staff", name="書く人")
    visitor.be(person)
    page = visitor.page
    visitor.open(reverse("desk:window-create"))
    page.fill("#id_name", "長く書いた窓口")
    page.fill("#id_description", "一行目\n二行目「かぎ」<b>")
    page.select_option("#id_channels-0-kind", "phone")
    page.fill("#id_channels-0-value", "087-832-0000")
    page.check("input[name=hours-mode][value=unknown]")
    Session.objects.all().delete()
    page.locator(".sticky-end button", has_text="下書きとして保存する").click()
    expect(page.locator("h1")).to_contain_text("サインインが切れました", use_inner_text=True)
    if javascript:
        assert visitor.axe_violations() == []
    with page.expect_popup() as opened:
        page.click("text=新しいタブでサインインする")
    opened.value.fill("#id_login", person.email)
    opened.value.fill("#id_password", PASSWORD)
    opened.value.locator("form", has=opened.value.locator("#id_password")).locator("button").click()
    opened.value.locator("h1", has_text="きょうの仕事").wait_for()
    page.locator("button", has_text="もう一度送る").click()
    expect(page.locator("main")).to_contain_text("書く人さんとしてサインインしています", use_inner_text=True)
    page.locator("button", has_text="もう一度送る").click()
    expect(page.locator("main")).to_contain_text("下書きとして保存しました", use_inner_text=True)
    window = ConsultationWindow.objects.get(name="長く書いた窓口")
    assert window.description.splitlines() == ["一行目", "二行目「かぎ」<b>"]
    assert window.channels.get().value == "087-832-0000"


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_buttons_of_the_form_lead_back_to_where_they_stand(
    javascript: bool, visit: Any, directory: Directory
) -> None:
    visitor = visit(DESK, java_script_enabled=javascript)
    visitor.be(UserFactory(role="staff"))
    page = visitor.page
    visitor.open(reverse("desk:window-create"))
    for words, focused in [
        ("連絡手段を足す", "#id_channels-1-kind"),
        ("曜日と時刻を足す", "#id_rows-1-days_0"),
        ("変わる日を足す", "#id_exceptions-0-on"),
        ("代わりの窓口を足す", "#id_fallbacks-0-target"),
        ("この文を読み取って、下に入れる", "#reading"),
        ("言葉にして確かめる", "#hours-saying"),
    ]:
        page.locator("button", has_text=words).click()
        page.locator(f"{focused}:focus").wait_for()
        top = page.locator(focused).bounding_box()["y"]
        assert 0 <= top < DESK["height"], words
    page.locator(".sticky-end button", has_text="下書きとして保存する").click()
    page.locator("#error-summary:focus").wait_for()


def test_back_after_saving_leads_to_a_page(visit: Any, directory: Directory) -> None:
    visitor = visit(DESK)
    visitor.be(UserFactory(role="staff"))
    page = visitor.page
    visitor.open(reverse("desk:window-edit", args=[directory.open_line.public_id]))
    page.locator("button", has_text="連絡手段を足す").click()
    page.locator("#id_channels-2-kind:focus").wait_for()
    page.fill("#id_name", "名前を変えた窓口")
    page.check("#id_channels-2-DELETE")
    page.locator(".sticky-end button", has_text="保存する").first.click()
    page.locator("text=を保存しました").wait_for()
    page.go_back()
    expect(page.locator("#id_name")).to_have_value("名前を変えた窓口")
    page.go_back()
    expect(page.locator("#id_name")).to_have_value("名前を変えた窓口")
