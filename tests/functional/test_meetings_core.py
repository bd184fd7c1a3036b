"""A meeting from its body to its public page, with JavaScript off."""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from meetings.models import Meeting
from tests.factories.members import UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.functional.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_meeting_from_its_body_to_everybody(visit: Any) -> None:
    PortalSettingsFactory()
    visitor = visit(PHONE, java_script_enabled=False)
    visitor.be(UserFactory(role="secretariat"))
    page = visitor.page
    visitor.open("/desk/meetings/bodies/new/")
    page.get_by_label("会議体の名前").fill("コア会議")
    page.get_by_role("button", name="保存する").click()
    page.get_by_role("button", name="保存する").click()
    page.get_by_role("link", name="この会議体の会議を登録する").click()
    page.get_by_label("会議の名前").fill("第1回コア会議")
    day = timezone.localdate() + dt.timedelta(days=14)
    page.get_by_label("開催日").fill(day.isoformat())
    page.get_by_label("開始の時刻").fill("13:30")
    page.get_by_label("場所").fill("県庁 2階")
    page.get_by_role("button", name="保存する").click()
    page.get_by_role("link", name="次第がまだありません。").click()
    for title in ("閉会", "開会"):
        page.get_by_label("件名").fill(title)
        page.get_by_role("button", name="足す").click()
    page.get_by_role("button", name=re.compile("上へ.*2 開会")).click()
    expect(page.locator("tbody th")).to_have_text(["1 開会", "2 閉会"], use_inner_text=True)
    page.get_by_role("link", name="この会議", exact=True).click()
    page.get_by_role("link", name="開催を知らせる").click()
    page.get_by_role("button", name="開催を知らせる").click()
    meeting = Meeting.objects.get()
    stranger = visit(PHONE, java_script_enabled=False)
    stranger.open("/meetings/")
    stranger.page.get_by_role("link", name="第1回コア会議").click()
    stranger.page.wait_for_url(f"**/meetings/{meeting.public_id}/")
    expect(stranger.page.locator(".agenda")).to_contain_text("開会", use_inner_text=True)
    assert stranger.context.cookies() == []
