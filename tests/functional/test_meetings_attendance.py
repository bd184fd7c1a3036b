"""From the secretariat's invitation to the list of those who came: by link on a phone without a script."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from meetings.models import Attendance
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    AttendeeFactory,
    BodyFactory,
    MeetingFactory,
)
from tests.factories.members import MembershipFactory, UserFactory
from tests.functional.conftest import DESK, PHONE
from tests.outbox import delivered


@pytest.fixture
def meeting(transactional_db: None) -> Any:
    contact = MembershipFactory(organization__name="みどりの会", organization__kind="leading")
    body = BodyFactory(name="庁内連絡会", seats=[contact.organization])
    meeting = MeetingFactory(planned=True, body=body, title="第2回 庁内連絡会")
    AgendaItemFactory(meeting=meeting, title="取組の報告")
    return meeting


def invite(visit: Any, meeting: Any) -> str:
    """By the secretariat, with a script; the path of the link in the mail."""
    visitor = visit(DESK)
    visitor.be(UserFactory(role="secretariat"))
    visitor.open(reverse("meetings:desk-attendance", args=[meeting.public_id]))
    page = visitor.page
    page.get_by_role("link", name="案内する", exact=True).click()
    assert visitor.axe_violations() == []
    page.get_by_role("button", name="だれに届くかを確かめる").click()
    expect(page.locator("main")).to_contain_text("メールは1通です。まだ送っていません", use_inner_text=True)
    assert visitor.axe_violations() == []
    page.get_by_role("button", name="1件に案内を送る").click()
    expect(page.locator("main")).to_contain_text("1件を案内しました", use_inner_text=True)
    assert visitor.axe_violations() == []
    assert visitor.problems == []
    found = re.search(r"https?://[^/\s]+(/meetings/invitations/[^/\s]+/)\s", delivered()[0].body)
    assert found
    return found[1]


def test_invited_answered_and_seen(visit: Any, meeting: Any) -> None:
    link = invite(visit, meeting)
    visitor = visit(PHONE, java_script_enabled=False)
    visitor.open(link)
    page = visitor.page
    expect(page.locator("main")).to_contain_text("取組の報告", use_inner_text=True)
    page.get_by_label("出席する", exact=True).check()
    page.wait_for_timeout(2100)  # a person reads first
    page.get_by_role("button", name="この内容で返事をする").click()
    expect(page.locator("#error-summary")).to_contain_text(
        "出席する人のお名前を書いてください", use_inner_text=True
    )
    page.get_by_label("お名前").first.fill("山田 花子")
    page.get_by_label("役職").first.fill("課長")
    page.get_by_role("button", name="人を増やす").click()
    expect(page.get_by_label("お名前").first).to_have_value("山田 花子")
    assert page.get_by_label("出席する", exact=True).is_checked()
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="この内容で返事をする").click()
    expect(page.locator(".notice.success")).to_contain_text("課長　山田 花子", use_inner_text=True)
    assert visitor.context.cookies() == []
    assert visitor.traffic.foreign == []
    assert Attendance.objects.get().answer == "present"


def test_the_page_of_the_link_is_for_everybody(visit: Any, meeting: Any) -> None:
    link = invite(visit, meeting)
    visitor = visit(PHONE)
    visitor.see(link)
    visitor.see(link[:-4] + "/")
    assert visitor.context.cookies() == []


def test_pages_of_the_desk(visit: Any, meeting: Any) -> None:
    held = MeetingFactory()
    row = AttendeeFactory(attendance__meeting=held).attendance
    asked = AttendanceFactory(meeting=meeting, organization=MembershipFactory().organization)
    visitor = visit(DESK)
    visitor.be(UserFactory(role="secretariat"))
    for name, one in (
        ("", meeting),
        ("-remind", meeting),
        ("", held),
        ("-came", held),
        ("-walk-in", held),
        ("-sheet", held),
    ):
        visitor.see(reverse(f"meetings:desk-attendance{name}", args=[one.public_id]))
    for one in (row, asked):
        visitor.see(reverse("meetings:desk-attendance-record", args=[one.meeting.public_id, one.public_id]))
    visitor.be(asked.organization.memberships.get().user)
    visitor.see(reverse("meetings:my-answer", args=[asked.public_id]))
    visitor.see(reverse("meetings:my-meeting", args=[meeting.public_id]))
