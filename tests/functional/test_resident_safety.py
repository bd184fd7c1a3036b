"""Nothing is left behind, nothing is sent elsewhere, everybody can read it, and the way out works."""

import logging
from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from playwright.sync_api import expect

from consultations.models import ConsultationWindow
from consultations.verification_links import make_link_token
from members.models import Organization
from tests.factories.consultations import VerificationRequestFactory, WindowFactory
from tests.factories.members import MembershipFactory
from tests.functional.conftest import PHONE, Directory
from tests.public_addresses import PUBLIC

# Public names that answer with a page; the rest (for programs) is asked in tests/integration.
FOR_PROGRAMS = {"consultations:robots", "consultations:sitemap"}
PAGES = sorted(name for name in PUBLIC - FOR_PROGRAMS if name.startswith("consultations:"))


def _operator_of(window: ConsultationWindow) -> Organization:
    """Asked about the window once, however often a page is opened."""
    if window.organization is None:
        window.organization = MembershipFactory().organization
        window.save()
        VerificationRequestFactory(window=window)
    return window.organization


def address(name: str, directory: Directory) -> str:
    if name == "consultations:category":
        return reverse(name, args=[directory.category.public_id])
    if name.startswith("consultations:confirm"):
        rest = [directory.open_line.public_id] if name.endswith("difference") else []
        contact = _operator_of(directory.open_line).memberships.get()
        return reverse(name, args=[make_link_token(contact), *rest])
    if name == "consultations:organization-detail":
        return reverse(name, args=[_operator_of(directory.open_line).public_id])
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=[directory.open_line.public_id])


WIDE_SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_and_leaves_nothing(name: str, visit: Any, directory: Directory) -> None:
    visitor, path = visit(PHONE), address(name, directory)
    visitor.see(path)
    assert visitor.context.cookies() == []
    assert visitor.page.evaluate("localStorage.length + sessionStorage.length") == 0

    # 320 px is also what a screen of 1280 px shows at 400 %.
    visitor.page.set_viewport_size({"width": 320, "height": 480})
    assert visitor.open(path).status == 200
    assert not visitor.overflows()
    visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not visitor.overflows()
    visitor.page.evaluate("document.documentElement.style.fontSize = ''")
    visitor.page.evaluate(WIDE_SPACING)
    assert visitor.page.evaluate("parseFloat(getComputedStyle(document.body).letterSpacing)") > 1
    assert not visitor.overflows()
    leave = visitor.page.get_by_role("link", name="ページを離れる")
    assert leave.bounding_box()["height"] >= 44


def test_number_and_week_fit_when_letters_are_twice_as_large(visit: Any, directory: Directory) -> None:
    office = WindowFactory(name="まいにちの窓口", opening_hours="Mo-Fr 08:30-17:15", phone="0120-279-889")
    visitor = visit({"width": 375, "height": 740})
    visitor.open(f"/w/{office.public_id}/")
    visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
    expect(visitor.page.locator(".week")).to_be_visible()
    assert not visitor.overflows()


def test_forced_colours_and_reduced_motion_keep_the_state_in_words(visit: Any, directory: Directory) -> None:
    visitor = visit(PHONE, forced_colors="active", reduced_motion="reduce")
    visitor.open(reverse("consultations:window-list"))
    assert visitor.page.locator(".state", has_text="受付中").first.is_visible()
    assert visitor.axe_violations() == []


def test_pictures_take_the_forced_colour_of_their_link(visit: Any, directory: Directory) -> None:
    visitor = visit(PHONE, forced_colors="active")
    visitor.open("/")
    for link in (".door", ".tile"):
        colours = "link => [link, link.querySelector('.icon')].map(each => getComputedStyle(each).color)"
        words, picture = visitor.page.locator(link).first.evaluate(colours)
        assert picture == words


# --- Quick exit ------------------------------------------------------------------------------
def elsewhere(visitor: Any, settings: Any) -> None:
    visitor.page.wait_for_url(settings.PORTAL_EXIT_URL)


def browse(visitor: Any, directory: Directory) -> None:
    for path in ("/", reverse("consultations:window-list"), f"/w/{directory.open_line.public_id}/"):
        visitor.open(path)


def test_leaving_by_link_and_back_does_not_return(visit: Any, directory: Directory, settings: Any) -> None:
    visitor = visit()
    browse(visitor, directory)
    visitor.page.get_by_role("link", name="ページを離れる").click()
    elsewhere(visitor, settings)
    visitor.page.evaluate("history.back()")
    visitor.page.wait_for_timeout(600)
    elsewhere(visitor, settings)  # a slow machine may still be on its way out again
    assert visitor.page.title() == "elsewhere"


def test_leaving_by_escape_three_times(visit: Any, directory: Directory, settings: Any) -> None:
    visitor = visit()
    visitor.page.clock.set_fixed_time(
        timezone.now()
    )  # three times within five seconds, however slow the machine
    browse(visitor, directory)
    status = visitor.page.get_by_role("status").first
    visitor.page.keyboard.press("Escape")
    expect(status).to_contain_text("あと2回", use_inner_text=True)
    visitor.page.keyboard.press("Escape")
    expect(status).to_contain_text("あと1回", use_inner_text=True)
    visitor.page.keyboard.press("Escape")
    elsewhere(visitor, settings)


def test_escape_twice_stays(visit: Any, directory: Directory) -> None:
    visitor = visit()
    visitor.open("/")
    visitor.page.keyboard.press("Escape")
    visitor.page.keyboard.press("Escape")
    visitor.page.wait_for_timeout(300)
    assert visitor.page.url.startswith(visitor.base)
    assert visitor.page.get_by_role("heading", level=1).is_visible()


def test_coming_back_on_purpose_works(visit: Any, directory: Directory, settings: Any) -> None:
    visitor = visit()
    visitor.open("/")
    visitor.page.get_by_role("link", name="ページを離れる").click()
    elsewhere(visitor, settings)
    visitor.open("/")
    assert visitor.page.get_by_role("heading", level=1).is_visible()
    assert visitor.page.evaluate("sessionStorage.length") == 0


def test_leaving_without_javascript(visit: Any, directory: Directory, settings: Any) -> None:
    visitor = visit(PHONE, java_script_enabled=False)
    visitor.open("/")
    visitor.page.get_by_role("link", name="ページを離れる").click()
    elsewhere(visitor, settings)


def test_way_out_is_in_reach_at_the_end_of_the_page(visit: Any, directory: Directory) -> None:
    visitor = visit()
    visitor.open("/")
    visitor.page.mouse.wheel(0, 20_000)
    visitor.wait_until("scrollY + innerHeight >= document.documentElement.scrollHeight - 1")
    box = visitor.page.get_by_role("link", name="ページを離れる").bounding_box()
    assert 0 <= box["y"] < PHONE["height"] - 44


# --- Own words -------------------------------------------------------------------------------
WORDS = "ぬぬぬぬ7z7z"


@pytest.mark.parametrize("javascript", [True, False], ids=["swapped", "page"])
@pytest.mark.parametrize("start", ["home", "search"])
def test_own_words_stay_out_of_addresses_titles_and_logs(
    start: str, javascript: bool, visit: Any, directory: Directory, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = visit(PHONE, java_script_enabled=javascript)
    visitor.open(reverse(f"consultations:{start}"))
    visitor.page.get_by_label("困っていることを、あなたの言葉で").fill(WORDS)
    visitor.page.get_by_role("button", name="さがす").click()
    visitor.page.get_by_role("heading", name="その言葉では見つかりませんでした").wait_for()
    expect(visitor.page.get_by_label("困っていることを、あなたの言葉で")).to_have_value(WORDS)
    assert not [url for url in visitor.traffic.own if "7z7z" in url]
    assert "7z7z" not in visitor.page.url + visitor.page.title()
    assert "7z7z" not in caplog.text
    assert visitor.context.cookies() == []
    if javascript:
        assert visitor.page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert visitor.axe_violations() == []
        assert visitor.problems == []
