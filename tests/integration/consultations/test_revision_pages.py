"""The review of changes on the desk: the list, old beside new, and what each person may do."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations import services
from consultations.models import ConsultationWindow, RevisionState, WindowRevision
from consultations.services import WindowContent
from tests.conftest import text_of
from tests.factories.consultations import RevisionFactory, WindowFactory
from tests.factories.members import OrganizationFactory
from tests.integration.consultations.window_forms import data_of, edit, send

pytestmark = pytest.mark.django_db
LIST = "desk:revision-list"


def page_of(revision: WindowRevision) -> str:
    return reverse("desk:revision-page", args=[revision.public_id])


def approval(revision: WindowRevision, **more: str) -> dict[str, str]:
    """What the button sends from a page that shows the change as it is."""
    return {"approve": "1", "version": revision.proposed_at.isoformat(), **more}


@pytest.fixture
def revision(owner, window) -> WindowRevision:
    content = WindowContent(
        values={"opening_hours": "Mo-Fr 09:00-17:00", "description": "新しい説明"},
        channels=[{"kind": "phone", "value": "087-832-0000", "digits": "0878320000"}],
    )
    made = services.change_window(window=window, content=content, by=owner).revision
    assert made is not None
    return made


# --- The form --------------------------------------------------------------------------------------
class TestForm:
    def test_says_what_happens_next_and_changes_nothing_public(self, owner_client, client, window):
        response = owner_client.post(
            edit(window),
            data_of(window, address="番町4-1-10").urlencode(),
            content_type="application/x-www-form-urlencoded",
            follow=True,
        )
        page = text_of(response)
        assert "住民の画面は、まだ前のままです" in page
        assert "確認待ちの変更があります" in page
        public = text_of(client.get(reverse("consultations:window-detail", args=[window.public_id])))
        assert "番町4-1-10" not in public

    def test_author_goes_on_from_the_own_change(self, owner_client, revision, window):
        response = owner_client.get(edit(window))
        assert "新しい説明" in text_of(response)
        assert "前の申し出と入れかわります" in text_of(response)
        editor = response.context["editor"]
        assert editor.channels.initial[0]["value"] == "087-832-0000"
        assert editor.rule == "Mo-Fr 09:00-17:00"

    def test_colleague_sees_that_somebody_is_waiting(self, colleague_client, revision, window):
        page = text_of(colleague_client.get(edit(window)))
        assert "県庁 あおいさんの変更です" in page
        assert page_of(revision) in page
        response = send(colleague_client, edit(window), data_of(window, address="番町"))
        assert response.status_code == 422
        assert "県庁 あおいさんの変更が確認を待っています" in text_of(response)
        assert send(colleague_client, edit(window), data_of(window, source="ちらし")).status_code == 302

    def test_author_is_told_when_it_ended_meanwhile(self, owner_client, colleague, revision, window):
        data = data_of(window, address="番町", revision=revision.public_id, revising=revision.public_id)
        services.return_revision(revision=revision, by=colleague, reason="番号がちがいます")
        response = send(owner_client, edit(window), data)
        page = text_of(response)
        assert response.status_code == 422
        assert "そのあいだに、申し出た変更は終わりました（差し戻した）" in page
        assert "番号がちがいます" in page
        data["revising"] = response.context["revising"]
        assert send(owner_client, edit(window), data).status_code == 302
        assert WindowRevision.objects.pending().get() != revision

    def test_returned_change_is_taken_up_again(self, owner_client, colleague, revision, window):
        services.return_revision(revision=revision, by=colleague, reason="番号がちがいます")
        page = text_of(owner_client.get(reverse("desk:window-page", args=[window.public_id])))
        assert "あなたの変更が差し戻されました" in page
        response = owner_client.get(edit(window), {"revision": revision.public_id})
        assert response.context["editor"].channels.initial[0]["value"] == "087-832-0000"
        assert "番号がちがいます" in text_of(response)
        assert owner_client.get(edit(window)).context["begun_from"] is None

    def test_nobody_takes_up_the_change_of_another(self, colleague_client, revision, window):
        response = colleague_client.get(edit(window), {"revision": revision.public_id})
        assert response.context["begun_from"] is None

    @pytest.mark.parametrize("value", ["\x00", "x" * 500, "------", "'\""])
    def test_garbage_about_the_change(self, value, owner_client, window):
        data = data_of(window, revision=value, revising=value, description="説明")
        assert send(owner_client, edit(window), data).status_code == 302
        assert owner_client.get(edit(window), {"revision": value}).status_code == 200


# --- The page ----------------------------------------------------------------------------------------
class TestPage:
    def test_old_beside_new_in_words(self, colleague_client, revision):
        page = text_of(colleague_client.get(page_of(revision)))
        for words in (
            "受付時間の規則",
            "24時間",
            "月〜金 9:00〜17:00",
            "くらしのことを話せます。",
            "新しい説明",
            "加える",
            "087-832-0000",
            "なくす",
            "0120-000-000",
            "実際に確かめました",
        ):
            assert words in page, words

    def test_author_may_not_decide_but_withdraw(self, owner_client, revision):
        page = text_of(owner_client.get(page_of(revision)))
        assert page.count("自分が書いた変更を、自分で決めることはできません") == 2
        assert 'aria-disabled="true"' in page
        response = owner_client.post(page_of(revision), approval(revision, is_checked="on"))
        assert response.status_code == 200
        owner_client.post(page_of(revision), {"withdraw": "1"})
        revision.refresh_from_db()
        assert revision.state == RevisionState.WITHDRAWN

    def test_tick_is_needed(self, colleague_client, revision, window):
        page = text_of(colleague_client.post(page_of(revision), approval(revision)))
        assert "印をつけてから認めてください" in page
        assert ConsultationWindow.objects.get().opening_hours == "24/7"
        done = colleague_client.post(page_of(revision), approval(revision, is_checked="on"))
        assert done.status_code == 302
        assert ConsultationWindow.objects.get().opening_hours == "Mo-Fr 09:00-17:00"

    def test_what_goes_public_is_what_was_read(self, colleague_client, owner, revision, window):
        """The author writes the change anew while a colleague is on the telephone about the first one."""
        page = text_of(colleague_client.get(page_of(revision)))
        read = approval(revision, is_checked="on")
        assert f'name="version" value="{read["version"]}"' in page
        anew = WindowContent(values={"opening_hours": "Mo 10:00-11:00"})
        services.change_window(window=window, content=anew, by=owner, revising=revision)
        for sent in (read, {**read, "version": "2026-99-99T00:00"}, {"approve": "1", "is_checked": "on"}):
            page = text_of(colleague_client.post(page_of(revision), sent))
            assert "申し出た人が内容を書き直しました" in page
            assert " checked" not in page
            assert ConsultationWindow.objects.get().opening_hours == "24/7"
        revision.refresh_from_db()
        colleague_client.post(page_of(revision), approval(revision, is_checked="on"))
        assert ConsultationWindow.objects.get().opening_hours == "Mo 10:00-11:00"

    def test_author_finds_the_way_back_into_the_form(self, colleague_client, owner_client, revision, window):
        colleague_client.post(page_of(revision), {"return": "1", "reason": "番号がちがいます"})
        again = f"{edit(window)}?revision={revision.public_id}"
        assert again in text_of(owner_client.get(page_of(revision)))
        assert again not in text_of(colleague_client.get(page_of(revision)))
        assert "新しい説明" in text_of(owner_client.get(again))

    def test_reason_is_needed(self, colleague_client, revision):
        page = text_of(colleague_client.post(page_of(revision), {"return": "1", "reason": ""}))
        assert "どこを直してほしいかを書いてください" in page
        colleague_client.post(page_of(revision), {"return": "1", "reason": "番号がちがいます"})
        revision.refresh_from_db()
        assert revision.note == "番号がちがいます"
        assert "番号がちがいます" in text_of(colleague_client.get(page_of(revision)))

    def test_second_reviewer_is_told(self, colleague_client, secretariat, revision):
        services.approve_revision(revision=revision, by=secretariat, is_checked=True)
        page = text_of(colleague_client.post(page_of(revision), {"return": "1", "reason": "x"}))
        assert "もう終わっています" in page
        assert 'name="approve"' not in page

    def test_conflict_is_shown(self, colleague_client, colleague, revision, window):
        content = WindowContent(values={"description": "同僚の説明"})
        services.change_window(window=window, content=content, by=colleague)
        page = text_of(colleague_client.get(page_of(revision)))
        assert "同僚の説明" in page
        assert "申し出た人が見ていたときは「くらしのことを話せます。」でした" in page
        assert "自動では上書きしません" in page

    def test_preview_is_of_the_change_and_saves_nothing(self, colleague_client, revision):
        response = colleague_client.get(reverse("desk:revision-preview", args=[revision.public_id]))
        assert "新しい説明" in text_of(response)
        assert response.headers["Cache-Control"] == "no-store"
        assert ConsultationWindow.objects.get().description == "くらしのことを話せます。"

    def test_markup_stays_text(self, colleague_client, window):
        revision = RevisionFactory(window=window, change={"description": "<script>alert(1)</script>"})
        assert "<script>alert" not in text_of(colleague_client.get(page_of(revision)))

    def test_preview_of_what_has_ended_leads_back(self, owner, colleague_client, revision):
        services.withdraw_revision(revision=revision, by=owner)
        address = reverse("desk:revision-preview", args=[revision.public_id])
        assert colleague_client.get(address).headers["Location"] == page_of(revision)


# --- The list ------------------------------------------------------------------------------------------
class TestList:
    def test_what_waits_comes_oldest_first(self, owner_client, revision):
        group = OrganizationFactory(name="つながりの会")
        newer = RevisionFactory(window=WindowFactory(organization=group, name="会の窓口"))
        RevisionFactory(window=WindowFactory(), state="overtaken")
        page = owner_client.get(reverse(LIST)).context["page"]
        assert [row.pk for row in page.object_list][:2] == [revision.pk, newer.pk]
        assert page.paginator.count == 3

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"words": "つながり"}, 1),
            ({"words": "くらし"}, 1),
            ({"state": "returned"}, 1),
            ({"state": "?"}, 2),
        ],
    )
    def test_filters(self, query, count, owner_client, colleague, revision):
        RevisionFactory(window=WindowFactory(organization=OrganizationFactory(name="つながりの会")))
        ended = RevisionFactory(window=WindowFactory(name="別の"))
        services.return_revision(revision=ended, by=colleague, reason="x")
        response = owner_client.get(reverse(LIST), query)
        assert response.context["page"].paginator.count == count

    def test_nothing_to_do(self, owner_client):
        assert "確認を待っている変更はありません" in text_of(owner_client.get(reverse(LIST)))
        assert "条件をすべて外す" in text_of(owner_client.get(reverse(LIST), {"words": "x"}))

    def test_many_rows_cost_no_more_queries(self, owner_client):
        owner_client.get(reverse(LIST))
        counts = []
        for size in (1, 20):
            for _each in range(size):
                RevisionFactory(window=WindowFactory(organization=OrganizationFactory()))
            with CaptureQueriesContext(connection) as queries:
                owner_client.get(reverse(LIST))
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_paging(self, owner_client):
        RevisionFactory.create_batch(51)
        assert owner_client.get(reverse(LIST)).context["page"].paginator.num_pages == 2
        assert len(owner_client.get(reverse(LIST), {"page": "2"}).context["page"].object_list) == 1


@pytest.mark.parametrize("name", ["revision-page", "revision-preview"])
def test_what_is_not_there(name, owner_client):
    assert owner_client.get(reverse(f"desk:{name}", args=["222222"])).status_code == 404


def test_members_have_no_business_here(revision, outsider_client: Any):
    assert outsider_client.get(page_of(revision)).status_code == 403
    assert outsider_client.post(page_of(revision), {"approve": "1"}).status_code == 403


# --- Hours and what was published of them -------------------------------------------------------------
@pytest.mark.parametrize(("text", "is_told"), [("平日9時〜17時", True), ("平日9時〜20時", False)])
def test_reviewer_is_told_that_the_published_words_say_otherwise(
    text, is_told, owner, colleague_client, window
):
    content = WindowContent(values={"opening_hours": "Mo-Fr 09:00-20:00; PH off", "hours_text": text})
    revision = services.change_window(window=window, content=content, by=owner).revision
    assert ("正しいほうに合わせてください" in text_of(colleague_client.get(page_of(revision)))) == is_told
