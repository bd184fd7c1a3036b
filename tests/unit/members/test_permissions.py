"""Every rule for every role; the twins agree."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from members import permissions
from platform_portal.access.checks import Refused, reason_against
from platform_portal.access.roles import Role
from tests.factories.members import InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db

RULES_ON_USERS = ["edit_user", "change_role", "deactivate_user", "reset_second_factor"]
RULES_ON_INVITATIONS = ["resend_invitation", "withdraw_invitation"]


def answer(rule: str, *args: object) -> bool:
    """What `can_…` says, after comparing it with `check_can_…`."""
    may = bool(getattr(permissions, f"can_{rule}")(*args))
    reason = reason_against(getattr(permissions, f"check_can_{rule}"), *args)
    assert may == (reason == "")
    return may


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("rule", RULES_ON_USERS)
def test_only_administrators_manage_users(rule, role):
    assert answer(rule, UserFactory(role=role), UserFactory()) == (role == "administrator")


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("rule", RULES_ON_INVITATIONS)
def test_only_administrators_manage_invitations(rule, role):
    assert answer(rule, UserFactory(role=role), InvitationFactory()) == (role == "administrator")


@pytest.mark.parametrize("role", Role.values)
def test_only_administrators_invite_and_reactivate(role):
    user = UserFactory(role=role)
    assert answer("invite", user) == (role == "administrator")
    assert answer("reactivate_user", user, UserFactory(inactive=True)) == (role == "administrator")


def test_nobody_signed_in_may_nothing():
    assert not answer("invite", AnonymousUser())


def test_a_deactivated_administrator_may_nothing():
    assert not answer("invite", UserFactory(administrator=True, inactive=True))


@pytest.mark.parametrize("rule", ["change_role", "deactivate_user", "reset_second_factor"])
def test_not_oneself(rule, administrator):
    UserFactory(administrator=True)
    with pytest.raises(Refused, match="自分の"):
        getattr(permissions, f"check_can_{rule}")(administrator, administrator)


def test_ones_own_name_may_be_changed(administrator):
    assert answer("edit_user", administrator, administrator)


@pytest.mark.parametrize("rule", ["change_role", "deactivate_user"])
def test_the_last_administrator_stays(rule):
    """Somebody who was an administrator a moment ago tries it on the only one that is left."""
    last = UserFactory(administrator=True)
    stale = UserFactory(role="staff")
    stale.role = Role.ADMINISTRATOR  # only in memory
    with pytest.raises(Refused, match="最後の管理者"):
        getattr(permissions, f"check_can_{rule}")(stale, last)


def test_inactive_and_active_ones(administrator):
    assert not answer("deactivate_user", administrator, UserFactory(inactive=True))
    assert not answer("reactivate_user", administrator, UserFactory())


@pytest.mark.parametrize("rule", RULES_ON_INVITATIONS)
def test_what_is_settled_stays_settled(rule, administrator):
    now = timezone.now()
    assert not answer(rule, administrator, InvitationFactory(accepted_at=now, accepted_by=UserFactory()))
    assert not answer(rule, administrator, InvitationFactory(withdrawn_at=now, withdrawn_by=administrator))
