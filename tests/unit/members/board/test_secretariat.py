"""What the secretariat does on the matching board."""

import pytest
from django.core.exceptions import ValidationError

from members import services
from members.models import ConversationParty
from platform_portal.access.checks import Refused
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import (
    OfferFactory,
    UserFactory,
)
from tests.unit.members.board.asking import ask, events

pytestmark = pytest.mark.django_db


def test_staff_bring_two_together(offer, asker, giver, owner):
    need = OfferFactory(organization=asker.organization, need=True)
    row = services.introduce(first=offer, second=need, text="お二人で話してみませんか。", by=owner)
    assert row.messages.get().organization is None
    assert {mail.to for mail in OutgoingMail.objects.all()} == {"giver@food.example", "asker@kids.example"}
    assert {party.unread for party in ConversationParty.objects.with_unread()} == {1}
    assert events("conversation_introduced").get().actor_id == owner.pk
    for pair in [(offer, need), (need, offer)]:
        with pytest.raises(Refused, match="もうやりとり"):
            services.introduce(first=pair[0], second=pair[1], text="もう一度", by=owner)


def test_members_bring_nobody_together(offer, asker):
    need = OfferFactory(organization=asker.organization, need=True)
    with pytest.raises(Refused):
        services.introduce(first=offer, second=need, text="話", by=asker.user)
    own = OfferFactory(organization=offer.organization, need=True)
    with pytest.raises(Refused, match="同じ団体"):
        services.introduce(first=offer, second=own, text="話", by=UserFactory())


def test_report_opens_one_conversation_until_it_is_dealt_with(offer, asker, owner):
    row = ask(offer, asker)
    report = services.report_conversation(
        conversation=row, organization=asker.organization, reason="売りこみです。", by=asker.user
    )
    with pytest.raises(ValidationError, match="もう事務局に知らせて"):
        services.report_conversation(
            conversation=row, organization=asker.organization, reason="また", by=asker.user
        )
    with pytest.raises(Refused):
        services.read_reported(report=report, by=asker.user)
    assert [message.text for message in services.read_reported(report=report, by=owner)] == [
        "くわしく聞かせてください。"
    ]
    assert events("conversation_read_by_staff").get().actor_id == owner.pk
    with pytest.raises(ValidationError):
        services.handle_report(report=report, resolution=" ", by=owner)
    services.handle_report(report=report, resolution="電話で注意した。", by=owner)
    with pytest.raises(Refused, match="もう読めません"):
        services.read_reported(report=report, by=owner)
    with pytest.raises(Refused, match="対応が済んでいます"):
        services.handle_report(report=report, resolution="また", by=owner)
