"""The board's pages: what each of the people involved meets, and that nobody reads what is not theirs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members import services
from members.models import BoardReport, Conversation, Offer
from platform_portal.audit.models import AuditEvent
from platform_portal.identifiers import new_public_id
from tests.conftest import signed_in, text_of
from tests.factories.members import (
    BoardReportFactory,
    ConversationFactory,
    MembershipFactory,
    OfferFactory,
    OrganizationFactory,
    SectorFactory,
    UserFactory,
)
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db

BOARD = reverse("my:board")
HOSTILE = '<script>alert(1)</script> https://evil.example/ javascript:alert(2) "onmouseover=x'


@pytest.fixture
def giver():
    return MembershipFactory(organization__name="たべもの銀行", user__name="銀行 ゆたか")


@pytest.fixture
def asker():
    return MembershipFactory(organization__name="こども食堂の会", user__name="食堂 めぐみ", editor=True)


@pytest.fixture
def viewer(asker):
    return MembershipFactory(organization=asker.organization, viewer=True)


@pytest.fixture
def offer(giver):
    return OfferFactory(organization=giver.organization, title="お米をゆずります")


@pytest.fixture
def conversation(offer, asker):
    return ConversationFactory(offer=offer, asker=asker.organization, begun_by=asker.user)


def at(name, row):
    return reverse(f"my:{name}", args=[row.public_id])


def client_of(membership):
    return signed_in(membership.user)


# --- The list -----------------------------------------------------------------------------------
def test_empty_board_says_what_to_do(asker):
    assert "まだ何も載っていません" in text_of(client_of(asker).get(BOARD))


def test_board_is_for_members_of_today_and_the_desk(offer, outsider_client, owner_client, asker):
    assert outsider_client.get(BOARD).status_code == 403
    assert "お米をゆずります" in text_of(owner_client.get(BOARD))
    asker.ended_at = timezone.now()
    asker.save()
    refused = client_of(asker).get(at("offer", offer))
    assert refused.status_code == 403
    assert "会員団体の担当者だけが見られます" in text_of(refused)


def test_viewer_reads_and_is_told_why_no_more(viewer, offer, conversation):
    client = client_of(viewer)
    page = text_of(client.get(BOARD))
    assert "お米をゆずります" in page
    assert "「閲覧のみ」の担当なので、掲示板は読むことだけができます" in page
    assert reverse("my:offer-create") not in page
    page = text_of(client.get(at("offer", offer)))
    assert "閲覧のみ" in page
    assert at("conversation", conversation) not in page
    assert client.get(reverse("my:offer-create")).status_code == 403
    assert client.post(at("offer-ask", offer)).status_code == 403
    refused = client.get(at("conversation", conversation))
    assert refused.status_code == 403
    assert "やりとりは読めません" in text_of(refused)
    assert "閲覧のみ" in text_of(client.get(reverse("my:conversation-list")))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"米", "手", "金"}),
        ("side=need", {"手", "金"}),
        ("resource=people", {"手"}),
        ("area=372013", {"米", "手"}),
        ("sector=work", {"手"}),
        ("own=1", {"自", "古"}),
        ("side=nonsense", {"米", "手", "金"}),
    ],
)
def test_filters(asker, query, titles):
    portal = PortalSettingsFactory()
    here = MunicipalityFactory(prefecture=portal.prefecture)
    there = MunicipalityFactory(prefecture=portal.prefecture, code="372021", name="丸亀市")
    work = SectorFactory(slug="work")
    OfferFactory(title="米", municipality=here)
    OfferFactory(title="手", need=True, resource="people", organization__sector=work)
    OfferFactory(title="金", need=True, resource="money", municipality=there)
    if query == "own=1":
        OfferFactory(title="自", organization=asker.organization)
        OfferFactory(title="古", organization=asker.organization, state="settled")
    OfferFactory(title="ほかの古", state="withdrawn")
    if query.startswith("area"):
        query = f"area={here.pk}"
    if query.startswith("sector"):
        query = f"sector={work.pk}"
    found = client_of(asker).get(f"{BOARD}?{query}").context["page"].object_list
    assert {row.title for row in found} == titles


def test_search_goes_by_post_and_stays_out_of_the_address(asker, offer):
    OfferFactory(title="毛布", text="冬のあいだ")
    client = client_of(asker)
    answer = client.post(reverse("my:board-search"), {"words": "オ米"})
    assert answer.headers["Location"] == BOARD
    page = text_of(client.get(BOARD))
    assert "お米をゆずります" in page
    assert "毛布" not in page
    client.post(reverse("my:board-search"), {"words": "たべもの銀行"})
    assert "お米をゆずります" in text_of(client.get(BOARD))
    client.post(reverse("my:board-search"), {"words": "どこにもない"})
    assert "あてはまる掲示はありません" in text_of(client.get(BOARD))


def test_as_many_questions_for_a_thousand_as_for_a_few(asker, offer):
    client = client_of(asker)
    OfferFactory(organization=asker.organization, need=True)
    addresses = [BOARD, at("offer", offer), f"{BOARD}?own=1"]
    for address in addresses:
        client.get(address)

    def cost(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = [cost(address) for address in addresses]
    others = [OrganizationFactory() for _each in range(5)]
    rows = [
        Offer(
            organization=[*others, asker.organization][number % 6],
            side=["give", "need"][number % 2],
            resource="goods",
            title=f"掲示{number}",
            text="内容",
            author=asker.user,
            public_id=public_id,
        )
        for number, public_id in enumerate(Offer.draw_public_ids(1000))
    ]
    Offer.objects.bulk_create(rows)
    many = [cost(address) for address in addresses]
    assert [after - before for before, after in zip(few, many, strict=True)] == [0, 0, 0]
    assert client.get(BOARD).context["page"].paginator.count == 1002
    assert max(many) <= 16


# --- One's own offers ---------------------------------------------------------------------------
VALUES = {"side": "need", "resource": "people", "title": "学習支援の手伝い", "text": "週に1回です。"}


def values_for(membership, **more):
    return VALUES | {
        "organization": membership.organization.public_id,
        "valid_to": timezone.localdate().isoformat(),
        **more,
    }


def test_editor_puts_up_changes_prolongs_and_settles(asker):
    client = client_of(asker)
    assert client.post(reverse("my:offer-create"), values_for(asker)).status_code == 302
    row = Offer.objects.get()
    assert (row.organization, row.author) == (asker.organization, asker.user)
    client.post(at("offer-edit", row), values_for(asker, title="手伝ってください"))
    client.post(at("offer-prolong", row))
    assert "もとにはもどせません" in text_of(client.get(at("offer-settle", row)))
    row.refresh_from_db()
    assert row.is_open
    client.post(at("offer-settle", row))
    row.refresh_from_db()
    assert (row.title, row.state) == ("手伝ってください", "settled")
    assert client.get(at("offer-edit", row)).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "見出し"),
        ({"valid_to": "2020-01-01"}, "きょうより後"),
        ({"valid_to": "2099-01-01"}, "きょうから1年まで"),
        ({"text": "あ" * 2001}, "2000"),
        ({"organization": "xxxxxx"}, "一覧から選び直して"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(asker, wrong, said):
    response = client_of(asker).post(reverse("my:offer-create"), values_for(asker, **wrong))
    assert response.status_code == 422
    assert said in text_of(response)
    assert not Offer.objects.exists()


def test_nothing_is_put_up_in_the_name_of_others(asker, giver):
    response = client_of(asker).post(reverse("my:offer-create"), values_for(giver))
    assert response.status_code == 422
    assert not Offer.objects.exists()


@pytest.mark.parametrize("page", ["offer-edit", "offer-prolong", "offer-settle", "offer-withdraw"])
def test_offers_of_others_are_not_found(page, offer, asker):
    client = client_of(asker)
    assert client.post(at(page, offer), values_for(asker)).status_code == 404
    offer.refresh_from_db()
    assert (offer.title, offer.state) == ("お米をゆずります", "open")


def test_what_has_ended_is_seen_by_its_own_and_by_who_talked_about_it(offer, giver, asker, conversation):
    services.settle_offer(offer=offer, by=giver.user)
    assert client_of(giver).get(at("offer", offer)).status_code == 200
    assert client_of(asker).get(at("offer", offer)).status_code == 200
    assert client_of(MembershipFactory()).get(at("offer", offer)).status_code == 404


def test_hostile_words_are_text(asker, giver):
    row = OfferFactory(organization=giver.organization, title=HOSTILE[:60], text=HOSTILE)
    talk = ConversationFactory(offer=row, asker=asker.organization, begun_by=asker.user)
    talk.messages.update(text=HOSTILE)
    for address in (BOARD, at("offer", row), at("conversation", talk)):
        page = text_of(client_of(giver).get(address))
        assert "<script>alert" not in page
        assert 'href="https://evil' not in page
        assert 'href="javascript' not in page
        assert "&lt;script&gt;alert(1)" in page


def test_suggestions_say_why(asker, offer):
    OfferFactory(organization=asker.organization, need=True, title="お米がほしい")
    page = text_of(client_of(asker).get(at("offer", offer)))
    assert "合いそうなもの" in page
    assert "お米がほしい" in page
    assert "「物」を求めている団体の掲示です" in page


# --- Conversations ------------------------------------------------------------------------------
def test_two_organizations_talk(offer, asker, giver):
    client = client_of(asker)
    text = "量を教えてください。"
    answer = client.post(at("offer-ask", offer), {"organization": asker.organization.public_id, "text": text})
    talk = Conversation.objects.get()
    assert answer.headers["Location"] == at("conversation", talk)
    other = client_of(giver)
    assert "掲示板の新しいメッセージ" in text_of(other.get(reverse("my:home")))
    assert "新しいメッセージ1通" in text_of(other.get(reverse("my:conversation-list")))
    page = text_of(other.get(at("conversation", talk)))
    assert text in page
    assert asker.user.name in page
    assert asker.user.email not in page
    assert "掲示板の新しいメッセージ" not in text_of(other.get(reverse("my:home")))
    other.post(
        at("conversation", talk), {"organization": giver.organization.public_id, "text": "30キロです。"}
    )
    page = text_of(client.get(at("conversation", talk)))
    assert "30キロです。" in page
    assert giver.user.email not in page
    client.post(at("conversation-close", talk))
    assert "このやりとりは終わっています" in text_of(other.get(at("conversation", talk)))


def test_what_was_written_stays_when_it_cannot_be_sent(conversation, asker):
    response = client_of(asker).post(
        at("conversation", conversation),
        {"organization": asker.organization.public_id, "text": "あ" * 2001},
    )
    assert response.status_code == 422
    assert "あ" * 2001 in text_of(response)


@pytest.mark.parametrize("page", ["conversation", "conversation-close", "conversation-report"])
def test_conversations_of_others_are_not_found(page, conversation):
    """Members of a third organisation, staff, administrators: by every id that there is, and by guessed ones."""
    third = MembershipFactory()
    own = ConversationFactory(asker=third.organization)
    ids = [row.public_id for row in Conversation.objects.all()] + [new_public_id() for _each in range(20)]
    people = {
        "third": signed_in(third.user),
        "staff": signed_in(UserFactory()),
        "administrator": signed_in(UserFactory(administrator=True)),
    }
    reached = [
        (name, public_id)
        for name, client in people.items()
        for public_id in ids
        if client.get(reverse(f"my:{page}", args=[public_id])).status_code != 404
    ]
    assert reached == [("third", own.public_id)]
    answer = people["third"].post(
        at(page, conversation),
        {"organization": third.organization.public_id, "text": "よこから", "reason": "x"},
    )
    assert answer.status_code == 404
    assert conversation.messages.count() == 1


def test_one_who_acts_for_both_says_for_whom(conversation, asker, giver):
    both = MembershipFactory(organization=giver.organization, user=asker.user)
    client = client_of(both)
    assert "どの団体として書きますか" in text_of(client.get(at("conversation", conversation)))
    client.post(
        at("conversation", conversation),
        {"organization": giver.organization.public_id, "text": "こちらから"},
    )
    assert conversation.messages.last().organization == giver.organization


def test_conversations_cost_the_same_however_many(asker, giver):
    client = client_of(asker)
    address = reverse("my:conversation-list")
    assert "まだやりとりはありません" in text_of(client.get(address))
    ConversationFactory(asker=asker.organization)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _each in range(12):
        ConversationFactory(asker=asker.organization)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many)


# --- The desk -----------------------------------------------------------------------------------
def test_staff_see_that_two_talk_and_not_what(conversation, owner_client):
    page = text_of(owner_client.get(reverse("members:board-list")))
    assert "お米をゆずります" in page
    assert "こども食堂の会" in page
    assert "くわしく聞かせてください" not in page


def test_report_lets_staff_read_once_and_leaves_a_mark(conversation, asker, owner, owner_client):
    client_of(asker).post(
        at("conversation-report", conversation),
        {"organization": asker.organization.public_id, "reason": "売りこみです。"},
    )
    report = BoardReport.objects.get()
    assert "やりとりについての知らせ" in text_of(owner_client.get(reverse("desk:home")))
    address = reverse("members:board-report", args=[report.pk])
    page = text_of(owner_client.get(address))
    assert "売りこみです。" in page
    assert "くわしく聞かせてください" not in page
    read = reverse("members:board-report-read", args=[report.pk])
    response = owner_client.post(read)
    assert "くわしく聞かせてください" in text_of(response)
    assert "no-store" in response.headers["Cache-Control"]
    assert AuditEvent.objects.get(type="members.conversation_read_by_staff").actor_id == owner.pk
    owner_client.post(address, {"resolution": "電話で話した。"})
    assert owner_client.post(read).status_code == 403
    assert "くわしく聞かせてください" not in text_of(owner_client.get(address))


def test_colleague_is_told_what_was_done(colleague_client):
    report = BoardReportFactory(handled_at=timezone.now(), handled_by=UserFactory(name="先の人"))
    assert "先の人" in text_of(colleague_client.get(reverse("members:board-report", args=[report.pk])))
    assert "対応した" in text_of(colleague_client.get(reverse("members:board-report-list")))


def test_staff_bring_two_together(offer, asker, owner_client):
    address = reverse("members:board-introduce", args=[offer.public_id])
    assert "合いそうな掲示は、いまはありません" in text_of(owner_client.get(address))
    need = OfferFactory(organization=asker.organization, need=True, title="お米がほしい")
    assert "お米がほしい" in text_of(owner_client.get(address))
    assert owner_client.post(address, {"second": offer.public_id, "text": "話"}).status_code == 422
    owner_client.post(address, {"second": need.public_id, "text": "お話しになりませんか。"})
    talk = Conversation.objects.get()
    page = text_of(client_of(asker).get(at("conversation", talk)))
    assert "お話しになりませんか。" in page
    assert "事務局" in page
    assert owner_client.get(at("conversation", talk)).status_code == 404


def test_desk_takes_an_offer_down(offer, owner_client):
    assert "事務局として取り下げる" in text_of(owner_client.get(at("offer", offer)))
    owner_client.post(at("offer-withdraw", offer))
    offer.refresh_from_db()
    assert offer.state == "withdrawn"
    assert owner_client.post(at("offer-edit", offer), VALUES).status_code == 404


def test_only_who_reported_reads_that_it_was_handled(conversation, asker, giver, owner):
    report = BoardReportFactory(conversation=conversation, organization=asker.organization)
    at_it = at("conversation", conversation)
    assert "対応しました" not in text_of(client_of(asker).get(at_it))
    services.handle_report(report=report, resolution="両方に電話した", by=owner)
    page = text_of(client_of(asker).get(at_it))
    assert "対応しました" in page
    assert "両方に電話した" not in page
    assert "対応しました" not in text_of(client_of(giver).get(at_it))


def test_asking_again_leads_to_what_was_begun(conversation, offer, asker):
    again = client_of(asker).get(at("offer-ask", offer))
    assert (again.status_code, again["Location"]) == (302, at("conversation", conversation))
