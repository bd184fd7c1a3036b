"""Lists of the desk: what waits, what is found, and that many rows cost no more queries than few."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import CalendarOverride, Category, ConsultationWindow, ErrorReport, ZeroHitWord
from consultations.opening import count_windows_changed_by
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State
from tests.factories.consultations import (
    CalendarOverrideFactory,
    CategoryFactory,
    ErrorReportFactory,
    WindowFactory,
    ZeroHitWordFactory,
)

pytestmark = pytest.mark.django_db
LISTS = [
    "home",
    "window-list",
    "verification-list",
    "report-list",
    "word-list",
    "category-list",
    "override-list",
]


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def category() -> Category:
    return CategoryFactory(slug="living", name="生活上の困りごと")


def fill(category: Category, owner: Any, count: int) -> None:
    for number in range(count):
        window = WindowFactory(topics=[category])
        WindowFactory(draft=True, topics=[category], author=owner)
        ErrorReportFactory(window=window)
        ZeroHitWordFactory()
        CategoryFactory()
        CalendarOverrideFactory(on=dt.date(2027, 1, 4) + dt.timedelta(days=number + 10 * count))
        services.verify_window(window=window, by=owner, on=timezone.localdate() - dt.timedelta(days=400))


@pytest.mark.parametrize("name", LISTS)
def test_many_rows_cost_no_more_queries(name, administrator, administrator_client, category):
    administrator_client.get(reverse("desk:home"))  # the first visit also writes the session
    counts = []
    for rows in (2, 12):
        fill(category, administrator, rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = administrator_client.get(reverse(f"desk:{name}"))
        assert response.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_long_history_costs_no_more_queries(owner, owner_client, category):
    window = WindowFactory(topics=[category])
    owner_client.get(reverse("desk:home"))
    counts = []
    for rows in (2, 12):
        for number in range(rows):
            content = services.WindowContent(values={"operator": f"{rows}-{number}"}, categories=[category])
            services.save_window(window=window, content=content, by=owner)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(reverse("desk:window-page", args=[window.public_id]))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 26


# --- Home --------------------------------------------------------------------------------------------
def test_home_says_what_waits_for_me(owner, colleague, owner_client, category):
    WindowFactory(
        state=State.IN_REVIEW, author=colleague, submitted_by=colleague, submitted_at=timezone.now()
    )
    WindowFactory(state=State.IN_REVIEW, author=owner)
    WindowFactory(draft=True, author=owner)
    WindowFactory(draft=True, author=colleague)
    ErrorReportFactory(window=WindowFactory(opening_hours="", topics=[category]))
    response = owner_client.get(reverse("desk:home"))
    assert [job.count for job in response.context["jobs"]] == [1, 1, 1, 1, 1]


def test_home_shows_the_last_thing_done(owner, owner_client, category):
    window = WindowFactory(topics=[category])
    services.verify_window(window=window, by=owner)
    services.move_window(window=window, to=State.SUSPENDED, by=owner, reason="閉鎖")
    (line,) = owner_client.get(reverse("desk:home")).context["latest"]
    assert (line.what, line.who) == ("公開を止めた", "県庁 あおい")


def test_menu_shows_only_what_one_may_do(owner_client, administrator_client):
    staff, administrator = (
        text_of(client.get(reverse("desk:home"))) for client in (owner_client, administrator_client)
    )
    address = reverse("desk:category-list")
    assert address not in staff
    assert address in administrator


def test_desk_pages_are_kept_nowhere(owner_client):
    assert owner_client.get(reverse("desk:home")).headers["Cache-Control"] == "no-store"


# --- The list --------------------------------------------------------------------------------------------
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

    @pytest.mark.parametrize(("query", "ticked"), [({}, 0), ({"select": "page"}, 2)])
    def test_whole_page_is_chosen_without_javascript(self, query, ticked, owner_client):
        page = text_of(owner_client.get(reverse("desk:window-list"), query))
        assert page.count('name="selected"') == 2
        assert page.count(" checked>") == ticked

    def test_pages(self, owner_client, category):
        WindowFactory.create_batch(55)
        response = owner_client.get(reverse("desk:window-list"), {"page": "2", "sort": "name"})
        assert len(response.context["page"].object_list) == 7


# --- Many at once ----------------------------------------------------------------------------------------
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


# --- One window ---------------------------------------------------------------------------------------------
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
            assert client.get(address).status_code == 200
            assert client.post(address, {"reason": reason}).status_code == 302
            window.refresh_from_db()
            assert window.state == to

    @pytest.mark.parametrize(("to", "status"), [("archived", 404), ("draft", 404), ("nonsense", 404)])
    def test_step_that_does_not_exist(self, to, status, owner_client, category):
        window = WindowFactory(topics=[category])
        address = reverse("desk:window-move", args=[window.public_id, to])
        assert owner_client.get(address).status_code == status
        assert "状態が変わりました" in text_of(owner_client.post(address, follow=True))

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


# --- Verification ----------------------------------------------------------------------------------------------
class TestVerification:
    def test_one_click_takes_it_off_the_list(self, owner_client, category):
        window = WindowFactory(topics=[category])
        listed = owner_client.get(reverse("desk:verification-list"))
        assert list(listed.context["page"].object_list) == [window]
        address = reverse("desk:window-verify", args=[window.public_id])
        back = {"next": reverse("desk:verification-list")}
        for _click in range(2):
            response = owner_client.post(address, back, follow=True)
            assert f"「{window.name}」を、今日確かめた" in text_of(response)
        assert list(response.context["page"].object_list) == []
        assert AuditEvent.objects.count() == 1

    def test_by_category_longest_waiting_first(self, owner, owner_client, category):
        first = WindowFactory(topics=[category], kana="ン")
        second = WindowFactory(topics=[category], kana="ア")
        WindowFactory()
        services.verify_window(window=second, by=owner, on=timezone.localdate() - dt.timedelta(days=300))
        response = owner_client.get(reverse("desk:verification-list"), {"category": "living"})
        assert list(response.context["page"].object_list) == [first, second]

    def test_only_by_post(self, owner_client):
        address = reverse("desk:window-verify", args=[WindowFactory().public_id])
        assert owner_client.get(address).status_code == 405

    def test_archived(self, owner_client):
        address = reverse("desk:window-verify", args=[WindowFactory(state=State.ARCHIVED).public_id])
        assert "確かめた日は書けません" in text_of(owner_client.post(address, follow=True))


# --- Reports, words -----------------------------------------------------------------------------------------------
class TestReports:
    def test_handled_with_a_word_on_it(self, owner, owner_client):
        report = ErrorReportFactory(text="<i>土曜は休み</i>")
        listed = text_of(owner_client.get(reverse("desk:report-list")))
        assert "&lt;i&gt;土曜は休み" in listed
        address = reverse("desk:report-handle", args=[report.pk])
        assert "どう対応したか" in text_of(owner_client.post(address, {"resolution": ""}))
        response = owner_client.post(address, {"resolution": "直しました"}, follow=True)
        assert list(response.context["page"].object_list) == []
        handled = owner_client.get(reverse("desk:report-list"), {"state": "handled"})
        assert "直しました" in text_of(handled)
        assert "すでに対応しています" in text_of(owner_client.get(address))

    @pytest.mark.parametrize("resolution", ["x" * 301, "a\x00b", "a\x1bb"])
    def test_hostile_words(self, resolution, owner_client):
        report = ErrorReportFactory()
        response = owner_client.post(
            reverse("desk:report-handle", args=[report.pk]), {"resolution": resolution}
        )
        assert response.status_code == 200
        assert ErrorReport.objects.get().handled_at is None

    def test_garbage_in_the_filter(self, owner_client):
        report = ErrorReportFactory()
        response = owner_client.get(reverse("desk:report-list"), {"state": "\x00"})
        assert list(response.context["page"].object_list) == [report]


class TestWords:
    def test_most_wanted_first(self, owner_client):
        ZeroHitWordFactory(word="少ない", count=1)
        ZeroHitWordFactory(word="多い", count=9)
        response = owner_client.get(reverse("desk:word-list"))
        assert [word.word for word in response.context["page"].object_list] == ["多い", "少ない"]
        assert "言葉を分野に加えること" in text_of(response)

    def test_adopted(self, secretariat_client, category):
        word = ZeroHitWordFactory(word="家賃")
        address = reverse("desk:word-adopt", args=[word.pk])
        secretariat_client.post(address, {"category": "0"})
        assert ZeroHitWord.objects.exists()
        secretariat_client.post(address, {"category": category.pk})
        category.refresh_from_db()
        assert category.word_list == ["家賃"]

    def test_forgotten(self, owner_client):
        word = ZeroHitWordFactory()
        owner_client.post(reverse("desk:word-forget", args=[word.pk]))
        assert not ZeroHitWord.objects.exists()


# --- Calendar, categories -------------------------------------------------------------------------------------------
class TestCalendar:
    VALUES = {"on": "2026-12-28", "is_holiday": "True", "name": "臨時の休み"}

    def test_looking_saves_nothing(self, secretariat_client, category):
        WindowFactory(topics=[category], opening_hours="Mo-Fr 09:00-17:00; PH off")
        WindowFactory(topics=[category], opening_hours="Mo-Fr 09:00-17:00")
        response = secretariat_client.post(reverse("desk:override-create"), self.VALUES | {"look": "1"})
        assert response.context["changed"] == 1
        assert not CalendarOverride.objects.exists()

    def test_added_changed_and_deleted(self, secretariat_client):
        secretariat_client.post(reverse("desk:override-create"), self.VALUES)
        override = CalendarOverride.objects.get()
        address = reverse("desk:override-edit", args=[override.pk])
        secretariat_client.post(address, self.VALUES | {"is_holiday": "False"})
        override.refresh_from_db()
        assert not override.is_holiday
        secretariat_client.post(reverse("desk:override-delete", args=[override.pk]))
        assert not CalendarOverride.objects.exists()

    @pytest.mark.parametrize(
        "values",
        [
            {"on": "昨日"},
            {"on": ""},
            {"is_holiday": "perhaps"},
            {"name": ""},
            {"name": "a\x00"},
            {"name": "x" * 101},
        ],
    )
    def test_garbage(self, values, secretariat_client):
        response = secretariat_client.post(reverse("desk:override-create"), self.VALUES | values)
        assert response.status_code == 200
        assert not CalendarOverride.objects.exists()

    def test_day_that_is_there_already(self, secretariat_client):
        CalendarOverrideFactory(on=dt.date(2026, 12, 28))
        response = secretariat_client.post(reverse("desk:override-create"), self.VALUES)
        assert "この日の登録が、すでにあります" in text_of(response)

    def test_somebody_was_faster(self, secretariat_client, monkeypatch):
        def taken(**kwargs: Any) -> None:
            raise ValidationError("この日の登録が、すでにあります。")

        monkeypatch.setattr("consultations.services.save_override", taken)
        response = secretariat_client.post(reverse("desk:override-create"), self.VALUES)
        assert "この日の登録が、すでにあります" in text_of(response)

    def test_delete_page_says_how_many_change(self, secretariat_client, category):
        WindowFactory(topics=[category], opening_hours="Mo-Fr 09:00-17:00; PH off")
        override = CalendarOverrideFactory(on=dt.date(2026, 12, 28))
        response = secretariat_client.get(reverse("desk:override-delete", args=[override.pk]))
        assert "公開中の窓口は1件" in text_of(response)

    def test_count_of_changed_windows(self, category):
        """Two channels of one window count once; drafts and round-the-clock lines do not count."""
        WindowFactory(topics=[category], opening_hours="Mo-Fr 09:00-17:00; PH off")
        WindowFactory(draft=True, opening_hours="Mo-Fr 09:00-17:00; PH off")
        WindowFactory()
        holiday = dt.date(2026, 11, 23)
        assert count_windows_changed_by(holiday, is_holiday=False) == 1
        assert count_windows_changed_by(holiday, is_holiday=True) == 0
        CalendarOverrideFactory(on=holiday, is_holiday=False)
        assert count_windows_changed_by(holiday, is_holiday=None) == 1


class TestCategories:
    def values(self, category: Category) -> dict[str, Any]:
        return {
            "name": category.name,
            "description": category.description,
            "intro": category.intro,
            "words": "家賃\n\n 家賃 \n食べもの",
            "icon": category.icon,
            "position": "3",
            "is_active": "on",
        }

    def test_saved(self, secretariat_client, category):
        address = reverse("desk:category-edit", args=[category.public_id])
        assert secretariat_client.post(address, self.values(category)).status_code == 302
        category.refresh_from_db()
        assert category.word_list == ["家賃", "食べもの"]

    @pytest.mark.parametrize(
        "values",
        [{"name": ""}, {"icon": "../x"}, {"position": "-1"}, {"words": "a\x00"}, {"description": "x" * 61}],
    )
    def test_garbage(self, values, secretariat_client, category):
        address = reverse("desk:category-edit", args=[category.public_id])
        response = secretariat_client.post(address, self.values(category) | values)
        assert response.status_code == 200
        assert not AuditEvent.objects.exists()

    def test_not_put_away_while_windows_depend_on_it(self, secretariat_client, category):
        WindowFactory(topics=[category])
        values = self.values(category)
        del values["is_active"]
        response = secretariat_client.post(reverse("desk:category-edit", args=[category.public_id]), values)
        assert "この分野だけに入っている公開中の窓口が1件" in text_of(response)
        category.refresh_from_db()
        assert category.is_active


def test_gallery_shows_every_component(owner_client, category):
    WindowFactory(topics=[category])
    page = text_of(owner_client.get(reverse("desk:components")))
    for name in ("window_card", "error_summary", "week_table", "state", "notice"):
        assert f'id="part-{name}"' in page
