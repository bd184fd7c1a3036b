"""Parts that fail one day: what people see then."""

import logging

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.urls import reverse

from tests.conftest import signed_in

EMERGENCY = ["tel:110", "tel:119", "tel:189", "tel:%238008"]


@pytest.fixture
def database_away(monkeypatch):
    def refuse(self, sql, *args, **kwargs):
        raise OperationalError("the connection is closed")

    return lambda: monkeypatch.setattr(CursorWrapper, "execute", refuse)


def shows_emergency_numbers(response) -> bool:
    text = response.content.decode()
    return all(number in text for number in EMERGENCY)


@pytest.mark.django_db
class TestDatabaseAway:
    def test_public_page_answers_503_with_the_numbers(self, database_away):
        database_away()
        response = Client(raise_request_exception=False).get(reverse("consultations:home"))
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "60"
        assert response.headers["Cache-Control"] == "no-store"
        assert shows_emergency_numbers(response)

    def test_desk_page_answers_503_too(self, database_away, owner):
        client = signed_in(owner)
        client.raise_request_exception = False
        database_away()
        assert client.get(reverse("desk:home")).status_code == 503

    def test_nothing_is_kept_of_it(self, database_away, monkeypatch):
        database_away()
        client = Client(raise_request_exception=False)
        client.get(reverse("consultations:home"))
        monkeypatch.undo()
        assert client.get(reverse("consultations:home")).status_code == 200


@pytest.mark.django_db
class TestErrorPages:
    def test_unknown_address(self):
        response = Client().get("/そんなページはない/")
        assert response.status_code == 404
        assert shows_emergency_numbers(response)
        assert not response.cookies

    def test_desk_pages_lead_back_to_the_desk(self, outsider_client):
        missing = outsider_client.get("/desk/windows/bbbbbb/nothing/")
        assert missing.status_code == 404
        assert 'href="/desk/">職員のページへ' in missing.content.decode()
        assert "窓口の掲載が終わった" not in missing.content.decode()
        refused = outsider_client.get(reverse("desk:window-list"))
        assert refused.status_code == 403
        assert 'href="/desk/">職員のページへ' in refused.content.decode()
        assert "職員のページへ" not in outsider_client.get(reverse("desk:home")).content.decode()
        assert "職員のページへ" not in outsider_client.get("/nothing/").content.decode()

    def test_defect(self, monkeypatch, caplog):
        def broken(*args, **kwargs):
            raise RuntimeError("defect")

        client = Client(raise_request_exception=False)
        monkeypatch.setattr("platform_portal.region.models.PortalSettings.load", broken)
        with caplog.at_level(logging.CRITICAL):
            response = client.get(reverse("consultations:about"))
        assert response.status_code == 500
        assert shows_emergency_numbers(response)

    def test_wrong_host(self):
        assert Client(headers={"host": "evil.example"}).get("/").status_code == 400

    @pytest.mark.parametrize(
        "path", ["/%00", "/w/%00%00%00%00%00%00/", "/" + "あ" * 3000, "/../../etc/passwd"]
    )
    def test_hostile_paths(self, path):
        assert Client().get(path).status_code in {301, 400, 404}
