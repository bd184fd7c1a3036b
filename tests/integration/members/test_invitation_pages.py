"""The way in, as the invited person and the administrator meet it."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import Invitation, User
from tests.factories.mail import OutgoingMailFactory
from tests.factories.members import PASSWORD as KNOWN_PASSWORD
from tests.factories.members import SECRET, InvitationFactory, OrganizationFactory, UserFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db

OPEN = reverse("members:invitation-open", args=[SECRET])
ACCEPT = reverse("members:invitation-accept")
DEAD = "django.core.mail.backends.smtp.EmailBackend"
PASSWORD = "みなとの灯りは三つ-2026"
FORM = {"name": "会員 そら", "password1": PASSWORD, "password2": PASSWORD}
NEW = {"email": "ｓｏｒａ@npo.example", "name": "会員 そら", "section": "そら会", "role": "member"}


# --- The invited person -------------------------------------------------------------------------
def test_from_the_mail_to_signing_in(client):
    InvitationFactory(secret=SECRET, email="sora@npo.example", name="会員 そら", role="member")
    opened = client.get(OPEN)
    assert (opened.status_code, opened.headers["Location"]) == (302, ACCEPT)
    page = client.get(ACCEPT)
    assert SECRET not in page.content.decode()
    assert "sora@npo.example" in page.content.decode()
    done = client.post(ACCEPT, FORM)
    assert (done.status_code, done.headers["Location"]) == (302, reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert "登録できました" in client.get(reverse("account_login")).content.decode()
    entered = client.post(reverse("account_login"), {"login": "sora@npo.example", "password": PASSWORD})
    assert entered.headers["Location"] == reverse("my:home")


def test_nothing_of_it_is_kept_by_browser_or_cache(client):
    InvitationFactory(secret=SECRET)
    for response in (client.get(OPEN), client.get(ACCEPT)):
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_looking_uses_nothing_up(client):
    """Mail scanners open every link before the person does."""
    InvitationFactory(secret=SECRET)
    Client().head(OPEN)
    Client().get(OPEN)
    assert client.get(OPEN).status_code == 302


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("accepted", 410, "もう登録が済んでいます"),
        ("expired", 410, "期限が過ぎました"),
        ("withdrawn", 410, "招待が取り消されました"),
        ("unknown", 404, "途中で切れている"),
    ],
)
def test_unusable_links_say_what_to_do(client, state, status, words):
    now, someone = timezone.now(), UserFactory()
    values = {
        "accepted": {"accepted_at": now, "accepted_by": someone},
        "expired": {"expires_at": now - dt.timedelta(minutes=1)},
        "withdrawn": {"withdrawn_at": now, "withdrawn_by": someone},
        "unknown": {"secret_hash": "0" * 64},
    }[state]
    InvitationFactory(**({"secret": SECRET} | values))
    response = client.get(OPEN)
    assert response.status_code == status
    assert words in response.content.decode()
    assert "sora" not in response.content.decode()


def test_used_twice(client):
    InvitationFactory(secret=SECRET)
    other = Client()
    for browser in (client, other):
        browser.get(OPEN)
    assert client.post(ACCEPT, FORM).status_code == 302
    second = other.post(ACCEPT, FORM)
    assert second.status_code == 410
    assert User.objects.filter(name="会員 そら").count() == 1


def test_form_without_a_link_is_no_way_in(client):
    assert client.get(ACCEPT).status_code == 404
    assert client.post(ACCEPT, FORM).status_code == 404


# --- Somebody who has an account already ---------------------------------------------------------
@pytest.fixture
def for_an_organization(db):
    return InvitationFactory(
        secret=SECRET,
        email="sora@npo.example",
        role="member",
        organization=OrganizationFactory(name="まちの居場所の会"),
        membership_role="manager",
    )


def test_known_person_signs_in_and_then_says_yes(client, for_an_organization):
    user = UserFactory(email="sora@npo.example", member=True)
    client.get(OPEN)
    page = client.get(ACCEPT).content.decode()
    assert "まちの居場所の会" in page
    assert f"{reverse('account_login')}?next={ACCEPT}" in page
    assert 'name="password1"' not in page
    assert client.post(ACCEPT).status_code == 200
    assert user.memberships.count() == 0
    entered = client.post(
        f"{reverse('account_login')}?next={ACCEPT}", {"login": user.email, "password": KNOWN_PASSWORD}
    )
    assert entered.headers["Location"] == ACCEPT
    assert "担当者になる" in client.get(ACCEPT).content.decode()
    assert client.post(ACCEPT).headers["Location"] == reverse("my:home")
    assert user.memberships.get().role == "manager"
    assert client.get(OPEN).status_code == 410


def test_somebody_else_cannot_take_the_place(client, for_an_organization):
    UserFactory(email="sora@npo.example", member=True)
    other = UserFactory(email="other@npo.example", member=True)
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    client.get(OPEN)
    assert "ほかのメールアドレスでサインインしています" in client.get(ACCEPT).content.decode()
    assert client.post(ACCEPT).status_code == 200
    assert other.memberships.count() == 0


def test_new_person_sees_for_whom(client, for_an_organization):
    client.get(OPEN)
    page = client.get(ACCEPT).content.decode()
    assert "まちの居場所の会" in page
    assert "管理担当" in page
    client.post(ACCEPT, FORM)
    assert User.objects.get(email="sora@npo.example").memberships.get().role == "manager"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password1": "short", "password2": "short"}, "短すぎ"),
        ({"password1": "123456789012", "password2": "123456789012"}, "数字"),
        ({"password1": "password1234", "password2": "password1234"}, "一般的すぎ"),
        ({"password1": "sora@npo.example", "password2": "sora@npo.example"}, "似すぎ"),
        ({"password2": "ちがうパスワードです"}, "2つのパスワードがちがいます"),
        ({"name": ""}, "名前を書いてください"),
        ({"name": "そら\nBcc: all"}, "改行や見えない文字は使えません"),
        ({"name": "そ" * 61}, "60"),
        ({"password1": "あ" * 129, "password2": "あ" * 129}, "128"),
    ],
)
def test_what_is_wrong_is_said_in_japanese(client, change, words):
    InvitationFactory(secret=SECRET, email="sora@npo.example")
    client.get(OPEN)
    response = client.post(ACCEPT, FORM | change)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert PASSWORD not in response.content.decode()
    assert not User.objects.filter(email="sora@npo.example").exists()


def test_an_account_made_meanwhile_is_said(client):
    InvitationFactory(secret=SECRET, email="sora@npo.example")
    client.get(OPEN)
    UserFactory(email="sora@npo.example")
    page = client.post(ACCEPT, FORM)
    assert page.status_code == 200
    assert "すでにいます" in page.content.decode()


def test_role_and_address_cannot_be_chosen_by_the_invited(client):
    InvitationFactory(secret=SECRET, email="sora@npo.example", role="member")
    client.get(OPEN)
    client.post(ACCEPT, FORM | {"role": "administrator", "email": "other@npo.example", "is_active": "true"})
    assert User.objects.get(name="会員 そら").role == "member"
    assert User.objects.get(name="会員 そら").email == "sora@npo.example"


def test_whoever_tries_the_link_while_signed_in_is_signed_out(administrator_client):
    InvitationFactory(secret=SECRET)
    administrator_client.get(OPEN)
    administrator_client.post(ACCEPT, FORM)
    assert "_auth_user_id" not in administrator_client.session


def test_forged_form_is_refused():
    InvitationFactory(secret=SECRET)
    client = Client(enforce_csrf_checks=True)
    client.get(OPEN)
    assert client.post(ACCEPT, FORM).status_code == 403


# --- The administrator --------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_administrator_invites(administrator_client):
    response = administrator_client.post(reverse("members:invitation-create"), NEW, follow=True)
    assert "sora@npo.example に招待のメールを送ります" in response.content.decode()
    link = re.search(r"http://testserver(/invitation/\S+/)", mail.outbox[0].body)
    assert Client().get(link[1]).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_mail_server_away_is_said_and_nothing_is_lost(administrator_client, settings):
    backend, settings.PORTAL_MAIL_BACKEND = settings.PORTAL_MAIL_BACKEND, DEAD
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    response = administrator_client.post(reverse("members:invitation-create"), NEW, follow=True)
    assert "メールを送っています" in response.content.decode()
    assert "もう一度送る" in response.content.decode()
    settings.PORTAL_MAIL_BACKEND = backend
    assert len(delivered()) == 1
    page = administrator_client.get(reverse("members:invitation-list")).content.decode()
    assert "返事待ち" in page
    assert "メールを送っています" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "メールを送っています"),
        ("failed", "メールを送り直しています"),
        ("given_up", "メールを送れていません"),
        ("cancelled", "メールを送れていません"),
        ("sent", "返事待ち"),
    ],
)
def test_list_tells_how_far_the_last_mail_has_come(administrator_client, state, words):
    invitation = InvitationFactory()
    OutgoingMailFactory(about=invitation, state="given_up")
    OutgoingMailFactory(about=invitation, state=state)
    OutgoingMailFactory(about=UserFactory(), state="given_up")
    page = administrator_client.get(reverse("members:invitation-list")).content.decode()
    assert f">{words}</span>" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "x"}, "メールアドレス"),
        ({"role": ""}, "必須"),
        ({"role": "king"}, "king"),
        ({"name": "そ\x00ら"}, "目に見えない制御文字"),
        ({"section": "課\u202e"}, "見えない文字"),
    ],
)
def test_bad_invitation_is_said_beside_the_field(administrator_client, change, words):
    response = administrator_client.post(reverse("members:invitation-create"), NEW | change)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Invitation.objects.exists()


def test_somebody_who_is_in_already(administrator_client, owner):
    response = administrator_client.post(reverse("members:invitation-create"), NEW | {"email": owner.email})
    assert "すでにいます" in response.content.decode()


def test_somebody_who_is_invited_already(administrator_client):
    InvitationFactory(email="sora@npo.example", expires_at=timezone.now())
    response = administrator_client.post(reverse("members:invitation-create"), NEW)
    assert "招待の一覧の「もう一度送る」" in response.content.decode()


def test_a_used_invitation_shows_the_way_on_to_whoever_is_signed_in():
    invitation = InvitationFactory(secret=SECRET, accepted_at=timezone.now(), accepted_by=UserFactory())
    client = Client()
    client.force_login(invitation.accepted_by, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(OPEN).content.decode()
    assert "いまサインインしています" in page
    assert "サインインしてください" not in page


def test_withdraw_asks_first(administrator_client):
    invitation = InvitationFactory(name="<b>そら</b>")
    address = reverse("members:invitation-withdraw", args=[invitation.pk])
    page = administrator_client.get(address).content.decode()
    assert "取り消しますか" in page
    assert "<b>そら</b>" not in page
    administrator_client.post(address)
    invitation.refresh_from_db()
    assert invitation.condition == "withdrawn"
    again = administrator_client.post(address, follow=True)
    assert "すでに取り消されています" in again.content.decode()
    looked = administrator_client.get(address, follow=True)
    assert "すでに取り消されています" in looked.content.decode()
    assert "取り消しますか" not in looked.content.decode()


def test_settled_invitation_is_not_sent_again(administrator_client):
    invitation = InvitationFactory(accepted_at=timezone.now(), accepted_by=UserFactory())
    response = administrator_client.post(
        reverse("members:invitation-resend", args=[invitation.pk]), follow=True
    )
    assert "もう登録が済んでいます" in response.content.decode()
    assert delivered() == []


def test_list_by_state(administrator_client):
    InvitationFactory(name="待っている人")
    InvitationFactory(name="過ぎた人", expires_at=timezone.now() - dt.timedelta(days=1))
    InvitationFactory(name="入った人", accepted_at=timezone.now(), accepted_by=UserFactory())
    address = reverse("members:invitation-list")
    names = {"open": "待っている人", "expired": "過ぎた人", "accepted": "入った人"}
    for state, name in names.items():
        page = administrator_client.get(address, {"state": state}).content.decode()
        assert [other for other in names.values() if other in page] == [name]
    assert (
        "あてはまる招待はありません"
        in administrator_client.get(address, {"state": "withdrawn"}).content.decode()
    )


@pytest.mark.parametrize("query", [{"state": "garbage"}, {"page": "x"}, {"page": "999"}, {"state": "\x00"}])
def test_garbage_in_the_address_is_no_error(administrator_client, query):
    InvitationFactory(name="待っている人")
    response = administrator_client.get(reverse("members:invitation-list"), query)
    assert response.status_code == 200
    assert "待っている人" in response.content.decode()
    assert ("読めない条件" in response.content.decode()) == ("state" in query)


def test_empty_list_says_how_to_begin(administrator_client):
    assert "「招待する」から" in administrator_client.get(reverse("members:invitation-list")).content.decode()


def test_queries_do_not_grow_with_the_list(administrator_client, django_assert_num_queries):
    address = reverse("members:invitation-list")
    administrator_client.get(address)  # the first page also writes the session's form token
    for rows in (3, 40):
        InvitationFactory.create_batch(rows)
        with django_assert_num_queries(5):
            assert administrator_client.get(address).status_code == 200
