"""Coming in for an organisation: as somebody new, or with the account one has."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from members import permissions, services
from members.models import Invitation, Membership, User
from platform_portal.access.checks import Refused
from platform_portal.access.roles import Role
from platform_portal.audit.models import AuditEvent
from tests.factories.members import (
    SECRET,
    InvitationFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
)
from tests.racing import at_once

pytestmark = pytest.mark.django_db

PERSON = {"email": " Sora@NPO.example ", "name": "会員 そら", "role": "editor"}


def invitation_for(organization, **values):
    usual = {
        "role": "member",
        "membership_role": "editor",
        "email": "sora@npo.example",
        "secret": SECRET,
    }
    return InvitationFactory(organization=organization, **usual | values)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("staff", True),
        ("secretariat", True),
        ("administrator", True),
        ("manager", True),
        ("editor", False),
        ("viewer", False),
        ("former manager", False),
        ("manager of another", False),
        ("deactivated manager", False),
    ],
)
def test_who_may_invite_to_an_organization(who, allowed):
    organization = OrganizationFactory()
    if who in Role.values:
        user = UserFactory(role=who)
    else:
        ended_at = timezone.now() + dt.timedelta(seconds=1) if who == "former manager" else None
        user = MembershipFactory(
            organization=OrganizationFactory() if who == "manager of another" else organization,
            role=who if who in {"editor", "viewer"} else "manager",
            ended_at=ended_at,
            user=UserFactory(member=True, is_active=who != "deactivated manager"),
        ).user
    assert permissions.can_invite_to_organization(user, organization) is allowed


def test_invitation_names_the_organization_and_is_mailed(owner, django_capture_on_commit_callbacks):
    organization = OrganizationFactory(name="まちの居場所の会")
    with django_capture_on_commit_callbacks(execute=True):
        invitation = services.invite_to_organization(organization=organization, by=owner, **PERSON)
    assert (invitation.email, invitation.role) == ("sora@npo.example", "member")
    assert (invitation.organization, invitation.membership_role) == (organization, "editor")
    assert "「まちの居場所の会」の担当者" in mail.outbox[0].body
    assert "「まちの居場所の会」の担当者" in mail.outbox[0].alternatives[0][0]
    assert "居場所" not in mail.outbox[0].subject
    event = AuditEvent.objects.about(invitation).get()
    assert (event.type, event.new["membership_role"]) == ("members.invitation_sent", "editor")


def test_one_open_invitation_for_each_organization(owner):
    first, second = OrganizationFactory(), OrganizationFactory()
    services.invite_to_organization(organization=first, by=owner, **PERSON)
    services.invite_to_organization(organization=second, by=owner, **PERSON)
    with pytest.raises(ValidationError, match="すでに送ってあります"):
        services.invite_to_organization(organization=first, by=owner, **PERSON)
    assert Invitation.objects.count() == 2


def test_an_account_may_still_be_offered_beside_it(owner, administrator):
    services.invite_to_organization(organization=OrganizationFactory(), by=owner, **PERSON)
    services.invite(email="sora@npo.example", name="そら", section="課", role="staff", by=administrator)
    assert Invitation.objects.unsettled().count() == 2


def test_people_of_the_organization_are_not_invited_again(owner):
    membership = MembershipFactory(user__email="sora@npo.example")
    with pytest.raises(ValidationError, match="すでにこの団体の担当者です"):
        services.invite_to_organization(organization=membership.organization, by=owner, **PERSON)


def test_nobody_is_invited_to_an_organization_that_left(owner):
    with pytest.raises(Refused, match="退会した団体"):
        services.invite_to_organization(organization=OrganizationFactory(left=True), by=owner, **PERSON)


def test_somebody_new_gets_account_and_membership():
    organization = OrganizationFactory()
    invitation = invitation_for(organization)
    user = services.accept_invitation(secret=SECRET, name="会員 そら", password="みなとの灯りは三つ-2026")
    membership = Membership.objects.get()
    assert (membership.organization, membership.user, membership.role) == (organization, user, "editor")
    assert user.role == Role.MEMBER
    assert AuditEvent.objects.about(membership).get().type == "members.membership_started"
    invitation.refresh_from_db()
    assert invitation.accepted_by == user


@pytest.mark.parametrize("role", Role.values)
def test_somebody_known_keeps_the_role_of_the_account(role):
    user = UserFactory(email="Sora@npo.example", role=role)
    invitation_for(OrganizationFactory())
    services.accept_with_account(secret=SECRET, by=user)
    user.refresh_from_db()
    assert user.role == role
    assert user.memberships.get().role == "editor"


def test_one_person_may_accept_for_two_organizations():
    user = UserFactory(email="sora@npo.example", member=True)
    for number in range(2):
        invitation_for(OrganizationFactory(), secret=f"{SECRET}-{number}")
        services.accept_with_account(secret=f"{SECRET}-{number}", by=user)
    assert user.memberships.current().count() == 2
    assert user.accepted_invitations.count() == 2


def test_only_the_invited_address_may_accept():
    other = UserFactory(email="other@npo.example", member=True)
    invitation_for(OrganizationFactory())
    with pytest.raises(Refused, match="ほかのメールアドレス"):
        services.accept_with_account(secret=SECRET, by=other)
    assert Membership.objects.count() == 0


def test_an_invitation_for_an_account_adds_no_membership():
    InvitationFactory(secret=SECRET, email="sora@npo.example")
    with pytest.raises(Refused):
        services.accept_with_account(secret=SECRET, by=UserFactory(email="sora@npo.example"))


def test_an_organization_that_left_takes_nobody_in():
    invitation_for(OrganizationFactory(left=True))
    with pytest.raises(services.InvitationUnusableError):
        services.find_invitation(SECRET)


def test_failure_half_way_leaves_neither_account_nor_membership(monkeypatch):
    invitation = invitation_for(OrganizationFactory())

    def fail(**kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("members.services.accepting.start_membership", fail)
    with pytest.raises(RuntimeError):
        services.accept_invitation(secret=SECRET, name="そら", password="みなとの灯りは三つ-2026")
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    assert not User.objects.filter(email="sora@npo.example").exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_make_one_membership():
    user = UserFactory(email="sora@npo.example", member=True)
    invitation_for(OrganizationFactory())

    def accept() -> None:
        services.accept_with_account(secret=SECRET, by=user)

    told = at_once(accept, accept, refusals=services.InvitationUnusableError)
    assert told.count(None) == 1
    assert Membership.objects.count() == 1
