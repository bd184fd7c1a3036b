"""A form sent after its session ended: nothing written is lost, nothing forged is kept or done."""

import html
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consultations.models import CalendarOverride
from members.models import User
from tests.conftest import text_of
from tests.factories.members import PASSWORD

pytestmark = pytest.mark.django_db

CREATE = "/desk/calendar/new/"
FIELDS = {"on": "2027-05-06", "is_holiday": "True", "name": "県の記念日"}
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
LOGIN = reverse("account_login")


def send(client: Client, data: dict, address: str = CREATE, headers: dict | None = None, **options):
    return client.post(address, data, headers=OURS if headers is None else headers, **options)


def kept(response) -> list[tuple[str, str]]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text_of(response))
    return [
        (html.unescape(name), html.unescape(value)) for name, value in found if name != "csrfmiddlewaretoken"
    ]


def token_in(response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text_of(response))
    assert found
    return found[1]


def press(client: Client, response):
    """「もう一度送る」 on a page that has a token of the new session."""
    return send(client, dict(kept(response)) | {"csrfmiddlewaretoken": token_in(response)})


def sign_in(client: Client, person: User) -> None:
    data = {"login": person.email, "password": PASSWORD, "csrfmiddlewaretoken": token_in(client.get(LOGIN))}
    assert client.post(LOGIN, data).status_code == 302


@pytest.fixture
def browser(administrator) -> Client:
    """Has the form open, with its token, and minds tokens as real browsers' posts do."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, administrator)
    return client


def test_expired_session_keeps_every_field(browser):
    data = FIELDS | {"csrfmiddlewaretoken": token_in(browser.get(CREATE))}
    Session.objects.all().delete()
    response = send(browser, data)
    assert response.status_code == 403
    assert "サインインが切れました" in text_of(response)
    assert kept(response) == list(FIELDS.items())
    assert response.headers["Cache-Control"] == "no-store"
    assert not CalendarOverride.objects.exists()


def test_after_signing_in_two_presses_save_it(browser, administrator):
    data = FIELDS | {"csrfmiddlewaretoken": token_in(browser.get(CREATE))}
    Session.objects.all().delete()
    fields = dict(kept(send(browser, data)))
    assert dict(kept(send(browser, fields))) == FIELDS  # not signed in yet: nothing is lost
    sign_in(browser, administrator)
    again = send(browser, fields)
    assert "もう一度送ってください" in text_of(again)
    assert administrator.name in text_of(again)
    assert not CalendarOverride.objects.exists()
    assert press(browser, again).status_code == 302
    assert CalendarOverride.objects.get().name == "県の記念日"


def test_signed_out_and_in_again_in_another_tab(browser, administrator):
    data = FIELDS | {"csrfmiddlewaretoken": token_in(browser.get(CREATE))}
    sign_in_again = Client(enforce_csrf_checks=True)
    sign_in(sign_in_again, administrator)
    browser.cookies = sign_in_again.cookies
    response = send(browser, data)
    assert "もう一度送ってください" in text_of(response)
    assert press(browser, response).status_code == 302


def test_session_that_lost_its_person_keeps_the_fields_too(browser, administrator):
    """Its token still holds, so that not the check of tokens but the one of persons answers."""
    data = FIELDS | {"csrfmiddlewaretoken": token_in(browser.get(CREATE))}
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    response = send(browser, data)
    assert response.status_code == 403
    assert dict(kept(response)) == FIELDS


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
    ids=str,
)
@pytest.mark.parametrize("is_signed_in", [True, False], ids=["signed in", "nobody"])
def test_forged_post_is_refused_and_nothing_kept(headers, is_signed_in, browser):
    client = browser if is_signed_in else Client(enforce_csrf_checks=True)
    response = send(client, FIELDS, headers=headers)
    assert response.status_code == 403
    assert "県の記念日" not in text_of(response)
    assert not CalendarOverride.objects.exists()


def test_one_press_without_the_new_token_does_nothing(browser):
    """What a forger could at best reach is a page that asks."""
    assert send(browser, FIELDS | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert not CalendarOverride.objects.exists()


def test_values_come_back_as_text(browser):
    hostile = {'"><script>alert(1)</script>': "</textarea><img src=x onerror=alert(1)>\r\n'\"&amp;"}
    response = send(browser, hostile)
    assert "<script>alert" not in text_of(response)
    assert "<img" not in text_of(response)
    assert dict(kept(response)) == hostile


def test_several_values_of_one_name_and_the_address_with_its_conditions(browser):
    response = send(browser, {"selected": ["a", "b"]}, address="/desk/windows/bulk/?select=page&state=draft")
    assert kept(response) == [("selected", "a"), ("selected", "b")]
    assert 'action="/desk/windows/bulk/?select=page&amp;state=draft"' in text_of(response)


def test_secrets_are_not_sent_back(browser):
    assert kept(send(browser, {"new_password1": "geheim", "reason": "x"})) == [("reason", "x")]


def test_pages_of_accounts_keep_nothing():
    response = send(Client(enforce_csrf_checks=True), {"login": "a@b.example", "password": "x"}, LOGIN)
    assert response.status_code == 403
    assert "a@b.example" not in text_of(response)


def test_file_must_be_chosen_again(browser):
    file = SimpleUploadedFile("w.csv", "名称\n".encode())
    response = send(browser, {"file": file}, "/desk/windows/import/")
    assert "ファイルだけは残せません" in text_of(response)
    assert 'enctype="multipart/form-data"' in text_of(response)


def test_large_form_comes_back_whole_and_too_large_a_one_is_refused(browser, settings):
    text = "あ" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 3 - 1_000)
    assert dict(kept(send(browser, {"reason": text}))) == {"reason": text}
    assert send(browser, {"reason": text * 2}).status_code in {400, 413}
