"""What readers get of a published record, under each of its addresses."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import Audience, Edition, HiddenIn, Minutes, Utterance
from meetings.presenting.record import editions_for, present_record
from platform_portal.japanese.calendar import format_wareki
from tests.conftest import signed_in, text_of
from tests.factories.meetings import (
    ActionItemFactory,
    AgendaItemFactory,
    AttendanceFactory,
    CorrectionFactory,
    MinutesFactory,
    UtteranceFactory,
)
from tests.factories.members import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def minutes() -> Minutes:
    return MinutesFactory(published=True)


def correcting() -> None:
    """What the service of corrections says to the database before it changes a frozen record."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('meetings.correcting', 'on', true)")


def suspend(minutes: Minutes, reason: str = "引用の許しを確かめるため") -> None:
    Minutes.objects.filter(pk=minutes.pk).update(
        state="suspended",
        suspended_at=timezone.now(),
        suspended_by=UserFactory(role="secretariat"),
        suspended_reason=reason,
    )


def page(minutes: Minutes, client: Client | None = None, query: str = ""):
    return (client or Client()).get(reverse("meetings:minutes", args=[minutes.meeting.public_id]) + query)


def my_page(minutes: Minutes, client: Client, query: str = ""):
    return client.get(reverse("meetings:my-minutes", args=[minutes.meeting.public_id]) + query)


def shown(minutes: Minutes, edition: Edition = Edition.NAMED):
    return present_record(minutes, [edition])


# --- Editions ------------------------------------------------------------------------------------
def test_who_may_read_both_gets_names_and_may_switch(minutes):
    UtteranceFactory(minutes=minutes, text="山田さんは言った", labels_text="委員は言った")
    named = text_of(page(minutes))
    assert "県社協・山田課長" in named
    assert "山田さんは言った" in named
    assert "?edition=labels" in named
    labels = text_of(page(minutes, query="?edition=labels"))
    assert "委員は言った" in labels
    assert "山田" not in labels
    assert text_of(page(minutes, query="?edition=nonsense")) == named


def test_everybody_gets_labels_where_names_are_for_members(minutes):
    Minutes.objects.filter(pk=minutes.pk).update(named_audience=Audience.MEMBERS)
    UtteranceFactory(minutes=minutes, text="山田さんは言った", labels_text="委員は言った")
    for query in ("", "?edition=named"):
        assert "山田" not in text_of(page(minutes, query=query))


def test_member_reads_names_inside_and_outsider_does_not(minutes):
    Minutes.objects.filter(pk=minutes.pk).update(named_audience=Audience.MEMBERS)
    UtteranceFactory(minutes=minutes)
    member = MembershipFactory()
    AttendanceFactory(meeting=minutes.meeting, organization=member.organization)
    assert "山田" in text_of(my_page(minutes, signed_in(member.user)))
    assert "山田" not in text_of(my_page(minutes, signed_in(MembershipFactory().user)))


def test_members_are_led_from_the_public_address_to_theirs(minutes):
    Minutes.objects.filter(pk=minutes.pk).update(
        named_audience=Audience.MEMBERS, labels_audience=Audience.MEMBERS
    )
    block = UtteranceFactory(minutes=minutes)
    member = MembershipFactory()
    minutes.meeting.body.organizations.add(member.organization)
    client = signed_in(member.user)
    quote = reverse("meetings:utterance", args=[block.public_id])
    assert page(minutes, client).headers["Location"] == reverse(
        "meetings:my-minutes", args=[minutes.meeting.public_id]
    )
    assert client.get(quote, follow=True).status_code == 200
    assert page(minutes).status_code == Client().get(quote).status_code == 404
    assert my_page(minutes, signed_in(MembershipFactory().user)).status_code == 404


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_nobody_outside_the_desk_reads_a_draft(state):
    minutes = MinutesFactory(named_audience=Audience.PUBLIC, labels_audience=Audience.PUBLIC)
    Minutes.objects.filter(pk=minutes.pk).update(state=state)
    block = UtteranceFactory(minutes=minutes)
    secretariat = signed_in(UserFactory(role="secretariat"))
    assert page(minutes).status_code == my_page(minutes, secretariat).status_code == 404
    assert Client().get(reverse("meetings:utterance", args=[block.public_id])).status_code == 404


def test_editions_follow_the_audiences(minutes):
    Minutes.objects.filter(pk=minutes.pk).update(named_audience=Audience.CLOSED)
    assert editions_for(AnonymousUser(), minutes) == [Edition.LABELS]
    assert editions_for(UserFactory(role="staff"), minutes) == [Edition.LABELS]
    assert editions_for(UserFactory(role="secretariat"), minutes) == [Edition.NAMED, Edition.LABELS]


# --- Blocks --------------------------------------------------------------------------------------
def test_items_speakers_and_answers_are_linked(minutes):
    first = AgendaItemFactory(meeting=minutes.meeting, number="1", title="開会")
    second = AgendaItemFactory(meeting=minutes.meeting, number="(1)", title="報告", parent=first)
    question = UtteranceFactory(minutes=minutes, items=[first])
    answer = UtteranceFactory(
        minutes=minutes, items=[first, second], reply_to=question, speaker="森", role="部長"
    )
    record = shown(minutes)
    asked, answered = record.blocks
    assert [item.title for item in asked.headings] == ["開会"]
    assert [item.title for item in answered.headings] == ["報告"]
    assert answered.reply_to.public_id == question.public_id
    assert [reply.public_id for reply in asked.replies] == [answer.public_id]
    assert [(item.depth, item.first) for item in record.items] == [
        (0, question.public_id),
        (1, answer.public_id),
    ]
    assert [(each.label, each.count) for each in record.speakers] == [
        ("県社協・山田課長", 1),
        ("県社協・森部長", 1),
    ]


def test_closed_items_are_left_out_and_said_so(minutes):
    closed = AgendaItemFactory(
        meeting=minutes.meeting, title="ひみつの議題", is_closed=True, closed_reason="個人のことのため"
    )
    under = AgendaItemFactory(meeting=minutes.meeting, title="その下のひみつ", parent=closed, number="(1)")
    UtteranceFactory(minutes=minutes, text="はじめに")
    question = UtteranceFactory(minutes=minutes, text="ひみつの話", items=[closed])
    UtteranceFactory(minutes=minutes, text="下のひみつの話", items=[under])
    UtteranceFactory(minutes=minutes, text="さいごに", reply_to=question)
    record = shown(minutes)
    assert [block.text for block in record.blocks] == ["はじめに", "さいごに"]
    assert record.blocks[1].gap_before == ["個人のことのため"]
    assert record.blocks[1].reply_to is None
    words = text_of(page(minutes))
    assert "ひみつ" not in words
    assert "個人のことのため" in words
    assert Client().get(reverse("meetings:utterance", args=[question.public_id])).status_code == 404


def test_a_gap_at_the_end_is_said_too(minutes):
    closed = AgendaItemFactory(meeting=minutes.meeting, is_closed=True, closed_reason="個人のことのため")
    UtteranceFactory(minutes=minutes, items=[closed])
    assert shown(minutes).gap_at_the_end == ["個人のことのため"]
    assert "個人のことのため" in text_of(page(minutes))


def test_correction_is_shown_in_its_place(minutes):
    block = UtteranceFactory(minutes=minutes, text="できなかった。")
    CorrectionFactory(utterance=block)
    CorrectionFactory(utterance=block, state="proposed", before="未定の文", decided_at=None, decided_by=None)
    for words in (
        text_of(page(minutes)),
        text_of(Client().get(reverse("meetings:utterance", args=[block.public_id]))),
    ):
        assert "訂正あり" in words
        assert "できなかつた。" in words
        assert "文字のまちがい" in words
        assert "未定の文" not in words


def test_names_taken_out_of_the_labels_are_not_shown_by_the_entry(minutes):
    block = UtteranceFactory(minutes=minutes, text="大谷さんの話", labels_text="参与の話")
    CorrectionFactory(
        utterance=block,
        before="大谷さんの話し",
        after="大谷さんの話",
        labels_before="大谷さんの話し",
        labels_after="参与の話",
        before_hidden_in=HiddenIn.LABELS,
    )
    assert "大谷" not in text_of(page(minutes, query="?edition=labels"))
    assert "大谷さんの話し" in text_of(page(minutes))


def test_correction_seen_with_names_alone_is_no_news_without(minutes):
    block = UtteranceFactory(minutes=minutes, text="大谷さん", labels_text="参与")
    CorrectionFactory(
        utterance=block, before="小西さん", after="大谷さん", labels_before="参与", labels_after="参与"
    )
    (without,), (named,) = shown(minutes, Edition.LABELS).blocks, shown(minutes).blocks
    assert (len(without.amendments), len(named.amendments)) == (0, 1)


def test_removed_block_leaves_its_reason_and_its_address(minutes):
    block = UtteranceFactory(minutes=minutes, text="消された言葉")
    CorrectionFactory(
        utterance=block,
        is_removal=True,
        before="消された言葉",
        before_hidden_in=HiddenIn.ALL,
        reason="本人の申出",
    )
    correcting()
    Utterance.objects.filter(pk=block.pk).update(
        removed_at=timezone.now(),
        removed_by=UserFactory(role="secretariat"),
        removed_reason="本人の申出のため",
    )
    answer = Client().get(reverse("meetings:utterance", args=[block.public_id]))
    assert answer.status_code == 410
    assert "public" not in answer.headers["Cache-Control"]
    for words in (text_of(answer), text_of(page(minutes))):
        assert "本人の申出のため" in words
        assert "消された言葉" not in words


def test_suspended_record_says_when_and_why(minutes):
    block = UtteranceFactory(minutes=minutes, text="止めた言葉")
    suspend(minutes)
    minutes.refresh_from_db()
    day = format_wareki(timezone.localdate(minutes.suspended_at))
    for answer in (page(minutes), Client().get(reverse("meetings:utterance", args=[block.public_id]))):
        assert answer.status_code == 410
        words = text_of(answer)
        assert "引用の許しを確かめるため" in words
        assert day in words
        assert "止めた言葉" not in words


def test_suspended_record_that_was_for_members_is_not_spoken_of(minutes):
    Minutes.objects.filter(pk=minutes.pk).update(
        named_audience=Audience.MEMBERS, labels_audience=Audience.MEMBERS
    )
    suspend(minutes)
    assert page(minutes).status_code == 404
    member = MembershipFactory()
    minutes.meeting.body.organizations.add(member.organization)
    assert "引用の許し" in text_of(my_page(minutes, signed_in(member.user)))


def test_quoted_block_stands_among_its_neighbours(minutes):
    blocks = [UtteranceFactory(minutes=minutes, text=f"{n}番目の発言") for n in range(9)]
    words = text_of(Client().get(reverse("meetings:utterance", args=[blocks[4].public_id])))
    assert [n for n in range(9) if f"{n}番目の発言" in words] == [2, 3, 4, 5, 6]
    whole = reverse("meetings:minutes", args=[minutes.meeting.public_id])
    assert f'{whole}?edition=named#u-{blocks[4].public_id}"' in words


def test_text_is_escaped(minutes):
    block = UtteranceFactory(minutes=minutes, text="<script>alert(1)</script>")
    assert "<script>alert" not in text_of(page(minutes))
    assert "<script>alert" not in text_of(Client().get(reverse("meetings:utterance", args=[block.public_id])))


def test_promises_stand_with_the_record_they_came_from(minutes):
    body, said = minutes.meeting.body, UtteranceFactory(minutes=minutes)
    closed = AgendaItemFactory(meeting=minutes.meeting, is_closed=True, closed_reason="個人のこと")
    hidden = UtteranceFactory(minutes=minutes, items=[closed])
    ActionItemFactory(body=body, utterance=said, is_public=True, text="調べ方を示す", responsible="大谷")
    ActionItemFactory(body=body, utterance=said, text="内部の宿題")
    ActionItemFactory(body=body, utterance=hidden, is_public=True, text="閉じた宿題")
    named, labels = text_of(page(minutes)), text_of(page(minutes, query="?edition=labels"))
    for words in (named, labels):
        assert "調べ方を示す" in words
        assert "内部の宿題" not in words
        assert "閉じた宿題" not in words
    assert "大谷" in named
    assert "大谷" not in labels


# --- Effort --------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [3, 60])
def test_queries_are_constant(count, minutes, django_assert_num_queries, portal_kept):
    item = AgendaItemFactory(meeting=minutes.meeting)
    for _each in range(count):
        CorrectionFactory(utterance=UtteranceFactory(minutes=minutes, items=[item]))
    editions = [Edition.NAMED, Edition.LABELS]
    with django_assert_num_queries(4):
        present_record(minutes, editions)
    with django_assert_num_queries(10 + portal_kept):
        page(minutes)


@pytest.fixture
def portal_kept() -> int:
    """Queries for the settings of the portal, which every page makes."""
    return 1
