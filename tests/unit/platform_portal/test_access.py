"""Roles, permissions and their twins."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from members.models import User
from platform_portal.access.checks import Refused, check_has, has, passes, reason_against, requires
from platform_portal.access.roles import DESK_ROLES, PERMISSIONS_OF_ROLE, Permission, Role


def person(role: str, *, is_active: bool = True) -> User:
    return User(name="だれか", email="dareka@portal.example", role=role, is_active=is_active)


class TestTable:
    def test_every_role_has_a_line(self):
        assert set(PERMISSIONS_OF_ROLE) == set(Role)

    def test_every_permission_belongs_to_somebody_and_all_to_the_administrator(self):
        assert PERMISSIONS_OF_ROLE[Role.ADMINISTRATOR] == set(Permission)

    def test_only_desk_roles_use_the_desk(self):
        users = {role for role, granted in PERMISSIONS_OF_ROLE.items() if Permission.USE_DESK in granted}
        assert users == DESK_ROLES

    def test_staff_do_not_manage_users_or_settings(self):
        forbidden = {Permission.MANAGE_USERS, Permission.EDIT_PORTAL_SETTINGS, Permission.EDIT_CATEGORIES}
        assert not PERMISSIONS_OF_ROLE[Role.STAFF] & forbidden


class TestCheck:
    def test_nobody_is_told_to_sign_in(self):
        with pytest.raises(Refused, match="サインインが必要"):
            check_has(AnonymousUser(), Permission.USE_DESK)

    def test_inactive_person_is_refused(self):
        assert not has(person("administrator", is_active=False), Permission.USE_DESK)

    def test_reason_names_the_role(self):
        with pytest.raises(Refused) as refusal:
            check_has(person("member"), Permission.USE_DESK)
        assert "会員団体の担当者" in refusal.value.reason

    def test_unknown_role_may_nothing(self):
        assert not has(person("superhero"), Permission.USE_DESK)

    def test_granted_permission_passes(self):
        assert has(person("staff"), Permission.EDIT_WINDOWS)

    def test_refusal_without_words_still_says_something(self):
        assert Refused().reason == "この操作はできません。"


class TestTwins:
    def test_reason_is_empty_when_allowed(self):
        assert reason_against(check_has, person("staff"), Permission.USE_DESK) == ""

    def test_reason_and_answer_agree(self):
        member = person("member")
        assert reason_against(check_has, member, Permission.USE_DESK)
        assert not passes(check_has, member, Permission.USE_DESK)


def test_decorator_refuses_before_the_view_runs():
    @requires(Permission.MANAGE_USERS)
    def view(request):
        raise AssertionError("must not be reached")

    request = RequestFactory().get("/")
    request.user = person("staff")
    with pytest.raises(Refused):
        view(request)
    assert view.required_permission == Permission.MANAGE_USERS
