"""Nothing that people write reaches the log, whatever goes wrong on the way."""

import io
import logging
import re
import smtplib
from collections.abc import Iterator

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from members import services
from members.masters import load_member_masters
from members.models import Application, Sector
from members.private_links import application_token
from platform_portal.logging import PrivacyFilter
from platform_portal.mail.models import OutgoingMail
from platform_portal.public_forms import new_token
from tests.conftest import text_of
from tests.factories.members import PASSWORD, CharterFactory, UserFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory
from tests.outbox import run_sender

pytestmark = pytest.mark.django_db

ADDRESS, NAME, PHONE, WORDS = "mejirushi@log.example", "目印 花子", "087-999-1234", "目印の困りごと"
SECRET = "a-secret-mejirushi-link"
MARKS = ("mejirushi", "目印", "999-1234", "9991234")
LOUD = (
    "django.request",
    "django.security",
    "django.core.mail",
    "platform_portal",
    "members",
    "consultations",
    "allauth",
    "celery",
)


@pytest.fixture
def log(settings) -> Iterator[io.StringIO]:
    """What production would write, at its loudest."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["plain"]["format"]))
    handler.addFilter(PrivacyFilter())
    loggers = {name: logging.getLogger(name) for name in LOUD}
    levels = {name: logger.level for name, logger in loggers.items()}
    for logger in loggers.values():
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
    for name, logger in loggers.items():
        logger.setLevel(levels[name])


@pytest.fixture(autouse=True)
def _ready(monkeypatch):
    monkeypatch.setattr("platform_portal.public_forms.TOKEN_MIN_AGE", 0)
    PortalSettingsFactory()
    MunicipalityFactory()
    load_member_masters()
    CharterFactory()


def check(log: io.StringIO, *expected: str) -> None:
    text = log.getvalue()
    assert [mark for mark in MARKS if mark in text] == []
    for words in expected:
        assert words in text


def proven(user) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def test_signing_in(log, client):
    UserFactory(email=ADDRESS, name=NAME)
    for password in (WORDS, PASSWORD):
        client.post(reverse("account_login"), {"login": ADDRESS, "password": password})
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    client.get(reverse("account_reset_password_from_key", args=["1", "0-mejirushi"]))
    client.get(f"/nowhere/?next=/accounts/password/reset/key/1-{SECRET}/")
    check(log, "Not Found: /nowhere/")


def test_inviting_with_the_mail_server_away(log, administrator, monkeypatch, client, settings):
    monkeypatch.setattr("members.services.invitations.new_secret", lambda: SECRET)
    proven(administrator).post(
        reverse("members:invitation-create"),
        {"email": ADDRESS, "name": NAME, "section": WORDS, "role": "staff"},
    )
    assert OutgoingMail.objects.filter(address=ADDRESS).exists()
    settings.PORTAL_MAIL_BACKEND = "tests.integration.platform_portal.test_logs.AwayBackend"
    run_sender()
    client.get(reverse("members:invitation-open", args=[SECRET]))
    client.get(reverse("members:invitation-open", args=[SECRET]) + "no/such/page")
    client.post(reverse("members:invitation-accept"), {"name": NAME, "password1": WORDS, "password2": ""})
    check(log, "was not sent", "Not Found: /invitation/…/")


class AwayBackend:
    """Refuses everybody and names them, as servers do."""

    def __init__(self, *args: object, **kwargs: object) -> None: ...

    def open(self) -> bool:
        return True

    def close(self) -> None: ...

    def send_messages(self, messages: list) -> int:
        raise smtplib.SMTPRecipientsRefused({ADDRESS: (550, f"{ADDRESS} {NAME} unknown".encode())})


def test_joining(log, client):
    page = text_of(client.get("/join/"))

    def hidden(name: str) -> str:
        return re.search(rf'name="{name}" value="([^"]*)"', page)[1]

    values = {
        "token": hidden("token"),
        "form_id": hidden("form_id"),
        "charter_hash": hidden("charter_hash"),
        "organization_name": WORDS,
        "sector": Sector.objects.get(slug="welfare").pk,
        "municipality": "372013",
        "activity": WORDS,
        "contact_name": NAME,
        "contact_email": ADDRESS,
        "contact_phone": PHONE,
        "met": ["active-here", "shares-purpose", "no-organised-crime", "no-propaganda"],
        "consent": "on",
    }
    client.post("/join/", values | {"municipality": WORDS})
    assert not Application.objects.exists()
    client.post("/join/", values)
    application = Application.objects.get(contact_email=ADDRESS)
    address = reverse("members:application-open", args=[application_token(application)])
    client.post(address)
    client.get(address + "no/such/page")
    check(log, "Not Found: /join/application/…/")
    assert application_token(application) not in log.getvalue()


def test_searching_and_reporting(log, client, window):
    client.post(reverse("consultations:search"), {"q": WORDS, "words": WORDS})
    client.get(reverse("consultations:search") + f"?q={WORDS}")
    client.post(
        reverse("consultations:error-report", args=[window.public_id]),
        {"token": new_token("error-report"), "kind": "number", "text": f"{WORDS} {PHONE}"},
    )
    check(log)


def test_answers_that_go_wrong(log, administrator, monkeypatch):
    posted = {"email": ADDRESS, "name": NAME, "section": WORDS, "role": "staff"}
    strict = Client(enforce_csrf_checks=True)
    strict.post(f"/desk/?q={WORDS}", posted)
    strict.post(f"/nothing/here/?q={WORDS}", posted)
    strict.post("/accounts/login/", {"login": ADDRESS, "password": WORDS}, headers={"referer": f"/?{WORDS}"})

    def fail(**kwargs: object) -> None:
        address, name = ADDRESS, NAME
        raise IntegrityError(f"Key (lower(email))=({address}) already exists for {name}.")

    monkeypatch.setattr(services, "invite", fail)
    client = proven(administrator)
    client.raise_request_exception = False
    response = client.post(reverse("members:invitation-create"), posted)
    assert response.status_code == 500
    assert not [mark for mark in MARKS if mark in text_of(response)]
    check(log, "Not Found", "Forbidden", "Internal Server Error", "IntegrityError")


def test_handing_out_and_erasing(log, administrator):
    UserFactory(email=ADDRESS, name=NAME, section=WORDS)
    client = proven(administrator)
    for name, values in (("search", {"email": ADDRESS}), ("page", {}), ("export", {}), ("erase", {})):
        client.post(reverse(f"members:person-{name}"), values)
    client.get(reverse("members:person-page") + "no-such-page")
    check(log, "Not Found")


def test_what_runs_every_half_minute_is_not_told_each_time(settings):
    """Celery's own option for it is not heard: it would put handlers of its own in the place of ours."""
    tree = settings.LOGGING["loggers"]["celery"]
    assert (tree["level"], tree["propagate"]) == ("WARNING", True)
    for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy"):
        logger = logging.getLogger(name)
        assert not logger.isEnabledFor(logging.INFO)
        assert logger.isEnabledFor(logging.WARNING)
