"""Signing in with a real browser: passkeys under our Content-Security-Policy, and axe on every account page."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from members.models import User
from tests.factories.members import PASSWORD, InvitationFactory, UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.functional.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)

HOME = reverse("account_home")
NEW = "みなとの灯りは三つ-2026"


@pytest.fixture
def person() -> User:
    return UserFactory(name="県庁 あおい", email="aoi@portal.example", member=True)


def add_authenticator(visitor: Any, *, verifies: bool = True) -> Any:
    """A security key made of software, inside Chromium."""
    cdp = visitor.context.new_cdp_session(visitor.page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp


def sign_in(visitor: Any, password: str = PASSWORD, to: str = HOME) -> None:
    visitor.open(f"{reverse('account_login')}?next={to}")
    visitor.page.get_by_label("メールアドレス").fill("aoi@portal.example")
    visitor.page.get_by_label("パスワード").fill(password)
    visitor.page.get_by_role("button", name="サインイン", exact=True).click()


def arrives(visitor: Any, path: str) -> None:
    visitor.page.wait_for_url(lambda url: urlsplit(url).path == path)


def add_passkey(visitor: Any, *, passwordless: bool) -> None:
    visitor.open(reverse("mfa_add_webauthn"))
    if passwordless:
        visitor.page.get_by_label("パスワードなしのサインインにも使う").check()
    visitor.page.get_by_role("button", name="登録する").click()
    arrives(visitor, reverse("mfa_view_recovery_codes"))


# --- Passkeys -----------------------------------------------------------------------------------
def test_passkey_instead_of_a_password(visit, person):
    visitor = visit(DESK)
    add_authenticator(visitor)
    sign_in(visitor)
    add_passkey(visitor, passwordless=True)
    expect(visitor.page.locator("main code")).to_have_count(10)
    visitor.page.get_by_role("button", name="サインアウト").click()
    visitor.open(f"{reverse('account_login')}?next={HOME}")
    visitor.page.get_by_role("button", name="パスキーでサインイン").click()
    arrives(visitor, HOME)
    expect(visitor.page.locator("h1")).to_have_text("アカウント", use_inner_text=True)
    assert visitor.problems == []
    assert visitor.traffic.foreign == []


def test_passkey_as_the_second_step_and_to_prove_oneself(visit, person, settings):
    visitor = visit(PHONE)
    add_authenticator(visitor)
    sign_in(visitor)
    add_passkey(visitor, passwordless=False)
    visitor.page.get_by_role("button", name="サインアウト").click()
    sign_in(visitor)
    expect(visitor.page.locator("h1")).to_have_text("2段階認証", use_inner_text=True)
    visitor.page.get_by_role("button", name="パスキーで確かめる").click()
    arrives(visitor, HOME)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    visitor.open(reverse("mfa_reauthenticate_webauthn") + f"?next={HOME}")
    expect(visitor.page.locator("h1")).to_have_text("ご本人の確認", use_inner_text=True)
    visitor.page.get_by_role("button", name="パスキーで確かめる").click()
    arrives(visitor, HOME)
    assert visitor.problems == []


def test_passkey_gets_a_name_and_is_taken_off(visit, person):
    visitor = visit(DESK)
    add_authenticator(visitor)
    sign_in(visitor)
    add_passkey(visitor, passwordless=True)
    visitor.open(reverse("mfa_list_webauthn"))
    visitor.page.get_by_role("link", name="名前を変える").click()
    visitor.page.get_by_label("名前").fill("職場のパソコン")
    visitor.page.get_by_role("button", name="名前を変える").click()
    visitor.page.get_by_role("heading", name="職場のパソコン").wait_for()
    visitor.page.get_by_role("link", name="外す").click()
    visitor.page.get_by_role("button", name="外す").click()
    expect(visitor.page.locator("main")).to_contain_text(
        "登録してあるパスキーはありません", use_inner_text=True
    )
    assert not Authenticator.objects.exists()


def test_a_passkey_that_fails_is_said_in_words(visit, person):
    visitor = visit(PHONE)
    add_authenticator(visitor, verifies=False)
    visitor.open(reverse("account_login"))
    visitor.page.get_by_role("button", name="パスキーでサインイン").click()
    alert = visitor.page.get_by_role("alert")
    expect(alert).to_contain_text("パスキーを使えませんでした", use_inner_text=True)
    assert visitor.problems == []


def test_passkeys_need_a_named_address(visit, person):
    visitor = visit(PHONE)
    visitor.context.unroute_all()
    visitor.page.goto(visitor.base.replace("localhost", "127.0.0.1") + reverse("account_login"))
    visitor.page.get_by_role("button", name="パスキーでサインイン").click()
    alert = visitor.page.get_by_role("alert")
    expect(alert).to_contain_text("名前のアドレス", use_inner_text=True)


# --- The whole way in ---------------------------------------------------------------------------
def test_from_the_invitation_to_a_second_factor_by_keyboard(visit, settings):
    settings.PORTAL_REQUIRE_MFA = True
    InvitationFactory(secret="abc", email="aoi@portal.example", name="県庁 あおい", role="staff")
    visitor = visit(DESK)
    visitor.open("/invitation/abc/")
    assert "abc" not in visitor.page.url
    page = visitor.page
    page.get_by_label("名前").focus()
    for text in ("", NEW, NEW):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    arrives(visitor, reverse("account_login"))
    sign_in(visitor, NEW, to="/desk/")
    expect(visitor.page.locator("h1")).to_have_text("2段階認証の設定", use_inner_text=True)
    expect(page.locator("main")).to_contain_text("はじめに、2段階認証を設定してください", use_inner_text=True)
    page.get_by_role("link", name="認証アプリを設定する").press("Enter")
    drawing = page.get_by_role("img", name=re.compile("読み取る模様"))
    expect(drawing).to_have_js_property("complete", True)
    assert drawing.evaluate("image => image.naturalWidth > 0")  # allowed by the policy
    page.get_by_text("模様を読み取れないとき").click()
    page.locator("main code").wait_for()
    secret = page.locator("main code").inner_text()
    page.get_by_label("認証アプリに出た6桁の数字").fill(
        format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    )
    page.keyboard.press("Enter")
    arrives(visitor, reverse("mfa_view_recovery_codes"))
    expect(visitor.page.locator("h1")).to_have_text("予備コード", use_inner_text=True)
    with page.expect_download() as download:
        page.get_by_role("link", name="ファイルに保存する").click()
    assert len(download.value.path().read_text().split()) == 10
    page.get_by_role("link", name="しまったので、先へ進む").click()
    expect(visitor.page.locator("h1")).to_have_text("アカウント", use_inner_text=True)
    assert visitor.problems == []
    assert visitor.traffic.foreign == []


def test_without_javascript(visit, person):
    visitor = visit(PHONE, java_script_enabled=False)
    sign_in(visitor)
    expect(visitor.page.locator("h1")).to_have_text("アカウント", use_inner_text=True)
    visitor.page.get_by_role("button", name="サインアウト", exact=True).click()
    expect(visitor.page.locator("main")).to_contain_text("サインアウトしました", use_inner_text=True)
    assert not visitor.page.get_by_role("button", name="パスキーでサインイン").is_visible()
    expect(visitor.page.locator("main")).to_contain_text("JavaScript を有効に", use_inner_text=True)


# --- Every page: axe, width, console ------------------------------------------------------------
def test_pages_before_signing_in(visit):
    PortalSettingsFactory()
    InvitationFactory(secret="open")
    InvitationFactory(secret="late", expires_at=timezone.now())
    visitor = visit()
    for name in (
        "account_login",
        "account_reset_password",
        "account_reset_password_done",
        "account_inactive",
    ):
        visitor.see(reverse(name))
    visitor.see(reverse("account_reset_password_from_key_done"))
    visitor.see("/accounts/password/reset/key/x-y/")
    visitor.see("/invitation/late/")
    visitor.see("/invitation/nobody/")
    visitor.see("/invitation/open/")
    visitor.page.get_by_role("button", name="登録する").click()  # with everything empty: errors
    assert visitor.axe_violations() == []
    visitor.open(reverse("account_login"))
    visitor.page.get_by_role("button", name="サインイン", exact=True).click()
    assert visitor.axe_violations() == []


def test_pages_of_ones_own_account(visit, person, settings):
    PortalSettingsFactory()
    visitor = visit()
    add_authenticator(visitor)
    sign_in(visitor)
    names = ["account_home", "account_logout", "account_change_password", "mfa_index", "mfa_activate_totp"]
    for name in (*names, "mfa_list_webauthn", "mfa_add_webauthn"):
        visitor.see(reverse(name))
    add_passkey(visitor, passwordless=False)
    assert visitor.axe_violations() == []
    for name in ("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_index", "mfa_list_webauthn"):
        visitor.see(reverse(name))
    key = Authenticator.objects.get(type="webauthn").pk
    visitor.see(reverse("mfa_edit_webauthn", args=[key]))
    visitor.see(reverse("mfa_remove_webauthn", args=[key]))
    for name in ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"):
        visitor.see(reverse(name))
    Authenticator.objects.filter(type="webauthn").update(type="totp", data={"secret": ""})
    visitor.see(reverse("mfa_deactivate_totp"))
    visitor.page.get_by_role("button", name="サインアウト", exact=True).click()
    sign_in(visitor)
    expect(visitor.page.locator("h1")).to_have_text("2段階認証", use_inner_text=True)
    assert visitor.axe_violations() == []


def test_administrator_invites_and_sees_it(visit, administrator):
    visitor = visit(DESK)
    visitor.be(administrator)
    visitor.open(reverse("members:user-list"))
    visitor.page.get_by_role("link", name="招待する").click()
    visitor.page.get_by_label("メールアドレス").fill("sora@npo.example")
    visitor.page.get_by_label("名前").fill("会員 そら")
    visitor.page.get_by_label("権限").select_option("member")
    visitor.page.get_by_role("button", name="招待のメールを送る").click()
    expect(visitor.page.locator("main")).to_contain_text(
        "sora@npo.example に招待のメールを送ります", use_inner_text=True
    )
    assert f"{django_settings.PORTAL_ORIGIN}/invitation/" in mail.outbox[0].body
