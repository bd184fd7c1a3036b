"""Signing in, staying in, getting out: what a browser is told and what an attacker meets."""

import logging
import os
import re
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.core.cache import caches
from django.test import Client, TestCase
from django.urls import NoReverseMatch, reverse

from members.adapters import AccountAdapter
from members.models import User
from platform_portal.audit.models import AuditEvent
from platform_portal.cache import ForgivingRedisCache
from platform_portal.mail.models import OutgoingMail
from tests.addresses import PAGES
from tests.conftest import signed_in
from tests.factories.members import PASSWORD, UserFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
RESET = reverse("account_reset_password")
HOME = reverse("account_home")
TOO_MANY = "5分ほど待って"


def sign_in(client: Client, email: str, password: str = PASSWORD, **data: str):
    return client.post(LOGIN, {"login": email, "password": password, **data})


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def person() -> User:
    return UserFactory(email="aoi@portal.example", name="県庁 あおい")


# --- In and out ---------------------------------------------------------------------------------
def test_desk_users_land_on_the_desk_and_members_on_their_first_page(client, person):
    assert sign_in(client, person.email).headers["Location"] == "/desk/"
    member = UserFactory(member=True)
    assert sign_in(Client(), member.email).headers["Location"] == reverse("my:home")


def test_address_may_be_typed_in_capitals(client, person):
    assert sign_in(client, " AOI@Portal.example ").status_code == 302


def test_wrong_password_and_unknown_address_get_the_same_answer(client, person):
    wrong = text(sign_in(client, person.email, "wrong"))
    unknown = text(sign_in(Client(), "nobody@portal.example", "wrong"))
    inactive = text(sign_in(Client(), UserFactory(inactive=True).email, "wrong"))
    assert "メールアドレスかパスワードがちがいます" in wrong

    def bare(page: str) -> str:
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        return re.sub(r"[\w.]+@portal\.example", "", page)

    assert bare(wrong) == bare(unknown) == bare(inactive)


def test_inactive_people_are_told_after_the_right_password(client):
    response = sign_in(client, UserFactory(inactive=True).email)
    page = client.get(response.headers["Location"])
    assert "いま使えません" in text(page)
    assert "_auth_user_id" not in client.session


def test_signing_out_needs_a_click(client, person):
    sign_in(client, person.email)
    assert "サインアウトしますか" in text(client.get(reverse("account_logout")))
    assert "_auth_user_id" in client.session
    response = client.post(reverse("account_logout"), follow=True)
    assert "サインアウトしました" in text(response)
    assert "_auth_user_id" not in client.session


def test_sign_out_is_on_every_account_page(client, person):
    client = signed_in(person)
    for name in ("account_home", "account_change_password", "mfa_index"):
        assert f'action="{reverse("account_logout")}"' in text(client.get(reverse(name), follow=True))


def test_sign_out_everywhere(person):
    here, there = signed_in(person), signed_in(person)
    response = here.post(reverse("account_sign_out_everywhere"), follow=True)
    assert "すべての端末でサインアウトしました" in text(response)
    assert there.get(HOME).status_code == 302
    assert here.get(reverse("account_sign_out_everywhere")).status_code in {302, 405}


# --- Way back, only to our own pages ------------------------------------------------------------
def test_anonymous_is_sent_to_sign_in_and_back(client, person):
    response = client.get("/desk/users/?role=staff")
    assert response.headers["Location"] == f"{LOGIN}?next=/desk/users/%3Frole%3Dstaff"
    page = text(client.get(response.headers["Location"]))
    assert '<input type="hidden" name="next" value="/desk/users/?role=staff">' in page
    back = sign_in(client, person.email, next="/desk/users/?role=staff")
    assert back.headers["Location"] == "/desk/users/?role=staff"


CLOSED = [page for page in PAGES if page.name.startswith(("account_", "mfa_")) and not page.is_public]


@pytest.mark.parametrize("page", CLOSED, ids=lambda page: page.name)
def test_ones_own_account_needs_a_sign_in(client, page):
    address = reverse(page.name, args=[1] if "<int:pk>" in page.pattern else [])
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 302
        assert response.headers["Location"].startswith(LOGIN)


def test_there_are_account_pages_to_look_at():
    assert len(CLOSED) >= 15


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://localhost/desk/",  # allowed as a host, but not the one that was asked
        "\thttps://evil.example",
        "https:evil.example",
    ],
)
def test_never_to_another_host(client, person, target):
    assert sign_in(client, person.email, next=target).headers["Location"] == "/desk/"
    out = client.post(reverse("account_logout"), {"next": target})
    assert out.headers["Location"] == LOGIN


def test_members_are_told_why_the_desk_is_closed(outsider_client):
    response = outsider_client.get("/desk/")
    assert response.status_code == 403
    assert "「会員団体の担当者」の権限では、この操作はできません" in text(response)


# --- Limits -------------------------------------------------------------------------------------
@pytest.mark.parametrize("email", ["aoi@portal.example", "nobody@portal.example"])
def test_sixth_wrong_password_is_refused(client, person, email):
    for _ in range(5):
        assert "ちがいます" in text(sign_in(client, email, "wrong"))
    assert TOO_MANY in text(sign_in(client, email, "wrong"))
    assert TOO_MANY in text(sign_in(client, email))  # even the right one
    assert "_auth_user_id" not in client.session


def test_wrong_passwords_of_one_do_not_lock_out_another(client, person):
    for number in range(6):
        sign_in(client, person.email, f"wrong {number}")
    assert sign_in(Client(), UserFactory().email).status_code == 302


def test_eleven_wrong_from_one_place_are_refused_whoever_is_tried(client):
    for number in range(10):
        sign_in(client, f"person{number}@other.example", "wrong")
    assert TOO_MANY in text(sign_in(client, "person11@other.example", "wrong"))
    other_place = Client(REMOTE_ADDR="192.0.2.9")
    assert "ちがいます" in text(sign_in(other_place, "person12@other.example", "wrong"))


def test_behind_a_proxy_the_limit_counts_the_sender(settings):
    """Otherwise eleven mistakes in one office would lock out the whole prefecture."""
    settings.PORTAL_TRUSTED_PROXIES = 1
    for number in range(10):
        client = Client(headers={"x-forwarded-for": "198.51.100.1"})
        sign_in(client, f"person{number}@other.example", "wrong")
    assert TOO_MANY in text(
        sign_in(Client(headers={"x-forwarded-for": "198.51.100.1"}), "a@other.example", "wrong")
    )
    assert "ちがいます" in text(
        sign_in(Client(headers={"x-forwarded-for": "198.51.100.2"}), "b@other.example", "wrong")
    )


def test_a_flood_gets_a_plain_page(client):
    for _ in range(30):
        client.post(LOGIN, {})
    response = client.post(LOGIN, {})
    assert response.status_code == 429
    assert "少し待ってください" in text(response)


@pytest.fixture
def redis_away(monkeypatch):
    dead = ForgivingRedisCache("unix:///nowhere/redis.sock", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    monkeypatch.setattr(caches._connections, "default", dead, raising=False)


def test_without_redis_people_still_get_in_and_it_is_logged(client, person, redis_away, caplog):
    with caplog.at_level(logging.WARNING):
        assert "ちがいます" in text(sign_in(client, person.email, "wrong"))
        assert sign_in(client, person.email).headers["Location"] == "/desk/"
    assert "cache unavailable: ConnectionError" in caplog.text


# --- Forgotten passwords ------------------------------------------------------------------------
def reset_link() -> str:
    return re.search(r"http://testserver(/accounts/password/reset/key/\S+/)", delivered()[-1].body)[1]


def test_forgotten_password(client, person):
    other = signed_in(person)
    assert client.post(RESET, {"email": person.email}).headers["Location"] == reverse(
        "account_reset_password_done"
    )
    link = reset_link()
    response = client.get(link, follow=True)
    address = response.redirect_chain[-1][0]
    assert address.endswith("-set-password/")
    new = "みなとの灯りは三つ-2026"
    done = client.post(address, {"password1": new, "password2": new}, follow=True)
    assert "パスワードが決まりました" in text(done)
    assert "_auth_user_id" not in client.session
    assert other.get(HOME).status_code == 302  # every other session has ended
    assert sign_in(Client(), person.email, new).status_code == 302
    assert AuditEvent.objects.latest("pk").type == "members.password_reset"
    assert "もう使えません" in text(Client().get(link, follow=True))


def test_unknown_address_gets_the_same_answer_and_no_mail(client, person):
    known = client.post(RESET, {"email": person.email}, follow=True)
    sent = len(delivered())
    unknown = Client().post(RESET, {"email": "nobody@portal.example"}, follow=True)
    inactive = Client().post(RESET, {"email": UserFactory(inactive=True).email}, follow=True)
    assert text(known) == text(unknown) == text(inactive)
    assert len(delivered()) == sent == 1


def test_every_answer_takes_the_same_time(client, person, monkeypatch, settings):
    """Writing the mail takes a few milliseconds that nobody may see; the sender is woken for everybody."""
    settings.PORTAL_RESET_SECONDS = 60
    slept, woken = [], []
    monkeypatch.setattr("members.forms.account.time.sleep", slept.append)
    monkeypatch.setattr("members.forms.account.wake_sender", lambda: woken.append("unknown"))
    monkeypatch.setattr("platform_portal.mail.backend.wake_sender", lambda: woken.append("known"))
    began = time.monotonic()
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(RESET, {"email": person.email})
    client.post(RESET, {"email": "nobody@portal.example"})
    work = time.monotonic() - began
    assert [60 - work < seconds < 60 for seconds in slept] == [True, True]
    assert woken == ["known", "unknown"]


def test_writing_the_mail_fits_into_the_time_of_the_answer(client, person, settings, monkeypatch):
    """Of our own work: how long a busy machine lets us wait for it is another matter."""
    slept: list[float] = []
    clock = SimpleNamespace(monotonic=time.process_time, sleep=slept.append)
    monkeypatch.setattr("members.forms.account.time", clock)
    settings.PORTAL_RESET_SECONDS = 0.4  # as in production
    for _attempt in range(3):
        client.post(RESET, {"email": person.email})
    assert max(slept) > 0.2


def test_a_link_that_is_dead_is_not_sent(client, person):
    client.post(RESET, {"email": person.email})
    with time_machine.travel(time.time() + 25 * 3600):
        assert delivered() == []
    assert OutgoingMail.objects.get().state == "given_up"


def test_link_waits_sealed_until_it_is_sent(client, person):
    client.post(RESET, {"email": person.email})
    row = OutgoingMail.objects.get()
    assert "/key/" not in row.text + row.html
    reset_link()
    row.refresh_from_db()
    assert (row.text, row.html, row.state) == ("", "", "sent")


@pytest.mark.parametrize("address", ["x-y", "1-aaa-bbb", "zzzzzzzzzzzzz-set-password", "1-" + "a" * 100])
def test_made_up_reset_links(client, address):
    response = client.get(f"/accounts/password/reset/key/{address}/")
    assert response.status_code == 200
    assert "もう使えません" in text(response)


@pytest.mark.parametrize(("hours", "works"), [(23, True), (25, False)])
def test_reset_links_live_a_day(client, person, hours, works):
    client.post(RESET, {"email": person.email})
    link = reset_link()
    with time_machine.travel(time.time() + hours * 3600):
        page = text(Client().get(link, follow=True))
    assert ("もう使えません" in page) != works


def test_change_of_password(person):
    here, there = signed_in(person), signed_in(person)
    new = "みなとの灯りは三つ-2026"
    wrong = here.post(
        reverse("account_change_password"), {"oldpassword": "x", "password1": new, "password2": new + "x"}
    )
    assert "いまのパスワードがちがいます" in text(wrong)
    assert "2つのパスワードがちがいます" in text(wrong)
    done = here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
        follow=True,
    )
    assert "パスワードを変えました" in text(done)
    assert here.get(HOME).status_code == 200
    assert there.get(HOME).status_code == 302
    assert AuditEvent.objects.latest("pk").type == "members.password_changed"


@pytest.mark.django_db(transaction=True)
def test_password_is_not_changed_without_its_audit_event(monkeypatch):
    person = UserFactory()
    client = signed_in(person)
    client.raise_request_exception = False

    def fail(**kwargs: object) -> None:
        raise RuntimeError("audit is away")

    monkeypatch.setattr("platform_portal.audit.services.record", fail)
    new = "みなとの灯りは三つ-2026"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), data).status_code == 500
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


# --- What the browser is told -------------------------------------------------------------------
def test_cookie_flags(client, person):
    sign_in(client, person.email)
    cookie = client.cookies["desk_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]  # gone when the browser closes
    assert set(client.cookies) == {"desk_session"}


def test_session_ends_after_eight_hours(client, person):
    sign_in(client, person.email)
    assert django_settings.SESSION_COOKIE_AGE == 8 * 60 * 60
    with time_machine.travel(time.time() + 8 * 3600 + 60):
        assert client.get(HOME).status_code == 302


def test_cookies_are_secure_on_https():
    """Settings follow PORTAL_ORIGIN; read by a process of its own, as in production."""
    program = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.PORTAL_REQUIRE_MFA,"
        " s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "platform_portal.settings",
        "PORTAL_ENV": "production",  # the .env of a developer must not answer for it
        "PORTAL_SECRET_KEY": "x" * 60,
        "PORTAL_ORIGIN": "https://portal.example.jp",
        "DATABASE_URL": "postgresql://db.example/portal",
        "REDIS_URL": "redis://redis.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "True", "True", "True", "False"]


def test_session_gets_another_number_at_sign_in(client, person):
    client.get(LOGIN)
    before = client.session.session_key
    sign_in(client, person.email)
    assert client.session.session_key != before


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
def test_pages_before_signing_in_are_not_kept(client, name):
    assert "no-store" in client.get(reverse(name)).headers["Cache-Control"]


def test_forged_sign_in_is_refused(person):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, person.email).status_code == 403


# --- What does not exist ------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "signup/passkey/",
        "email/",
        "confirm-email/",
        "confirm-email/key/",
        "password/set/",
        "login/code/",
        "login/code/confirm/",
        "social/signup/",
        "3rdparty/",
        "2fa/trust/",
        "2fa/webauthn/signup/",
        "2fa/recovery-codes/download/",
        "phone/verify/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_we_do_not_use_is_not_there(client, owner_client, path, method):
    for browser in (client, owner_client):
        assert getattr(browser, method)(f"/accounts/{path}").status_code == 404


def test_nobody_can_sign_up():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert AccountAdapter().is_open_for_signup(None) is False


def test_account_pages_hold_second_factor_state(person):
    client = signed_in(person)
    assert "まだ設定していません" in text(client.get(HOME))
    Authenticator.objects.create(user=person, type="totp", data={})
    assert "設定してあります" in text(client.get(HOME))
