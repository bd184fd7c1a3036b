"""How mails become rows: one for each person, whole, sealed where they open something, or not at all."""

import datetime as dt
import email
import email.policy

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, send_mail
from django.core.mail.message import BadHeaderError
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_portal.mail import kinds, waking
from platform_portal.mail.models import OutgoingMail
from platform_portal.mail.storing import UnsupportedMailError, marks
from platform_portal.mail.tasks import send_waiting_mails
from platform_portal.region.models import PortalSettings
from tests.factories.mail import OutgoingMailFactory
from tests.factories.members import UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db


def test_one_row_for_each_person():
    message = EmailMessage(
        "件名",
        "本文",
        to=["そら <Sora@NPO.example>", "riku@npo.example"],
        cc=["umi@npo.example"],
        bcc=["riku@npo.example"],
        reply_to=["jimukyoku@portal.example"],
    )
    assert message.send() == 3
    rows = {row.address: row for row in OutgoingMail.objects.all()}
    assert set(rows) == {"sora@npo.example", "riku@npo.example", "umi@npo.example"}
    assert len({row.message_id for row in rows.values()}) == 3
    sent = {message.to[0]: message.message() for message in delivered()}
    assert {len(message.get_all("To")) for message in sent.values()} == {1}
    assert {message["Reply-To"] for message in sent.values()} == {"jimukyoku@portal.example"}
    assert sent["そら <Sora@NPO.example>"]["To"].endswith("<Sora@NPO.example>")
    assert not any(message["Cc"] or message["Bcc"] for message in sent.values())


def test_many_at_once_take_few_queries(django_assert_max_num_queries):
    messages = [EmailMessage("件名", "本文", to=[f"{n}@npo.example"]) for n in range(100)]
    with django_assert_max_num_queries(6):
        assert get_connection().send_messages(messages) == 100


def test_what_was_said_is_what_leaves():
    person = UserFactory()
    headers = marks(kind="members.security_notice", is_confidential=False, about=person)
    message = EmailMultiAlternatives(
        "髙﨑さんへ①", "本文㈱", to=["a@npo.example"], headers={**headers, "List-Unsubscribe": "<https://x>"}
    )
    message.attach_alternative("<p>本文㈱</p>", "text/html")
    message.send()
    row = OutgoingMail.objects.about(person).get()
    assert (row.kind, row.text, row.html) == ("members.security_notice", "本文㈱", "<p>本文㈱</p>")
    [left] = delivered()
    wire = left.message()
    assert (left.subject, left.body, left.alternatives[0][0]) == ("髙﨑さんへ①", "本文㈱", "<p>本文㈱</p>")
    assert wire["List-Unsubscribe"] == "<https://x>"
    assert wire["Message-ID"] == row.message_id
    assert not [name for name in wire if name.startswith("X-Portal")]


def test_body_may_be_html_alone():
    message = EmailMessage("件名", "<p>本文</p>", to=["a@npo.example"])
    message.content_subtype = "html"
    message.send()
    assert OutgoingMail.objects.get().bodies() == ("", "<p>本文</p>")
    assert delivered()[0].alternatives[0][0] == "<p>本文</p>"


def test_a_mail_without_marks_is_taken_for_a_secret():
    send_mail("件名", "https://portal.example/secret", None, ["a@npo.example"])
    row = OutgoingMail.objects.get()
    assert (row.kind, row.get_kind_display(), row.is_confidential) == (kinds.OTHER, "そのほか", True)
    assert "secret" not in row.text
    assert row.bodies()[0] == "https://portal.example/secret"


def attached() -> EmailMessage:
    message = EmailMessage("件名", "本文", to=["a@npo.example"])
    message.attach("資料.txt", "内容", "text/plain")
    return message


def with_calendar() -> EmailMessage:
    message = EmailMultiAlternatives("件名", "本文", to=["a@npo.example"])
    message.attach_alternative("BEGIN:VCALENDAR", "text/calendar")
    return message


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (attached(), "bytes of a file"),
        (with_calendar(), "text/calendar"),
        (EmailMessage("件名", "", to=["a@npo.example"], headers={"Message-ID": "<1@x>"}), "message-id"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_once(message, words):
    with pytest.raises(UnsupportedMailError, match=words):
        message.send()
    assert not OutgoingMail.objects.exists()


def test_a_header_cannot_be_smuggled_in():
    with pytest.raises(BadHeaderError):
        send_mail("件名\nBcc: all@npo.example", "本文", None, ["a@npo.example"])
    assert not OutgoingMail.objects.exists()


# --- Who it is from -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("香川つながりポータル", "香川つながりポータル"),
        ('つながり "香川" <all@npo.example>, \\', "つながり 香川 <all@npo.example>,"),
        ("つながり\r\nBcc: all@npo.example\x00\u202e", "つながり Bcc: all@npo.example"),
        ("\u3000", ""),
    ],
)
def test_mails_come_from_the_portal_by_its_name(settings, name, shown):
    settings.DEFAULT_FROM_EMAIL = "portal@portal.example"
    portal = PortalSettingsFactory()
    PortalSettings.objects.filter(pk=portal.pk).update(portal_name=name.replace("\x00", "\x01"))
    send_mail("件名", "本文", None, ["a@npo.example"])
    row = OutgoingMail.objects.get()
    assert row.from_address == (f'"{shown}" <portal@portal.example>' if shown else "portal@portal.example")
    [left] = delivered()
    wire = email.message_from_bytes(left.message().as_bytes(), policy=email.policy.default)
    [sender] = wire["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (shown, "portal@portal.example")
    assert wire["Bcc"] is None


def test_a_sender_named_by_the_machine_stays(settings):
    settings.DEFAULT_FROM_EMAIL = "事務局 <portal@portal.example>"
    PortalSettingsFactory(portal_name="つながりポータル")
    send_mail("件名", "本文", None, ["a@npo.example"])
    send_mail("件名", "本文", "other@portal.example", ["a@npo.example"])
    assert list(OutgoingMail.objects.order_by("pk").values_list("from_address", flat=True)) == [
        "事務局 <portal@portal.example>",
        "other@portal.example",
    ]


def test_nobody_to_write_to_is_no_row():
    assert EmailMessage("件名", "本文", to=[]).send() == 0
    assert not OutgoingMail.objects.exists()


def test_rolled_back_it_was_never_written():
    with TestCase.captureOnCommitCallbacks() as callbacks:
        with transaction.atomic():
            send_mail("件名", "本文", None, ["a@npo.example"])
            transaction.set_rollback(True)
        send_mail("件名", "本文", None, ["b@npo.example"])
    assert [row.address for row in OutgoingMail.objects.all()] == ["b@npo.example"]
    assert callbacks == [waking.wake_sender]


def test_broker_away_is_a_line_in_the_log(monkeypatch, caplog):
    def fail(**options: object) -> None:
        raise OperationalError("redis://:password@redis")

    monkeypatch.setattr(send_waiting_mails, "apply_async", fail)
    with TestCase.captureOnCommitCallbacks(execute=True):
        send_mail("件名", "本文", None, ["a@npo.example"])
    assert "mails wait for the tick: OperationalError" in caplog.text
    assert "password" not in caplog.text
    assert len(delivered()) == 1


def test_any_other_error_of_the_queue_is_not_swallowed(monkeypatch):
    def fail(**options: object) -> None:
        raise TypeError("a defect of ours")

    monkeypatch.setattr(send_waiting_mails, "apply_async", fail)
    with pytest.raises(TypeError), TestCase.captureOnCommitCallbacks(execute=True):
        send_mail("件名", "本文", None, ["a@npo.example"])


# --- What the database itself refuses ---------------------------------------------------------
NOW = timezone.now()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "flying", "next_attempt_at": None}, "state_known"),
        ({"state": "sending", "claim": None}, "sending_is_claimed"),
        ({"claimed_at": NOW}, "sending_is_claimed"),
        ({"state": "sent", "sent_at": None}, "sent_has_a_time"),
        ({"sent_at": NOW}, "sent_has_a_time"),
        ({"next_attempt_at": None}, "unsettled_has_a_turn"),
        ({"state": "cancelled", "next_attempt_at": NOW}, "unsettled_has_a_turn"),
        ({"erased_at": NOW}, "erased_is_settled_and_empty"),
        ({"state": "given_up", "erased_at": NOW, "text": "本文"}, "erased_is_settled_and_empty"),
        ({"state": "sent", "is_confidential": True, "erased_at": None}, "confidential_is_erased"),
        ({"state": "cancelled", "is_confidential": True, "erased_at": None}, "confidential_is_erased"),
    ],
)
def test_states_do_not_contradict_themselves(values, constraint):
    with pytest.raises(IntegrityError, match=f"mail_outgoing_{constraint}"), transaction.atomic():
        OutgoingMailFactory(**values)


# --- Looking at what became of them -----------------------------------------------------------
def test_addresses_that_do_not_take_our_mail():
    hour = dt.timedelta(hours=1)
    for address in ("a@x.example", "a@x.example", "b@x.example"):
        OutgoingMailFactory(address=address, state="given_up", last_error="SMTPRecipientsRefused 550")
    OutgoingMailFactory(address="stale@x.example", state="given_up", last_error="Expired")
    OutgoingMailFactory(address="doubt@x.example", state="given_up", last_error="InDoubt")
    OutgoingMailFactory(address="again@x.example", state="given_up", created_at=timezone.now() - hour)
    OutgoingMailFactory(address="again@x.example", state="sent")
    OutgoingMailFactory(address="b@x.example", state="sent", sent_at=timezone.now() - hour)
    found = OutgoingMail.objects.failing_addresses()
    assert {row["address"]: row["failures"] for row in found} == {"a@x.example": 2, "b@x.example": 1}
    assert all(row["last_failed_at"] for row in found)


def test_search_by_recipient():
    OutgoingMailFactory(address="sora@npo.example", to="会員 そら <sora@npo.example>")
    OutgoingMailFactory(address="riku@npo.example")
    assert OutgoingMail.objects.search("そら NPO").count() == 1
    assert OutgoingMail.objects.search("npo").count() == 2
    assert OutgoingMail.objects.search("そら riku").count() == 0
