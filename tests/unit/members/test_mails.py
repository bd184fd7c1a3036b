"""Messages about accounts: neutral subject, our own address in links, names as text."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from members import mails, tasks
from members.models import ApplicationQuestion
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import (
    ApplicationFactory,
    CharterFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizationRevisionFactory,
    UserFactory,
)
from tests.factories.region import PortalSettingsFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db

SUBJECT_SECRETS = ["孤独", "孤立", "相談"]


@pytest.fixture(autouse=True)
def _origin(settings):
    settings.PORTAL_ORIGIN = "https://portal.example.jp"
    PortalSettingsFactory(secretariat_phone="087-832-0000")


def send_all(name: str) -> list[mail.EmailMultiAlternatives]:
    user = UserFactory(name=name, email="aoi@portal.example")
    mails.send_invitation(InvitationFactory(name=name, email="aoi@portal.example"), "a-secret")
    mails.send_password_reset(user, "https://portal.example.jp/reset")
    mails.send_second_factor_reset(user)
    mails.send_security_notice(user, what="あなたのパスワードが変わりました。")
    membership = MembershipFactory(user=user, organization__name="まちの居場所の会")
    mails.send_membership_notice(membership, what="担当の権限が「編集担当」になりました。")
    mails.send_organization_revision_decided(
        OrganizationRevisionFactory(organization=membership.organization, proposed_by=user)
    )
    return delivered()


def test_each_has_text_and_html_and_goes_to_one_person():
    for message in send_all("県庁 あおい"):
        assert message.to == ["aoi@portal.example"]
        assert not message.cc
        assert not message.bcc
        html, kind = message.alternatives[0]
        assert kind == "text/html"
        for body in (message.body, html):
            assert "県庁 あおい さん" in body
            assert "https://portal.example.jp/" in body
            assert "087-832-0000" in body
            assert "心当たりのないとき" in body


def subject_line(subject: str) -> str:
    """As it travels. A first line that is empty but for the name is folded oddly by some programs."""
    message = mail.EmailMessage(subject, "", to=["a@portal.example"]).message().as_string()
    return re.search(r"^Subject: ?(.*(?:\n .*)*)$", message, re.MULTILINE)[1]


def test_subjects_are_constant_single_and_neutral():
    subjects = {message.subject for message in send_all("県庁 あおい")}
    assert len(subjects) == 6
    for subject in subjects:
        assert "\n" not in subject
        assert "\n" not in subject_line(subject)
        assert "あおい" not in subject
        assert not [word for word in SUBJECT_SECRETS if word in subject]


def test_subjects_tell_what_came_of_it():
    user = UserFactory()
    member = MembershipFactory(user=user)
    mails.send_membership_notice(member, what="担当の権限が「編集担当」になりました。")
    member.ended_at = timezone.now()
    mails.send_membership_notice(member, what="この団体の担当ではなくなりました。")
    for state in ({}, {"returned": True}):
        mails.send_organization_revision_decided(
            OrganizationRevisionFactory(organization=member.organization, proposed_by=user, **state)
        )
    subjects = [message.subject for message in delivered()]
    assert subjects == [
        "団体の担当が変わりました",
        "団体の担当から外れました",
        "変更の申し出を認めました",
        "変更の申し出をお返しします",
    ]
    for message in delivered():
        assert "\n" not in subject_line(message.subject)
        assert f"<title>{message.subject}</title>" in message.alternatives[0][0]


def test_a_name_is_text_and_nothing_more():
    for message in send_all('<a href="https://evil.example">山&川</a>'):
        html, _ = message.alternatives[0]
        assert '<a href="https://evil' not in html
        assert "&lt;a href=" in html
        assert "山&川" in message.body  # plain text is not escaped
        assert "evil" not in str(message.message()["Subject"]) + str(message.message()["To"])


def test_invitation_names_the_time_limit():
    invitation = InvitationFactory()
    mails.send_invitation(invitation, "a-secret")
    body = delivered()[0].body
    assert "https://portal.example.jp/invitation/a-secret/" in body
    assert "まで、1回だけ使えます" in body


def test_no_link_follows_the_host_header(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    user = UserFactory()
    client.post("/accounts/password/reset/", {"email": user.email}, headers={"host": "evil.example"})
    [message] = delivered()
    assert "evil.example" not in str(message.message()) + message.body


def test_tasks_can_be_queued():
    """A soft time limit above the hard one is refused only when somebody queues the task."""
    tasks.clear_expired_sessions.delay()


def send_about_application(**values) -> list[mail.EmailMultiAlternatives]:
    application = ApplicationFactory(contact_email="hanako@group.example", **values)
    ApplicationQuestion.objects.create(
        application=application, text="どこで<b>活動</b>していますか", asked_by=UserFactory()
    )
    mails.send_application_confirm(application)
    mails.send_application_returned(application)
    mails.send_application_approved(application)
    mails.send_application_refused(application)
    mails.send_application_withdrawn(application)
    return [message for message in delivered() if message.to == ["hanako@group.example"]]


def test_applicants_get_text_html_and_a_link_that_is_theirs():
    messages = send_about_application(contact_name="申込 花子", organization_name="<i>山&川</i>の会")
    assert len(messages) == 5
    for message in messages:
        html, _kind = message.alternatives[0]
        assert "<i>山" not in html
        assert "山&amp;川" in html
        assert "<i>山&川</i>の会" in message.body
        for body in (message.body, html):
            assert "申込 花子 さん" in body
            assert "https://portal.example.jp/join/application/" in body
            assert "087-832-0000" in body
        assert not [word for word in SUBJECT_SECRETS if word in message.subject]
    assert len({message.subject for message in messages}) == 5


def test_what_staff_wrote_is_quoted():
    by_subject = {message.subject: message for message in send_about_application(reason="県外のため")}
    asked, refused = by_subject["申込についての質問"], by_subject["入会を認められませんでした"]
    assert "どこで<b>活動</b>していますか" in asked.body
    assert "どこで&lt;b&gt;活動" in asked.alternatives[0][0]
    assert "県外のため" in refused.body
    assert "県外のため" in refused.alternatives[0][0]


def test_kinds_are_known_and_only_mails_without_a_way_in_may_be_read():
    send_all("県庁 あおい")
    send_about_application()
    mails.send_charter_in_force(CharterFactory(), UserFactory())
    rows = OutgoingMail.objects.all()
    assert {row.kind for row in rows} == set(mails.KINDS)
    assert not [row.kind for row in rows if row.get_kind_display() == row.kind]
    assert {row.kind for row in rows if row.is_confidential} == {
        mails.INVITATION,
        mails.PASSWORD_RESET,
        mails.APPLICATION_CONFIRM,
        mails.APPLICATION_RETURNED,
        mails.APPLICATION_APPROVED,
        mails.APPLICATION_REFUSED,
        mails.APPLICATION_WITHDRAWN,
    }
    assert {row.kind for row in rows if row.expires_at} == {
        mails.INVITATION,
        mails.PASSWORD_RESET,
        mails.APPLICATION_CONFIRM,
    }
    assert all(row.about_type.startswith("members.") and row.about_id for row in rows)
