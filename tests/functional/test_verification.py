"""A round of verification in a real browser: the mail's page, the telephone list, and what residents are told."""

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from consultations.models import ErrorReport, VerificationRequest
from consultations.services.asking import ask_for_verification
from tests.factories.consultations import VerificationRequestFactory, WindowFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.functional.conftest import PHONE, Directory
from tests.outbox import delivered


@pytest.fixture
def asked(directory: Directory) -> str:
    """Two windows of a member have been asked about by mail; the path of the link in it."""
    contact = MembershipFactory(organization=OrganizationFactory(name="まちの居場所の会"))
    for number, name in enumerate(("よりそい電話", "土曜の相談会")):
        WindowFactory(
            name=name,
            kana=f"{number}",
            organization=contact.organization,
            topics=[directory.category],
            opening_hours="Mo-Fr 09:00-17:00; PH off",
            website="https://ibasho.example/",
        )
    ask_for_verification()
    body = next(each.body for each in delivered() if each.to == [contact.user.email])
    found = re.search(r"https?://[^/\s]+(/confirm/\S+)", body)
    assert found
    return found[1]


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_one_is_confirmed_the_other_corrected(javascript: bool, visit: Any, asked: str) -> None:
    visitor = visit(PHONE, java_script_enabled=javascript)
    page = visitor.page
    visitor.open(asked)
    if javascript:
        assert visitor.axe_violations() == []
        assert not visitor.overflows()
    expect(page.locator("main")).to_contain_text("月〜金 9:00〜17:00", use_inner_text=True)
    page.wait_for_timeout(2100)  # a person reads first
    page.locator("main button", has_text="よりそい電話").click()
    expect(page.locator("main")).to_contain_text("に確かめ終わりました", use_inner_text=True)
    expect(page.locator("main")).to_contain_text("のこり1件", use_inner_text=True)

    page.locator("main a.button", has_text="土曜の相談会").click()
    if javascript:
        assert visitor.axe_violations() == []
        assert not visitor.overflows()
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="送る").click()
    expect(page.locator("#error-summary")).to_contain_text(
        "どう変わったかを書いてください", use_inner_text=True
    )
    page.get_by_label("受付時間がちがう").check()
    page.get_by_label("どう変わりましたか").fill("土曜は10時からになりました。")
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="送る").click()
    expect(page.locator("main")).to_contain_text("事務局が直します", use_inner_text=True)
    expect(page.locator("main")).to_contain_text("すべて答えていただきました", use_inner_text=True)
    assert ErrorReport.objects.get().text.endswith("土曜は10時からになりました。")
    assert visitor.context.cookies() == []
    assert visitor.traffic.foreign == []
    assert visitor.problems == []


def test_a_link_that_opens_nothing_says_what_to_do(visit: Any, asked: str) -> None:
    visitor = visit(PHONE)
    visitor.open(asked[:-5] + "/")
    expect(visitor.page.locator("main")).to_contain_text("途中で切れている", use_inner_text=True)
    assert visitor.axe_violations() == []
    assert not visitor.overflows()


def test_nobody_answers_so_staff_telephone(visit: Any, asked: str) -> None:
    VerificationRequest.objects.update(stage="last")
    visitor = visit(PHONE)
    visitor.be(UserFactory(role="staff"))
    page = visitor.page
    visitor.open(reverse("desk:home"))
    page.click("a:has-text('電話で確かめる窓口')")
    assert visitor.axe_violations() == []
    page.locator("main a.button", has_text="よりそい電話").click()
    page.get_by_label("つながらない", exact=True).check()
    page.get_by_role("button", name="結果を記録する").click()
    expect(page.locator("main")).to_contain_text("つながらなかったことを記録しました", use_inner_text=True)
    page.locator("main a.button", has_text="土曜の相談会").click()
    page.get_by_role("button", name="結果を記録する").click()
    expect(page.locator("#error-summary")).to_be_visible()
    assert visitor.axe_violations() == []
    page.get_by_label("変わりなし").check()
    page.get_by_label("話した人").fill("相談係 佐藤さん")
    page.get_by_role("button", name="結果を記録する").click()
    expect(page.locator("main")).to_contain_text("今日確かめたものとして記録しました", use_inner_text=True)
    for name in ("よりそい電話", "土曜の相談会"):
        expect(page.locator("main tbody a.button", has_text=name)).to_have_count(0)
    request = VerificationRequest.objects.get(window__name="土曜の相談会")
    assert (request.state, request.window.verification_source) == ("phoned", "telephone")
    assert visitor.problems == []


def test_residents_are_told_on_list_and_page(visit: Any, directory: Directory) -> None:
    old = WindowFactory(
        name="古い窓口", topics=[directory.category], created_at=timezone.now() - dt.timedelta(days=50)
    )
    VerificationRequestFactory(window=old)
    visitor = visit(PHONE)
    for address in ("/windows/", reverse("consultations:window-detail", args=[old.public_id])):
        visitor.open(address)
        main = visitor.page.locator("main").inner_text()
        assert "確認が取れていません" in main
        assert "0120-000-000" in main
        assert visitor.axe_violations() == []
        assert not visitor.overflows()
