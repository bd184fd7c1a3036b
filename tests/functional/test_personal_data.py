"""What the portal holds about one person: found, handed out, erased, in a real browser."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from members.models import User
from tests.factories.members import PASSWORD, UserFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_found_handed_out_and_erased(visit: Any, administrator: User) -> None:
    PortalSettingsFactory()
    person = UserFactory(name="消える 人", email="kieru@person.example", role="member")
    visitor = visit()
    page = visitor.page
    visitor.open(f"{reverse('account_login')}?next={reverse('members:person-search')}")
    page.get_by_label("メールアドレス").fill(administrator.email)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.locator("main form").get_by_label("メールアドレス").fill(person.email)
    page.locator("main form").get_by_role("button").click()
    page.wait_for_url(f"**{reverse('members:person-page')}")
    expect(page.locator("main")).to_contain_text("消える 人", use_inner_text=True)
    visitor.see(reverse("members:person-page"))
    with page.expect_download():
        page.get_by_role("button", name="書き出す").click()
    visitor.see(reverse("members:person-erase"))
    page.get_by_role("button", name="データを消す").click()
    page.get_by_text("データを消しました").wait_for()
    assert not User.objects.filter(email=person.email).exists()
