"""The members' pages in a real browser, on a telephone: the charter, one's entry, people; then the desk's answer."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from members.models import Membership, Organization
from tests.factories.members import (
    CharterFactory,
    MembershipFactory,
    OrganizationFactory,
    StrengthFactory,
    UserFactory,
)
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory
from tests.functional.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager() -> Membership:
    portal = PortalSettingsFactory(secretariat_phone="087-832-0000", secretariat_email="office@pref.example")
    town = MunicipalityFactory(prefecture=portal.prefecture)
    membership = MembershipFactory(
        user__name="管理 まり",
        organization=OrganizationFactory(
            name="まちの居場所の会",
            kana="マチノイバショノカイ",
            municipality=town,
            profile="週に3日、だれでも来られる居場所を開いています。",
            public_phone="087-832-0001",
            website="https://ibasho.example/",
        ),
    )
    membership.organization.strengths.add(StrengthFactory())
    return membership


def test_journey_from_the_charter_to_an_approved_change(visit: Any, manager: Membership) -> None:
    CharterFactory(text="## 目的\n\nつながりをつくります。")
    member, staff = visit(PHONE), visit(DESK)
    member.be(manager.user)
    staff.be(UserFactory(role="staff"))
    page = member.page
    member.open(reverse("my:home"))
    expect(page.locator("h1")).to_have_text("設置要綱への同意", use_inner_text=True)
    assert member.axe_violations() == []
    page.get_by_label("団体を代表して").check()
    page.get_by_role("button", name="同意する", exact=True).click()
    expect(page.locator("main")).to_contain_text("同意を記録しました", use_inner_text=True)
    page.get_by_role("link", name="団体の情報").click()
    page.get_by_role("link", name="情報を直す").click()
    page.get_by_label("団体名", exact=False).first.fill("まちの居場所とつながりの会")
    page.get_by_label("対象とする人").fill("だれでも")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("main")).to_contain_text("確認を待っている変更", use_inner_text=True)
    assert member.axe_violations() == []

    staff.open(reverse("members:revision-list"))
    staff.page.get_by_role("link", name="まちの居場所の会").click()
    expect(staff.page.locator("main")).to_contain_text("まちの居場所とつながりの会", use_inner_text=True)
    staff.page.get_by_role("button", name="認める").click()
    staff.open(reverse("consultations:organization-list"))
    staff.page.get_by_role("link", name="まちの居場所とつながりの会").click()
    expect(staff.page.locator("h1")).to_have_text("まちの居場所とつながりの会", use_inner_text=True)
    assert member.problems == staff.problems == []
    assert member.traffic.foreign == staff.traffic.foreign == []


def test_form_with_errors_is_accessible_and_keeps_what_was_written(visit: Any, manager: Membership) -> None:
    visitor = visit(PHONE)
    visitor.be(manager.user)
    visitor.open(reverse("my:organization-edit", args=[manager.organization.public_id]))
    visitor.page.get_by_label("対象とする人").fill("子どもと家族")
    visitor.page.locator("#id_name").fill("")
    visitor.page.get_by_role("button", name="保存する").click()
    expect(visitor.page.locator("#error-summary")).to_be_visible()
    expect(visitor.page.get_by_label("対象とする人")).to_have_value("子どもと家族")
    assert visitor.axe_violations() == []
    assert Organization.objects.get().name == "まちの居場所の会"


# Where the focus is and what lies over it there: nothing, or the field itself.
IS_COVERED = """() => {
  const field = document.activeElement, box = field.getBoundingClientRect();
  const points = [[.5, .5], [.1, .1], [.9, .9]].map(([across, down]) =>
    document.elementFromPoint(box.left + box.width * across, box.top + box.height * down));
  return points.every((found) => found && found !== field && !field.contains(found) && !found.contains(field));
}"""


@pytest.mark.parametrize(
    "screen",
    [{"width": 640, "height": 400}, {"width": 320, "height": 256}, PHONE],
    ids=lambda one: one["width"],
)
@pytest.mark.parametrize("name", ["my:organization-edit", "my:window-create"])
def test_focus_is_never_behind_the_bar_that_saves(
    visit: Any, manager: Membership, name: str, screen: dict[str, int]
) -> None:
    member = visit(screen)
    member.be(manager.user)
    member.open(
        reverse(name, args=[manager.organization.public_id] if name == "my:organization-edit" else [])
    )
    covered = []
    for _stop in range(30):
        member.page.keyboard.press("Tab")
        if member.page.evaluate(IS_COVERED):
            covered.append(member.page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
    assert covered == []
