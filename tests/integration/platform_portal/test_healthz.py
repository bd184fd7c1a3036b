"""The pulse: what a proxy asks, told without a cookie and without a secret."""

import pytest
from django.test import Client

from platform_portal.health import Finding

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("database", "redis", "status", "word"),
    [
        ("", "", 200, "ok"),
        ("", "away", 200, "degraded"),
        ("away", "", 503, "down"),
        ("away", "away", 503, "down"),
    ],
)
def test_pulse(
    client: Client, monkeypatch: pytest.MonkeyPatch, database: str, redis: str, status: int, word: str
) -> None:
    monkeypatch.setattr("platform_portal.views.check_database", lambda: Finding("d", database))
    monkeypatch.setattr("platform_portal.views.check_redis", lambda: Finding("r", redis, is_vital=False))
    response = client.get("/healthz")
    assert response.status_code == status
    assert response.json() == {"status": word, "database": not database, "redis": not redis}
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_pulse_of_the_real_services(client: Client) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
