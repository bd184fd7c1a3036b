"""Windows on the desk: found, changed many at once, moved step by step."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import ConsultationWindow
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State
from tests.conftest import text_of
from tests.factories.consultations import (
    WindowFactory,
)

pytestmark = pytest.mark.django_db


# --- The list -------------------------------------------------------------------------------------
class TestWindowList:
    def found(self, client: Any, **query: str) -> list[str]:
        response = client.get(reverse("desk:window-list"), query)
        assert response.status_code == 200
        return [window.name for window in response.context["page"].object_list]

    @pytest.fixture(autouse=True)
    def _windows(self, category, owner) -> None:
        WindowFactory(
            name="くらし", kana="クラシ", operator="高松市", topics=[category], phone="087-832-0000"
        )
        WindowFactory(name="こころ", kana="ココロ", draft=True, author=owner, opening_hours="")
        WindowFactory(name="古い窓口", kana="フルイ", state=State.ARCHIVED)

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ({}, ["くらし", "こころ"]),
            ({"state": "archived"}, ["古い窓口"]),
            ({"state": "draft"}, ["こころ"]),
            ({"category": "living"}, ["くらし"]),
            ({"words": "高松"}, ["くらし"]),
            ({"words": "ココロ"}, ["こころ"]),
            ({"words": "ｺｺﾛ"}, ["こころ"]),
            ({"words": "くらし 高松"}, ["くらし"]),
            ({"words": "くらし 丸亀"}, []),
            ({"words": "832-0000"}, ["くらし"]),
            ({"words": "%"}, []),
            ({"hours": "unknown"}, ["こころ"]),
            ({"hours": "known"}, ["くらし"]),
            ({"due": "due"}, ["くらし"]),
            ({"due": "never"}, ["くらし", "こころ"]),
            ({"due": "soon"}, ["くらし"]),
            ({"area": "national"}, ["くらし", "こころ"]),
            ({"area": "prefecture"}, []),
            ({"author": "me"}, ["こころ"]),
            ({"sort": "state"}, ["こころ", "くらし"]),
        ],
    )
    def test_filters(self, query, names, owner_client):
        assert self.found(owner_client, **query) == names

    @pytest.mark.parametrize(
        "name", ["words", "state", "category", "area", "city", "due", "hours", "sort", "page"]
    )
    @pytest.mark.parametrize("value", ["\x00", "x" * 5000, "' OR 1=1 --", "{{ 7*7 }}", "-1", "<script>"])
    def test_garbage_is_answered(self, name, value, owner_client):
        response = owner_client.get(reverse("desk:window-list"), {name: value})
        assert response.status_code == 200
        assert "<script>" not in text_of(response).replace("<script type", "")

    def test_search_takes_no_more_than_it_can_answer(self, owner_client):
        """A longer one would end in the server's own error page: addresses have an end."""
        field = re.search(
            r'<input[^>]*name="words"[^>]*>', text_of(owner_client.get(reverse("desk:window-list")))
        )
        assert 'maxlength="100"' in field.group()

    @pytest.mark.parametrize(("query", "ticked"), [({}, 0), ({"select": "page"}, 2)])
    def test_whole_page_is_chosen_without_javascript(self, query, ticked, owner_client):
        page = text_of(owner_client.get(reverse("desk:window-list"), query))
        assert page.count('name="selected"') == 2
        assert page.count(" checked>") == ticked

    def test_every_label_belongs_to_one_field(self, owner_client):
        """The filter and the bulk form both have a category."""
        page = text_of(owner_client.get(reverse("desk:window-list")))
        names = re.findall(r'\bid="([^"]+)"', page)
        assert len(names) == len(set(names))

    def test_pages(self, owner_client, category):
        WindowFactory.create_batch(55)
        response = owner_client.get(reverse("desk:window-list"), {"page": "2", "sort": "name"})
        assert len(response.context["page"].object_list) == 7


# --- Many at once ---------------------------------------------------------------------------------
class TestBulk:
    def post(self, client: Any, windows: list[ConsultationWindow], **values: Any) -> Any:
        data = {"selected": [window.public_id for window in windows], **values}
        return client.post(reverse("desk:window-bulk"), data)

    def test_first_it_only_says_what_will_happen(self, owner_client, category):
        draft, published = WindowFactory(draft=True, topics=[category]), WindowFactory(topics=[category])
        response = self.post(owner_client, [draft, published], action="submit")
        plan = response.context["plan"]
        assert (plan.ready, [each for each, _ in plan.refused]) == ([draft], [published])
        draft.refresh_from_db()
        assert draft.state == State.DRAFT
        assert "変わらない窓口（1件）" in text_of(response)

    def test_then_it_is_done(self, owner_client, category):
        draft = WindowFactory(draft=True, topics=[category])
        response = self.post(owner_client, [draft], action="submit", confirmed="1")
        assert response.status_code == 302
        draft.refresh_from_db()
        assert draft.state == State.IN_REVIEW
        assert "1件に行いました" in text_of(owner_client.get(response.headers["Location"]))

    def test_what_goes_public_is_what_was_drawn(self, owner, colleague_client, category):
        window = WindowFactory(state=State.IN_REVIEW, author=owner, topics=[category])
        page = text_of(self.post(colleague_client, [window], action="approve"))
        drawn = re.findall(r'name="version" value="([^"]*)"', page)
        content = services.WindowContent(values={"operator": "知らない団体"}, categories=[category])
        services.save_window(window=window, content=content, by=owner)
        vouched = {"action": "approve", "confirmed": "1", "checked": window.public_id}
        for version in (drawn, [], ["x", f"{window.public_id} 2020-13-99T00:00:00"]):
            again = self.post(colleague_client, [window], **vouched, version=version)
            assert "ほかの人がこの窓口を変えました" in text_of(again)
        fresh = re.findall(r'name="version" value="([^"]*)"', text_of(again))
        self.post(colleague_client, [window], **vouched, version=fresh)
        window.refresh_from_db()
        assert window.state == State.PUBLISHED

    def test_each_window_is_shown_and_vouched_for(self, owner, colleague_client, category):
        first, second = (
            WindowFactory(
                state=State.IN_REVIEW, author=owner, topics=[category], name=name, phone=phone, kana=name
            )
            for name, phone in (("あ", "087-832-0001"), ("い", "087-832-0002"))
        )
        asked = self.post(colleague_client, [first, second], action="approve")
        page = text_of(asked)
        assert "087-832-0001" in page
        assert "087-832-0002" in page
        assert page.count('name="checked"') == 2
        sent = {
            "action": "approve",
            "confirmed": "1",
            "version": re.findall(r'name="version" value="([^"]*)"', page),
        }
        assert "実際に確かめた窓口に、印をつけて" in text_of(
            self.post(colleague_client, [first, second], **sent)
        )
        self.post(colleague_client, [first, second], **sent, checked=[second.public_id])
        assert list(ConsultationWindow.objects.published()) == [second]

    def test_costs_no_more_queries_with_many_to_show(self, owner, colleague_client, category):
        windows = WindowFactory.create_batch(6, state=State.IN_REVIEW, author=owner, topics=[category])
        colleague_client.get("/desk/")
        counts = []
        for size in (1, 6):
            with CaptureQueriesContext(connection) as queries:
                self.post(colleague_client, windows[:size], action="approve")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 14

    @pytest.mark.parametrize("values", [{}, {"action": ""}, {"action": "add_category"}])
    def test_ticks_outlive_a_forgotten_choice(self, values, owner_client, category):
        windows = WindowFactory.create_batch(3, topics=[category])
        page = text_of(
            owner_client.post(
                reverse("desk:window-bulk"),
                {"selected": [window.public_id for window in windows[:2]], **values},
                follow=True,
            )
        )
        for window in windows:
            tick = re.search(rf'<input[^>]*value="{window.public_id}"[^>]*>', page).group()
            assert ("checked" in tick) == (window in windows[:2])
        assert ('value="add_category" selected' in page) == bool(values.get("action"))
        assert " checked>" not in text_of(owner_client.get(reverse("desk:window-list")))

    def test_reason_is_asked_for(self, owner_client, category):
        window = WindowFactory(topics=[category])
        response = self.post(owner_client, [window], action="suspend", confirmed="1")
        assert "理由を書いてください" in text_of(response)
        self.post(owner_client, [window], action="suspend", confirmed="1", reason="閉鎖のため")
        assert AuditEvent.objects.get().note == "閉鎖のため"

    @pytest.mark.parametrize(
        "values",
        [
            {"action": "destroy"},
            {"action": ""},
            {"action": "add_category"},
            {"action": "add_category", "category": "999999"},
            {"action": "verify", "reason": "x" * 400},
            {"action": "suspend", "reason": "a\x00b", "confirmed": "1"},
        ],
    )
    def test_garbage_changes_nothing(self, values, owner_client, category):
        window = WindowFactory(topics=[category])
        assert self.post(owner_client, [window], **values).status_code == 302
        assert not AuditEvent.objects.exists()

    def test_step_that_comes_first_is_named(self, owner_client, category):
        published = WindowFactory(topics=[category])
        page = text_of(self.post(owner_client, [published], action="archive"))
        assert "先に「公開を止める」を行ってください" in page
        assert "読み込み直して" not in page
        assert "「保管する」を行える窓口がありません" in page
        assert "0件" not in page
        assert 'name="confirmed"' not in page

    def test_reloaded_or_typed_address_leads_to_the_list(self, owner_client):
        response = owner_client.get(reverse("desk:window-bulk"))
        assert response.headers["Location"] == reverse("desk:window-list")

    def test_nothing_or_nonsense_chosen(self, owner_client):
        response = owner_client.post(
            reverse("desk:window-bulk"),
            {"action": "verify", "selected": ["x", "\x00", "abc234"]},
            follow=True,
        )
        assert "窓口が選ばれていません" in text_of(response)

    def test_no_way_to_another_site(self, owner_client, category):
        window = WindowFactory(topics=[category])
        response = self.post(
            owner_client, [window], action="verify", confirmed="1", next="https://evil.example/"
        )
        assert response.headers["Location"] == reverse("desk:window-list")


# --- One window -----------------------------------------------------------------------------------
class TestWindowPage:
    def test_disabled_step_says_why(self, owner, owner_client, category):
        window = WindowFactory(state=State.IN_REVIEW, author=owner, topics=[category])
        page = text_of(owner_client.get(reverse("desk:window-page", args=[window.public_id])))
        assert "自分が書いたものを、自分で認めることはできません" in page
        assert reverse("desk:window-move", args=[window.public_id, "published"]) not in page

    def test_step_by_step(self, owner_client, colleague_client, owner, category):
        window = WindowFactory(draft=True, author=owner, topics=[category])
        for client, to, reason in (
            (owner_client, "in_review", ""),
            (colleague_client, "draft", "カナがちがいます"),
            (owner_client, "in_review", ""),
            (colleague_client, "published", ""),
            (owner_client, "suspended", "番号が変わった"),
            (owner_client, "archived", "閉鎖"),
            (owner_client, "draft", ""),
        ):
            address = reverse("desk:window-move", args=[window.public_id, to])
            asked = client.get(address)
            assert asked.status_code == 200
            answer = {"reason": reason, "version": asked.context["version"], "is_checked": "on"}
            assert client.post(address, answer).status_code == 302
            window.refresh_from_db()
            assert window.state == to

    @pytest.mark.parametrize(
        ("to", "status"), [("archived", 200), ("draft", 200), ("published", 200), ("nonsense", 404)]
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_step_that_does_not_exist(self, method, to, status, owner_client, category):
        """The back button leads here after every step: told on the window's page, not by an error page."""
        window = WindowFactory(topics=[category])
        address = reverse("desk:window-move", args=[window.public_id, to])
        response = getattr(owner_client, method)(address, follow=True)
        assert response.status_code == status
        if status == 200:
            assert response.redirect_chain == [(reverse("desk:window-page", args=[window.public_id]), 302)]
            assert "この窓口は「公開中」なので、この操作はできません" in text_of(response)

    def test_whoever_approves_sees_what_goes_public_and_vouches_for_it(
        self, owner, colleague_client, category
    ):
        window = WindowFactory(
            state=State.IN_REVIEW,
            author=owner,
            topics=[category],
            phone="087-832-0099",
            description="ひとりで悩まないで",
            opening_hours="Mo-Fr 09:00-17:00; PH off",
            hours_text="平日9時から5時まで",
            address="香川県高松市番町4-1-10",
            website="https://madoguchi.example/",
            askers=["self"],
        )
        address = reverse("desk:window-move", args=[window.public_id, "published"])
        asked = colleague_client.get(address)
        page = text_of(asked)
        for words in (
            "087-832-0099",
            "ひとりで悩まないで",
            "月〜金 9:00〜17:00 ／ 祝日 休み",
            "平日9時から5時まで",
            "番町4-1-10",
            "https://madoguchi.example/",
            "相談できる人",
            "実際に確かめました",
        ):
            assert words in page, words
        assert "正しいほうに合わせてください" not in page
        answer = {"version": asked.context["version"]}
        assert "実際に確かめて、印をつけて" in text_of(colleague_client.post(address, answer))
        window.refresh_from_db()
        assert window.state == State.IN_REVIEW
        assert colleague_client.post(address, answer | {"is_checked": "on"}).status_code == 302
        window.refresh_from_db()
        assert (window.state, window.verified_on) == (State.PUBLISHED, timezone.localdate())

    def test_approver_is_told_that_the_published_words_say_otherwise(self, owner, colleague_client, category):
        window = WindowFactory(
            state=State.IN_REVIEW,
            author=owner,
            topics=[category],
            opening_hours="Mo-Fr 09:00-20:00; PH off",
            hours_text="平日9時〜17時",
        )
        address = reverse("desk:window-move", args=[window.public_id, "published"])
        assert "正しいほうに合わせてください" in text_of(colleague_client.get(address))

    def test_what_goes_public_is_what_was_read(self, owner, colleague_client, category):
        window = WindowFactory(state=State.IN_REVIEW, author=owner, topics=[category])
        page = colleague_client.get(reverse("desk:window-page", args=[window.public_id]))
        asked = re.search(r'href="([^"]*/move/published/[^"]*)"', text_of(page)).group(1)
        carried = {"version": colleague_client.get(asked).context["version"]}
        self.change(window, owner)
        for response in (
            colleague_client.get(asked, follow=True),
            colleague_client.post(asked, carried, follow=True),
            colleague_client.post(asked, {"version": "2020-13-99T00:00:00"}, follow=True),
            colleague_client.post(asked, follow=True),
        ):
            assert "内容が変わりました。もう一度読んでから" in text_of(response)
        window.refresh_from_db()
        assert window.state == State.IN_REVIEW

    def test_change_in_the_last_moment_is_seen_too(self, owner, colleague, category):
        window = WindowFactory(state=State.IN_REVIEW, author=owner, topics=[category])
        read = window.updated_at
        self.change(window, owner)
        with pytest.raises(services.ChangedMeanwhile):
            services.move_window(window=window, to=State.PUBLISHED, by=colleague, version=read)

    def change(self, window: ConsultationWindow, by: Any) -> None:
        content = services.WindowContent(
            values={"operator": "知らない団体"}, categories=window.categories.all()
        )
        services.save_window(window=window, content=content, by=by)

    def test_step_taken_meanwhile_is_told(self, owner, owner_client, colleague, category):
        window = WindowFactory(state=State.IN_REVIEW, author=owner, topics=[category])
        address = reverse("desk:window-move", args=[window.public_id, "published"])
        response = owner_client.post(address, {}, follow=True)
        assert "ほかの人に確認を頼んで" in text_of(response)
        window.refresh_from_db()
        assert window.state == State.IN_REVIEW

    def test_history_is_in_words_and_escaped(self, owner, owner_client, category):
        window = WindowFactory(topics=[category])
        content = services.WindowContent(
            values={"fee": "free", "operator": "<b>x</b>"}, categories=[category]
        )
        services.save_window(window=window, content=content, by=owner)
        page = text_of(owner_client.get(reverse("desk:window-page", args=[window.public_id])))
        assert "相談の費用" in page
        assert "無料" in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page
        assert "<b>x</b>" not in page

    def test_preview_shows_a_draft_to_staff_only(self, owner_client, client, category):
        window = WindowFactory(draft=True, name="まだ秘密", topics=[category])
        address = reverse("desk:window-preview", args=[window.public_id])
        response = owner_client.get(address)
        assert "まだ秘密" in text_of(response)
        assert response.headers["Cache-Control"] == "no-store"
        assert client.get(address).status_code == 302
        assert client.get(reverse("consultations:window-detail", args=[window.public_id])).status_code == 404

    @pytest.mark.parametrize("is_draft", [True, False])
    def test_every_link_of_a_preview_leads_somewhere(self, is_draft, owner_client, category):
        window = WindowFactory(draft=is_draft, topics=[category])
        page = text_of(owner_client.get(reverse("desk:window-preview", args=[window.public_id])))
        links = {link for link in re.findall(r'href="(/[^"#]*)', page) if not link.startswith("/static/")}
        assert len(links) > 5
        assert {link: owner_client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
        assert ("公開すると使えます" in page) == is_draft
        assert (reverse("consultations:window-card", args=[window.public_id]) in links) != is_draft
