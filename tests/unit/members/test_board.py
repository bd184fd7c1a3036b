"""The matching board: offers, conversations, who may, what is told, what is kept from whom."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import board_permissions as permissions
from members import services
from members.models import BoardMessage, Conversation, ConversationParty, Offer
from members.models.board import in_half_a_year
from members.services.conversations import CONVERSATIONS_PER_DAY, MESSAGES_PER_HOUR
from members.services.offers import MOST_OPEN_OFFERS
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import (
    BoardReportFactory,
    ConversationFactory,
    MembershipFactory,
    OfferFactory,
    OrganizationFactory,
    UserFactory,
)
from tests.factories.region import MunicipalityFactory

pytestmark = pytest.mark.django_db

VALUES = {
    "side": "need",
    "resource": "people",
    "title": "学習支援の手伝い",
    "text": "週に1回、中学生の勉強を見てくれる人を探しています。",
    "municipality": None,
}
TODAY = timezone.localdate


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


@pytest.fixture
def giver():
    return MembershipFactory(organization__name="たべもの銀行", user__email="giver@food.example")


@pytest.fixture
def asker():
    return MembershipFactory(
        organization__name="こども食堂の会", user__email="asker@kids.example", editor=True
    )


@pytest.fixture
def offer(giver):
    return OfferFactory(organization=giver.organization, title="お米をゆずります")


def ask(offer, asker, text="くわしく聞かせてください。", **more):
    return services.ask_about_offer(
        offer=offer, organization=asker.organization, text=text, by=asker.user, **more
    )


def events(kind):
    return AuditEvent.objects.filter(type=f"members.{kind}")


# --- Offers -------------------------------------------------------------------------------------
def test_offer_is_put_up_with_its_record(asker):
    row = services.put_up_offer(organization=asker.organization, values=VALUES, by=asker.user)
    assert row in Offer.objects.open()
    assert row.author == asker.user
    assert row.valid_to == in_half_a_year()
    assert events("offer_put_up").get().actor_id == asker.user.pk


def test_half_a_year_ends_with_the_month(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: dt.date(2026, 8, 31))
    assert in_half_a_year() == dt.date(2027, 2, 28)


@pytest.mark.parametrize(("length", "is_kept"), [(0, True), (366, True), (-1, False), (367, False)])
def test_offer_stands_a_year_at_most(asker, length, is_kept):
    values = VALUES | {"valid_to": TODAY() + days(length)}
    if is_kept:
        services.put_up_offer(organization=asker.organization, values=values, by=asker.user)
    else:
        with pytest.raises(ValidationError, match="1年まで"):
            services.put_up_offer(organization=asker.organization, values=values, by=asker.user)


def test_viewer_and_stranger_put_nothing_up(asker):
    viewer = MembershipFactory(organization=asker.organization, viewer=True)
    for person, reason in [(viewer.user, "閲覧のみ"), (UserFactory(), "担当者ではありません")]:
        with pytest.raises(Refused, match=reason):
            services.put_up_offer(organization=asker.organization, values=VALUES, by=person)
    assert not Offer.objects.exists()


def test_one_organization_does_not_fill_the_board(asker):
    OfferFactory.create_batch(MOST_OPEN_OFFERS, organization=asker.organization)
    with pytest.raises(Refused, match=f"{MOST_OPEN_OFFERS}件まで"):
        services.put_up_offer(organization=asker.organization, values=VALUES, by=asker.user)


def test_offer_is_changed_and_its_time_begins_anew(offer, giver):
    Offer.objects.update(
        valid_from=TODAY() - days(200), valid_to=TODAY() + days(3), notice_sent_at=timezone.now()
    )
    values = {"title": "お米と野菜", "valid_to": TODAY() + days(300)}
    row = services.change_offer(offer=offer, values=values, by=giver.user)
    assert (row.valid_from, row.notice_sent_at) == (TODAY(), None)
    assert events("offer_changed").get().new["title"] == "お米と野菜"
    assert row in Offer.objects.search("ヤサイ") or row in Offer.objects.search("野菜")


def test_no_change_no_event(offer, giver):
    services.change_offer(offer=offer, values={"title": offer.title}, by=giver.user)
    assert not events("offer_changed").exists()


def test_expired_offer_goes_up_again(offer, giver):
    Offer.objects.update(state="expired", valid_from=TODAY() - days(200), valid_to=TODAY() - days(1))
    row = services.prolong_offer(offer=offer, by=giver.user)
    assert row.is_open
    assert row.valid_to == in_half_a_year()


@pytest.mark.parametrize(
    ("service", "state"), [(services.settle_offer, "settled"), (services.withdraw_offer, "withdrawn")]
)
def test_offer_ends_once(offer, giver, service, state):
    row = service(offer=offer, by=giver.user)
    assert row.state == state
    assert row not in Offer.objects.open()
    assert events(f"offer_{state}").get().old == {"state": "open"}
    with pytest.raises(Refused, match="終わった掲示"):
        service(offer=offer, by=giver.user)


def test_desk_takes_down_and_writes_nothing_for_others(offer, owner):
    with pytest.raises(Refused):
        services.change_offer(offer=offer, values={"title": "ほか"}, by=owner)
    assert services.withdraw_offer(offer=offer, by=owner).state == "withdrawn"
    with pytest.raises(Refused, match="もう終わっています"):
        services.withdraw_offer(offer=offer, by=owner)


def test_what_is_over_is_taken_down(offer, giver):
    stays = OfferFactory(valid_to=TODAY())
    Offer.objects.filter(pk=offer.pk).update(valid_from=TODAY() - days(9), valid_to=TODAY() - days(1))
    assert list(Offer.objects.open()) == [stays]  # before the task has come by
    assert services.expire_offers() == 1
    assert services.expire_offers() == 0
    offer.refresh_from_db()
    assert offer.state == "expired"
    assert events("offer_expired").get().actor_id is None


def test_offers_of_who_has_left_are_gone(offer):
    offer.organization.state, offer.organization.left_on = "left", TODAY()
    offer.organization.save()
    assert not Offer.objects.open().exists()


def test_organization_is_told_once_fourteen_days_before(giver, offer):
    Offer.objects.update(valid_to=TODAY() + days(14))
    OfferFactory(organization=giver.organization, title="毛布", valid_to=TODAY() + days(2))
    OfferFactory(organization=giver.organization, title="まだ先", valid_to=TODAY() + days(15))
    MembershipFactory(organization=giver.organization, viewer=True)
    assert services.tell_of_ending_offers() == 1
    assert services.tell_of_ending_offers() == 0
    sent = OutgoingMail.objects.get(kind="members.offers_ending")
    assert sent.to == "giver@food.example"
    assert "お米をゆずります" in sent.text
    assert "毛布" in sent.text
    assert "まだ先" not in sent.text
    assert "/my/board/?own=1" in sent.html


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"side": "give"}, False),
        ({"resource": "money"}, False),
        ({"place": "same"}, True),
        ({"place": "other"}, False),
        ({"state": "settled"}, False),
        ({"own": True}, False),
    ],
)
def test_what_fits(offer, change, fits):
    here, there = MunicipalityFactory(), MunicipalityFactory(code="372021", name="丸亀市")
    offer.municipality = here
    offer.save()
    place = {"same": here, "other": there, None: None}[change.get("place")]
    values = {name: change[name] for name in ("side", "resource", "state") if name in change}
    if change.get("own"):
        values["organization"] = offer.organization
    other = OfferFactory(**{"side": "need", "municipality": place} | values)
    assert (other in Offer.objects.fitting(offer)) is fits


# --- Conversations ------------------------------------------------------------------------------
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
    giver.organization.state, giver.organization.left_on = "left", TODAY()
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


# --- The secretariat ----------------------------------------------------------------------------
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


# --- Two entries of one organisation become one ---------------------------------------------------
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


def test_factories_make_what_services_make():
    report = BoardReportFactory()
    assert report.conversation.parties.count() == 2
    assert ConversationFactory().messages.count() == 1


def test_telling_asks_as_often_for_many_as_for_few(giver):
    """Only those that must be told cost anything."""
    OfferFactory.create_batch(5, organization=OrganizationFactory(), valid_to=TODAY() + days(60))
    with CaptureQueriesContext(
        connection,
    ) as few:
        services.tell_of_ending_offers()
    OfferFactory.create_batch(20, organization=OrganizationFactory(), valid_to=TODAY() + days(60))
    with CaptureQueriesContext(connection) as many:
        services.tell_of_ending_offers()
    assert len(few) == len(many)
