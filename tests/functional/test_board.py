"""The matching board in a real browser, on a phone: put up, asked about, answered, reported."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from members.models import BoardReport, Conversation, Membership, Offer
from tests.factories.members import MembershipFactory
from tests.factories.region import PortalSettingsFactory
from tests.functional.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "とても長い説明" * 40 + " https://" + "a" * 120 + ".example/"


@pytest.fixture
def giver(db: None) -> Membership:
    PortalSettingsFactory()
    return MembershipFactory(organization__name="たべもの銀行", user__name="銀行 ゆたか")


@pytest.fixture
def asker(db: None) -> Membership:
    return MembershipFactory(organization__name="こども食堂の会", user__name="食堂 めぐみ", editor=True)


def test_two_organizations_find_each_other(visit, giver, asker, secretariat):
    one, other, desk = visit(PHONE), visit(PHONE), visit(PHONE)
    one.be(giver.user)
    other.be(asker.user)
    desk.be(secretariat)
    page = one.page
    one.open(reverse("my:board"))
    page.get_by_role("link", name="載せる").click()
    page.get_by_label("提供できること").check()
    page.get_by_label("物", exact=True).check()
    page.get_by_label("見出し").fill("お米を毎月30キロ")
    page.get_by_label("くわしい内容").fill("車で取りに来られる団体にお渡しします。")
    page.get_by_role("button", name="載せる").click()
    expect(page.locator("main")).to_contain_text("掲示板に載せました", use_inner_text=True)
    assert Offer.objects.get().organization == giver.organization

    page = other.page
    other.open(reverse("my:board"))
    page.get_by_role("link", name="お米を毎月30キロ").click()
    page.get_by_role("link", name="話を聞きたい").click()
    page.get_by_label("メッセージ").fill("来週、取りに行けますか。")
    page.get_by_role("button", name="メッセージを送る").click()
    expect(page.locator("main")).to_contain_text("メッセージを送りました", use_inner_text=True)

    page = one.page
    one.open(reverse("my:home"))
    page.get_by_role("link", name="掲示板の新しいメッセージ").click()
    page.get_by_role("link", name="お米を毎月30キロ").click()
    expect(page.locator("main")).to_contain_text("来週、取りに行けますか。", use_inner_text=True)
    assert asker.user.email not in page.content()
    page.get_by_label("メッセージ").fill("水曜日にお待ちしています。")
    page.get_by_role("button", name="送る").click()

    page = other.page
    other.open(reverse("my:conversation", args=[Conversation.objects.get().public_id]))
    expect(page.locator("main")).to_contain_text("水曜日にお待ちしています。", use_inner_text=True)
    page.get_by_role("link", name="事務局に知らせる").click()
    page.get_by_label("知らせたいこと").fill("約束の日に、だれもいませんでした。")
    page.get_by_role("button", name="知らせる").click()
    expect(page.locator("main")).to_contain_text("事務局に知らせてあります", use_inner_text=True)

    page = desk.page
    desk.open(reverse("members:board-report", args=[BoardReport.objects.get().pk]))
    assert "水曜日にお待ちしています。" not in page.inner_text("main")
    page.get_by_role("button", name="やりとりを読む").click()
    expect(page.locator("main")).to_contain_text("水曜日にお待ちしています。", use_inner_text=True)
    page.get_by_label("対応したこと").fill("両方に電話した。")
    page.get_by_role("button", name="対応を記録する").click()
    expect(page.locator("main")).to_contain_text("対応を記録しました", use_inner_text=True)
    assert one.problems + other.problems + desk.problems == []
