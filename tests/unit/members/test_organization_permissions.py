"""Who may see, write and staff an organisation: one table for members and desk alike."""

import datetime as dt

import pytest
from django.utils import timezone

from members import permissions
from members.models import Organization
from platform_portal.access.checks import reason_against
from platform_portal.access.roles import Role
from tests.factories.members import InvitationFactory, MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db

CHECKS = {
    "see": permissions.check_can_see_organization,
    "edit": permissions.check_can_edit_organization,
    "people": permissions.check_can_manage_people,
}
# | who | see | edit | people |
TABLE = {
    "administrator": "see edit people",
    "secretariat": "see edit people",
    "staff": "see edit people",
    "manager": "see edit people",
    "editor": "see edit",
    "viewer": "see",
    "former manager": "",
    "manager of another": "",
    "deactivated manager": "",
    "member without an organisation": "",
}


def person(who: str, organization: Organization):
    if who in Role.values:
        return UserFactory(role=who)
    if who == "member without an organisation":
        return UserFactory(member=True)
    return MembershipFactory(
        organization=OrganizationFactory() if who == "manager of another" else organization,
        role=who if who in {"editor", "viewer"} else "manager",
        ended_at=timezone.now() + dt.timedelta(seconds=1) if who == "former manager" else None,
        user=UserFactory(member=True, is_active=who != "deactivated manager"),
    ).user


@pytest.mark.parametrize("what", CHECKS)
@pytest.mark.parametrize("who", TABLE)
def test_who_may(who, what):
    organization = OrganizationFactory()
    assert (reason_against(CHECKS[what], person(who, organization), organization) == "") is (
        what in TABLE[who].split()
    )


@pytest.mark.parametrize("role", ["manager", "editor", "viewer"])
def test_nobody_acts_for_a_member_that_left(role):
    organization = OrganizationFactory(left=True)
    user = person(role, organization)
    assert reason_against(permissions.check_can_see_organization, user, organization)
    assert not Organization.objects.acted_for_by(user).exists()


def test_the_reason_says_whom_to_ask():
    organization = OrganizationFactory()
    viewer = person("viewer", organization)
    assert "管理担当に頼んで" in reason_against(permissions.check_can_edit_organization, viewer, organization)
    assert "管理担当に頼んで" in reason_against(permissions.check_can_manage_people, viewer, organization)


@pytest.mark.parametrize(("who", "allowed"), [("manager", True), ("editor", False), ("staff", True)])
def test_who_may_withdraw_an_invitation_to_an_organization(who, allowed):
    organization = OrganizationFactory()
    invitation = InvitationFactory(organization=organization, membership_role="editor", role="member")
    assert permissions.can_withdraw_invitation(person(who, organization), invitation) is allowed
