"""Writes of invitations and accounts: effect, audit, mail, refusal, and nothing half-done."""

import datetime as dt
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from members import permissions, services
from members.models import Invitation, InvitationQuerySet, User
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import SECRET, InvitationFactory, UserFactory
from tests.outbox import delivered, run_sender
from tests.racing import at_once

pytestmark = pytest.mark.django_db

PERSON = {"email": " Sora@NPO.example ", "name": "会員 そら", "section": "そら会", "role": "member"}


@pytest.fixture
def broken_audit(monkeypatch):
    """The audit record cannot be written."""

    def fail(**kwargs: object) -> None:
        raise RuntimeError("audit is away")

    monkeypatch.setattr("platform_portal.audit.services.record", fail)


def states() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


def last_event() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


# --- Invitations --------------------------------------------------------------------------------
def test_invite_keeps_a_place_mails_and_records(administrator):
    invitation = services.invite(**PERSON, by=administrator)
    invitation.refresh_from_db()
    assert (invitation.email, invitation.name, invitation.role) == ("sora@npo.example", "会員 そら", "member")
    assert dt.timedelta(days=6) < invitation.expires_at - timezone.now() <= dt.timedelta(days=7)
    event = last_event()
    assert (event.type, event.actor_id) == ("members.invitation_sent", administrator.pk)
    assert event.new["role"] == "member"
    assert "secret" not in str(event.new)
    assert [message.to for message in delivered()] == [["sora@npo.example"]]
    assert OutgoingMail.objects.about(invitation).get().state == "sent"


def test_no_mail_leaves_before_the_commit(administrator):
    services.invite(**PERSON, by=administrator)
    assert mail.outbox == []
    assert states() == ["waiting"]


def test_an_invitation_that_is_undone_leaves_no_mail(administrator):
    with transaction.atomic():
        services.invite(**PERSON, by=administrator)
        assert OutgoingMail.objects.exists()
        transaction.set_rollback(True)  # something later in the same transaction went wrong
    assert not OutgoingMail.objects.exists()
    assert delivered() == []


def test_copy_of_the_database_opens_no_account(administrator):
    """The link of an invitation waits sealed, and is gone once it has been sent."""
    services.invite(**PERSON, by=administrator)
    waiting = OutgoingMail.objects.get()
    assert "/invitation/" not in waiting.text + waiting.html
    assert "/invitation/" in waiting.bodies()[0]
    delivered()
    waiting.refresh_from_db()
    assert (waiting.text, waiting.html) == ("", "")


def test_without_the_audit_event_nothing_is_kept(administrator, broken_audit):
    with pytest.raises(RuntimeError):
        services.invite(**PERSON, by=administrator)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "a@portal.example\nBcc: b@portal.example"}, "email"),
        ({"name": ""}, "name"),
        ({"name": "そら\nBcc: b@portal.example"}, "name"),
        ({"name": "そ" * 61}, "name"),
        ({"role": "king"}, "role"),
    ],
)
def test_bad_invitations_are_refused(administrator, change, field):
    with pytest.raises(ValidationError) as caught:
        services.invite(**{**PERSON, **change}, by=administrator)
    assert field in caught.value.message_dict
    assert not Invitation.objects.exists()


def test_who_is_in_or_invited_already_is_not_invited_again(administrator):
    UserFactory(email="sora@npo.example", inactive=True)
    with pytest.raises(ValidationError, match="すでにいます"):
        services.invite(**PERSON, by=administrator)
    InvitationFactory(email="riku@npo.example")
    with pytest.raises(ValidationError, match="すでに送って"):
        services.invite(**{**PERSON, "email": "riku@npo.example"}, by=administrator)


def test_the_constraint_decides_when_two_invite_at_once(administrator, monkeypatch):
    """The other one's row arrives after our checks."""
    InvitationFactory(email="sora@npo.example")
    monkeypatch.setattr(InvitationQuerySet, "unsettled", InvitationQuerySet.none)
    monkeypatch.setattr(Invitation, "full_clean", lambda self, **kwargs: None)
    with pytest.raises(ValidationError, match="すでに送って"):
        services.invite(**PERSON, by=administrator)


def test_staff_cannot_invite(owner):
    with pytest.raises(Refused):
        services.invite(**PERSON, by=owner)


def test_resend_renews_secret_and_time(administrator):
    old = InvitationFactory(secret=SECRET, expires_at=timezone.now() - dt.timedelta(days=1))
    services.resend_invitation(invitation=old, by=administrator)
    old.refresh_from_db()
    assert old.condition == "open"
    assert not Invitation.objects.with_secret(SECRET).exists()
    assert len(delivered()) == 1
    assert last_event().type == "members.invitation_resent"


def test_a_dead_link_is_not_sent_any_more(administrator):
    """The first mail still waits when the second one, or a withdrawal, makes its link dead."""
    invitation = services.invite(**PERSON, by=administrator)
    services.resend_invitation(invitation=invitation, by=administrator)
    assert states() == ["cancelled", "waiting"]
    services.withdraw_invitation(invitation=invitation, by=administrator)
    assert states() == ["cancelled", "cancelled"]
    assert delivered() == []


def test_withdraw_kills_the_link(administrator):
    invitation = InvitationFactory(secret=SECRET)
    services.withdraw_invitation(invitation=invitation, by=administrator)
    with pytest.raises(services.InvitationUnusableError) as caught:
        services.find_invitation(SECRET)
    assert caught.value.condition == "withdrawn"
    assert last_event().type == "members.invitation_withdrawn"


def test_accept_makes_a_user_with_a_verified_address():
    invitation = InvitationFactory(secret=SECRET, email="sora@npo.example", role="member", section="そら会")
    user = services.accept_invitation(secret=SECRET, name=" そら ", password="correct horse battery")
    assert (user.email, user.name, user.role, user.section) == (
        "sora@npo.example",
        "そら",
        "member",
        "そら会",
    )
    assert user.check_password("correct horse battery")
    assert EmailAddress.objects.get(user=user).verified
    invitation.refresh_from_db()
    assert invitation.accepted_by == user
    types = set(AuditEvent.objects.values_list("type", flat=True))
    assert types == {"members.invitation_accepted", "members.user_created"}


def test_accept_without_the_audit_event_makes_nobody(broken_audit):
    InvitationFactory(secret=SECRET)
    before = User.objects.count()
    with pytest.raises(RuntimeError):
        services.accept_invitation(secret=SECRET, name="そら", password="x")
    assert User.objects.count() == before
    assert services.find_invitation(SECRET)


@pytest.mark.parametrize(
    ("state", "condition"),
    [
        ({"expires_at": timezone.now() - dt.timedelta(seconds=1)}, "expired"),
        ({"accepted": True}, "accepted"),
        ({"withdrawn": True}, "withdrawn"),
    ],
)
def test_settled_invitations_are_not_accepted(state, condition):
    now, someone = timezone.now(), UserFactory()
    if "accepted" in state:
        state = {"accepted_at": now, "accepted_by": someone}
    if "withdrawn" in state:
        state = {"withdrawn_at": now, "withdrawn_by": someone}
    InvitationFactory(secret=SECRET, **state)
    with pytest.raises(services.InvitationUnusableError) as caught:
        services.accept_invitation(secret=SECRET, name="そら", password="x")
    assert caught.value.condition == condition


def test_a_made_up_secret_has_no_condition():
    with pytest.raises(services.InvitationUnusableError) as caught:
        services.find_invitation("made up")
    assert caught.value.condition is None


@pytest.mark.django_db(transaction=True)
def test_two_accept_at_once_and_one_gets_in():
    InvitationFactory(secret=SECRET, email="sora@npo.example")

    def accept() -> None:
        services.accept_invitation(secret=SECRET, name="そら", password="x")

    told = at_once(accept, accept, refusals=services.InvitationUnusableError)
    assert [error.condition for error in told if error] == ["accepted"]
    assert User.objects.filter(email="sora@npo.example").count() == 1


# --- Accounts -----------------------------------------------------------------------------------
def test_change_records_only_what_changed(administrator, owner):
    services.change_user(user=owner, name=owner.name, section="総務課", role="secretariat", by=administrator)
    owner.refresh_from_db()
    assert (owner.section, owner.role) == ("総務課", "secretariat")
    event = last_event()
    assert event.old == {"section": audit.WITHHELD, "role": "staff"}
    assert event.new == {"section": audit.WITHHELD, "role": "secretariat"}


def test_no_change_no_event(administrator, owner):
    services.change_user(
        user=owner, name=owner.name, section=owner.section, role=owner.role, by=administrator
    )
    assert not AuditEvent.objects.exists()


def test_bad_values_change_nothing(administrator, owner):
    with pytest.raises(ValidationError):
        services.change_user(user=owner, name="", section="", role="staff", by=administrator)
    with pytest.raises(ValidationError):
        services.change_user(user=owner, name="あ", section="", role="king", by=administrator)
    owner.refresh_from_db()
    assert owner.name == "県庁 あおい"


def test_change_without_the_audit_event_changes_nothing(administrator, owner, broken_audit):
    with pytest.raises(RuntimeError):
        services.change_user(user=owner, name="別の名前", section="", role="staff", by=administrator)
    owner.refresh_from_db()
    assert owner.name == "県庁 あおい"


def test_deactivate_and_reactivate(administrator, owner):
    services.deactivate_user(user=owner, by=administrator)
    owner.refresh_from_db()
    assert (owner.is_active, owner.session_version) == (False, 1)
    services.reactivate_user(user=owner, by=administrator)
    owner.refresh_from_db()
    assert (owner.is_active, owner.session_version) == (True, 1)
    types = list(AuditEvent.objects.order_by("pk").values_list("type", flat=True))
    assert types == ["members.user_deactivated", "members.user_reactivated"]


def test_deactivation_without_the_audit_event_does_nothing(administrator, owner, broken_audit):
    with pytest.raises(RuntimeError):
        services.deactivate_user(user=owner, by=administrator)
    owner.refresh_from_db()
    assert (owner.is_active, owner.session_version) == (True, 0)


def test_reset_second_factor(administrator, owner):
    Authenticator.objects.create(user=owner, type="totp", data={})
    Authenticator.objects.create(user=owner, type="recovery_codes", data={})
    services.reset_second_factor(user=owner, by=administrator)
    assert not Authenticator.objects.filter(user=owner).exists()
    owner.refresh_from_db()
    assert owner.session_version == 1
    assert last_event().old == {"second_factors": ["recovery_codes", "totp"]}
    assert [message.to for message in delivered()] == [[owner.email]]


def test_reset_is_done_even_when_the_mail_server_is_away(administrator, owner, settings):
    Authenticator.objects.create(user=owner, type="totp", data={})
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    services.reset_second_factor(user=owner, by=administrator)
    assert run_sender().is_server_away
    assert not Authenticator.objects.filter(user=owner).exists()
    assert states() == ["waiting"]


def test_nothing_to_reset(administrator, owner):
    with pytest.raises(Refused, match="設定していません"):
        services.reset_second_factor(user=owner, by=administrator)


def test_end_sessions(owner):
    services.end_sessions(user=owner, by=owner)
    owner.refresh_from_db()
    assert owner.session_version == 1
    assert last_event().type == "members.sessions_ended"


def test_somebody_who_is_no_administrator_any_more_is_found_out(administrator):
    """`by` comes from a request that began before the role was taken away."""
    stale, other = UserFactory(administrator=True), UserFactory()
    User.objects.filter(pk=stale.pk).update(role="staff")
    for user in (administrator, other):
        with pytest.raises(Refused):
            services.deactivate_user(user=user, by=stale)
        user.refresh_from_db()
        assert user.is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other(monkeypatch):
    check = permissions.check_can_deactivate_user

    def check_slowly(*args: User) -> None:
        check(*args)
        time.sleep(0.3)  # long enough for the other one to come as far

    monkeypatch.setattr(permissions, "check_can_deactivate_user", check_slowly)
    first, second = UserFactory(administrator=True), UserFactory(administrator=True)
    told = at_once(
        lambda: services.deactivate_user(user=second, by=first),
        lambda: services.deactivate_user(user=first, by=second),
    )
    assert told.count(None) == 1
    assert User.objects.get_queryset().administrators().count() == 1


def test_create_administrator():
    user = services.create_administrator(email=" Hana@Portal.example", name="管理 花")
    assert (user.email, user.role, user.has_usable_password()) == (
        "hana@portal.example",
        "administrator",
        False,
    )
    assert EmailAddress.objects.get(user=user).verified
    assert last_event().actor_id is None
    assert services.create_administrator(email="hana@portal.example", name="管理 花") == user
    assert User.objects.count() == 1


def test_create_administrator_does_not_touch_an_account_in_use(owner):
    with pytest.raises(ValidationError, match="すでにいます"):
        services.create_administrator(email=owner.email, name="だれか")
    owner.refresh_from_db()
    assert owner.role == "staff"
