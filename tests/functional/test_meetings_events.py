"""An event from a member's draft to somebody who comes: on a phone, and without a line of JavaScript."""

import datetime as dt
import os
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from meetings.event_links import application_token
from meetings.models import Event, EventApplication
from tests.factories.events import EventApplicationFactory, EventFactory
from tests.factories.members import MembershipFactory, UserFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory
from tests.functional.conftest import DESK, PHONE
from tests.outbox import delivered

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(autouse=True)
def _ready() -> None:
    portal = PortalSettingsFactory(secretariat_phone="087-832-0000")
    MunicipalityFactory(prefecture=portal.prefecture)


def shot(visitor: Any, name: str) -> None:
    if SHOTS:
        for size, box in (("375", PHONE), ("1280", DESK)):
            visitor.page.set_viewport_size(box)
            visitor.page.screenshot(path=f"{SHOTS}/{name}-{size}.png", full_page=True)
        visitor.page.set_viewport_size(PHONE)


def is_sound(visitor: Any, name: str) -> None:
    """Without JavaScript; axe, which needs it, judges the same pages in test_every_page.py."""
    shot(visitor, name)
    assert not visitor.overflows(), name
    assert visitor.problems == [], name
    assert visitor.traffic.foreign == [], name


def test_somebody_applies_and_cancels(visit: Any) -> None:
    """The last seat, then the waiting list, then moving up."""
    event = EventFactory(
        title="だれでも居場所の日", capacity=1, online_url="https://meet.example/secret-room"
    )
    EventFactory(title="終わった講座", past=True)
    first = EventApplicationFactory(event=event, name="さきの人")
    visitor = visit(PHONE, java_script_enabled=False)
    page = visitor.page
    visitor.open("/events/")
    is_sound(visitor, "list")
    page.get_by_role("link", name="カレンダーで見る").click()
    if event.month != timezone.localdate().replace(day=1):
        page.get_by_role("link", name="次の月").click()
    is_sound(visitor, "month")
    page.get_by_role("link", name="だれでも居場所の日").first.click()
    is_sound(visitor, "detail")
    assert "secret-room" not in page.content()
    assert "さきの人" not in page.content()
    page.get_by_role("link", name="キャンセル待ちに申し込む").click()
    page.wait_for_timeout(2_100)  # nobody reads and writes faster
    page.get_by_role("button", name="キャンセル待ちに申し込む").click()
    expect(page.locator("#error-summary")).to_contain_text("どちらか1つを書いてください", use_inner_text=True)
    is_sound(visitor, "apply")
    page.get_by_label("名前（ニックネーム").fill("そら")
    page.get_by_label("メールアドレス", exact=True).fill("ＳＯＲＡ＠mail.example")
    page.get_by_label("配慮してほしいこと").fill("車いすで行きます。")
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="キャンセル待ちに申し込む").click()
    page.get_by_role("heading", name="メールを確かめてください").wait_for()
    is_sound(visitor, "applied")
    application = EventApplication.objects.get(name="そら")
    link = f"/events/application/{application_token(application)}/"
    assert any(link in mail.body for mail in delivered())
    visitor.open(link)
    page.get_by_role("heading", name="キャンセル待ちです").wait_for()
    is_sound(visitor, "application")
    assert "secret-room" not in page.content()

    other = visit(PHONE, java_script_enabled=False)
    host = MembershipFactory(organization=event.organization)
    other.be(host.user)
    other.open(f"/my/events/{event.public_id}/applicants/")
    is_sound(other, "applicants")
    other.page.locator("tr", has_text="さきの人").get_by_role("link").click()
    other.page.get_by_role("button", name="申込を取り消す").click()
    application.refresh_from_db()
    assert application.state == "accepted"
    assert {mail.to[0] for mail in delivered()} == {first.email, "sora@mail.example"}

    visitor.open(link)
    page.get_by_role("heading", name="参加が決まっています").wait_for()
    assert "secret-room" in page.content()
    page.get_by_text("来られなくなったとき").click()
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="申込を取り消す").click()
    page.get_by_role("heading", name="申込を取り消しました").wait_for()
    is_sound(visitor, "cancelled")
    assert visitor.context.cookies() == []


def test_from_a_members_draft_to_the_public(visit: Any) -> None:
    membership, staff = MembershipFactory(), UserFactory(role="staff")
    member, desk = visit(PHONE, java_script_enabled=False), visit(DESK, java_script_enabled=False)
    member.be(membership.user)
    desk.be(staff)
    page = member.page
    member.open("/my/events/new/")
    page.get_by_label("催しの名前").fill("聞き方の講座")
    page.get_by_label("始まる日").fill((timezone.localdate() + dt.timedelta(days=20)).isoformat())
    page.get_by_label("始まる時刻").fill("13:30")
    page.get_by_label("終わる時刻").fill("15:00")
    page.get_by_label("内容").fill("## すること\n\n- 話を聞く\n- **休む**")
    page.get_by_label("会場", exact=False).first.fill("公民館 1階")
    page.get_by_label("問い合わせの電話番号").fill("087-000-0000")
    is_sound(member, "form")
    page.get_by_role("button", name="保存する").click()
    page.get_by_role("button", name="確認を頼む").click()
    is_sound(member, "my-page")
    event = Event.objects.get()
    assert timezone.localtime(event.starts_at).hour == 13
    assert member.open(f"/events/{event.public_id}/").status == 404

    desk.open("/desk/events/")
    is_sound(desk, "desk-list")
    desk.page.get_by_role("link", name="聞き方の講座").first.click()
    is_sound(desk, "desk-page")
    desk.page.get_by_role("link", name="認めて公開する").click()
    is_sound(desk, "desk-move")
    desk.page.get_by_role("button", name="認めて公開する").click()
    assert member.open(f"/events/{event.public_id}/").status == 200
    expect(page.locator("article")).to_contain_text("話を聞く", use_inner_text=True)

    member.open(f"/my/events/{event.public_id}/cancel/")
    page.get_by_label("理由").fill("台風が近づいているため")
    page.get_by_role("button", name="中止にする").click()
    member.open(f"/events/{event.public_id}/")
    expect(page.locator("article")).to_contain_text("この催しは中止になりました", use_inner_text=True)
    is_sound(member, "detail-cancelled")
