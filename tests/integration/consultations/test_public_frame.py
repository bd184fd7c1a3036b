"""The frame around every public page: numbers for danger, the quick exit, words for what went wrong."""

import pytest
from django.test import Client
from django.urls import reverse

from platform_portal import views

PAGES = ["home", "safety", "around", "privacy", "accessibility", "about"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_page_offers_help_and_a_way_out(client: Client, settings, name: str) -> None:
    page = client.get(reverse(f"consultations:{name}")).content.decode()
    for number in ("tel:110", "tel:119", "tel:189", "tel:%238008"):
        assert number in page
    assert f'href="{settings.PORTAL_EXIT_URL}"' in page
    assert 'rel="noreferrer nofollow"' in page


@pytest.mark.parametrize(("view", "status"), [(views.bad_request, 400), (views.page_not_found, 404)])
def test_error_page_needs_no_database(rf, view, status: int) -> None:
    """Without the `db` mark any query would fail this test."""
    response = view(rf.get("/nowhere/"), Exception())
    assert response.status_code == status
    assert "0120-279-338" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_server_error_needs_no_database(rf) -> None:
    response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "0120-279-338" in response.content.decode()
