"""What people do with stored mails, and what time does to them."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.mail import permissions, services, tasks
from platform_portal.mail.models import OutgoingMail
from platform_portal.sealing import seal, unseal
from tests.factories.mail import OutgoingMailFactory
from tests.factories.members import UserFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["failed", "given_up"])
def test_resend_begins_a_new_round(secretariat, state):
    mail = OutgoingMailFactory(state=state, attempts=9, doubts=2, last_error="SMTPDataError 451")
    services.resend_mail(mail=mail, by=secretariat)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.doubts) == ("waiting", 0, 0)
    event = AuditEvent.objects.about(mail).get()
    assert (event.type, event.actor_id) == ("mail.mail_resent", secretariat.pk)
    assert (event.old, event.new) == ({"state": state}, {"state": "waiting"})
    assert len(delivered()) == 1


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_cancelled_it_never_leaves(secretariat, state):
    secret = OutgoingMailFactory(state=state, is_confidential=True, text="sealed")
    plain = OutgoingMailFactory(state=state)
    for mail in (secret, plain):
        services.cancel_mail(mail=mail, by=secretariat)
        mail.refresh_from_db()
        assert mail.state == "cancelled"
        assert AuditEvent.objects.about(mail).get().type == "mail.mail_cancelled"
    assert (secret.text, bool(plain.text)) == ("", True)
    assert delivered() == []


@pytest.mark.parametrize(
    ("act", "values", "reason"),
    [
        ("resend", {"state": "sent"}, "送れなかったメールだけ"),
        ("resend", {"state": "waiting"}, "送れなかったメールだけ"),
        ("resend", {"state": "given_up", "erased_at": timezone.now()}, "元の画面から"),
        ("resend", {"state": "given_up", "expires_at": timezone.now()}, "元の画面から"),
        ("cancel", {"state": "sending"}, "いま送っている"),
        ("cancel", {"state": "sent"}, "これから送るメールではありません"),
        ("cancel", {"state": "given_up"}, "これから送るメールではありません"),
    ],
)
def test_refusals_say_why_and_change_nothing(secretariat, act, values, reason):
    mail = OutgoingMailFactory(**values)
    with pytest.raises(Refused, match=reason):
        getattr(services, f"{act}_mail")(mail=mail, by=secretariat)
    assert not getattr(permissions, f"can_{act}_mail")(secretariat, mail)
    mail.refresh_from_db()
    assert mail.state == values["state"]
    assert not AuditEvent.objects.about(mail).exists()


def test_staff_only_look(owner):
    assert not permissions.can_resend_mail(owner, OutgoingMailFactory(state="given_up"))
    assert not permissions.can_cancel_mail(owner, OutgoingMailFactory())


def test_mails_about_something_are_called_off():
    person = UserFactory()
    for state in ("waiting", "failed", "sending", "sent", "given_up"):
        OutgoingMailFactory(about=person, state=state)
    other = OutgoingMailFactory(about=UserFactory())
    assert services.cancel_mails_about(person) == 2
    states = list(OutgoingMail.objects.about(person).order_by("pk").values_list("state", flat=True))
    assert states == ["cancelled", "cancelled", "sending", "sent", "given_up"]
    other.refresh_from_db()
    assert other.state == "waiting"


def test_old_bodies_are_forgotten(settings):
    settings.PORTAL_MAIL_BODY_DAYS = 90
    with time_machine.travel(timezone.now() - dt.timedelta(days=91)):
        old = {
            state: OutgoingMailFactory(state=state) for state in ("sent", "given_up", "cancelled", "failed")
        }
        secret = OutgoingMailFactory(state="given_up", is_confidential=True, erased_at=None)
    young = OutgoingMailFactory(state="sent")
    tasks.forget_mail_bodies.delay()
    kept = set(OutgoingMail.objects.exclude(text="").values_list("pk", flat=True))
    assert kept == {old["failed"].pk, young.pk}
    secret.refresh_from_db()
    assert secret.erased_at
    assert services.forget_bodies() == 0


def test_old_addresses_are_forgotten_a_batch_at_a_time(settings, monkeypatch):
    settings.PORTAL_MAIL_ADDRESS_DAYS = 365
    monkeypatch.setattr(services, "BATCH", 2)
    with time_machine.travel(timezone.now() - dt.timedelta(days=366)):
        for state in ("sent", "given_up", "cancelled"):
            OutgoingMailFactory(state=state, headers={"Reply-To": "somebody@npo.example"})
        waiting = OutgoingMailFactory(state="failed")
    young = OutgoingMailFactory(state="sent")
    tasks.forget_mail_bodies.delay()
    assert OutgoingMail.objects.exclude(address="").count() == 3
    assert services.forget_addresses() == 1
    assert services.forget_addresses() == 0
    assert set(OutgoingMail.objects.exclude(address="")) == {waiting, young}
    old = OutgoingMail.objects.filter(address="").values_list("to", "subject", "text", "html", "headers")
    assert set(map(str, old)) == {str(("", "", "", "", {}))}


def test_address_that_was_erased_is_not_one_that_fails():
    OutgoingMailFactory(state="given_up", address="", last_error="550")
    assert not OutgoingMail.objects.failing_addresses().exists()


def test_sealed_text_is_read_after_a_change_of_key(settings):
    sealed = seal("https://portal.example/secret", purpose="test")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new" * 20
    assert unseal(sealed, purpose="test") == "https://portal.example/secret"


def test_claim_walks_along_its_index():
    """With years of sent mails in the table, a tick must not look at them."""
    OutgoingMail.objects.bulk_create(
        OutgoingMailFactory.build(state="sent", public_id=f"a{n:05}") for n in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mail_outgoingmail")
    assert "mail_outgoing_due" in OutgoingMail.objects.due(timezone.now())[:20].explain()
