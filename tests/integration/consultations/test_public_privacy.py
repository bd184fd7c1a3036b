"""What holds for every public address: no cookie, nothing inline, small, kept or not kept as it must be."""

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from consultations.verification_links import make_link_token
from tests.factories.consultations import CategoryFactory, VerificationRequestFactory, WindowFactory
from tests.factories.members import MembershipFactory
from tests.public_addresses import PUBLIC

pytestmark = pytest.mark.django_db

NAMES = sorted(name for name in PUBLIC if name.startswith("consultations:"))
NOT_KEPT = {
    "consultations:confirm",
    "consultations:confirm-difference",
    "consultations:search",
    "consultations:error-report",
    "consultations:error-report-thanks",
}
STATIC = Path(django_settings.BASE_DIR) / "static"


@pytest.fixture
def addresses() -> dict[str, str]:
    category = CategoryFactory()
    windows = [WindowFactory(topics=[category], description="あ" * 300) for _number in range(25)]
    contact = MembershipFactory()
    asked = WindowFactory(organization=contact.organization, website="https://office.example/")
    VerificationRequestFactory(window=asked)
    token = make_link_token(contact)
    found = {}
    for name in NAMES:
        if name == "consultations:category":
            found[name] = reverse(name, args=[category.public_id])
        elif name == "consultations:organization-detail":
            found[name] = reverse(name, args=[contact.organization.public_id])
        elif name.startswith("consultations:confirm"):
            rest = [asked.public_id] if name.endswith("difference") else []
            found[name] = reverse(name, args=[token, *rest])
        elif name.rsplit(":", 1)[1].startswith(("window-d", "window-c", "error")):
            found[name] = reverse(name, args=[windows[0].public_id])
        else:
            found[name] = reverse(name)
    return found


# Each goes through all pages itself: the many windows are made once, not once a page.
def test_headers(client: Client, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        response = client.get(address)
        assert response.status_code == 200, name
        assert "Set-Cookie" not in response, name
        assert not response.cookies, name
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert response["Referrer-Policy"] == "same-origin", name
        assert "geolocation=()" in response["Permissions-Policy"], name
        if name in NOT_KEPT:
            assert response["Cache-Control"] == "no-store", name
            assert "ETag" not in response, name
        else:
            assert re.fullmatch(r"public, max-age=([1-9]|[1-5]\d|60)", response["Cache-Control"]), name
            assert response["ETag"], name
            assert "Vary" not in response, name


def test_second_visitor_is_answered_without_a_query(
    client: Client, addresses: dict[str, str], django_assert_num_queries: Any
) -> None:
    for name in sorted(addresses.keys() - NOT_KEPT):
        first = client.get(addresses[name])
        with django_assert_num_queries(0, info=name):
            second = Client().get(addresses[name])
            head = Client().head(addresses[name])
        assert second.content == first.content, name
        assert (head.status_code, head.content) == (200, b""), name


def test_links_that_leave_carry_no_referrer(client: Client, addresses: dict[str, str]) -> None:
    leaving = []
    for name, address in addresses.items():
        page = client.get(address).content.decode()
        leaving += [(name, tag) for tag in re.findall(r"<a [^>]*href=\"https?://[^>]*>", page)]
    assert leaving
    assert [found for found in leaving if "noreferrer" not in found[1]] == []


def test_sixty_kilobytes_at_most(client: Client, addresses: dict[str, str]) -> None:
    static = cache(lambda file: len(gzip.compress((STATIC / file).read_bytes())))
    totals = {}
    for name, address in addresses.items():
        page = client.get(address).content
        files = re.findall(r"/static/([^\"#]+)", page.decode())
        totals[name] = len(gzip.compress(page)) + sum(static(file) for file in set(files))
    assert {name: total for name, total in totals.items() if total > 60 * 1024} == {}


def test_other_methods_are_refused_or_harmless(client: Client, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        for method in ("put", "delete", "patch", "options"):
            assert getattr(client, method)(address).status_code < 500, name


def test_robots_keep_out_of_print_views_but_not_of_windows(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /w/*/card/" in text
    assert "Disallow: /desk/" in text
    assert not re.search(r"^Disallow: /w/?$", text, re.MULTILINE)
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_sitemap_lists_what_is_published(client: Client) -> None:
    category = CategoryFactory(risk=True)
    shown, draft = WindowFactory(topics=[category]), WindowFactory(draft=True)
    gone = CategoryFactory(is_active=False)
    text = client.get("/sitemap.xml").content.decode()
    assert f"<loc>http://testserver/w/{shown.public_id}/</loc>" in text
    assert f"<loc>http://testserver/c/{category.public_id}/</loc>" in text
    assert "<loc>http://testserver/join/</loc>" in text
    assert draft.public_id not in text
    assert gone.public_id not in text
    assert "/desk/" not in text
    assert "card" not in text
