"""Changes that wait for a second person: what waits, who decides, and that nothing is overwritten unseen."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations import permissions, services
from consultations.models import ConsultationWindow, RevisionState, WindowRevision
from consultations.models.verification import Outcome
from consultations.services import BulkAction, WindowContent
from consultations.services.content import describe_content
from consultations.workflow import MEMBER_WAYS, REVISION_WAYS
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State, diagram
from tests.factories.consultations import RevisionFactory, VerificationRequestFactory, WindowFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db
NEW_PHONE = {"kind": "phone", "value": "087-832-0000", "digits": "0878320000", "toll": "charged"}
OLD_PHONE = {"kind": "phone", "value": "0120-000-000", "digits": "0120000000", "toll": "free"}


def content(**values: Any) -> WindowContent:
    return WindowContent(values=values)


def change(window: ConsultationWindow, by: Any, **values: Any) -> services.Change:
    return services.change_window(window=window, content=content(**values), by=by)


def types() -> list[str]:
    return [
        name.removeprefix("consultations.")
        for name in AuditEvent.objects.order_by("pk").values_list("type", flat=True)
    ]


@pytest.fixture
def group() -> Any:
    return OrganizationFactory(name="つながりの会")


@pytest.fixture
def member(group) -> Any:
    return MembershipFactory(
        organization=group, editor=True, user__name="会の人", user__email="a@npo.example"
    ).user


@pytest.fixture
def owned(group, category) -> ConsultationWindow:
    return WindowFactory(name="会の窓口", organization=group, topics=[category])


# --- What waits -----------------------------------------------------------------------------------
class TestWhatWaits:
    @pytest.mark.parametrize(
        ("values", "waits"),
        [
            ({"opening_hours": "Mo-Fr 09:00-17:00"}, True),
            ({"is_by_appointment": True}, True),
            ({"address": "番町4-1-10"}, True),
            ({"website": "https://example.jp/"}, True),
            ({"year_end_from": "12-29", "year_end_to": "01-03"}, True),
            ({"description": "別の説明"}, False),
            ({"internal_note": "メモ"}, False),
            ({"name": "別の名前"}, False),
        ],
    )
    def test_of_staff_by_field(self, values, waits, owner, window):
        live = describe_content(window)
        done = change(window, owner, **values)
        assert (done.revision is not None) == waits
        stored = describe_content(ConsultationWindow.objects.get(pk=window.pk))
        assert (stored == live) == waits
        assert types() == (["revision_proposed"] if waits else ["window_changed"])

    @pytest.mark.parametrize(
        ("channels", "waits"),
        [
            ([NEW_PHONE], True),
            ([OLD_PHONE, NEW_PHONE], True),
            ([{"kind": "line", "value": "https://line.example/other", "digits": ""}], True),
            ([OLD_PHONE | {"note": "混みあいます"}], False),
        ],
    )
    def test_of_staff_by_channel(self, channels, waits, owner, window):
        done = services.change_window(
            window=window, content=WindowContent(values={}, channels=channels), by=owner
        )
        assert (done.revision is not None) == waits
        assert (window.channels.get().value == "0120-000-000") or not waits

    @pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.SUSPENDED])
    def test_what_is_not_public_is_changed_at_once(self, state, owner):
        window = WindowFactory(state=state)
        assert change(window, owner, address="番町4-1-10").revision is None

    def test_everything_of_a_member_waits(self, member, owned):
        done = services.change_window(
            window=owned, content=content(description="新しい説明"), by=member, as_member=True
        )
        assert done.revision.changed_names == ["description"]
        owned.refresh_from_db()
        assert owned.description == "くらしのことを話せます。"

    def test_of_staff_who_act_for_their_group_as_well(self, owner, owned, group):
        MembershipFactory(organization=group, user=owner)
        done = services.change_window(window=owned, content=content(name="別名"), by=owner, as_member=True)
        assert done.revision is not None

    def test_same_again_waits_for_nobody(self, member, owned):
        same = content(name=owned.name)
        done = services.change_window(window=owned, content=same, by=member, as_member=True)
        assert done.revision is None
        assert not WindowRevision.objects.exists()

    def test_save_window_itself_never_lets_it_through(self, owner, window):
        with pytest.raises(services.NeedsReview):
            services.save_window(window=window, content=content(address="番町"), by=owner)
        assert not AuditEvent.objects.exists()

    def test_invalid_change_is_not_kept(self, owner, window):
        with pytest.raises(ValidationError, match="両方"):
            change(window, owner, address="番町", year_end_from="12-29")
        assert not WindowRevision.objects.exists()

    def test_checked_today_by_the_author_does_not_count(self, owner, window):
        done = change(window, owner, address="番町", verified_on=timezone.localdate())
        assert done.revision.changed_names == ["address"]
        assert done.revision.proposed["verified_on"] is None

    def test_stopping_is_at_once(self, owner, window):
        change(window, owner, address="番町")
        stopped = services.move_window(window=window, to=State.SUSPENDED, by=owner, reason="番号がちがう")
        assert stopped.state == State.SUSPENDED

    def test_bulk_changes_of_category_are_live(self, owner, window, category):
        from tests.factories.consultations import CategoryFactory

        other = CategoryFactory()
        plan = services.plan_bulk(action=BulkAction.ADD_CATEGORY, windows=[window], by=owner, category=other)
        services.apply_bulk(plan=plan, by=owner)
        assert other in window.categories.all()
        assert not WindowRevision.objects.exists()


class TestMembers:
    @pytest.mark.parametrize(
        "values",
        [{"internal_note": "x"}, {"operator": "x"}, {"verified_on": dt.date(2026, 1, 1)}, {"source": "x"}],
    )
    def test_write_no_field_of_the_office(self, values, member, owned):
        with pytest.raises(Refused, match="事務局だけ"):
            services.change_window(window=owned, content=content(**values), by=member, as_member=True)

    @pytest.mark.parametrize("state", [State.IN_REVIEW, State.ARCHIVED])
    def test_leave_alone_what_is_reviewed_or_archived(self, state, member, group):
        window = WindowFactory(organization=group, state=state)
        with pytest.raises(Refused):
            services.change_window(window=window, content=content(name="x"), by=member, as_member=True)

    @pytest.mark.parametrize("who", ["viewer", "former", "other group", "left group"])
    def test_others_may_not(self, who, owned, group):
        person = UserFactory(member=True)
        if who == "viewer":
            MembershipFactory(organization=group, user=person, viewer=True)
        elif who == "former":
            MembershipFactory(organization=group, user=person, ended_at=timezone.now() + dt.timedelta(days=1))
        elif who == "other group":
            MembershipFactory(user=person)
        else:
            MembershipFactory(organization=OrganizationFactory(left=True), user=person)
        with pytest.raises(Refused):
            services.change_window(window=owned, content=content(name="x"), by=person, as_member=True)
        assert not permissions.can_edit_own_window(person, owned)

    def test_new_window_is_a_draft_of_the_group(self, member, group, category):
        new = ConsultationWindow(organization=group)
        values = WindowContent(values={"name": "新しい窓口"}, channels=[NEW_PHONE], categories=[category])
        saved = services.change_window(window=new, content=values, by=member, as_member=True).window
        assert (saved.state, saved.author, saved.organization) == (State.DRAFT, member, group)
        moved = services.move_own_window(window=saved, to=State.IN_REVIEW, by=member)
        assert (moved.state, moved.submitted_by) == (State.IN_REVIEW, member)
        assert services.move_own_window(window=saved, to=State.DRAFT, by=member).state == State.DRAFT

    def test_submits_nothing_unfinished(self, member, group):
        draft = WindowFactory(draft=True, organization=group)
        with pytest.raises(Refused, match="分野"):
            services.move_own_window(window=draft, to=State.IN_REVIEW, by=member)

    @pytest.mark.parametrize("to", [State.PUBLISHED, State.SUSPENDED, State.ARCHIVED])
    def test_take_no_other_step(self, to, member, owned):
        with pytest.raises(Refused):
            services.move_own_window(window=owned, to=to, by=member)


# --- Deciding -------------------------------------------------------------------------------------
class TestApproving:
    def test_makes_it_live_and_names_both(self, owner, colleague, window):
        revision = change(window, owner, address="番町4-1-10").revision
        services.approve_revision(revision=revision, by=colleague, is_checked=True)
        window.refresh_from_db()
        assert (window.address, window.author, window.verified_by) == ("番町4-1-10", owner, colleague)
        assert window.verified_on == timezone.localdate()
        revision.refresh_from_db()
        assert (revision.state, revision.decided_by, revision.is_checked) == ("approved", colleague, True)
        event = AuditEvent.objects.order_by("-pk")[0]
        assert (event.type, event.actor_id) == ("consultations.revision_approved", colleague.pk)
        assert event.new["address"] == "番町4-1-10"

    def test_again_on_a_day_when_somebody_else_had_checked(self, owner, colleague, secretariat, window):
        services.verify_window(window=window, by=secretariat)
        revision = change(window, owner, address="番町4-1-10").revision
        services.approve_revision(revision=revision, by=colleague, is_checked=True)
        window.refresh_from_db()
        assert window.verified_by == colleague

    def test_whoever_has_checked_ends_the_round_of_asking(self, owner, colleague, window):
        request = VerificationRequestFactory(window=window)
        revision = change(window, owner, address="番町4-1-10").revision
        services.approve_revision(revision=revision, by=colleague, is_checked=True)
        request.refresh_from_db()
        assert (request.state, request.ending, request.closed_by) == (Outcome.CHANGED, "staff", colleague)

    def test_round_goes_on_when_nothing_was_checked(self, member, colleague, owned):
        request = VerificationRequestFactory(window=owned)
        words = content(description="新しい説明")
        revision = services.change_window(window=owned, content=words, by=member, as_member=True).revision
        services.approve_revision(revision=revision, by=colleague)
        request.refresh_from_db()
        assert request.is_open

    def test_round_goes_on_when_the_change_cannot_go_live(self, owner, colleague, window):
        request = VerificationRequestFactory(window=window)
        nothing = WindowContent(values={}, channels=[])
        revision = services.change_window(window=window, content=nothing, by=owner).revision
        with pytest.raises(Refused, match="連絡手段が1つもありません"):
            services.approve_revision(revision=revision, by=colleague, is_checked=True)
        request.refresh_from_db()
        assert request.is_open

    def test_needs_the_tick_for_what_was_verified(self, owner, colleague, window):
        revision = change(window, owner, address="番町4-1-10").revision
        with pytest.raises(Refused, match="実際に確かめて"):
            services.approve_revision(revision=revision, by=colleague)
        window.refresh_from_db()
        assert window.address == ""

    def test_needs_no_tick_for_other_words(self, member, colleague, owned):
        words = content(description="新しい説明")
        revision = services.change_window(window=owned, content=words, by=member, as_member=True).revision
        services.approve_revision(revision=revision, by=colleague)
        owned.refresh_from_db()
        assert (owned.description, owned.verified_on) == ("新しい説明", None)

    def test_author_does_not_decide(self, owner, window):
        revision = change(window, owner, address="番町4-1-10").revision
        with pytest.raises(Refused, match="自分が書いた変更"):
            services.approve_revision(revision=revision, by=owner, is_checked=True)
        with pytest.raises(Refused, match="自分が書いた変更"):
            services.return_revision(revision=revision, by=owner, reason="x")

    def test_members_do_not_decide(self, owner, outsider, window):
        revision = change(window, owner, address="番町4-1-10").revision
        with pytest.raises(Refused):
            services.approve_revision(revision=revision, by=outsider, is_checked=True)

    def test_second_reviewer_is_told(self, owner, colleague, secretariat, window):
        revision = change(window, owner, address="番町4-1-10").revision
        services.approve_revision(revision=revision, by=colleague, is_checked=True)
        with pytest.raises(Refused, match="もう終わっています（認めて公開した）"):
            services.return_revision(revision=revision, by=secretariat, reason="x")

    def test_published_window_is_not_left_without_a_way_in(self, owner, colleague, window):
        nothing = WindowContent(values={}, channels=[])
        revision = services.change_window(window=window, content=nothing, by=owner).revision
        with pytest.raises(Refused, match="連絡手段が1つもありません"):
            services.approve_revision(revision=revision, by=colleague, is_checked=True)
        assert window.channels.count() == 1

    def test_archived_window_stays_as_it_is(self, owner, colleague, window):
        revision = change(window, owner, address="番町4-1-10").revision
        services.move_window(window=window, to=State.SUSPENDED, by=owner, reason="x")
        services.move_window(window=window, to=State.ARCHIVED, by=owner, reason="x")
        with pytest.raises(Refused, match="保管"):
            services.approve_revision(revision=revision, by=colleague, is_checked=True)

    @pytest.mark.parametrize(
        "decide",
        [
            lambda revision, by: services.approve_revision(revision=revision, by=by, is_checked=True),
            lambda revision, by: services.return_revision(revision=revision, by=by, reason="x"),
        ],
        ids=["approve", "return"],
    )
    def test_no_change_without_its_record(self, decide, owner, colleague, window, monkeypatch):
        revision = change(window, owner, address="番町4-1-10").revision

        def broken(**kwargs: Any) -> None:
            raise RuntimeError("the record is broken")

        monkeypatch.setattr("consultations.services.windows.audit.record", broken)
        with pytest.raises(RuntimeError):
            decide(revision, colleague)
        window.refresh_from_db()
        revision.refresh_from_db()
        assert (window.address, revision.state) == ("", RevisionState.PENDING)


class TestReturningAndWithdrawing:
    def test_reason_is_needed_and_kept(self, owner, colleague, window):
        revision = change(window, owner, address="番町4-1-10").revision
        with pytest.raises(Refused, match="理由を書いて"):
            services.return_revision(revision=revision, by=colleague, reason=" ")
        returned = services.return_revision(revision=revision, by=colleague, reason="番地がちがう")
        assert (returned.state, returned.note, returned.decided_by) == ("returned", "番地がちがう", colleague)
        assert AuditEvent.objects.order_by("-pk")[0].note == "番地がちがう"

    def test_author_withdraws(self, owner, colleague, window):
        revision = change(window, owner, address="番町4-1-10").revision
        with pytest.raises(Refused, match="書いた人だけ"):
            services.withdraw_revision(revision=revision, by=colleague)
        assert services.withdraw_revision(revision=revision, by=owner).state == RevisionState.WITHDRAWN
        with pytest.raises(Refused, match="もう終わって"):
            services.withdraw_revision(revision=revision, by=owner)


class TestWritingAgain:
    def test_author_replaces_the_own_one(self, owner, window):
        first = change(window, owner, address="番町1").revision
        second = change(window, owner, address="番町2").revision
        assert first == second
        assert WindowRevision.objects.get().proposed["address"] == "番町2"
        assert types() == ["revision_proposed", "revision_replaced"]

    def test_second_person_is_told(self, owner, colleague, window):
        change(window, owner, address="番町1")
        with pytest.raises(Refused, match="県庁 あおいさんの変更が確認を待っています"):
            change(window, colleague, address="番町2")
        assert WindowRevision.objects.get().proposed["address"] == "番町1"

    def test_what_is_taken_out_again_no_longer_waits(self, owner, window):
        revision = change(window, owner, address="番町1").revision
        done = services.change_window(
            window=window, content=content(description="説明だけ"), by=owner, revising=revision
        )
        assert done.revision is None
        revision.refresh_from_db()
        assert revision.state == RevisionState.WITHDRAWN

    def test_ended_one_is_not_written_again(self, owner, colleague, window):
        revision = change(window, owner, address="番町1").revision
        services.return_revision(revision=revision, by=colleague, reason="x")
        with pytest.raises(Refused, match="そのあいだに"):
            services.change_window(window=window, content=content(address="2"), by=owner, revising=revision)

    def test_database_knows_one_pending(self, window):
        RevisionFactory(window=window)
        with pytest.raises(IntegrityError, match="consultations_revision_one_pending"), transaction.atomic():
            RevisionFactory(window=window)


# --- Three-way ------------------------------------------------------------------------------------
class TestChangedMeanwhile:
    def test_other_fields_stay_as_they_are_now(self, owner, colleague, window):
        revision = change(window, owner, address="番町4-1-10").revision
        change(window, colleague, description="同僚の説明")
        services.approve_revision(revision=revision, by=colleague, is_checked=True)
        window.refresh_from_db()
        assert (window.address, window.description) == ("番町4-1-10", "同僚の説明")

    def test_same_field_is_shown_not_overwritten(self, member, colleague, owner, owned):
        words = content(description="会の説明", eligibility="だれでも")
        revision = services.change_window(window=owned, content=words, by=member, as_member=True).revision
        change(owned, owner, description="県の説明")
        revision.refresh_from_db()
        assert revision.state == RevisionState.OVERTAKEN
        with pytest.raises(Refused, match="先に変わった"):
            services.approve_revision(revision=revision, by=colleague)
        owned.refresh_from_db()
        assert (owned.description, owned.eligibility) == ("県の説明", "")

    def test_change_that_nobody_recorded_is_found_when_approving(self, owner, colleague, window):
        revision = change(window, owner, address="番町4-1-10").revision
        ConsultationWindow.objects.filter(pk=window.pk).update(address="別の番地")
        decided = services.approve_revision(revision=revision, by=colleague, is_checked=True)
        assert decided.state == RevisionState.OVERTAKEN
        window.refresh_from_db()
        assert window.address == "別の番地"

    def test_same_value_is_no_conflict(self, member, colleague, owner, owned):
        words = content(description="同じ説明", eligibility="だれでも")
        revision = services.change_window(window=owned, content=words, by=member, as_member=True).revision
        change(owned, owner, description="同じ説明")
        services.approve_revision(revision=revision, by=colleague)
        owned.refresh_from_db()
        assert owned.eligibility == "だれでも"

    def test_author_writes_it_anew(self, member, owner, colleague, owned):
        old = content(description="会の説明")
        revision = services.change_window(window=owned, content=old, by=member, as_member=True).revision
        change(owned, owner, description="県の説明")
        new = content(description="会と県の説明")
        again = services.change_window(
            window=owned, content=new, by=member, as_member=True, revising=revision
        ).revision
        assert (again, again.state) == (revision, RevisionState.PENDING)
        services.approve_revision(revision=again, by=colleague)
        owned.refresh_from_db()
        assert owned.description == "会と県の説明"

    def test_verifying_meanwhile_is_no_conflict(self, owner, colleague, window):
        revision = change(window, owner, address="番町4-1-10").revision
        services.verify_window(window=window, by=colleague)
        assert services.approve_revision(revision=revision, by=colleague, is_checked=True).state == "approved"


# --- Table, mails -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("ways", "start"), [(REVISION_WAYS, "pending"), (MEMBER_WAYS, "draft")])
def test_printed_diagram_is_current(ways, start):
    text = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram(ways, start)}```" in text


class TestMails:
    @pytest.fixture
    def revision(self, member, owned) -> WindowRevision:
        words = content(description="新しい説明")
        done = services.change_window(window=owned, content=words, by=member, as_member=True)
        assert done.revision is not None
        return done.revision

    def test_approved(self, revision, colleague):
        services.approve_revision(revision=revision, by=colleague)
        (message,) = delivered()
        html = message.alternatives[0][0]
        assert message.to == ["a@npo.example"]
        assert "会の窓口" not in message.subject
        for body in (message.body, html):
            assert "会の人 さん" in body
            assert "「会の窓口」の変更を確かめて、公開しました" in body
            assert f"/my/windows/{revision.window.public_id}/" in body

    def test_returned_with_the_reason_as_text(self, revision, colleague):
        services.return_revision(revision=revision, by=colleague, reason="<b>番号</b>がちがいます")
        (message,) = delivered()
        assert "<b>番号</b>がちがいます" in message.body
        assert "&lt;b&gt;番号&lt;/b&gt;" in message.alternatives[0][0]

    def test_staff_are_led_to_the_desk(self, owner, colleague, window):
        services.return_revision(
            revision=change(window, owner, address="番町").revision, by=colleague, reason="x"
        )
        assert f"/desk/windows/{window.public_id}/" in delivered()[0].body

    def test_nobody_writes_to_who_has_left(self, revision, colleague, member):
        member.is_active = False
        member.save()
        services.approve_revision(revision=revision, by=colleague)
        assert delivered() == []
