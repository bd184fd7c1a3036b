"""People on the board at the same moment, through the pages and with real transactions: one outcome, nothing half-done."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members import services
from members.models import (
    BoardMessage,
    Conversation,
    ConversationParty,
    Membership,
    Offer,
    OfferState,
    Organization,
)
from members.views.my import conversations
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from tests.conftest import signed_in, text_of
from tests.factories.members import ConversationFactory, MembershipFactory, OfferFactory, UserFactory
from tests.racing import at_once

# --- Helpers: what somebody sends, and what is there afterwards ----------------------------------
WORDS = "くわしく聞かせてください。"


def at(name: str, row: Any) -> str:
    return reverse(f"my:{name}", args=[row.public_id])


class Sender:
    """One person's browser; keeps the answers."""

    def __init__(self, membership: Membership) -> None:
        self.client: Client = signed_in(membership.user)
        self.organization = membership.organization.public_id
        self.answers: list[int] = []

    def sends(self, address: str, **data: Any) -> Any:
        def send() -> None:
            named = {"organization": self.organization, **data}
            self.answers.append(self.client.post(address, named).status_code)

        return send

    @property
    def answer(self) -> int:
        (only,) = self.answers
        return only


@pytest.fixture
def giver() -> Membership:
    return MembershipFactory(organization__name="たべもの銀行")


@pytest.fixture
def asker() -> Membership:
    return MembershipFactory(organization__name="こども食堂の会", editor=True)


@pytest.fixture
def offer(giver) -> Offer:
    return OfferFactory(organization=giver.organization, title="お米をゆずります")


@pytest.fixture
def conversation(offer, asker) -> Conversation:
    return ConversationFactory(offer=offer, asker=asker.organization, begun_by=asker.user)


def events(name: str) -> int:
    return AuditEvent.objects.filter(type=f"members.{name}").count()


def check_nothing_is_half_done() -> None:
    """A conversation has its two parties, a first message, its event; a message has its event."""
    for row in Conversation.objects.all():
        assert {party.organization for party in row.parties.all()} == set(row.organizations)
        assert row.messages.exists()
    assert events("message_written") == BoardMessage.objects.count()
    assert events("conversation_begun") == Conversation.objects.count()


@pytest.mark.django_db(transaction=True)
class TestAsking:
    def test_two_of_one_organisation_at_once(self, offer, asker):
        first = Sender(asker)
        second = Sender(MembershipFactory(organization=asker.organization))
        at_once(
            first.sends(at("offer-ask", offer), text=WORDS), second.sends(at("offer-ask", offer), text=WORDS)
        )
        assert sorted([first.answer, second.answer]) in ([302, 403], [302, 422])
        assert Conversation.objects.count() == BoardMessage.objects.count() == 1
        assert OutgoingMail.objects.count() == 1
        check_nothing_is_half_done()

    def test_the_same_form_sent_twice(self, offer, asker):
        first, second = Sender(asker), Sender(asker)
        data = {"text": WORDS, "form_id": str(uuid.uuid4())}
        at_once(first.sends(at("offer-ask", offer), **data), second.sends(at("offer-ask", offer), **data))
        assert 302 in {first.answer, second.answer}
        assert Conversation.objects.count() == BoardMessage.objects.count() == 1
        check_nothing_is_half_done()

    def test_two_that_ask_each_other(self, offer, giver, asker):
        """Each waits for its own row alone, so neither waits for the other."""
        theirs = OfferFactory(organization=asker.organization)
        one, other = Sender(asker), Sender(giver)
        at_once(
            one.sends(at("offer-ask", offer), text=WORDS), other.sends(at("offer-ask", theirs), text=WORDS)
        )
        assert (one.answer, other.answer) == (302, 302)
        assert Conversation.objects.count() == 2
        check_nothing_is_half_done()

    @pytest.mark.parametrize("end", ["withdraw", "settle"])
    def test_offer_that_ends_meanwhile(self, end, offer, giver, asker):
        asks, ends = Sender(asker), Sender(giver)
        at_once(asks.sends(at("offer-ask", offer), text=WORDS), ends.sends(at(f"offer-{end}", offer)))
        offer.refresh_from_db()
        assert ends.answer == 302
        assert offer.state in {OfferState.WITHDRAWN, OfferState.SETTLED}
        assert asks.answer in {302, 403, 404, 422}
        assert Conversation.objects.count() == (asks.answer == 302)
        assert OutgoingMail.objects.count() == (asks.answer == 302)
        check_nothing_is_half_done()

    def test_whoever_gives_leaves_meanwhile(self, offer, giver, asker):
        asks, staff = Sender(asker), UserFactory(secretariat=True)
        at_once(
            asks.sends(at("offer-ask", offer), text=WORDS),
            lambda: leave(giver.organization, staff),
        )
        assert asks.answer in {302, 403, 404, 422}
        assert Conversation.objects.count() == (asks.answer == 302)
        check_nothing_is_half_done()

    def test_an_offer_ends_once(self, offer, giver):
        one, other = Sender(giver), Sender(MembershipFactory(organization=giver.organization))
        at_once(one.sends(at("offer-withdraw", offer)), other.sends(at("offer-settle", offer)))
        assert one.answer in {302, 403}
        assert other.answer in {302, 403}
        assert events("offer_withdrawn") + events("offer_settled") == 1


def leave(organization: Organization, by: Any) -> None:
    services.leave_platform(organization=organization, on=timezone.localdate(), reason="解散", by=by)


@pytest.mark.django_db(transaction=True)
class TestAnswering:
    def test_two_answers_at_once(self, conversation, giver, asker):
        """Both are kept, in one order for everybody, and each side is told of what the other wrote."""
        ConversationParty.objects.update(mailed_at=timezone.now() - dt.timedelta(days=1))
        one, other = Sender(giver), Sender(asker)
        address = at("conversation", conversation)
        at_once(one.sends(address, text="はい"), other.sends(address, text="もう1つ"))
        assert (one.answer, other.answer) == (302, 302)
        written = list(conversation.messages.exclude(text=WORDS).order_by("written_at", "pk"))
        assert {message.text for message in written} == {"はい", "もう1つ"}
        conversation.refresh_from_db()
        assert conversation.last_message_at in {message.written_at for message in written}
        assert set(OutgoingMail.objects.values_list("address", flat=True)) == {
            giver.user.email,
            asker.user.email,
        }

    def test_two_of_one_organisation_tell_the_other_once(self, conversation, giver, asker):
        ConversationParty.objects.update(mailed_at=timezone.now() - dt.timedelta(days=1))
        one, other = Sender(giver), Sender(MembershipFactory(organization=giver.organization))
        address = at("conversation", conversation)
        at_once(one.sends(address, text="はい"), other.sends(address, text="どうぞ"))
        assert conversation.messages.exclude(text=WORDS).count() == events("message_written") == 2
        assert OutgoingMail.objects.count() == 1

    def test_one_ends_it_while_the_other_writes(self, conversation, giver, asker):
        writes, ends = Sender(giver), Sender(asker)
        at_once(
            writes.sends(at("conversation", conversation), text="はい"),
            ends.sends(at("conversation-close", conversation)),
        )
        conversation.refresh_from_db()
        assert ends.answer == 302
        assert not conversation.is_open
        assert writes.answer in {302, 422}
        assert conversation.messages.filter(text="はい").count() == (writes.answer == 302)
        assert events("message_written") == OutgoingMail.objects.count() == (writes.answer == 302)

    @pytest.mark.parametrize("who", ["sender", "other"])
    def test_an_organisation_leaves_while_somebody_writes(self, who, conversation, giver, asker):
        writes, staff = Sender(giver), UserFactory(secretariat=True)
        gone = giver.organization if who == "sender" else asker.organization
        answers = at_once(
            writes.sends(at("conversation", conversation), text="はい"), lambda: leave(gone, staff)
        )
        gone.refresh_from_db()
        assert answers == [None, None]
        assert not gone.is_active
        assert not gone.memberships.current().exists()
        assert writes.answer in {302, 403, 404, 422}
        assert conversation.messages.filter(text="はい").count() == (writes.answer == 302)
        assert events("message_written") == (writes.answer == 302)


@pytest.mark.django_db
def test_whose_membership_ends_between_two_looks_is_told_so(conversation, giver, monkeypatch):
    """The page reads the memberships twice; in between they may end."""
    client = signed_in(giver.user)
    monkeypatch.setattr(conversations, "own_memberships", lambda user: [])
    for name in ("conversation", "conversation-close", "conversation-report"):
        response = client.post(at(name, conversation), {"text": "はい", "reason": "x"})
        assert response.status_code == 403
        assert "担当者ではありません" in text_of(response)
    assert conversation.messages.count() == 1
