"""A record on its way to its readers in a real browser: confirmed on a phone, checked for names, approved, corrected."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from meetings.models import ConfirmationRequest, Minutes, Utterance
from tests.factories.meetings import MinutesFactory, UtteranceFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.functional.conftest import DESK, PHONE
from tests.outbox import delivered


@pytest.fixture
def minutes(transactional_db: None) -> Minutes:
    PortalSettingsFactory()
    contact = MembershipFactory(organization=OrganizationFactory(name="まちの居場所の会"))
    minutes = MinutesFactory(
        named_audience="members", labels_audience="public", author=UserFactory(role="secretariat")
    )
    opening = "それでは始めます。山田課長から説明をお願いします。"
    UtteranceFactory(minutes=minutes, position=0, speaker="川口", role="議長", text=opening)
    own = {"minutes": minutes, "organization": contact.organization, "organization_name": "居場所の会"}
    UtteranceFactory(**own, position=1, speaker="三好", role="代表", text="居場所を月に1回開いています。")
    UtteranceFactory(
        **own, position=2, speaker="三好", role="代表", text="参加する人を増やす方法を検討します。"
    )
    UtteranceFactory(minutes=minutes, position=3, text="ありがとうございました。")  # 山田課長
    return minutes


def ask(visitor: Any, minutes: Minutes) -> str:
    """Sends the record around on the desk; the path of the link that arrives."""
    page = visitor.page
    visitor.be(UserFactory(role="secretariat", name="事務 いちろう"))
    visitor.see(reverse("meetings:desk-confirmation-open", args=[minutes.meeting.public_id]))
    page.get_by_label("返事の期限").fill("2030-01-31")
    page.get_by_role("button", name="確認を頼むメールを送る").click()
    expect(page.locator("main")).to_contain_text("発言の確認を頼むメールを送りました", use_inner_text=True)
    assert visitor.axe_violations() == []
    found = re.search(r"https?://[^/\s]+(/meetings/confirm/\S+)", delivered()[0].body)
    assert found
    return found[1]


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_confirmed_on_a_phone_by_a_link(javascript: bool, visit: Any, minutes: Minutes) -> None:
    path = ask(visit(DESK), minutes)
    visitor = visit(PHONE, java_script_enabled=javascript)
    page = visitor.page
    if javascript:
        visitor.see(path)
    visitor.open(path)
    text = page.locator("main").inner_text()
    assert "居場所を月に1回開いています。" in text
    assert "それでは始めます" in text  # what stands before it
    assert "山田" not in text  # names are not for whoever was not invited
    page.locator("#u-" + Utterance.objects.get(position=1).public_id).get_by_role("link", name="直す").click()
    if javascript:
        assert visitor.axe_violations() == []
        assert not visitor.overflows()
    page.wait_for_timeout(2100)  # a person reads first
    page.get_by_role("button", name="修正案を送る").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.get_by_label("直した文").fill("居場所を月に2回開いています。")
    page.get_by_label("明らかな誤り").check()
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="修正案を送る").click()
    expect(page.locator("main")).to_contain_text("修正案を受け取りました", use_inner_text=True)
    assert ConfirmationRequest.objects.get(email="").answer == "changes"
    assert visitor.context.cookies() == []
    assert visitor.traffic.foreign == []
    assert visitor.problems == []
    if javascript:
        assert visitor.axe_violations() == []


def test_a_link_that_opens_nothing_says_what_to_do(visit: Any, minutes: Minutes) -> None:
    path = ask(visit(DESK), minutes)
    visitor = visit(PHONE)
    visitor.see(path[:-6] + "/")
    expect(visitor.page.locator("main")).to_contain_text("途中で切れている", use_inner_text=True)


def test_checked_approved_and_corrected_by_two(visit: Any, minutes: Minutes) -> None:
    meeting = minutes.meeting.public_id
    first, second = visit(DESK), visit(DESK)
    page = first.page
    first.be(UserFactory(role="secretariat"))
    second.be(UserFactory(role="secretariat"))
    publication = reverse("meetings:desk-publication", args=[meeting])
    first.see(publication)
    page.set_viewport_size(DESK)
    expect(page.locator(".notice.warning")).to_contain_text("名前かもしれない言葉", use_inner_text=True)

    first.see(reverse("meetings:desk-leaks", args=[meeting]))
    page.set_viewport_size(DESK)
    box = page.get_by_label("役職名だけの議事要旨での本文").first
    assert box.input_value() == "それでは始めます。課長から説明をお願いします。"
    page.get_by_role("button", name="この文にする").first.click()
    expect(page.locator("main")).to_contain_text("残っているところはありません", use_inner_text=True)

    first.open(publication)
    page.get_by_role("button", name="承認を頼む").click()
    expect(page.locator("h1")).to_contain_text("確認待ち", use_inner_text=True)
    assert page.locator("button[aria-disabled]", has_text="認めて公開する").count() == 1
    second.open(publication)
    second.page.get_by_role("button", name="認めて公開する").click()
    expect(second.page.locator("h1")).to_contain_text("公開中", use_inner_text=True)
    assert second.axe_violations() == []

    block = Utterance.objects.get(position=1)
    first.see(reverse("meetings:desk-corrections", args=[meeting]))
    page.set_viewport_size(DESK)
    first.see(reverse("meetings:desk-correction-create", args=[meeting, block.public_id]))
    page.set_viewport_size(DESK)
    page.get_by_label("直した後の文", exact=True).fill("居場所を月に3回開いています。")
    page.get_by_label("明らかな誤り").check()
    page.get_by_label("くわしいわけ").fill("回数を書きまちがえていました。")
    page.get_by_role("button", name="訂正の確認を頼む").click()
    expect(page.locator("main")).to_contain_text("訂正を書きました", use_inner_text=True)
    second.open(reverse("meetings:desk-corrections", args=[meeting]))
    second.page.get_by_role("link", name="回数を書きまちがえていました。").click()
    assert second.axe_violations() == []
    expect(second.page.locator(".diff ins").first).to_contain_text("3", use_inner_text=True)
    second.page.get_by_role("button", name="認めて公開する").click()
    expect(second.page.locator("main")).to_contain_text("訂正を公開しました", use_inner_text=True)
    block.refresh_from_db()
    assert block.text == "居場所を月に3回開いています。"
    assert first.problems == second.problems == []


def test_a_promise_is_kept_in_sight(visit: Any, minutes: Minutes) -> None:
    visitor = visit(DESK)
    page = visitor.page
    visitor.be(UserFactory(role="secretariat"))
    items = reverse("meetings:desk-action-items", args=[minutes.meeting.public_id])
    visitor.see(items)
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="宿題にする").click()
    assert page.locator("[name=text]").input_value() == "参加する人を増やす方法を検討します。"
    assert visitor.axe_violations() == []
    page.get_by_role("button", name="保存する").click()
    page.locator("tbody a").click()
    assert visitor.axe_violations() == []
    page.get_by_label("どうなったか").fill("ちらしを配りました。")
    page.get_by_role("button", name="終わりにする").click()
    expect(page.locator("main")).to_contain_text("ちらしを配りました。", use_inner_text=True)
    assert visitor.problems == []
