"""Second factors: demanded of desk users, set up once, kept encrypted, recorded."""

import re
import time
from io import StringIO
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from members.models import User
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from tests.addresses import PAGES, address_of, make_world
from tests.conftest import signed_in
from tests.factories.members import PASSWORD, InvitationFactory, UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.outbox import delivered, run_sender

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
INDEX = reverse("mfa_index")
ACTIVATE = reverse("mfa_activate_totp")
CODES = reverse("mfa_view_recovery_codes")


def text(response) -> str:
    return response.content.decode()


def code_of(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(user: User) -> Client:
    client = Client()
    assert client.post(LOGIN, {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


def with_app(user: User, secret: str) -> Authenticator:
    return Authenticator.objects.create(
        user=user, type="totp", data={"secret": get_adapter().encrypt(secret)}
    )


@pytest.fixture
def secret() -> str:
    return generate_totp_secret()


@pytest.fixture
def person() -> User:
    return UserFactory(name="県庁 あおい")


@pytest.fixture
def demanded(settings) -> None:
    settings.PORTAL_REQUIRE_MFA = True


# --- Demanded -----------------------------------------------------------------------------------
OPEN_WITHOUT = {
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
CLOSED = [page for page in PAGES if not page.is_public and page.name not in OPEN_WITHOUT]


def test_without_a_second_factor_nothing_but_its_setting_up(demanded):
    browser, world = signed_in(UserFactory(administrator=True)), make_world()
    for page in CLOSED:
        address = address_of(page, world)
        for response in (browser.get(address), browser.post(address)):
            assert (response.status_code, response.headers.get("Location")) == (302, INDEX), page.name


def test_the_list_above_is_not_empty():
    names = {page.name for page in CLOSED}
    assert {"desk:home", "members:user-list", "region:settings", "account_home"} <= names


def test_with_one_the_desk_is_open(person, secret, demanded):
    with_app(person, secret)
    assert signed_in(UserFactory()).get(reverse("account_home")).status_code == 302
    assert signed_in(person).get(reverse("account_home")).status_code == 200


def test_members_are_not_asked(demanded):
    assert signed_in(UserFactory(member=True)).get(reverse("account_home")).status_code == 200


def test_the_page_says_why_one_is_here(person, demanded):
    page = text(signed_in(person).get("/desk/", follow=True))
    assert "はじめに、2段階認証を設定してください" in page


def test_an_invitation_opens_for_somebody_without_one(person, demanded):
    InvitationFactory(secret="abc")
    assert signed_in(person).get("/invitation/abc/").headers["Location"] == "/invitation/"


# --- Setting up ---------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_from_sign_in_to_recovery_codes(demanded):
    person = UserFactory()
    client = sign_in(person)
    assert client.get("/desk/").headers["Location"] == INDEX
    page = text(client.get(ACTIVATE))
    assert '<img src="data:image/svg+xml;base64,' in page
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert "コードがちがいます" in text(client.post(ACTIVATE, {"code": "000000"}))
    response = client.post(ACTIVATE, {"code": code_of(secret)})
    assert response.headers["Location"] == CODES
    first = text(client.get(CODES))
    codes = re.findall(r"<code>(\d{8})</code>", first)
    assert len(set(codes)) == 10
    second = text(client.get(CODES))
    assert "あと 10 つです" in second
    assert not [code for code in codes if code in second]
    event = AuditEvent.objects.latest("pk")
    assert event.type == "members.second_factor_changed"
    assert (event.old, event.new) == (
        {"second_factors": []},
        {"second_factors": ["recovery_codes", "totp"]},
    )
    assert [message.to for message in delivered()] == [[person.email]]
    assert "認証アプリが加わりました" in delivered()[0].body


@pytest.mark.django_db(transaction=True)
def test_no_second_factor_without_its_audit_event(monkeypatch):
    person = UserFactory()
    client = sign_in(person)
    client.raise_request_exception = False
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", text(client.get(ACTIVATE)))[1]

    def fail(**kwargs: object) -> None:
        raise RuntimeError("audit is away")

    monkeypatch.setattr("platform_portal.audit.services.record", fail)
    assert client.post(ACTIVATE, {"code": code_of(secret)}).status_code == 500
    assert not Authenticator.objects.exists()
    assert delivered() == []


@pytest.mark.django_db(transaction=True)
def test_secrets_are_encrypted_at_rest(settings):
    person = UserFactory()
    client = sign_in(person)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", text(client.get(ACTIVATE)))[1]
    client.post(ACTIVATE, {"code": code_of(secret)})
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    app = Authenticator.objects.get(type="totp")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-" + "y" * 50
    assert TOTP(app).validate_code(code_of(secret))  # readable after the key was changed


def test_app_and_browser_are_told_the_name_of_the_portal(person):
    PortalSettingsFactory(portal_name="よりそいひろば")
    client = sign_in(person)
    assert quote("よりそいひろば") in client.get(ACTIVATE).context["totp_url"]
    options = client.get(reverse("mfa_add_webauthn")).context["js_data"]["creation_options"]
    assert options["publicKey"]["rp"] == {"id": "testserver", "name": "よりそいひろば"}


def test_somebody_at_an_old_session_must_prove_it_again(person):
    client = sign_in(person)
    with time_machine.travel(time.time() + 16 * 60):
        response = client.get(ACTIVATE)
        assert response.headers["Location"].startswith(reverse("account_reauthenticate"))
        page = text(client.get(response.headers["Location"]))
        assert "ご本人の確認" in page
        assert "パスワードがちがいます" in text(client.post(response.headers["Location"], {"password": "x"}))
        back = client.post(response.headers["Location"], {"password": PASSWORD})
        assert back.headers["Location"] == ACTIVATE
        assert client.get(ACTIVATE).status_code == 200


def test_way_back_after_proving_is_ours_only(person):
    client = sign_in(person)
    address = reverse("account_reauthenticate") + "?next=https://evil.example/"
    assert client.post(address, {"password": PASSWORD}).headers["Location"] == "/desk/"


# --- Signing in with it -------------------------------------------------------------------------
def at_second_step(user: User) -> Client:
    client = Client()
    response = client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    return client


def test_code_of_the_app(person, secret):
    with_app(person, secret)
    client = at_second_step(person)
    assert "コードがちがいます" in text(client.post(reverse("mfa_authenticate"), {"code": "000000"}))
    assert client.get("/desk/").status_code == 302
    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert response.headers["Location"] == "/desk/"
    assert "_auth_user_id" in client.session


def test_a_slow_clock_is_forgiven_a_wrong_one_is_not(person, secret):
    with_app(person, secret)
    for steps, enters in ((-1, True), (-3, False)):
        response = at_second_step(person).post(
            reverse("mfa_authenticate"), {"code": code_of(secret, steps=steps)}
        )
        assert (response.status_code == 302) == enters


def test_a_code_works_once(person, secret):
    with_app(person, secret)
    code = code_of(secret)
    assert at_second_step(person).post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert at_second_step(person).post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_guessing_codes_is_limited(person, secret):
    with_app(person, secret)
    client = at_second_step(person)
    for number in range(5):
        client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
    page = text(client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}))
    assert "5分ほど待って" in page
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)
def test_recovery_code_works_once_and_new_ones_replace_old():
    person = UserFactory()
    client = sign_in(person)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", text(client.get(ACTIVATE)))[1]
    client.post(ACTIVATE, {"code": code_of(secret)})
    codes = re.findall(r"<code>(\d{8})</code>", text(client.get(CODES)))
    assert at_second_step(person).post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert at_second_step(person).post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    generate = reverse("mfa_generate_recovery_codes")
    assert "前の予備コードは、すべて使えなくなります" in text(client.get(generate))
    assert client.post(generate).headers["Location"] == CODES
    fresh = re.findall(r"<code>(\d{8})</code>", text(client.get(CODES)))
    assert len(fresh) == 10
    assert at_second_step(person).post(reverse("mfa_authenticate"), {"code": codes[1]}).status_code == 200
    assert at_second_step(person).post(reverse("mfa_authenticate"), {"code": fresh[1]}).status_code == 302


def test_second_step_can_be_given_up(person, secret):
    with_app(person, secret)
    client = at_second_step(person)
    assert client.get(LOGIN).headers["Location"] == reverse("mfa_authenticate")
    response = client.post(reverse("account_logout"), {"next": LOGIN}, follow=True)
    assert response.redirect_chain == [(LOGIN, 302)]
    assert "パスワードを忘れたとき" in text(response)


def test_somebody_stopped_between_the_steps_stays_out(person, secret):
    with_app(person, secret)
    client = at_second_step(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get(reverse("account_home")).status_code == 302


def test_second_factor_reset_between_the_steps_leads_to_signing_in(person, secret):
    app = with_app(person, secret)
    client = at_second_step(person)
    app.delete()
    response = client.get(LOGIN, follow=True)
    assert response.redirect_chain == [(reverse("mfa_authenticate"), 302), (LOGIN, 302)]
    assert "もう一度サインインしてください" in text(response)
    assert client.post(LOGIN, {"login": person.email, "password": PASSWORD}).headers["Location"] == "/desk/"


def test_code_may_be_typed_in_full_width(person, secret):
    with_app(person, secret)
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in code_of(secret))
    assert at_second_step(person).post(reverse("mfa_authenticate"), {"code": typed}).status_code == 302


def test_second_step_without_the_first_leads_back(client):
    assert client.get(reverse("mfa_authenticate")).headers["Location"] == LOGIN
    assert client.post(reverse("mfa_authenticate"), {"code": "123456"}).headers["Location"] == LOGIN


# --- Taking it off ------------------------------------------------------------------------------
def test_app_taken_off_takes_the_codes_along(person, secret, django_capture_on_commit_callbacks):
    with_app(person, secret)
    Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": "", "used_mask": 0})
    client = at_second_step(person)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    address = reverse("mfa_deactivate_totp")
    assert "外しますか" in text(client.get(address))
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address).headers["Location"] == INDEX
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.latest("pk").old == {"second_factors": ["recovery_codes", "totp"]}
    assert "認証アプリが外されました" in delivered()[-1].body


def test_keys_of_others_cannot_be_touched(person):
    other = Authenticator.objects.create(user=UserFactory(), type="webauthn", data={})
    client = sign_in(person)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
        assert client.post(reverse(name, args=[other.pk])).status_code == 404


GARBAGE = [
    "",
    "{}",
    "[]",
    "null",
    "not json",
    "5",
    '"text"',
    '{"id": "x"}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "authenticatorData": "YQ", "signature": "YQ", "userHandle": "YQ", "attestationObject": "YQ"}}',
    '{"id": 1, "rawId": 2, "type": 3, "response": 4}',
]


@pytest.mark.parametrize("credential", GARBAGE)
def test_a_made_up_passkey_is_refused_politely(person, client, credential):
    response = client.post(reverse("mfa_login_webauthn"), {"credential": credential}, follow=True)
    assert response.redirect_chain == [(LOGIN, 302)]
    signed = sign_in(person)
    added = signed.post(reverse("mfa_add_webauthn"), {"name": "鍵", "credential": credential})
    assert added.status_code == 200
    assert "もう一度確かめてください" in text(added)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", GARBAGE)
def test_a_made_up_passkey_is_no_second_step(person, secret, credential):
    with_app(person, secret)
    client = at_second_step(person)
    assert client.post(reverse("mfa_authenticate"), {"credential": credential}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_mail_server_that_is_away_stops_nothing(person, settings):
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client = sign_in(person)
    new = "みなとの灯りは三つ-2026"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    assert run_sender().is_server_away
    assert OutgoingMail.objects.get().state == "waiting"


def test_allauth_sends_no_mail_of_its_own():
    from members.adapters import AccountAdapter

    with pytest.raises(NotImplementedError):
        AccountAdapter().send_mail("account/email/unknown_account", "a@portal.example", {})
    AccountAdapter().send_notification_mail("account/email/something_new", UserFactory())
    assert delivered() == []


def test_an_old_key_can_be_dropped_after_encrypting_again(person, secret, settings):
    with_app(person, secret)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" + "y" * 50, []
    with pytest.raises(CommandError, match="前の鍵が見つかりません"):
        call_command("reencrypt_second_factors")
    settings.SECRET_KEY_FALLBACKS = [old]
    out = StringIO()
    call_command("reencrypt_second_factors", stdout=out)
    assert "1 件" in out.getvalue()
    settings.SECRET_KEY_FALLBACKS = []
    assert TOTP(Authenticator.objects.get()).validate_code(code_of(secret))
