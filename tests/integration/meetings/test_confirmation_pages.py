"""The pages behind the link with which somebody confirms their own words, and what the desk sees of it."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.confirmation_links import make_link_token
from meetings.models import ConfirmationRequest, ConfirmationRound, ProposedChange, Utterance
from meetings.services import confirmation
from meetings.views.public.confirmation import RATE
from members.waiting import waiting_for
from platform_portal.desk_jobs import registered_jobs
from platform_portal.public_forms import new_token
from tests.conftest import signed_in, text_of
from tests.factories.meetings import (
    ConfirmationRequestFactory,
    ConfirmationRoundFactory,
    MinutesFactory,
    ProposedChangeFactory,
    ProposedCorrectionFactory,
    UtteranceFactory,
)
from tests.factories.members import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def blocks() -> list[Utterance]:
    minutes = MinutesFactory(named_audience="members", labels_audience="public")
    words = ["はじめの発言です。", "わたしの発言です。", "つぎの発言です。", "ひみつの遠い発言です。"]
    return [UtteranceFactory(minutes=minutes, position=n, text=text) for n, text in enumerate(words)]


@pytest.fixture
def asked(blocks: list[Utterance]) -> ConfirmationRequest:
    return ConfirmationRequestFactory(round__minutes=blocks[0].minutes, words=[blocks[1]])


@pytest.fixture
def address(asked: ConfirmationRequest) -> str:
    return reverse("meetings:confirm-utterances", args=[make_link_token(asked)])


@pytest.fixture
def change_address(asked: ConfirmationRequest, blocks: list[Utterance]) -> str:
    return reverse("meetings:confirm-utterance-change", args=[make_link_token(asked), blocks[1].public_id])


def sent(purpose: str, **values: Any) -> dict[str, Any]:
    """As a person sends it, some seconds after the page was opened."""
    with time_machine.travel(timezone.now() - dt.timedelta(seconds=10), tick=False):
        return {"token": new_token(purpose)} | values


def change(**values: Any) -> dict[str, Any]:
    given = {"after": "直した発言です。", "reason_kind": "wording", "reason": "", "version": "1"}
    return sent("meetings-change", **{**given, **values})


class TestTheirPage:
    def test_shows_their_words_and_those_next_to_them_alone(self, client: Client, address: str) -> None:
        response = client.get(address)
        page = text_of(response)
        for words in ("はじめの発言です。", "わたしの発言です。", "つぎの発言です。"):
            assert words in page
        assert "ひみつの遠い発言" not in page
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert not response.cookies

    def test_looking_answers_nothing(
        self, client: Client, address: str, change_address: str, asked: ConfirmationRequest
    ) -> None:
        for path in (address, change_address):
            client.get(path)
            client.head(path)
        asked.refresh_from_db()
        assert asked.answer == "waiting"

    def test_agreeing(self, client: Client, address: str, asked: ConfirmationRequest) -> None:
        response = client.post(address, sent("meetings-agree"))
        assert response.headers["Location"] == f"{address}#answered"
        assert not response.cookies
        asked.refresh_from_db()
        assert asked.answer == "agreed"
        assert "このままでよい」という返事" in text_of(client.get(address))

    @pytest.mark.parametrize(
        ("values", "headers", "status"),
        [
            ({"token": "forged"}, {}, 400),
            ({"token": new_token("another-form")}, {}, 400),
            ({}, {}, 400),
            ({"website_url": "x"}, {}, 400),
            (None, {"HTTP_SEC_FETCH_SITE": "cross-site"}, 403),
        ],
    )
    def test_what_a_machine_sends_is_not_taken(
        self, client: Client, address: str, asked: Any, values: Any, headers: Any, status: int
    ) -> None:
        data = sent("meetings-agree") if values is None else values
        assert client.post(address, data, **headers).status_code == status
        asked.refresh_from_db()
        assert asked.answer == "waiting"

    def test_what_a_password_manager_fills_in_is_said_and_the_words_stay(
        self, client: Client, change_address: str, asked: ConfirmationRequest
    ) -> None:
        response = client.post(
            change_address, change(website_url="https://pw.example", reason="聞き違いです")
        )
        page = text_of(response)
        assert response.status_code == 400
        assert "画面に見えない欄に書き込んだ" in page
        assert "聞き違いです" in page
        assert not asked.changes.exists()

    def test_too_many_from_one_place(self, client: Client, address: str, monkeypatch: Any) -> None:
        assert RATE == "120/h"  # asked for a tenth of it
        monkeypatch.setattr("meetings.views.public.confirmation.RATE", "12/h")
        for _each in range(12):
            client.post(address, sent("meetings-agree"))
        assert client.post(address, sent("meetings-agree")).status_code == 429

    def test_constant_queries(
        self, client: Client, address: str, asked: Any, blocks: Any, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(30):
            block = UtteranceFactory(minutes=blocks[0].minutes, position=10 + number)
            asked.utterances.add(block)
        client.get(address)
        with django_assert_max_num_queries(16):
            assert "31のうち20" in text_of(client.get(address))
        assert "31のうち31" in text_of(client.get(f"{address}?page=2"))


class TestProposing:
    def test_a_change(self, client: Client, address: str, change_address: str) -> None:
        response = client.post(change_address, change())
        assert response.status_code == 302
        assert not response.cookies
        page = text_of(client.get(address))
        assert "修正案を受け取りました" in page
        assert "<ins>" in page
        assert ProposedChange.objects.get().after == "直した発言です。"

    def test_again_and_back(self, client: Client, change_address: str, asked: ConfirmationRequest) -> None:
        client.post(change_address, change())
        assert "直した発言です。" in text_of(client.get(change_address))
        client.post(change_address, change(after="もう一度直した発言です。"))
        assert ProposedChange.objects.get().after == "もう一度直した発言です。"
        assert client.post(change_address, change(withdraw="1")).status_code == 302
        asked.refresh_from_db()
        assert asked.answer == "waiting"

    def test_a_forged_withdrawal(self, client: Client, change_address: str) -> None:
        client.post(change_address, change())
        client.post(change_address, {"withdraw": "1"})
        client.post(change_address, {"withdraw": "1", "token": "forged"})
        assert ProposedChange.objects.count() == 1

    @pytest.mark.parametrize("missing", [{"after": ""}, {"reason_kind": ""}, {"reason_kind": "x"}])
    def test_what_is_missing_is_said(self, client: Client, change_address: str, missing: Any) -> None:
        response = client.post(change_address, change(**missing))
        assert response.status_code == 400
        assert 'id="error-summary"' in text_of(response)
        assert ProposedChange.objects.count() == 0

    def test_words_put_right_meanwhile(self, client: Client, change_address: str, blocks: Any) -> None:
        Utterance.objects.filter(pk=blocks[1].pk).update(text="事務局が直した発言です。", version=2)
        response = client.post(change_address, change())
        page = text_of(response)
        assert response.status_code == 409
        assert "事務局が直した発言です。" in page
        assert "直した発言です。" in page
        assert 'name="version" value="2"' in page
        assert ProposedChange.objects.count() == 0

    def test_words_of_others_are_not_there(self, client: Client, asked: Any, blocks: Any) -> None:
        for block in (blocks[0], blocks[3], UtteranceFactory()):
            path = reverse(
                "meetings:confirm-utterance-change", args=[make_link_token(asked), block.public_id]
            )
            assert client.get(path).status_code == 404
            assert client.post(path, change()).status_code == 404

    def test_what_became_of_it(
        self, client: Client, address: str, change_address: str, secretariat_client: Client
    ) -> None:
        client.post(change_address, change())
        proposed = ProposedChange.objects.get()
        meeting = proposed.utterance.minutes.meeting.public_id
        path = reverse("meetings:desk-proposal", args=[meeting, proposed.pk])
        secretariat_client.post(path, {"decline": "1", "note": "録音と合いません。"})
        page = text_of(client.get(address))
        assert "取り入れなかった" in page
        assert "録音と合いません。" in page


class TestLinks:
    def test_forged(self, client: Client, address: str) -> None:
        response = client.get(address[:-5] + "/")
        assert response.status_code == 404
        assert "途中で切れている" in text_of(response)
        assert response["Cache-Control"] == "no-store"

    def test_revoked(self, client: Client, address: str, asked: Any, secretariat: Any) -> None:
        confirmation.withdraw_link(request=asked, by=secretariat)
        for response in (client.get(address), client.post(address, sent("meetings-agree"))):
            assert response.status_code == 410
            assert "いちばん新しいメール" in text_of(response)
            assert "わたしの発言" not in text_of(response)

    def test_expired(self, client: Client, address: str) -> None:
        ConfirmationRound.objects.update(due_on=timezone.localdate() - dt.timedelta(days=31))
        response = client.get(address)
        assert response.status_code == 410
        assert "期限が過ぎました" in text_of(response)

    def test_after_the_due_date_it_can_be_read_and_no_more(
        self, client: Client, address: str, change_address: str
    ) -> None:
        ConfirmationRound.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
        page = text_of(client.get(address))
        assert "期限が過ぎたため" in page
        assert "わたしの発言です。" in page
        assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
        assert client.get(change_address).status_code == 302
        assert client.post(change_address, change()).status_code == 409
        assert client.post(address, sent("meetings-agree")).status_code == 409
        assert ProposedChange.objects.count() == 0


class TestDesk:
    def desk(self, name: str, asked: ConfirmationRequest, *more: Any) -> str:
        return reverse(f"meetings:{name}", args=[asked.round.minutes.meeting.public_id, *more])

    def test_preview_then_sending(self, secretariat_client: Client, blocks: Any) -> None:
        meeting = blocks[0].minutes.meeting.public_id
        path = reverse("meetings:desk-confirmation-open", args=[meeting])
        page = text_of(secretariat_client.get(path))
        assert "送り先の分からない相手が1人" in page
        assert "ひみつの遠い発言です。" in page
        key = page.partition('name="ask-')[2][:12]
        day = (timezone.localdate() + dt.timedelta(days=7)).isoformat()
        data = {"due_on": day, "version": "1", f"ask-{key}": "on"}
        assert "アドレスを書くか" in text_of(secretariat_client.post(path, data))
        data[f"address-{key}"] = "not an address"
        assert "メールアドレスを確かめて" in text_of(secretariat_client.post(path, data))
        assert ConfirmationRound.objects.count() == 0
        data[f"address-{key}"] = "yamada@elsewhere.example"
        assert secretariat_client.post(path, data).status_code == 302
        assert ConfirmationRequest.objects.get().utterances.count() == 4

    def test_accepting_where_somebody_edited(self, secretariat_client: Client, asked: Any) -> None:
        proposed = ProposedChangeFactory(request=asked, after="直した発言です。")
        path = self.desk("desk-proposal", asked, proposed.pk)
        Utterance.objects.filter(pk=proposed.utterance_id).update(text="編集した発言です。", version=2)
        page = text_of(secretariat_client.get(path))
        assert "そのあいだの変更" in page
        data = {"accept": "1", "version": "1", "text": "両方の発言です。", "note": ""}
        assert "両方の発言です。" in text_of(secretariat_client.post(path, data))
        assert Utterance.objects.get(pk=proposed.utterance_id).text == "編集した発言です。"
        assert secretariat_client.post(path, data | {"version": "2"}).status_code == 302
        assert Utterance.objects.get(pk=proposed.utterance_id).text == "両方の発言です。"

    def test_says_when_nothing_is_open_any_more(self, secretariat_client: Client, asked: Any) -> None:
        page = self.desk("desk-confirmation", asked)
        assert "全員の返事がそろい" not in text_of(secretariat_client.get(page))
        proposed = ProposedChangeFactory(request=asked, after="直した発言です。")
        ConfirmationRequest.objects.update(answer="changes", answered_at=timezone.now())
        assert "全員の返事がそろい" not in text_of(secretariat_client.get(page))
        secretariat_client.post(
            self.desk("desk-proposal", asked, proposed.pk), {"decline": "1", "note": "記録のとおりです。"}
        )
        words = text_of(secretariat_client.get(page))
        assert "全員の返事がそろい" in words
        assert "扱いは決まりました" in words

    def test_tending_one_of_them(self, secretariat_client: Client, asked: ConfirmationRequest) -> None:
        path = self.desk("desk-confirmation-request", asked, asked.public_id)
        assert secretariat_client.post(path, {"again": "1", "address": "no address"}).status_code == 200
        for action in ("remind", "again", "withdraw"):
            assert secretariat_client.post(path, {action: "1", "address": ""}).status_code == 302
        asked.refresh_from_db()
        assert asked.link_version == 3
        secretariat_client.post(self.desk("desk-confirmation-close", asked))
        page = text_of(secretariat_client.get(self.desk("desk-confirmation", asked)))
        assert "期限までに返事なし" in page

    def test_constant_queries(
        self, secretariat_client: Client, asked: Any, django_assert_max_num_queries: Any
    ) -> None:
        path = self.desk("desk-confirmation", asked)
        secretariat_client.get(path)
        for _each in range(20):
            request = ConfirmationRequestFactory(round=asked.round)
            ProposedChangeFactory(request=request)
        with django_assert_max_num_queries(22):
            assert "扱いを決める修正案" in text_of(secretariat_client.get(path))


class TestWhatWaits:
    def test_for_the_contacts_of_the_organisation(self, django_assert_num_queries: Any) -> None:
        contact = MembershipFactory()
        asked = ConfirmationRequestFactory(organization=contact.organization, email="")
        other = MembershipFactory(organization=contact.organization, is_contact=False)
        with django_assert_num_queries(1):
            from meetings.waiting.approval import confirmations_wait

            (item,) = confirmations_wait(contact.user, [contact])
        assert (item.words, item.count) == ("発言の確認を頼まれています", 1)
        assert Client().get(item.address).status_code == 200
        words = [each.words for each in waiting_for(contact.user, [contact])]
        assert "発言の確認を頼まれています" in words
        assert "発言の確認を頼まれています" not in [each.words for each in waiting_for(other.user, [other])]
        asked.answer, asked.answered_at = "agreed", timezone.now()
        asked.save()
        assert list(confirmations_wait(contact.user, [contact])) == []

    def test_for_the_secretariat(self) -> None:
        minutes = MinutesFactory(state="in_review")
        ProposedChangeFactory()
        ProposedCorrectionFactory()
        person = UserFactory(role="secretariat")
        found = {job.words: job for job in registered_jobs(person)}
        for words in ("確認を頼まれている議事録", "確認を頼まれている訂正", "発言者からの修正案"):
            assert found[words].count == 1
            assert signed_in(person).get(found[words].address).status_code == 200
        own = {job.words: job.count for job in registered_jobs(minutes.author)}
        assert own["確認を頼まれている議事録"] == 0

    def test_for_staff_nothing(self) -> None:
        ConfirmationRoundFactory()
        words = {job.words for job in registered_jobs(UserFactory(role="staff"))}
        assert "発言者からの修正案" not in words
