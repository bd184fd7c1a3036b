"""Acting for an organisation changes and ends: with a record, a mail, and never without anybody who manages."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from members import services
from members.models import Membership
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.conftest import signed_in
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.outbox import delivered
from tests.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Membership:
    return MembershipFactory(user__name="管理 まり")


@pytest.fixture
def editor(manager) -> Membership:
    return MembershipFactory(organization=manager.organization, editor=True, user__name="編集 えみ")


def test_a_manager_gives_another_role_and_the_person_is_told(manager, editor):
    services.change_membership(membership=editor, role="manager", is_contact=False, by=manager.user)
    editor.refresh_from_db()
    assert (editor.role, editor.is_contact) == ("manager", False)
    event = AuditEvent.objects.about(editor).get()
    assert (event.type, event.old["role"], event.new["role"]) == (
        "members.membership_changed",
        "editor",
        "manager",
    )
    (message,) = delivered()
    assert message.to == [editor.user.email]
    for body in (message.body, message.alternatives[0][0]):
        assert "「管理担当」になりました" in body
        assert "届かなくなりました" in body
        assert manager.organization.name in body
    assert manager.organization.name not in message.subject


def test_nothing_changed_is_neither_recorded_nor_mailed(manager, editor):
    services.change_membership(membership=editor, role="editor", is_contact=True, by=manager.user)
    assert not AuditEvent.objects.about(editor).exists()
    assert delivered() == []


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_others_change_nobody(manager, role):
    other = MembershipFactory(organization=manager.organization, role=role)
    with pytest.raises(Refused, match="管理担当だけ"):
        services.change_membership(membership=manager, role="viewer", is_contact=True, by=other.user)
    with pytest.raises(Refused, match="管理担当だけ"):
        services.end_membership(membership=manager, by=other.user)


def test_a_manager_of_another_organization_changes_nobody(manager):
    with pytest.raises(Refused, match="担当者ではありません"):
        services.end_membership(membership=manager, by=MembershipFactory().user)


def test_everybody_may_leave(manager, editor):
    services.end_membership(membership=editor, by=editor.user)
    assert list(manager.organization.memberships.current()) == [manager]
    assert AuditEvent.objects.about(editor).get().type == "members.membership_ended"
    assert "担当ではなくなりました" in delivered()[0].body


def test_the_last_manager_cannot_leave_or_be_demoted(manager, editor):
    with pytest.raises(Refused, match="最後の管理担当は外れられません"):
        services.end_membership(membership=manager, by=manager.user)
    with pytest.raises(Refused, match="最後の管理担当の権限"):
        services.change_membership(membership=manager, role="editor", is_contact=True, by=manager.user)


def test_somebody_who_cannot_sign_in_is_no_second_manager(manager):
    MembershipFactory(organization=manager.organization, user=UserFactory(member=True, is_active=False))
    with pytest.raises(Refused, match="最後の管理担当"):
        services.end_membership(membership=manager, by=manager.user)


def test_the_desk_may_take_off_the_last_manager_but_not_demote(manager, owner):
    with pytest.raises(Refused, match="最後の管理担当の権限"):
        services.change_membership(membership=manager, role="viewer", is_contact=True, by=owner)
    services.end_membership(membership=manager, by=owner)
    assert not manager.organization.memberships.current().exists()


def test_ended_is_ended(manager, editor):
    services.end_membership(membership=editor, by=manager.user)
    with pytest.raises(Refused, match="もうこの団体の担当ではありません"):
        services.end_membership(membership=editor, by=manager.user)
    with pytest.raises(Refused, match="もうこの団体の担当ではありません"):
        services.change_membership(membership=editor, role="viewer", is_contact=True, by=manager.user)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["leave", "demote each other", "take each other off"])
def test_two_managers_at_once_leave_one(step):
    organization = OrganizationFactory()
    both = [MembershipFactory(organization=organization) for _each in range(2)]

    def act(mine: Membership, other: Membership) -> None:
        if step == "leave":
            services.end_membership(membership=mine, by=mine.user)
        elif step == "take each other off":
            services.end_membership(membership=other, by=mine.user)
        else:
            services.change_membership(membership=other, role="viewer", is_contact=True, by=mine.user)

    assert at_once(lambda: act(*both), lambda: act(*both[::-1])).count(None) == 1
    assert Membership.objects.managers().filter(organization=organization).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_managers_take_each_other_off_on_their_pages():
    organization = OrganizationFactory()
    both = [MembershipFactory(organization=organization) for _each in range(2)]
    statuses: list[int] = []

    def press(mine: Membership, theirs: Membership) -> Callable[[], None]:
        client = signed_in(mine.user)
        address = reverse("my:person-end", args=[organization.public_id, theirs.pk])
        return lambda: statuses.append(client.post(address).status_code)

    at_once(press(*both), press(*both[::-1]))
    assert set(statuses) <= {302, 403, 404}
    assert 302 in statuses
    assert Membership.objects.managers().filter(organization=organization).count() == 1
    assert AuditEvent.objects.filter(type="members.membership_ended").count() == 1
