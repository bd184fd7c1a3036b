"""「誤りを知らせる」: heard without a name, closed to programs, harmless when sent twice."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from consultations.models import ErrorReport
from platform_portal.public_forms import new_token
from tests.factories.consultations import WindowFactory

pytestmark = pytest.mark.django_db

TRAP = "website_url"


@pytest.fixture
def window() -> Any:
    return WindowFactory(name="くらしの窓口")


@pytest.fixture(autouse=True)
def _reading_takes_time(monkeypatch: Any) -> None:
    monkeypatch.setattr("platform_portal.public_forms.TOKEN_MIN_AGE", 0)


def send(client: Client, window: Any, *, headers: dict[str, str] | None = None, **values: Any) -> Any:
    data = {"token": new_token("error-report"), "kind": "number", "text": "番号がちがいます"} | values
    return client.post(f"/w/{window.public_id}/report/", data, headers=headers or {})


def test_report_is_kept_and_thanked_for(client: Client, window: Any) -> None:
    response = send(client, window)
    assert (response.status_code, response["Location"]) == (302, f"/w/{window.public_id}/report/thanks/")
    report = ErrorReport.objects.get()
    assert (report.window, report.kind, report.text) == (window, "number", "番号がちがいます")
    assert not response.cookies


def test_sending_twice_counts_once(client: Client, window: Any) -> None:
    token = new_token("error-report")
    for _time in range(2):
        assert send(client, window, token=token).status_code == 302
    assert ErrorReport.objects.count() == 1


def test_text_may_be_empty(client: Client, window: Any) -> None:
    assert send(client, window, text="").status_code == 302


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": ""}, "ひとつ選んでください"),
        ({"kind": "nonsense"}, "ひとつ選んでください"),
        ({"text": "あ" * 501}, "500文字までにしてください"),
        ({"text": "a\x00b"}, "error-summary"),
        ({"token": ""}, "もう一度「送る」を押してください"),
        ({"token": "forged"}, "もう一度「送る」を押してください"),
        ({"token": new_token("another-form")}, "もう一度「送る」を押してください"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost_or_kept(
    client: Client, window: Any, values: dict[str, str], words: str
) -> None:
    response = send(client, window, **values)
    page = response.content.decode()
    assert response.status_code == 400
    assert words in page
    assert 'id="error-summary"' in page
    assert "<title>もう一度確かめてください：" in page
    if "text" not in values:
        assert "番号がちがいます" in page
    assert ErrorReport.objects.count() == 0


def test_old_form_is_renewed(client: Client, window: Any) -> None:
    with time_machine.travel("2026-11-21 09:00+09:00"):
        token = new_token("error-report")
    with time_machine.travel("2026-11-21 21:00+09:00"):
        response = send(client, window, token=token)
    assert response.status_code == 400
    assert token not in response.content.decode()


def test_programs_fall_into_the_trap(client: Client, window: Any) -> None:
    assert send(client, window, **{TRAP: "https://spam.example/"}).status_code == 302
    assert ErrorReport.objects.count() == 0


def test_trap_is_out_of_the_way_of_people(client: Client, window: Any) -> None:
    page = client.get(f"/w/{window.public_id}/report/").content.decode()
    trap = page[page.index('class="trap"') - 5 : page.index("</div>", page.index('class="trap"'))]
    assert 'aria-hidden="true"' in trap
    assert 'tabindex="-1"' in trap


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_other_sites_cannot_send(client: Client, window: Any, headers: dict[str, str]) -> None:
    assert send(client, window, headers=headers).status_code == 403
    assert ErrorReport.objects.count() == 0


def test_sixth_report_in_an_hour_must_wait_and_is_not_lost(client: Client, window: Any) -> None:
    for number in range(5):
        assert send(client, window, text=f"その{number}").status_code == 302
    response = send(client, window, text="その5")
    assert response.status_code == 429
    assert "1時間ほどたってから" in response.content.decode()
    assert "その5" in response.content.decode()
    assert ErrorReport.objects.count() == 5


def test_words_are_escaped_when_shown_again(client: Client, window: Any) -> None:
    page = send(client, window, kind="", text="<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_field_order_is_label_hint_control_error(client: Client, window: Any) -> None:
    page = send(client, window, text="あ" * 501).content.decode()
    field = page[page.index('for="id_text"') :]
    places = [
        field.index(mark)
        for mark in ('for="id_text"', 'id="id_text_helptext"', "<textarea", 'id="id_text_error"')
    ]
    assert places == sorted(places)
    assert 'aria-describedby="id_text_helptext id_text_error"' in field
    assert '<a href="#id_text">' in page
