"""The whole way in: an applicant on a phone, staff at a desk, and the contact who signs in at last."""

import re
from typing import Any

import pytest

from members.masters import load_member_masters
from members.models import Application, Membership, Organization
from tests.factories.members import CharterFactory, UserFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory
from tests.functional.conftest import DESK, PHONE
from tests.outbox import delivered

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "みなとの灯りは三つ-2026"
CHARTER = "## 目的\n\n孤独や孤立に悩む人を、団体がいっしょに支えます。\n\n## 守秘義務\n\n知ったことを、ほかの目的に使いません。"


@pytest.fixture(autouse=True)
def _ready() -> None:
    PortalSettingsFactory(secretariat_phone="087-832-0000")
    MunicipalityFactory()
    load_member_masters()
    CharterFactory(number=1, title="プラットフォーム設置要綱", text=CHARTER)


def link_in_last_mail() -> str:
    return re.search(r"https?://[^/\s]+(/\S+/)", delivered()[-1].body)[1]  # type: ignore[index]  # or fail


def is_sound(visitor: Any) -> None:
    assert visitor.axe_violations() == []
    assert not visitor.overflows()
    assert visitor.problems == []


def write_application(visitor: Any, name: str) -> None:
    page = visitor.page
    visitor.open("/join/")
    for box in page.locator("input[name=met]").all()[:4]:
        box.check()
    page.get_by_label("団体名", exact=False).first.fill(name)
    page.get_by_label("活動分野").select_option(label="福祉")
    page.get_by_label("活動の内容").fill("月に2回、だれでも来られる食堂を開いています。")
    page.get_by_label("担当者の名前").fill("申込 花子")
    page.get_by_label("担当者のメールアドレス").fill("hanako@group.example")
    page.get_by_label("担当者の電話番号").fill("087-000-0000")


def test_from_the_form_to_signing_in(visit: Any) -> None:
    applicant = visit(PHONE)
    page = applicant.page
    write_application(applicant, "みんなの食堂")
    is_sound(applicant)
    page.wait_for_timeout(2_100)  # nobody reads and writes faster
    page.get_by_role("button", name="送る", exact=True).click()
    page.wait_for_selector("#error-summary")
    is_sound(applicant)
    assert page.get_by_label("活動の内容").input_value().startswith("月に2回")
    page.get_by_label("設置要綱を読み、同意します").check()
    page.get_by_role("button", name="送る", exact=True).click()
    page.wait_for_url("**/join/sent/")
    is_sound(applicant)

    private = link_in_last_mail()
    applicant.open(private)
    is_sound(applicant)
    page.get_by_role("button", name="申込を確定する").click()
    page.get_by_role("heading", name="申込を受け付けました").wait_for()
    is_sound(applicant)
    assert applicant.context.cookies() == []

    staff = visit(DESK)
    staff.be(UserFactory(name="県庁 あおい", email="aoi@portal.example"))
    staff.open("/desk/applications/")
    is_sound(staff)
    staff.page.get_by_role("link", name="みんなの食堂").click()
    staff.page.get_by_role("heading", name="申込の内容").wait_for()
    is_sound(staff)
    staff.page.get_by_role("link", name="質問して返す").click()
    is_sound(staff)
    staff.page.get_by_label("申込者への質問").fill("どこで開いていますか。")
    staff.page.get_by_role("button", name="質問して返す").click()
    staff.page.get_by_text("に質問を送りました").wait_for()

    applicant.open(link_in_last_mail())
    is_sound(applicant)
    page.get_by_role("link", name="返事を書く").click()
    page.get_by_label("質問への返事").fill("高松市です。")
    is_sound(applicant)
    page.get_by_role("button", name="返事を送る").click()
    page.get_by_role("heading", name="申込を受け付けました").wait_for()

    staff.open(f"/desk/applications/{Application.objects.get().public_id}/approve/")
    is_sound(staff)
    staff.page.get_by_role("button", name="入会を認める").click()
    staff.page.get_by_text("の入会を認めました").wait_for()
    is_sound(staff)

    invitation = next(m for m in delivered() if m.subject == "利用者登録のご案内")
    applicant.open(re.search(r"https?://[^/\s]+(/invitation/\S+/)", invitation.body)[1])  # type: ignore[index]  # or fail
    is_sound(applicant)
    for field in ("#id_password1", "#id_password2"):
        page.locator(field).fill(PASSWORD)
    page.get_by_role("button", name="登録する").click()
    page.get_by_label("メールアドレス").fill("hanako@group.example")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.get_by_role("button", name="サインアウト").first.wait_for()
    membership = Membership.objects.get()
    assert (membership.organization, membership.role) == (Organization.objects.get(), "manager")
    assert membership.user.email == "hanako@group.example"


def test_pages_outside_the_journey(visit: Any) -> None:
    visitor = visit()
    visitor.see("/charter/")
    visitor.see("/join/application/nobody-was-sent-this/")
    assert "途中で切れている" in visitor.page.content()
    visitor.be(UserFactory(secretariat=True))
    visitor.see("/desk/charters/1/")
