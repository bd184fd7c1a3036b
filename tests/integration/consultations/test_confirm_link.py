"""The page behind the link in a mail that asks for verification."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import ConsultationWindow, ErrorReport, VerificationRequest
from consultations.models.verification import Outcome
from consultations.verification_links import make_link_token
from members.models import Membership
from platform_portal.audit.models import AuditEvent
from platform_portal.public_forms import new_token
from tests.conftest import signed_in
from tests.factories.consultations import VerificationRequestFactory, WindowFactory
from tests.factories.members import MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact() -> Membership:
    return MembershipFactory(organization=OrganizationFactory(name="まちの会"))


@pytest.fixture
def asked(contact: Membership) -> ConsultationWindow:
    window = WindowFactory(
        organization=contact.organization, name="まちの窓口", opening_hours="Mo-Fr 08:30-17:15"
    )
    VerificationRequestFactory(window=window)
    return window


@pytest.fixture
def address(contact: Membership, asked: ConsultationWindow) -> str:
    return reverse("consultations:confirm", args=[make_link_token(contact)])


def form(window: ConsultationWindow, purpose: str = "window-confirmation", **values: Any) -> dict[str, Any]:
    """As a person sends it, some seconds after the page was opened."""
    with time_machine.travel(timezone.now() - dt.timedelta(seconds=10), tick=False):
        return {"token": new_token(purpose), "window": window.public_id} | values


def request_of(window: ConsultationWindow) -> VerificationRequest:
    return VerificationRequest.objects.filter(window=window).latest("pk")


def test_shows_what_residents_see(client: Client, address: str) -> None:
    response = client.get(address)
    page = response.content.decode()
    assert "まちの会" in page
    assert "0120-000-000" in page
    assert "月〜金 8:30〜17:15" in page
    assert "のこり1件" in page
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert not response.cookies


def test_an_address_that_is_not_public_is_not_shown(client: Client, address: str, asked: Any) -> None:
    asked.address, asked.address_visibility = "ひみつ町1-1", "hidden"
    asked.save()
    asked.channels.create(kind="visit", value="ひみつ町1-1の2階", position=2)
    assert "ひみつ町" not in client.get(address).content.decode()


def test_looking_confirms_nothing(client: Client, address: str, asked: ConsultationWindow) -> None:
    """Scanners of mails open every link, also with HEAD, and follow what they find."""
    page = client.get(address).content.decode()
    client.head(address)
    for found in re.findall(r'href="(/[^"#]*)', page):
        if not found.startswith("/static/"):
            client.get(found)
    assert request_of(asked).is_open


def test_confirming_is_said_to_residents_as_the_operators_word(
    client: Client, address: str, asked: ConsultationWindow, contact: Membership
) -> None:
    response = client.post(address, form(asked))
    assert response.status_code == 302
    asked.refresh_from_db()
    assert (asked.verified_on, asked.verified_by, asked.verification_source) == (
        timezone.localdate(),
        None,
        "link",
    )
    request = request_of(asked)
    assert (request.state, request.ending, request.link_of) == (Outcome.CONFIRMED, "link", contact)
    event = AuditEvent.objects.about(asked)[0]
    assert (event.type, event.actor_id) == ("consultations.window_verified", None)
    assert event.note == "「まちの会」に送ったリンクから"
    assert "に確かめ終わりました" in client.get(response["Location"]).content.decode()
    public = client.get(reverse("consultations:window-detail", args=[asked.public_id]))
    assert "運営する団体が番号と受付時間を確かめました" in public.content.decode()


def test_twice_says_it_is_done(client: Client, address: str, asked: ConsultationWindow) -> None:
    client.post(address, form(asked))
    again = client.post(address, form(asked))
    assert again.status_code == 200
    assert "もう確かめ終わっています" in again.content.decode()
    assert AuditEvent.objects.filter(type="consultations.window_verified").count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"token": ""}, "もう一度「変わりありません」を押してください"),
        ({"token": "forged"}, "もう一度「変わりありません」を押してください"),
        ({"window": ""}, "どの窓口かが分かりません"),
        ({"website_url": "https://pw.example/"}, "画面に見えない欄に書き込んだ"),
    ],
)
def test_a_press_without_the_pages_own_token_does_nothing(
    client: Client, address: str, asked: ConsultationWindow, values: dict[str, str], words: str
) -> None:
    response = client.post(address, form(asked) | values)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert request_of(asked).is_open


def test_from_another_site(client: Client, address: str, asked: ConsultationWindow) -> None:
    foreign = client.post(address, form(asked), headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert request_of(asked).is_open


def test_not_without_end(client: Client, address: str, asked: ConsultationWindow, monkeypatch: Any) -> None:
    monkeypatch.setattr("consultations.views.public.confirm.RATE", "1/h")
    client.post(address, form(asked))
    assert client.post(address, form(asked)).status_code == 429


# --- Links that open nothing -----------------------------------------------------------------------
def test_expired_after_sixty_days(client: Client, address: str, asked: ConsultationWindow) -> None:
    for days, status in ((59, 200), (61, 410)):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False):
            response = client.get(address)
            assert response.status_code == status
            if status == 410:
                assert client.post(address, form(asked)).status_code == 410
    assert "期限が過ぎました" in response.content.decode()
    assert request_of(asked).is_open


@pytest.mark.parametrize("change", ["cut", "turned", "other salt", "nonsense", "too much"])
def test_tampered(client: Client, contact: Membership, asked: ConsultationWindow, change: str) -> None:
    from django.core import signing

    token = make_link_token(contact)
    other = MembershipFactory()
    broken = {
        "cut": token[:-4],
        "turned": make_link_token(other).split(":")[0] + token[token.index(":") :],
        "other salt": signing.dumps([1, contact.pk, timezone.localdate().toordinal()], salt="else"),
        "nonsense": "abc234",
        "too much": signing.dumps([1, 2, 3, 4], salt="verification-link"),
    }[change]
    response = client.get(reverse("consultations:confirm", args=[broken]))
    assert response.status_code == 404
    assert "途中で切れている" in response.content.decode()


@pytest.mark.parametrize("how", ["left the group", "no contact", "account closed", "group left"])
def test_withdrawn(client: Client, address: str, contact: Membership, asked: Any, how: str) -> None:
    match how:
        case "left the group":
            contact.ended_at = timezone.now()
        case "no contact":
            contact.is_contact = False
        case "account closed":
            contact.user.is_active = False
            contact.user.save()
        case "group left":
            contact.organization.state, contact.organization.left_on = "left", timezone.localdate()
            contact.organization.save()
    contact.save()
    response = client.get(address)
    assert response.status_code == 410
    assert "担当者ではなくなりました" in response.content.decode()
    assert client.post(address, form(asked)).status_code == 410
    assert request_of(asked).is_open


# --- Nothing of others -------------------------------------------------------------------------------
def test_only_windows_that_were_asked_about_and_still_are_theirs(
    client: Client, address: str, asked: ConsultationWindow, contact: Membership
) -> None:
    stranger = WindowFactory(name="よその窓口", organization=OrganizationFactory())
    VerificationRequestFactory(window=stranger)
    not_due = WindowFactory(name="まだの窓口", organization=contact.organization)
    moved = WindowFactory(name="移った窓口", organization=contact.organization)
    VerificationRequestFactory(window=moved)
    moved.organization = stranger.organization
    moved.save()
    later = WindowFactory(name="あとの窓口", organization=contact.organization)
    VerificationRequestFactory(window=later, opened_at=timezone.now() + dt.timedelta(days=1))
    page = client.get(address).content.decode()
    assert "まちの窓口" in page
    for window in (stranger, not_due, moved, later):
        assert window.name not in page
        assert client.post(address, form(window)).status_code == 404
        difference = f"{address}{window.public_id}/"
        assert client.get(difference).status_code == 404
        assert (
            client.post(difference, form(window, "window-difference", kind="hours", text="x")).status_code
            == 404
        )
    assert VerificationRequest.objects.waiting().count() == 4


def test_stopped_meanwhile(client: Client, address: str, asked: ConsultationWindow) -> None:
    request = request_of(asked)
    asked.state = "suspended"
    asked.save()
    assert client.post(address, form(asked)).status_code == 409
    request.save(update_fields=request.close(state=Outcome.LAPSED, ending="portal", is_stopped=True))
    page = client.get(address).content.decode()
    assert "いまは公開していません" in page
    assert "変わりありません<span" not in page


# --- 「直す」 -----------------------------------------------------------------------------------------
def test_telling_a_difference_makes_work_for_staff_and_ends_the_reminders(
    client: Client, address: str, asked: ConsultationWindow, owner: Any
) -> None:
    difference = f"{address}{asked.public_id}/"
    assert "変わったところを知らせる" in client.get(difference).content.decode()
    empty = client.post(difference, form(asked, "window-difference", kind="hours", text=""))
    assert empty.status_code == 400
    assert "どう変わったかを書いてください" in empty.content.decode()
    told = client.post(difference, form(asked, "window-difference", kind="hours", text="土曜は休みです"))
    assert told.status_code == 302
    report = ErrorReport.objects.get()
    assert (report.window, report.kind, report.text) == (asked, "hours", "運営する団体から：土曜は休みです")
    request = request_of(asked)
    assert request.is_open
    assert request.needs_call
    assert "事務局が直します" in client.get(told["Location"]).content.decode()
    services.verify_window(window=asked, by=owner)
    assert request_of(asked).state == Outcome.CHANGED
    assert client.get(difference).status_code == 302


def test_what_was_written_is_kept_though_a_colleague_confirmed_meanwhile(
    client: Client, address: str, asked: ConsultationWindow
) -> None:
    difference = f"{address}{asked.public_id}/"
    written = form(asked, "window-difference", kind="hours", text="土曜は休みになりました")
    client.post(address, form(asked))
    told = client.post(difference, written)
    assert told.status_code == 200
    assert "ちがうところを受け取りました" in told.content.decode()
    report = ErrorReport.objects.get()
    assert (report.window, report.text) == (asked, "運営する団体から：土曜は休みになりました")
    assert request_of(asked).told_at is None


# --- Somebody said otherwise ------------------------------------------------------------------------
def test_nobody_confirms_what_a_colleague_called_outdated(
    client: Client, address: str, asked: ConsultationWindow
) -> None:
    request = request_of(asked)
    services.tell_difference(request=request, kind="hours", text="土曜は休みです")
    page = client.get(address).content.decode()
    assert "事務局が直します" in page
    assert "変わりありません<span" not in page
    refused = client.post(address, form(asked))
    assert refused.status_code == 409
    assert "ちがうところを知らせていただいた" in refused.content.decode()
    person = MembershipFactory(organization=asked.organization).user
    _refused_in_my(asked, person, shown="ちがうところを知らせていただいた")


def test_nobody_confirms_while_a_change_waits(
    client: Client, address: str, asked: ConsultationWindow
) -> None:
    person = MembershipFactory(organization=asked.organization).user
    before = services.describe_content(asked)
    services.propose(window=asked, before=before, proposed=before | {"description": "新しい"}, by=person)
    page = client.get(address).content.decode()
    assert "変更の申し出を受け取っています" in page
    assert "変わりありません<span" not in page
    assert client.post(address, form(asked)).status_code == 409
    _refused_in_my(asked, person, shown="確認待ちの変更があります")


def _refused_in_my(asked: ConsultationWindow, person: Any, *, shown: str) -> None:
    member = signed_in(person)
    assert "確かめる日が来た窓口" not in member.get(reverse("my:home")).content.decode()
    page = member.get(reverse("my:window-page", args=[asked.public_id])).content.decode()
    assert shown in page
    assert "変わりありません</button>" not in page
    member.post(reverse("my:window-confirm", args=[asked.public_id]))
    asked.refresh_from_db()
    assert asked.verification_source == ""
    assert request_of(asked).is_open


def test_many_windows_come_in_pages_with_constant_queries(
    client: Client, address: str, contact: Membership, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        VerificationRequestFactory(
            window=WindowFactory(organization=contact.organization, name=f"支所{number}")
        )
    with django_assert_max_num_queries(9):
        page = client.get(address).content.decode()
    assert page.count("変わりありません<span") == 20
    assert "のこり26件" in page
    assert client.get(address, {"page": "2"}).content.decode().count("変わりありません<span") == 6
    assert client.get(address, {"page": "garbage"}).status_code == 200


# --- Signed in --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "is_allowed"), [("manager", True), ("editor", True), ("viewer", False)])
def test_a_member_confirms_after_signing_in(asked: ConsultationWindow, role: str, is_allowed: bool) -> None:
    person = MembershipFactory(organization=asked.organization, role=role).user
    client = signed_in(person)
    page = client.get(reverse("my:window-page", args=[asked.public_id])).content.decode()
    assert ("確かめる日が来ています" in page) is is_allowed
    response = client.post(reverse("my:window-confirm", args=[asked.public_id]))
    assert response.status_code == (302 if is_allowed else 403)
    asked.refresh_from_db()
    assert (asked.verified_by, asked.verification_source) == (
        (person, "member") if is_allowed else (None, "")
    )
    assert request_of(asked).is_open is not is_allowed


def test_nobody_confirms_windows_of_others(asked: ConsultationWindow) -> None:
    stranger = signed_in(MembershipFactory().user)
    assert stranger.post(reverse("my:window-confirm", args=[asked.public_id])).status_code == 404
    assert request_of(asked).is_open
