"""Writes of consultation windows: who may, what is recorded, and that nothing is ever half-done."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from consultations import permissions, services
from consultations.models import (
    ConsultationWindow,
    ErrorReport,
    VerificationSource,
)
from consultations.services import BulkAction, WindowContent
from consultations.workflow import WINDOW_WAYS
from platform_portal.access.checks import Refused
from platform_portal.access.roles import PERMISSIONS_OF_ROLE, Role
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State, diagram
from tests.factories.consultations import (
    CategoryFactory,
    ErrorReportFactory,
    VerificationRequestFactory,
    WindowFactory,
)
from tests.factories.members import UserFactory

PHONE = {"kind": "phone", "value": "087-832-0000", "digits": "0878320000"}
pytestmark = pytest.mark.django_db


def content(**values: Any) -> WindowContent:
    return WindowContent(values=values)


def latest() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk")[0]


# --- Saving ---------------------------------------------------------------------------------------
class TestSaveWindow:
    def test_creates_a_draft_with_all_its_parts(self, owner, category, window):
        saved = services.save_window(
            window=ConsultationWindow(),
            content=WindowContent(
                values={"name": "新しい窓口", "opening_hours": "Mo-Fr 09:00-17:00; PH off"},
                categories=[category],
                channels=[PHONE],
                exceptions=[(dt.date(2026, 12, 28), "", "棚おろし")],
                fallbacks=[window],
            ),
            by=owner,
        )
        stored = ConsultationWindow.objects.get(pk=saved.pk)
        assert (stored.state, stored.author) == (State.DRAFT, owner)
        assert list(stored.categories.all()) == [category]
        assert stored.channels.get().effective_hours == "Mo-Fr 09:00-17:00; PH off; 2026 Dec 28 off"
        assert stored.fallback_links.get().target == window
        assert (latest().type, latest().actor_id) == ("consultations.window_created", owner.pk)

    def test_records_only_what_changed(self, owner, window):
        services.save_window(
            window=window, content=content(name="別の名前", operator=window.operator), by=owner
        )
        assert latest().old == {"name": "くらしの窓口"}
        assert latest().new == {"name": "別の名前"}

    def test_saving_the_same_again_records_nothing(self, owner, window):
        services.save_window(window=window, content=content(name=window.name), by=owner)
        assert not AuditEvent.objects.exists()

    def test_refuses_an_older_version_and_keeps_the_other_text(self, owner, colleague, window):
        seen = window.updated_at
        services.save_window(window=window, content=content(operator="A"), by=colleague, version=seen)
        with pytest.raises(services.ChangedMeanwhile):
            services.save_window(window=window, content=content(operator="B"), by=owner, version=seen)
        assert ConsultationWindow.objects.get().operator == "A"

    def test_checks_the_stored_row_not_the_one_in_hand(self, owner, window):
        """A form may have written into the object already; the record still shows the stored value as old."""
        window.name = "画面の名前"
        services.save_window(window=window, content=content(name="画面の名前"), by=owner)
        assert latest().old == {"name": "くらしの窓口"}

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"name": ""}, "この欄は空にできません"),
            ({"minimum_age": 20, "maximum_age": 10}, "「から」は「まで」より小さく"),
            ({"year_end_from": "12-29"}, "両方"),
        ],
    )
    def test_invalid_content_changes_nothing(self, owner, window, values, words):
        with pytest.raises(ValidationError, match=words):
            services.save_window(window=window, content=content(operator="変わらない", **values), by=owner)
        assert ConsultationWindow.objects.get().operator == "県の相談室"

    def test_bad_channel_takes_everything_back(self, owner, window):
        bad = {"kind": "line", "value": "http://line.example", "digits": ""}
        with pytest.raises(ValidationError, match="https"):
            services.save_window(
                window=window, content=WindowContent(values={"operator": "X"}, channels=[bad]), by=owner
            )
        window.refresh_from_db()
        assert (window.operator, window.channels.count()) == ("県の相談室", 1)

    def test_archived_window_must_be_restored_first(self, owner):
        archived = WindowFactory(state=State.ARCHIVED)
        with pytest.raises(Refused, match="下書きとして戻す"):
            services.save_window(window=archived, content=content(name="x"), by=owner)


class TestVerificationIsLost:
    """A critical change of what is not public makes an earlier verification worthless."""

    @pytest.fixture
    def verified(self, window, owner) -> ConsultationWindow:
        services.move_window(window=window, to=State.SUSPENDED, by=owner, reason="番号が変わった")
        long_ago = timezone.localdate() - dt.timedelta(days=30)
        return services.verify_window(window=window, by=owner, on=long_ago)

    @pytest.mark.parametrize(
        ("values", "is_kept"),
        [
            ({"opening_hours": "Mo-Fr 09:00-17:00"}, False),
            ({"is_by_appointment": True}, False),
            ({"address": "番町4-1-10"}, False),
            ({"website": "https://example.jp/"}, False),
            ({"year_end_from": "12-29", "year_end_to": "01-03"}, False),
            ({"description": "別の説明"}, True),
            ({"internal_note": "メモ"}, True),
        ],
    )
    def test_by_field(self, verified, owner, values, is_kept):
        saved = services.save_window(window=verified, content=content(**values), by=owner)
        saved.refresh_from_db()
        assert (saved.verified_on is not None) == is_kept
        assert (saved.verified_by is not None) == is_kept
        assert ("verified_on" in latest().new) != is_kept

    @pytest.mark.parametrize(
        ("channel", "is_kept"),
        [
            ({"value": "087-832-0000", "digits": "0878320000"}, False),
            ({"note": "混みあいます", "toll": "free"}, True),
        ],
    )
    def test_by_channel(self, verified, owner, channel, is_kept):
        same = {"kind": "phone", "value": "0120-000-000", "digits": "0120000000"}
        saved = services.save_window(
            window=verified, content=WindowContent(values={}, channels=[same | channel]), by=owner
        )
        assert (saved.verified_on is not None) == is_kept

    def test_unless_this_change_renews_it(self, verified, colleague):
        today = timezone.localdate()
        saved = services.save_window(
            window=verified, content=content(address="番町4-1-10", verified_on=today), by=colleague
        )
        assert (saved.verified_on, saved.verified_by) == (today, colleague)


# --- Workflow -------------------------------------------------------------------------------------
def test_printed_diagram_is_current():
    text = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram(WINDOW_WAYS)}```" in text


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("before", State.values)
@pytest.mark.parametrize("after", State.values)
def test_every_step_for_every_role(before, after, role, category):
    """The step is taken exactly when the table has it and the role has its permission."""
    way = WINDOW_WAYS.get((State(before), State(after)))
    window = WindowFactory(state=before, topics=[category])
    user = UserFactory(role=role)
    may = way is not None and way.permission in PERMISSIONS_OF_ROLE[role]
    assert permissions.can_move_window(user, window, State(after)) == may
    if may:
        moved = services.move_window(window=window, to=State(after), by=user, reason="理由", is_checked=True)
        assert (moved.state, latest().note) == (after, "理由")
    else:
        with pytest.raises(Refused):
            services.move_window(window=window, to=State(after), by=user, reason="理由")
        window.refresh_from_db()
        assert window.state == before
        assert not AuditEvent.objects.exists()


class TestTwoPeople:
    def test_author_cannot_approve(self, owner, window):
        window.state, window.author = State.IN_REVIEW, owner
        window.save()
        with pytest.raises(Refused, match="ほかの人に"):
            services.move_window(window=window, to=State.PUBLISHED, by=owner)

    def test_who_asked_cannot_approve(self, owner, colleague, category):
        window = WindowFactory(draft=True, topics=[category], author=colleague)
        services.move_window(window=window, to=State.IN_REVIEW, by=owner)
        with pytest.raises(Refused, match="ほかの人に"):
            services.move_window(window=window, to=State.PUBLISHED, by=owner)

    def test_another_person_can(self, owner, colleague, category):
        window = WindowFactory(draft=True, topics=[category], author=owner)
        services.move_window(window=window, to=State.IN_REVIEW, by=owner)
        moved = services.move_window(window=window, to=State.PUBLISHED, by=colleague, is_checked=True)
        assert (moved.published_by, moved.submitted_by) == (colleague, owner)

    def test_whoever_approves_vouches_for_it(self, owner, colleague, category):
        window = WindowFactory(
            state=State.IN_REVIEW,
            author=owner,
            topics=[category],
            verified_on=timezone.localdate(),
            verified_by=owner,
        )
        asked = VerificationRequestFactory(window=window)
        with pytest.raises(Refused, match="実際に確かめて、印をつけて"):
            services.move_window(window=window, to=State.PUBLISHED, by=colleague)
        window.refresh_from_db()
        assert window.state == State.IN_REVIEW
        assert not AuditEvent.objects.exists()
        moved = services.move_window(window=window, to=State.PUBLISHED, by=colleague, is_checked=True)
        assert (moved.verified_on, moved.verified_by) == (timezone.localdate(), colleague)
        assert [event.type for event in AuditEvent.objects.order_by("pk")] == [
            "consultations.window_verified",
            "consultations.window_published",
        ]
        asked.refresh_from_db()
        assert not asked.is_open
        assert not permissions.can_take_back_verification(colleague, moved)

    def test_who_may_not_approve_is_not_asked_to_check(self, owner, category):
        window = WindowFactory(state=State.IN_REVIEW, author=owner, topics=[category])
        with pytest.raises(Refused, match="ほかの人に"):
            services.move_window(window=window, to=State.PUBLISHED, by=owner, is_checked=True)
        window.refresh_from_db()
        assert window.verified_on is None


@pytest.mark.parametrize(("before", "after"), [key for key, way in WINDOW_WAYS.items() if way.needs_reason])
def test_step_needs_its_reason(before, after, owner, category):
    window = WindowFactory(state=before, topics=[category])
    with pytest.raises(Refused, match="理由を書いて"):
        services.move_window(window=window, to=after, by=owner, reason="  ")


def test_incomplete_window_is_not_submitted(owner, category):
    without_channel = WindowFactory(draft=True, phone=False, topics=[category])
    without_category = WindowFactory(draft=True)
    with pytest.raises(Refused, match="連絡手段"):
        services.move_window(window=without_channel, to=State.IN_REVIEW, by=owner)
    with pytest.raises(Refused, match="分野"):
        services.move_window(window=without_category, to=State.IN_REVIEW, by=owner)


# --- Verification, reports ------------------------------------------------------------------------
def test_verifying_twice_records_once(owner, colleague, window):
    services.verify_window(window=window, by=owner)
    again = services.verify_window(window=window, by=colleague)
    assert (again.verified_on, again.verified_by) == (timezone.localdate(), owner)
    assert AuditEvent.objects.filter(type="consultations.window_verified").count() == 1


def test_verifying_does_not_disturb_somebody_who_is_writing(owner, colleague, window):
    seen = window.updated_at
    services.verify_window(window=window, by=colleague)
    services.save_window(window=window, content=content(operator="B"), by=owner, version=seen)


@pytest.mark.parametrize(
    ("on", "has_person", "source"),
    [
        (None, False, "staff"),
        (None, True, ""),
        (dt.date(2026, 11, 1), True, ""),
        (dt.date(2026, 11, 1), True, "link"),
        (dt.date(2026, 11, 1), False, "staff"),
        (dt.date(2026, 11, 1), False, "telephone"),
        (dt.date(2026, 11, 1), False, "member"),
        (dt.date(2026, 11, 1), False, "by a bird"),
    ],
)
def test_database_refuses_half_a_verification(on, has_person, source, owner, window):
    window.verified_on, window.verified_by, window.verification_source = (
        on,
        owner if has_person else None,
        source,
    )
    with pytest.raises(IntegrityError, match="verified_by_somebody"):
        window.save()


@pytest.mark.parametrize("source", VerificationSource.values)
def test_every_source_can_be_written(source, owner, window):
    window.save(
        update_fields=window.set_verification(
            on=dt.date(2026, 11, 1), by=None if source == "link" else owner, source=source
        )
    )
    window.refresh_from_db()
    assert window.is_verified_by_operator == (source in {"member", "link"})


class TestTakingBackAVerification:
    @pytest.mark.parametrize("is_first", [True, False])
    def test_brings_the_former_one_back(self, is_first, owner, colleague, window):
        before = (None, None)
        if not is_first:
            before = (timezone.localdate() - dt.timedelta(days=200), colleague)
            services.verify_window(window=window, by=colleague, on=before[0])
        services.verify_window(window=window, by=owner)
        undone = services.take_back_verification(window=window, by=owner)
        undone.refresh_from_db()
        assert (undone.verified_on, undone.verified_by) == before
        assert undone.verification_source == ("" if is_first else "staff")
        event = latest()
        assert event.type == "consultations.window_unverified"
        assert (event.old["verified_by"], event.new["verified_by"]) == (owner.pk, before[1] and before[1].pk)

    def refused(self, window, by) -> str:
        with pytest.raises(Refused) as refused:
            services.take_back_verification(window=window, by=by)
        assert not permissions.can_take_back_verification(by, window)
        return refused.value.reason

    def test_is_for_the_same_person(self, owner, colleague, window):
        services.verify_window(window=window, by=owner)
        assert "ほかの人" in self.refused(window, colleague)

    def test_ends_with_the_next_change(self, owner, window):
        services.verify_window(window=window, by=owner)
        services.save_window(window=window, content=content(operator="B"), by=owner)
        assert "そのあとに窓口が変わった" in self.refused(window, owner)

    def test_is_done_once(self, owner, window):
        services.verify_window(window=window, by=owner)
        services.take_back_verification(window=window, by=owner)
        assert "取り消せません" in self.refused(window, owner)

    def test_ends_after_a_day(self, owner, window, monkeypatch):
        services.verify_window(window=window, by=owner)
        later = timezone.now() + dt.timedelta(hours=25)
        monkeypatch.setattr("consultations.permissions.timezone.now", lambda: later)
        assert "24時間" in self.refused(window, owner)

    def test_needs_somebody_who_may_verify(self, owner, outsider, window):
        services.verify_window(window=window, by=owner)
        self.refused(window, outsider)


def test_report_is_handled_once(owner, colleague):
    report = ErrorReportFactory()
    services.handle_report(report=report, resolution="直しました", by=owner)
    assert latest().object_id == str(report.window_id)
    with pytest.raises(Refused, match="すでに"):
        services.handle_report(report=report, resolution="もう一度", by=colleague)
    assert ErrorReport.objects.get().resolution == "直しました"


def test_same_report_within_an_hour_counts_once(window):
    first = services.report_error(window=window, kind="number", text="つながらない")
    assert services.report_error(window=window, kind="number", text="つながらない") == first
    assert services.report_error(window=window, kind="hours", text="つながらない") != first


def test_old_reports_are_forgotten(owner):
    now = timezone.now()
    for days in (None, 10, 181):
        handled_at = None if days is None else now - dt.timedelta(days=days)
        ErrorReportFactory(handled_at=handled_at, handled_by=None if days is None else owner)
    assert services.forget_old_reports() == 1
    assert ErrorReport.objects.count() == 2


# --- Many at once ---------------------------------------------------------------------------------
class TestBulk:
    def test_plan_sorts_what_can_be_done_from_what_cannot(self, owner, category):
        draft = WindowFactory(draft=True, topics=[category])
        published = WindowFactory(topics=[category])
        empty = WindowFactory(draft=True, phone=False, topics=[category])
        plan = services.plan_bulk(action=BulkAction.SUBMIT, windows=[draft, published, empty], by=owner)
        assert plan.ready == [draft]
        assert [window for window, _reason in plan.refused] == [published, empty]
        assert "連絡手段" in plan.refused[1][1]

    def test_one_failure_takes_all_back(self, owner, category):
        first, second = WindowFactory.create_batch(2, draft=True, topics=[category])
        plan = services.plan_bulk(action=BulkAction.SUBMIT, windows=[first, second], by=owner)
        services.move_window(window=second, to=State.IN_REVIEW, by=owner)
        with pytest.raises(services.ChangedMeanwhile, match=second.name):
            services.apply_bulk(plan=plan, by=owner)
        first.refresh_from_db()
        assert first.state == State.DRAFT

    @pytest.mark.parametrize("action", [BulkAction.SUSPEND, BulkAction.ARCHIVE])
    def test_reason_is_needed(self, action, owner, category):
        before = State.PUBLISHED if action == BulkAction.SUSPEND else State.DRAFT
        window = WindowFactory(state=before, topics=[category])
        plan = services.plan_bulk(action=action, windows=[window], by=owner)
        with pytest.raises(Refused, match="理由"):
            services.apply_bulk(plan=plan, by=owner)
        assert services.apply_bulk(plan=plan, by=owner, reason="閉鎖のため") == 1

    def test_categories(self, owner, category, window):
        other = CategoryFactory(slug="mental")
        add = services.plan_bulk(action=BulkAction.ADD_CATEGORY, windows=[window], by=owner, category=other)
        assert services.apply_bulk(plan=add, by=owner) == 1
        assert set(window.categories.all()) == {category, other}
        again = services.plan_bulk(action=BulkAction.ADD_CATEGORY, windows=[window], by=owner, category=other)
        assert "すでに" in again.refused[0][1]
        window = ConsultationWindow.objects.get()
        remove = services.plan_bulk(
            action=BulkAction.REMOVE_CATEGORY, windows=[window], by=owner, category=category
        )
        services.apply_bulk(plan=remove, by=owner)
        assert list(window.categories.all()) == [other]

    def test_last_category_of_a_published_window_stays(self, owner, category, window):
        plan = services.plan_bulk(
            action=BulkAction.REMOVE_CATEGORY, windows=[window], by=owner, category=category
        )
        assert "1つもなくなります" in plan.refused[0][1]

    def test_category_must_be_named(self, owner, window):
        plan = services.plan_bulk(action=BulkAction.ADD_CATEGORY, windows=[window], by=owner)
        assert plan.refused == [(window, "分野を選んでください。")]

    def test_author_cannot_approve_in_bulk(self, owner, category):
        window = WindowFactory(state=State.IN_REVIEW, author=owner, topics=[category])
        plan = services.plan_bulk(action=BulkAction.APPROVE, windows=[window], by=owner)
        assert plan.ready == []

    def test_what_nobody_checked_is_not_approved(self, owner, colleague, category):
        checked, unchecked = WindowFactory.create_batch(
            2, state=State.IN_REVIEW, author=owner, topics=[category]
        )
        asked = services.plan_bulk(action=BulkAction.APPROVE, windows=[checked, unchecked], by=colleague)
        assert asked.ready == [checked, unchecked]
        with pytest.raises(services.ChangedMeanwhile, match="実際に確かめて"):
            services.apply_bulk(plan=asked, by=colleague)
        plan = services.plan_bulk(
            action=BulkAction.APPROVE,
            windows=[checked, unchecked],
            by=colleague,
            checked={checked.public_id},
        )
        assert services.apply_bulk(plan=plan, by=colleague) == 1
        assert ("印がありません" in plan.refused[0][1], plan.refused[0][0]) == (True, unchecked)
        for window, state in ((checked, State.PUBLISHED), (unchecked, State.IN_REVIEW)):
            window.refresh_from_db()
            assert (window.state, window.verified_by) == (
                state,
                colleague if state == State.PUBLISHED else None,
            )

    def test_verify(self, owner, window):
        plan = services.plan_bulk(action=BulkAction.VERIFY, windows=[window], by=owner)
        assert services.apply_bulk(plan=plan, by=owner) == 1
        window.refresh_from_db()
        assert window.verified_by == owner
