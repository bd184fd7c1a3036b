"""Who is no member is asked at the address that the attendance list has."""

import pytest
from django.urls import reverse

from meetings.confirmation_plan import plan_requests
from tests.factories.meetings import AttendanceFactory, AttendeeFactory, MinutesFactory, UtteranceFactory


@pytest.fixture
def minutes(db):
    return MinutesFactory(named_audience="members", labels_audience="public")


@pytest.mark.parametrize(
    ("organization_name", "speaker", "address"),
    [
        ("内閣府　推進室", "奈和", "guest@ministry.example"),
        ("", "山田", "guest@ministry.example"),
        ("", "奈和", ""),
        ("", "佐藤", ""),
        ("県立大学", "鈴木", "suzuki@university.example"),
        ("県立大学", "田中", ""),
    ],
)
def test_proposes_the_address_of_a_guest(minutes, organization_name, speaker, address):
    guest = AttendanceFactory(meeting=minutes.meeting, guest=True)
    AttendeeFactory(attendance=guest, name="山田 花子")
    for name in ("suzuki", "sato"):
        row = AttendanceFactory(
            meeting=minutes.meeting,
            guest=True,
            guest_name="県立大学",
            guest_email=f"{name}@university.example",
        )
        AttendeeFactory(attendance=row, name={"suzuki": "鈴木 一", "sato": "佐藤 二"}[name])
    AttendeeFactory(
        attendance=AttendanceFactory(
            meeting=minutes.meeting, guest=True, guest_name="別の会", guest_email="other@sato.example"
        ),
        name="佐藤 三",
    )
    UtteranceFactory(minutes=minutes, organization_name=organization_name, speaker=speaker, role="参与")
    assert [each.guest_address for each in plan_requests(minutes)] == [address]


def test_the_page_shows_the_address_of_a_guest(minutes, secretariat_client):
    AttendeeFactory(attendance=AttendanceFactory(meeting=minutes.meeting, guest=True), name="奈和 花子")
    UtteranceFactory(minutes=minutes, speaker="奈和", role="参与", organization_name="")
    page = secretariat_client.get(
        reverse("meetings:desk-confirmation-open", args=[minutes.meeting.public_id])
    )
    assert 'value="guest@ministry.example"' in page.content.decode()
    assert "出席者の記録にあるアドレスです" in page.content.decode()
    assert page.context["without_address"] == []
