"""A real Chromium that may speak to our own server and to nothing else."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    Route,
    expect,
    sync_playwright,
)

from consultations.indexing import refresh_derived
from consultations.masters import load_categories
from consultations.models import Category, ConsultationWindow, Fallback
from members.models import User
from tests.conftest import signed_in
from tests.factories.consultations import ChannelFactory, WindowFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory
from tests.functional.judging import rules_broken

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
PHONE = {"width": 375, "height": 740}
DESK = {"width": 1280, "height": 800}
# What a test waits for comes within a second, on a machine whose cores are all busy within some more.
PATIENCE = 30_000  # milliseconds
expect.set_options(timeout=PATIENCE)
# Playwright's event loop lives in the test's thread; the ORM is still used from that thread only.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "functional" in item.path.parts:
            item.add_marker(pytest.mark.browser)
        else:
            item.add_marker(pytest.mark.flaky(reruns=0))  # --reruns is for browsers alone


def _wait_for_the_page_it_leads_to(action: Any) -> Any:
    """A click that leads to another page returns when the page begins to arrive. A question asked at once
    (`is_visible`, `count`, `inner_text`) would sometimes be put to half a page."""

    @wraps(action)
    def act(self: Any, *args: Any, **options: Any) -> None:
        action(self, *args, **options)
        page = self.page if isinstance(self, Locator) else self
        page.wait_for_load_state("domcontentloaded")

    return act


for kind, names in ((Page, ("click",)), (Locator, ("click", "tap", "press"))):
    for name in names:
        setattr(kind, name, _wait_for_the_page_it_leads_to(getattr(kind, name)))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@dataclass
class Traffic:
    """What a page asked for. `foreign` was refused before it left the machine."""

    own: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


class Visitor:
    """One person with one browser window. Everything not on our own server is answered with an empty page."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.traffic = Traffic()
        self.problems: list[str] = []
        # What leaves is refused here; asking Python about every file of our own would take a tenth of a walk.
        context.route(re.compile(rf"^(?!{re.escape(base)}/|data:)"), self._refuse)
        context.on("request", self._note_request)
        self.page: Page = context.new_page()
        self.page.on("console", self._note_problem)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _is_own(self, url: str) -> bool:
        return urlsplit(url).netloc == urlsplit(self.base).netloc or url.startswith("data:")

    def _note_request(self, request: Request) -> None:
        (self.traffic.own if self._is_own(request.url) else self.traffic.foreign).append(request.url)

    def _refuse(self, route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<title>elsewhere</title>")

    def _note_problem(self, message: Any) -> None:
        # A page that answers 404 on purpose is a resource error to the console.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def open(self, path: str) -> Any:
        return self.page.goto(self.base + path)

    def wait_until(self, condition: str) -> None:
        """Until the page says so. Playwright's own way is forbidden by our Content-Security-Policy."""
        deadline = time.monotonic() + 30
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, condition
            self.page.wait_for_timeout(50)

    def be(self, user: User) -> None:
        """Signed in from here on."""
        value = signed_in(user).cookies["desk_session"].value
        self.context.add_cookies([{"name": "desk_session", "value": value, "url": self.base}])

    def see(self, path: str) -> None:
        """Opens a page and judges it: on a wide screen as it comes, on a phone with everything unfolded."""
        self.page.set_viewport_size(DESK)
        response = self.open(path)
        assert response.status < 500, path
        assert rules_broken(self.page) == [], path
        assert not self.overflows(), path
        self.page.set_viewport_size(PHONE)
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert rules_broken(self.page) == [], path
        assert not self.overflows(), path
        assert self.page.locator("h1").count() == 1, path
        assert self.problems == [], path
        assert self.traffic.foreign == [], path

    def axe_violations(self) -> list[str]:
        """Rules broken on the page that the last click led to, with the elements that break them."""
        # The click may still be on its way: between two pages the document is empty.
        self.page.wait_for_load_state("networkidle")
        self.page.locator("main").first.wait_for(state="attached")
        return rules_broken(self.page)

    def overflows(self) -> bool:
        """True when the page must be scrolled sideways."""
        # Without its styles a page is wider.
        self.page.wait_for_load_state("load")
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """Makes visitors: `visit()` on a phone, `visit(DESK)`, `visit(PHONE, java_script_enabled=False)`."""
    contexts: list[BrowserContext] = []

    def make(viewport: dict[str, int] = PHONE, **options: Any) -> Visitor:
        context = chromium.new_context(viewport=viewport, locale="ja-JP", timezone_id="Asia/Tokyo", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return Visitor(context, live_server.url)

    yield make
    for context in contexts:
        context.close()


@dataclass(frozen=True)
class Directory:
    """A small portal with one of everything that residents may meet."""

    open_line: ConsultationWindow
    closed_office: ConsultationWindow
    unknown_office: ConsultationWindow
    shelter: ConsultationWindow
    category: Category
    risk: Category


@pytest.fixture
def directory(transactional_db: None) -> Directory:
    portal = PortalSettingsFactory()
    town = MunicipalityFactory(prefecture=portal.prefecture)
    load_categories()
    mental, risk = Category.objects.get(slug="mental"), Category.objects.get(slug="violence")
    open_line = WindowFactory(
        name="よるひる電話",
        topics=[mental],
        anonymity="yes",
        fee="free",
        languages=["ja", "en"],
        who_answers="研修を受けた相談員",
        website="https://line.example/",
    )
    ChannelFactory(window=open_line, position=1, kind="line", value="https://line.example/talk", digits="")
    refresh_derived(open_line)
    closed = WindowFactory(
        name="ひるの相談室",
        topics=[mental],
        area_scope="municipality",
        places=[town],
        opening_hours="2020 Jan 01 10:00-11:00",
        phone="087-000-0000",
    )
    Fallback.objects.create(window=closed, target=open_line)
    return Directory(
        open_line=open_line,
        closed_office=closed,
        unknown_office=WindowFactory(
            name="時間のわからない窓口", topics=[mental], opening_hours="", hours_text="各市町による"
        ),
        shelter=WindowFactory(
            name="逃げたい人の電話",
            topics=[risk],
            address="高松市ひみつ町1-1",
            address_visibility="hidden",
            phone="#8008",
        ),
        category=mental,
        risk=risk,
    )
