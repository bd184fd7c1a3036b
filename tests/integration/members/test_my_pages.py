"""The members' pages: what waits, people, the charter; and that nobody sees what belongs to others."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members import services, waiting
from members.models import Invitation, Membership
from tests.conftest import signed_in, text_of
from tests.factories.members import (
    PASSWORD,
    CharterFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizationFactory,
    OrganizationRevisionFactory,
    UserFactory,
)
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db

HOME = reverse("my:home")


def at(name: str, membership: Membership, *more: Any) -> str:
    return reverse(f"my:{name}", args=[membership.organization.public_id, *more])


@pytest.fixture
def manager() -> Membership:
    return MembershipFactory(
        user__name="管理 まり", user__email="mari@npo.example", organization__name="まちの居場所の会"
    )


@pytest.fixture
def viewer(manager) -> Membership:
    return MembershipFactory(organization=manager.organization, viewer=True, user__name="見る みちる")


# --- First page ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "landing"), [("member", HOME), ("staff", "/desk/")])
def test_everybody_lands_where_the_work_is(role, landing):
    user = UserFactory(role=role)
    response = Client().post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.headers["Location"] == landing


def test_people_of_an_organization_that_left_read_that_it_did(administrator):
    gone = MembershipFactory(organization__name="去った会")
    services.leave_platform(
        organization=gone.organization, on=timezone.localdate(), reason="解散", by=administrator
    )
    page = text_of(signed_in(gone.user).get(HOME))
    assert "「去った会」は、プラットフォームを退会しました" in page
    assert "招待を頼んでください" not in page


def test_home_shows_organizations_and_whom_to_ask(manager):
    PortalSettingsFactory(secretariat_phone="087-832-0000", secretariat_name="事務局の係")
    page = text_of(signed_in(manager.user).get(HOME))
    assert "まちの居場所の会" in page
    assert "管理担当" in page
    assert "困ったら、だれに聞くか" in page
    assert "087-832-0000" in page
    assert "いま、待っていることはありません。申し出た変更のようすは" in page


def test_home_of_somebody_without_an_organization(outsider_client):
    page = text_of(outsider_client.get(HOME))
    assert "担当している団体はありません" in page


def test_home_shows_staff_the_way_to_the_desk():
    page = text_of(signed_in(UserFactory(role="staff")).get(HOME))
    assert "職員のページにあります" in page
    assert "招待を頼んで" not in page


def test_desk_user_with_a_membership_reaches_both():
    staff = MembershipFactory(user__role="staff")
    client = signed_in(staff.user)
    assert staff.organization.name in text_of(client.get(HOME))
    assert client.get(reverse("desk:home")).status_code == 200


def test_what_waits_stands_on_top(manager):
    InvitationFactory(organization=manager.organization, membership_role="editor", role="member")
    page = text_of(signed_in(manager.user).get(HOME))
    assert page.index("返事を待っている招待") < page.index("担当している団体")


def test_apps_above_may_tell_what_waits(manager, monkeypatch):
    monkeypatch.setattr(waiting, "_providers", [*waiting._providers])
    waiting.register(lambda user, memberships: [waiting.Waiting("確かめる窓口", "説明", 3, "/x/")])
    waiting.register(lambda user, memberships: [waiting.Waiting("なにもない", "説明", 0, "/y/")])
    page = text_of(signed_in(manager.user).get(HOME))
    assert "確かめる窓口" in page
    assert "なにもない" not in page


def test_home_asks_as_little_for_many_organizations(manager):
    """Every kind of work is there from the first, so that more of it is all that differs."""
    CharterFactory()
    client = signed_in(manager.user)
    client.post(at("consent", manager), {"later": "1"})
    client.get(HOME)  # takes the message of that step out of the session

    def asked_with(organizations: int) -> int:
        for _each in range(organizations):
            one = MembershipFactory(user=manager.user)
            InvitationFactory(organization=one.organization, membership_role="editor", role="member")
            OrganizationRevisionFactory(organization=one.organization, returned=True)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME).status_code == 200
        return len(queries)

    few = asked_with(1)
    assert asked_with(20) == few
    # Session, person, settings; memberships; the charter; one or two for each kind of work, those of meetings too.
    assert few <= 17


# --- Charter ------------------------------------------------------------------------------------
def test_manager_reads_the_charter_first(manager):
    PortalSettingsFactory(secretariat_phone="087-832-0000")
    charter = CharterFactory(text="## 目的\n\nつながりをつくる。", change_summary="守秘義務を加えました。")
    client = signed_in(manager.user)
    response = client.get(HOME, follow=True)
    page = text_of(response)
    assert response.redirect_chain == [(at("consent", manager), 302)]
    for words in ("つながりをつくる", "守秘義務を加えました", "サインアウト", "困ったら、だれに聞くか"):
        assert words in page
    answer = client.post(
        at("consent", manager), {"agree": "on", "text_hash": charter.text_hash, "send": "agree"}
    )
    assert answer.headers["Location"] == HOME
    assert client.get(HOME).status_code == 200
    assert charter.consents.get().person_name == "管理 まり"
    assert "管理 まりさんが同意しました" in text_of(client.get(at("consent", manager)))


def test_putting_it_off_is_no_trap(manager):
    CharterFactory()
    client = signed_in(manager.user)
    client.post(at("consent", manager), {"later": "1"})
    page = text_of(client.get(HOME))
    assert "設置要綱への同意" in page
    assert signed_in(manager.user).get(HOME).status_code == 302  # asked again at the next sign-in
    assert client.get(at("people", manager)).status_code == 200


def test_without_the_tick_nothing_is_agreed(manager):
    charter = CharterFactory()
    response = signed_in(manager.user).post(
        at("consent", manager), {"text_hash": charter.text_hash, "send": "agree"}
    )
    assert response.status_code == 422
    assert not charter.consents.exists()


def test_charter_that_changed_meanwhile_is_shown_anew(manager):
    old = CharterFactory()
    client = signed_in(manager.user)
    client.get(at("consent", manager))
    CharterFactory(text="新しい本文です。")
    response = client.post(at("consent", manager), {"agree": "on", "text_hash": old.text_hash})
    page = text_of(response)
    assert response.status_code == 409
    assert "新しい本文です" in page
    assert "もう一度読んで" in page
    assert "checked" not in page


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_others_see_a_notice_and_cannot_agree(manager, role):
    charter = CharterFactory()
    client = signed_in(MembershipFactory(organization=manager.organization, role=role).user)
    assert "まだ同意していません" in text_of(client.get(HOME))
    assert "管理担当だけができます" in text_of(client.get(at("consent", manager)))
    answer = client.post(at("consent", manager), {"agree": "on", "text_hash": charter.text_hash})
    assert answer.status_code == 403


# --- People -------------------------------------------------------------------------------------
def test_manager_invites_changes_and_takes_off(manager, viewer):
    client = signed_in(manager.user)
    sent = client.post(
        at("person-invite", manager), {"email": "ＮＥＷ@npo.example", "name": "新しい 人", "role": "editor"}
    )
    assert sent.headers["Location"] == at("people", manager)
    invitation = Invitation.objects.get(email="new@npo.example")
    page = text_of(client.get(at("people", manager)))
    assert "新しい 人" in page
    client.post(at("person-invite-again", manager, invitation.pk))
    client.post(at("person-uninvite", manager, invitation.pk))
    invitation.refresh_from_db()
    assert invitation.withdrawn_by == manager.user
    client.post(at("person-change", manager, viewer.pk), {"role": "manager"})
    viewer.refresh_from_db()
    assert (viewer.role, viewer.is_contact) == ("manager", False)
    client.post(at("person-end", manager, viewer.pk))
    viewer.refresh_from_db()
    assert viewer.ended_at


def test_withdrawing_what_was_accepted_is_not_asked(manager):
    invitation = InvitationFactory(
        organization=manager.organization,
        membership_role="editor",
        role="member",
        accepted_at=timezone.now(),
        accepted_by=UserFactory(member=True),
    )
    answer = signed_in(manager.user).get(at("person-uninvite", manager, invitation.pk), follow=True)
    assert answer.redirect_chain[-1][0] == at("people", manager)
    assert "もう登録が済んでいます。担当から外すときは" in text_of(answer)


def test_the_same_reason_on_the_button_and_in_the_refusal(manager, viewer):
    InvitationFactory(
        organization=manager.organization, membership_role="editor", role="member", email="secret@npo.example"
    )
    client = signed_in(viewer.user)
    page = text_of(client.get(at("people", manager)))
    reason = "担当者を変えられるのは、団体の管理担当だけです"
    assert reason in page
    assert 'aria-disabled="true"' in page
    assert "secret@npo.example" not in page
    refused = client.get(at("person-invite", manager))
    assert refused.status_code == 403
    assert reason in text_of(refused)


def test_last_manager_is_told_why_not(manager):
    client = signed_in(manager.user)
    page = text_of(client.get(at("person-change", manager, manager.pk)))
    assert "最後の管理担当" in page
    refused = client.post(at("person-end", manager, manager.pk))
    assert refused.status_code == 403
    assert f'href="{HOME}">わたしの団体へ' in text_of(refused)


def test_leaving_leads_to_the_first_page(manager, viewer):
    client = signed_in(viewer.user)
    assert client.get(at("person-end", manager, viewer.pk)).status_code == 200
    assert client.post(at("person-end", manager, viewer.pk)).headers["Location"] == HOME
    assert client.get(at("people", manager)).status_code == 404


def my_addresses(membership: Membership, invitation: Invitation) -> list[str]:
    return [
        at("consent", membership),
        at("people", membership),
        at("person-invite", membership),
        at("person-change", membership, membership.pk),
        at("person-end", membership, membership.pk),
        at("person-invite-again", membership, invitation.pk),
        at("person-uninvite", membership, invitation.pk),
    ]


@pytest.mark.parametrize("who", ["manager of another", "former colleague", "staff", "member"])
def test_what_belongs_to_others_is_not_found(who, manager):
    invitation = InvitationFactory(organization=manager.organization, membership_role="editor", role="member")
    user = UserFactory(role="staff" if who == "staff" else "member")
    if who == "manager of another":
        user = MembershipFactory().user
    elif who == "former colleague":
        MembershipFactory(
            organization=manager.organization, user=user, ended_at=timezone.now() + dt.timedelta(seconds=1)
        )
    client = signed_in(user)
    for address in my_addresses(manager, invitation):
        assert client.post(address).status_code in {404, 405}, address
        assert client.get(address).status_code in {404, 405}, address
        assert Client().get(address).status_code == 302, address


def test_ids_walked_lead_to_nobody_elses_people(manager):
    """A manager who counts keys up and down inside her own organisation's addresses finds only her own."""
    others = [MembershipFactory(organization=OrganizationFactory()) for _each in range(5)]
    mine = {membership.pk for membership in manager.organization.memberships.all()}
    client = signed_in(manager.user)
    for pk in range(manager.pk - 3, max(one.pk for one in others) + 5):
        for name in ("person-change", "person-end"):
            status = client.get(at(name, manager, pk)).status_code
            assert status in ({200, 403} if pk in mine else {404}), (name, pk)
        assert client.post(at("person-end", manager, pk)).status_code in ({403} if pk in mine else {404})
    assert Membership.objects.current().count() == 6
