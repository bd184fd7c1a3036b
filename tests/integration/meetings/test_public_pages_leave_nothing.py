"""What every address about meetings that is open to all keeps (docs of the public pages: no cookie, no inline code)."""

import re

import pytest
from django.test import Client

from tests.addresses import OUR_PAGES, Page, address_of, make_world
from tests.conftest import text_of

pytestmark = pytest.mark.django_db

PAGES = [page for page in OUR_PAGES if page.is_public and page.name.startswith("meetings:")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_is_left_behind(page: Page) -> None:
    response = Client().get(address_of(page, make_world()))
    assert response.status_code < 500
    assert not response.cookies
    assert response.headers["Referrer-Policy"] == "same-origin"
    if "public" in response.headers.get("Cache-Control", ""):
        assert "Cookie" not in response.headers.get("Vary", ""), "kept for all, yet made for one"
    if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
        text = text_of(response)
        assert "data-exit-link" in text
        assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=[\"'](?:https?:)?//", text)
