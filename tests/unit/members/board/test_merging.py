"""The board when two entries of one organisation become one."""

import pytest

from members import board_permissions as permissions
from members import services
from members.models import Conversation
from tests.factories.members import (
    BoardReportFactory,
    MembershipFactory,
    OfferFactory,
)
from tests.unit.members.board.asking import ask, events

pytestmark = pytest.mark.django_db


def merge(source, target, by):
    version = services.merge_version(source, target)
    return services.merge_organizations(source=source, target=target, sides={}, version=version, by=by)


def test_board_goes_along_when_two_become_one(offer, asker, giver, administrator):
    row = ask(offer, asker)
    own = OfferFactory(organization=asker.organization, need=True)
    report = BoardReportFactory(conversation=row, organization=asker.organization)
    twin = MembershipFactory(organization__name="こども食堂の会（二重）")
    merge(asker.organization, twin.organization, administrator)
    for moved in (row, own, report):
        moved.refresh_from_db()
    assert (row.asker, own.organization, report.organization) == (twin.organization,) * 3
    assert row.messages.get().organization == twin.organization
    assert permissions.can_read_conversation(twin.user, Conversation.objects.get())
    assert permissions.can_read_conversation(giver.user, Conversation.objects.get())
    assert events("conversation_moved").exists()
    assert events("offer_moved").exists()


def test_two_who_talked_to_each_other_become_one(offer, asker, giver, administrator):
    row = ask(offer, asker)
    merge(asker.organization, giver.organization, administrator)
    row.refresh_from_db()
    assert not row.is_open
    assert row.parties.get().organization == giver.organization
    assert permissions.can_read_conversation(giver.user, Conversation.objects.get())


def test_two_who_asked_the_same_become_one(offer, asker, administrator):
    twin = MembershipFactory()
    mine, other = ask(offer, asker), ask(offer, twin)
    merge(asker.organization, twin.organization, administrator)
    assert list(Conversation.objects.open()) == [other]
    mine.refresh_from_db()
    assert mine.asker == twin.organization
