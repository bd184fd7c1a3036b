"""The page behind the link in an invitation: without cookies, without a script, without an account."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.attendance_links import make_answer_token
from meetings.models import Attendance
from platform_portal.public_forms import new_token
from tests.conftest import signed_in, text_of
from tests.factories.meetings import AgendaItemFactory, AttendanceFactory, AttendeeFactory, MeetingFactory
from tests.factories.members import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact():
    return MembershipFactory(organization__name="みどりの会")


@pytest.fixture
def row(contact):
    meeting = MeetingFactory(planned=True, title="第2回 庁内連絡会", online_url="https://meet.example/x")
    AgendaItemFactory(meeting=meeting, title="取組の報告")
    return AttendanceFactory(meeting=meeting, organization=contact.organization)


@pytest.fixture
def address(row, contact):
    return reverse("meetings:answer", args=[make_answer_token(row, contact.user_id)])


@pytest.fixture
def token(time_machine):
    """Of a form that somebody has read for a minute."""
    now = timezone.now()
    time_machine.move_to(now - dt.timedelta(minutes=1))
    made = new_token("meeting-answer")
    time_machine.move_to(now)
    return made


def filled(token: str, *people: tuple[str, str], **values: Any) -> dict[str, Any]:
    rows = {"people-TOTAL_FORMS": len(people), "people-INITIAL_FORMS": 0}
    for number, (name, role) in enumerate(people):
        rows |= {f"people-{number}-name": name, f"people-{number}-role": role}
    return {"token": token, "answer": "present", "note": "", "seen": "", **rows, **values}


def test_opening_it_answers_nothing(row, address):
    client = Client()
    for _look in range(2):
        response = client.get(address)
        assert response.status_code == 200
        client.head(address)
    page = text_of(response)
    for words in (
        "みどりの会",
        "第2回 庁内連絡会",
        "取組の報告",
        "https://meet.example/x",
        "この内容で返事をする",
    ):
        assert words in page
    row.refresh_from_db()
    assert row.answer == "waiting"
    assert not client.cookies
    assert response.headers["Cache-Control"] == "no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_enter_in_a_name_sends_the_answer(address):
    """The first button of a form is the one that Enter presses: not the one that adds a row."""
    buttons = re.findall(r"<button[^>]*>", text_of(Client().get(address)).split('<form method="post"')[1])
    assert 'name="more"' not in buttons[0]
    assert 'type="submit"' in buttons[0]


def test_nothing_of_others(row, address):
    other = AttendanceFactory(
        meeting=row.meeting, organization__name="よその会", coming=True, answer_note="よその添え書き"
    )
    AttendeeFactory(attendance=other, name="よその人")
    assert "よその" not in text_of(Client().get(address))


def test_an_answer_and_what_was_recorded(row, address, token):
    client = Client()
    response = client.post(address, filled(token, ("山田 花子", "課長"), ("", ""), note="5分遅れます"))
    assert response.status_code == 302
    assert response["Location"] == f"{address}#answered"
    page = text_of(client.get(address))
    assert 'id="answered"' in page
    for words in ("受け取った返事", "出席", "課長　山田 花子", "5分遅れます", "返事を変える"):
        assert words in page
    row.refresh_from_db()
    assert (row.answer, row.answer_way) == ("present", "link")
    assert not client.cookies


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"answer": ""}, "出席か欠席かを選んでください"),
        ({}, "出席する人のお名前を書いてください"),
        ({"note": "長" * 501}, "500文字まで"),
        ({"token": ""}, "もう一度「この内容で返事をする」"),
        ({"people-TOTAL_FORMS": "1", "people-0-role": "課長"}, "お名前も書いてください"),
        ({"people-TOTAL_FORMS": "x"}, "もう一度確かめてください"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(row, address, token, values, words):
    response = Client().post(address, filled(token) | values)
    assert response.status_code == 422
    assert words in text_of(response)
    row.refresh_from_db()
    assert row.answer == "waiting"


def test_more_people_without_a_script(row, address, token):
    people = [(f"人{number}", "") for number in range(3)]
    response = Client().post(address, filled(token, *people, note="そのまま") | {"more": "1"})
    page = text_of(response)
    assert page.count('-name"') >= 6
    assert "そのまま" in page
    assert 'value="人2"' in page
    assert "error-summary" not in page
    row.refresh_from_db()
    assert row.answer == "waiting"
    # Sent right after: the person has been at it for a minute.
    assert f'value="{token}"' in page
    assert "画面を開いてすぐに" not in text_of(
        Client().post(address, filled(token, *people, note="そのまま"), follow=True)
    )


def test_whoever_is_very_quick_is_told_why_it_is_asked_again(row, address):
    response = Client().post(address, filled(new_token("meeting-answer"), ("山田 花子", "")))
    words = "画面を開いてすぐに送られたので、まだ受け取っていません。内容はそのままです。もう一度「この内容で返事をする」"
    assert words in text_of(response)


def test_a_colleague_was_faster(row, address, token):
    Client().post(address, filled(token, ("山田", "")))
    response = Client().post(address, filled(token, answer="absent"))
    assert response.status_code == 409
    page = text_of(response)
    assert "ほかの人が返事をしました" in page
    assert "山田" in page
    row.refresh_from_db()
    assert row.answer == "present"
    assert row.answered_at.isoformat() in page


def test_what_fills_in_everything_is_told_and_what_was_typed_stays(row, address, token):
    """It may be a password manager: an answer shall not be lost without a word."""
    response = Client().post(address, filled(token, ("山田 花子", "")) | {"website_url": "http://x"})
    page = text_of(response)
    assert response.status_code == 422
    assert "画面に見えない欄に書き込んだ" in page
    assert "山田 花子" in page
    assert "http://x" not in page
    row.refresh_from_db()
    assert row.answer == "waiting"


def test_from_another_site(row, address, token):
    response = Client().post(address, filled(token, ("x", "")), headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    row.refresh_from_db()
    assert row.answer == "waiting"


def test_too_often(row, address, token, monkeypatch):
    monkeypatch.setattr("meetings.views.public.attendance.RATE", "1/h")
    Client().post(address, filled(token, ("甲", "")))
    response = Client().post(address, filled(token, ("乙", "")))
    assert response.status_code == 429
    assert "短い間にたくさん" in text_of(response)


def test_once_it_has_begun_it_only_shows(row, address, token, time_machine):
    Client().post(address, filled(token, ("山田", "")))
    time_machine.move_to(row.meeting.starts_at + dt.timedelta(minutes=1))
    page = text_of(Client().get(address))
    assert "会議が始まったので" in page
    assert "山田" in page
    assert "この内容で返事をする" not in page
    time_machine.move_to(row.meeting.ends_at + dt.timedelta(minutes=1))
    response = Client().get(address)
    assert response.status_code == 410
    assert "会議は終わりました" in text_of(response)


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ({"withdrawn": True}, 410, "取り消されました"),
        ({"link_version": 2}, 410, "いちばん新しいメール"),
        ({"state": "cancelled", "cancelled_reason": "大雪のため"}, 410, "大雪のため"),
    ],
)
def test_links_that_open_nothing_say_why(row, address, values, status, words, secretariat):
    if values.pop("withdrawn", False):
        Attendance.objects.update(withdrawn_at=timezone.now(), withdrawn_by=secretariat)
    elif "state" in values:
        type(row.meeting).objects.update(**values)
    else:
        Attendance.objects.update(**values)
    for response in (Client().get(address), Client().post(address)):
        assert response.status_code == status
        assert words in text_of(response)


def test_a_broken_link():
    response = Client().get(reverse("meetings:answer", args=["nobody-was-sent-this"]))
    assert response.status_code == 404
    assert "途中で切れている" in text_of(response)


class TestSignedIn:
    @pytest.fixture
    def address(self, row):
        return reverse("meetings:my-answer", args=[row.public_id])

    def test_the_first_page_leads_there(self, row, contact, address):
        page = text_of(signed_in(contact.user).get(reverse("my:home")))
        assert "出欠の返事を待っている会議" in page
        assert address in page

    def test_answered(self, row, contact, address):
        client = signed_in(contact.user)
        assert client.get(address).status_code == 200
        values = filled("", ("山田 花子", "課長"))
        response = client.post(address, values, follow=True)
        assert "返事を受け取りました" in text_of(response)
        row.refresh_from_db()
        assert (row.answer_way, row.answered_as) == ("member", contact.user)

    def test_others_do_not_find_it(self, address):
        assert signed_in(MembershipFactory().user).get(address).status_code == 404

    def test_a_viewer_is_told_why(self, row, address):
        silent = MembershipFactory(organization=row.organization, viewer=True, is_contact=False)
        client = signed_in(silent.user)
        assert "閲覧のみ" in text_of(client.get(address))
        assert client.post(address, filled("", ("x", ""))).status_code == 403


def test_into_ones_own_calendar(row, address):
    response = Client().get(f"{address}meeting.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert "https://meet.example/x" in text_of(response).replace("\r\n ", "")
    assert f"{address}meeting.ics" in text_of(Client().get(address))


def test_the_members_page_of_the_meeting_leads_there(row, contact):
    own = reverse("meetings:my-answer", args=[row.public_id])
    page = reverse("meetings:my-meeting", args=[row.meeting.public_id])
    assert own in text_of(signed_in(contact.user).get(page))
    assert own not in text_of(signed_in(MembershipFactory().user).get(page))
