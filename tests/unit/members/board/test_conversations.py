"""Conversations about offers: who may, what is told, what is kept from whom."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from members import board_permissions as permissions
from members import services
from members.models import BoardMessage, Conversation, ConversationParty
from members.services.conversations import CONVERSATIONS_PER_DAY, MESSAGES_PER_HOUR
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import (
    BoardReportFactory,
    ConversationFactory,
    MembershipFactory,
    OfferFactory,
    UserFactory,
)
from tests.unit.members.board.asking import ask, events

pytestmark = pytest.mark.django_db


def test_conversation_begins_and_the_other_side_is_told(offer, asker, giver):
    row = ask(offer, asker, text="電話は 087-000-0000、秘密のことです。")
    assert row.organizations == (giver.organization, asker.organization)
    message = row.messages.get()
    assert (message.organization, message.author) == (asker.organization, asker.user)
    sent = OutgoingMail.objects.get()
    assert (sent.to, sent.kind) == ("giver@food.example", "members.board_message")
    for body in (sent.text, sent.html, sent.subject):
        assert "087" not in body
        assert "秘密" not in body
        assert asker.user.name not in body
        assert asker.user.email not in body
    assert f"/my/board/conversations/{row.public_id}/" in sent.text
    assert events("conversation_begun").get().object_id == str(row.pk)
    assert "秘密" not in str([(e.old, e.new, e.note) for e in AuditEvent.objects.all()])


def test_one_open_conversation_for_each_offer_and_asker(offer, asker):
    row = ask(offer, asker)
    with pytest.raises(Refused, match="もう始まっています"):
        ask(offer, asker)
    services.close_conversation(conversation=row, organization=asker.organization, by=asker.user)
    assert ask(offer, asker) != row


def test_same_form_sent_twice(offer, asker):
    form_id = uuid.uuid4()
    first = ask(offer, asker, form_id=form_id)
    assert ask(offer, asker, form_id=form_id) == first
    again = uuid.uuid4()
    for _time in range(2):
        services.write_message(
            conversation=first, organization=asker.organization, text="もう1つ", by=asker.user, form_id=again
        )
    assert first.messages.count() == 2


def test_nobody_asks_for_others_or_about_what_is_over(offer, asker, giver):
    viewer = MembershipFactory(organization=asker.organization, viewer=True)
    with pytest.raises(Refused, match="閲覧のみ"):
        ask(offer, viewer)
    with pytest.raises(Refused, match="自分の団体"):
        ask(offer, giver)
    with pytest.raises(Refused, match="担当者ではありません"):
        services.ask_about_offer(
            offer=offer, organization=asker.organization, text="話", by=UserFactory(administrator=True)
        )
    services.settle_offer(offer=offer, by=giver.user)
    with pytest.raises(Refused, match="もう募集していません"):
        ask(offer, asker)
    assert not Conversation.objects.exists()


def test_asking_everybody_is_stopped(asker):
    for one in OfferFactory.create_batch(CONVERSATIONS_PER_DAY):
        ask(one, asker)
    with pytest.raises(Refused, match="1日に"):
        ask(OfferFactory(), asker)


def test_too_many_messages_are_stopped(offer, asker):
    row = ask(offer, asker)
    BoardMessage.objects.bulk_create(
        BoardMessage(conversation=row, organization=asker.organization, author=asker.user, text="話")
        for _each in range(MESSAGES_PER_HOUR - 1)
    )
    with pytest.raises(Refused, match="1時間に"):
        services.write_message(conversation=row, organization=asker.organization, text="話", by=asker.user)


@pytest.mark.parametrize("text", ["", "  \n ", "あ" * 2001, "\u202e\u200b"])
def test_message_has_words_and_an_end(offer, asker, text):
    with pytest.raises(ValidationError):
        ask(offer, asker, text=text)
    assert not Conversation.objects.exists()


def test_message_is_text_and_nothing_hides_in_it(offer, asker):
    row = ask(offer, asker, text="前\r\n<b>太い</b>\u202eあと\x00\u200b ")
    assert row.messages.get().text == "前\n<b>太い</b>あと"


def test_at_most_one_mail_an_hour_and_the_rest_is_told_later(offer, asker, giver):
    row = ask(offer, asker)
    services.mark_read(conversation=row, up_to=timezone.now(), by=giver.user)
    services.write_message(conversation=row, organization=asker.organization, text="つづき", by=asker.user)
    assert OutgoingMail.objects.count() == 1
    assert services.tell_of_waiting_messages() == 0  # the hour is not over
    ConversationParty.objects.update(mailed_at=timezone.now() - dt.timedelta(minutes=61))
    BoardMessage.objects.update(written_at=timezone.now() - dt.timedelta(minutes=1))
    ConversationParty.objects.update(read_at=timezone.now() - dt.timedelta(minutes=30))
    BoardMessage.objects.filter(organization=giver.organization).delete()
    ConversationParty.objects.filter(organization=asker.organization).update(read_at=timezone.now())
    assert services.tell_of_waiting_messages() == 1
    assert services.tell_of_waiting_messages() == 0
    assert OutgoingMail.objects.filter(to="giver@food.example").count() == 2


def test_what_was_read_is_not_told_again(offer, asker, giver):
    row = ask(offer, asker)
    services.mark_read(conversation=row, up_to=row.messages.get().written_at, by=giver.user)
    ConversationParty.objects.update(mailed_at=timezone.now() - dt.timedelta(hours=2))
    assert services.tell_of_waiting_messages() == 0


def test_unread_is_counted_for_each_organization(offer, asker, giver):
    row = ask(offer, asker)
    colleague = MembershipFactory(organization=giver.organization, editor=True)
    viewer = MembershipFactory(organization=giver.organization, viewer=True)

    def unread():
        rows = ConversationParty.objects.with_unread()
        return {party.organization.name: party.unread for party in rows}

    assert unread() == {"たべもの銀行": 1, "こども食堂の会": 0}
    services.mark_read(conversation=row, up_to=timezone.now(), by=viewer.user)
    assert unread()["たべもの銀行"] == 1  # who may not read has not read
    services.mark_read(conversation=row, up_to=row.messages.get().written_at, by=colleague.user)
    assert unread()["たべもの銀行"] == 0
    services.write_message(conversation=row, organization=giver.organization, text="はい", by=giver.user)
    assert unread() == {"たべもの銀行": 0, "こども食堂の会": 1}


def test_closed_conversation_takes_no_message(offer, asker, giver):
    row = ask(offer, asker)
    services.close_conversation(conversation=row, organization=giver.organization, by=giver.user)
    with pytest.raises(Refused, match="終わっています"):
        services.write_message(
            conversation=row, organization=asker.organization, text="もしもし", by=asker.user
        )
    with pytest.raises(Refused, match="終わっています"):
        services.close_conversation(conversation=row, organization=asker.organization, by=asker.user)


def test_nothing_is_sent_to_who_has_left(offer, asker, giver):
    row = ask(offer, asker)
    giver.organization.state, giver.organization.left_on = "left", timezone.localdate()
    giver.organization.save()
    with pytest.raises(Refused, match="退会しました"):
        services.write_message(
            conversation=row, organization=asker.organization, text="もしもし", by=asker.user
        )
    assert not permissions.can_read_conversation(giver.user, Conversation.objects.get(pk=row.pk))


def _ended(organization):
    membership = MembershipFactory(organization=organization)
    membership.ended_at = timezone.now()
    membership.save()
    return membership.user


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("asker", True),
        ("giver", True),
        ("viewer", False),
        ("ended", False),
        ("stranger", False),
        ("staff", False),
        ("administrator", False),
    ],
)
def test_who_reads(offer, asker, giver, who, may):
    row = ask(offer, asker)
    people = {
        "asker": lambda: asker.user,
        "giver": lambda: giver.user,
        "viewer": lambda: MembershipFactory(organization=giver.organization, viewer=True).user,
        "ended": lambda: _ended(giver.organization),
        "stranger": lambda: MembershipFactory().user,
        "staff": UserFactory,
        "administrator": lambda: UserFactory(administrator=True),
    }
    person = people[who]()
    assert permissions.can_read_conversation(person, row) is may
    assert Conversation.objects.taken_part_in_by(person).filter(pk=row.pk).exists() is may


def test_third_organization_writes_nothing_into_it(offer, asker):
    third = MembershipFactory()
    row = ask(offer, asker)
    for service in (services.write_message, services.report_conversation, services.close_conversation):
        values = {
            services.write_message: {"text": "よこから"},
            services.report_conversation: {"reason": "よこから"},
        }.get(service, {})
        with pytest.raises(Refused, match="担当者ではありません"):
            service(conversation=row, organization=third.organization, by=third.user, **values)


def test_factories_make_what_services_make():
    report = BoardReportFactory()
    assert report.conversation.parties.count() == 2
    assert ConversationFactory().messages.count() == 1
