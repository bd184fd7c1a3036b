"""The members' pages in a real browser, on a telephone: the charter, one's entry, people; then the desk's answer."""

from typing import Any

import pytest
from django.urls import reverse

from members.models import Membership, Organization
from tests.conftest import signed_in
from tests.factories.members import (
    CharterFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizationFactory,
    OrganizationRevisionFactory,
    SectorFactory,
    StrengthFactory,
    UserFactory,
)
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory
from tests.functional.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def be(visitor: Any, user: Any) -> None:
    value = signed_in(user).cookies["desk_session"].value
    visitor.context.add_cookies([{"name": "desk_session", "value": value, "url": visitor.base}])


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
    be(member, manager.user)
    be(staff, UserFactory(role="staff"))
    page = member.page
    member.open(reverse("my:home"))
    assert page.locator("h1").inner_text() == "設置要綱への同意"
    assert member.axe_violations() == []
    page.get_by_label("団体を代表して").check()
    page.get_by_role("button", name="同意する", exact=True).click()
    assert "同意を記録しました" in page.locator("main").inner_text()
    page.get_by_role("link", name="団体の情報").click()
    page.get_by_role("link", name="情報を直す").click()
    page.get_by_label("団体名", exact=False).first.fill("まちの居場所とつながりの会")
    page.get_by_label("対象とする人").fill("だれでも")
    page.get_by_role("button", name="保存する").click()
    assert "確認を待っている変更" in page.locator("main").inner_text()
    assert member.axe_violations() == []

    staff.open(reverse("members:revision-list"))
    staff.page.get_by_role("link", name="まちの居場所の会").click()
    assert "まちの居場所とつながりの会" in staff.page.locator("main").inner_text()
    staff.page.get_by_role("button", name="認める").click()
    staff.open(reverse("consultations:organization-list"))
    staff.page.get_by_role("link", name="まちの居場所とつながりの会").click()
    assert staff.page.locator("h1").inner_text() == "まちの居場所とつながりの会"
    assert member.problems == staff.problems == []
    assert member.traffic.foreign == staff.traffic.foreign == []


def addresses(manager: Membership) -> list[str]:
    organization = manager.organization
    other = MembershipFactory(organization=organization, editor=True, user__name="編集 えみ")
    invitation = InvitationFactory(organization=organization, membership_role="viewer", role="member")
    revision = OrganizationRevisionFactory(organization=organization, proposed_by=other.user)
    gone = OrganizationFactory(name="去った会", left=True)
    OrganizationFactory(name="警察の会", sector=SectorFactory(slug="police"))
    CharterFactory()
    key = organization.public_id
    named: list[tuple[str, list[Any]]] = [
        ("my:home", []),
        ("my:consent", [key]),
        ("my:organization", [key]),
        ("my:organization-edit", [key]),
        ("my:people", [key]),
        ("my:person-invite", [key]),
        ("my:person-change", [key, other.pk]),
        ("my:person-end", [key, other.pk]),
        ("my:person-uninvite", [key, invitation.pk]),
        ("members:organization-list", []),
        ("members:organization-create", []),
        ("members:organization-page", [key]),
        ("members:organization-edit", [key]),
        ("members:organization-leave", [key]),
        ("members:organization-come-back", [gone.public_id]),
        ("members:organization-invite", [key]),
        ("members:organization-person", [key, other.pk]),
        ("members:organization-person-end", [key, other.pk]),
        ("members:revision-list", []),
        ("members:revision-page", [revision.public_id]),
        ("members:consent-list", []),
        ("consultations:organization-list", []),
        ("consultations:organization-detail", [key]),
    ]
    return [reverse(name, args=args) for name, args in named]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_is_accessible(viewport: dict[str, int], visit: Any, manager: Membership) -> None:
    """A member of staff who also manages an organisation reaches all of them."""
    visitor = visit(viewport)
    staff = MembershipFactory(organization=manager.organization, user__role="staff").user
    be(visitor, staff)
    for address in addresses(manager):
        visitor.open(address)
        assert visitor.axe_violations() == [], address
        assert not visitor.overflows(), address
        assert visitor.page.locator("h1").count() == 1, address
        visitor.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert visitor.axe_violations() == [], address
        assert not visitor.overflows(), address
    assert visitor.problems == []
    assert visitor.traffic.foreign == []


def test_form_with_errors_is_accessible_and_keeps_what_was_written(visit: Any, manager: Membership) -> None:
    visitor = visit(PHONE)
    be(visitor, manager.user)
    visitor.open(reverse("my:organization-edit", args=[manager.organization.public_id]))
    visitor.page.get_by_label("対象とする人").fill("子どもと家族")
    visitor.page.locator("#id_name").fill("")
    visitor.page.get_by_role("button", name="保存する").click()
    assert visitor.page.locator("#error-summary").is_visible()
    assert visitor.page.get_by_label("対象とする人").input_value() == "子どもと家族"
    assert visitor.axe_violations() == []
    assert Organization.objects.get().name == "まちの居場所の会"
