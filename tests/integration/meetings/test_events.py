"""Events from the draft to the cancellation: who may take which step, and who is told."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from meetings.event_workflow import EVENT_WAYS, MEMBER_EVENT_WAYS
from meetings.models import ApplicantState, Event, EventRevision
from meetings.permissions import events as permissions
from meetings.services import events as services
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.revisions import RevisionState
from platform_portal.publishing.states import State, diagram
from tests.factories.events import EventApplicationFactory, EventFactory, EventRevisionFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.outbox import delivered
from tests.test_consistency import BASE

IN_A_MONTH = dt.timedelta(days=30)


def content(**values: Any) -> dict[str, Any]:
    return {
        "kind": "seminar",
        "title": "聞き方の講座",
        "description": "話を聞くときのこつを学びます。",
        "starts_at": timezone.now() + IN_A_MONTH,
        "place": "公民館",
        "contact_phone": "087-000-0000",
        **values,
    }


@pytest.fixture
def manager(db: None) -> Any:
    return MembershipFactory()


@pytest.mark.parametrize("ways", [EVENT_WAYS, MEMBER_EVENT_WAYS])
def test_the_diagram_in_the_docs_is_the_table(ways):
    assert diagram(ways) in (BASE / "docs" / "workflow.md").read_text(encoding="utf-8")


@pytest.mark.django_db
class TestWay:
    def test_from_a_member_to_the_public(self, manager, owner):
        event = services.save_event(
            event=Event(organization=manager.organization), values=content(), by=manager.user, as_member=True
        ).event
        assert event.state == State.DRAFT
        services.move_own_event(event=event, to=State.IN_REVIEW, by=manager.user)
        services.move_event(event=event, to=State.PUBLISHED, by=owner)
        assert Event.objects.published().get() == event
        assert [mail.to for mail in delivered()] == [[manager.user.email]]
        assert list(AuditEvent.objects.about(event).values_list("type", flat=True)) == [
            "meetings.event_published",
            "meetings.event_submitted",
            "meetings.event_created",
        ]

    def test_nobody_approves_what_they_wrote(self, owner, colleague):
        event = services.save_event(event=Event(), values=content(), by=owner, as_member=False).event
        services.move_event(event=event, to=State.IN_REVIEW, by=owner)
        with pytest.raises(Refused):
            services.move_event(event=event, to=State.PUBLISHED, by=owner)
        assert services.move_event(event=event, to=State.PUBLISHED, by=colleague).is_published

    def test_what_was_changed_in_review_needs_a_third(self, owner, colleague):
        event = EventFactory(own=True, in_review=True, author=owner)
        services.save_event(event=event, values={"title": "別の名前"}, by=colleague, as_member=False)
        for person in (owner, colleague):
            assert not permissions.can_move_event(person, Event.objects.get(), State.PUBLISHED)

    def test_given_back_with_a_reason(self, manager, owner):
        event = EventFactory(organization=manager.organization, in_review=True, author=manager.user)
        services.move_event(event=event, to=State.DRAFT, by=owner, reason="会場の住所を書いてください。")
        (mail,) = delivered()
        assert mail.to == [manager.user.email]
        assert "会場の住所を書いてください。" in mail.body

    def test_a_day_that_is_over_is_not_announced(self, owner):
        event = EventFactory(draft=True, past=True)
        with pytest.raises(Refused, match="日時が過ぎています"):
            services.move_event(event=event, to=State.IN_REVIEW, by=owner)

    def test_a_member_changes_nothing_of_others(self, manager):
        event = EventFactory(draft=True)
        with pytest.raises(Refused):
            services.save_event(event=event, values=content(), by=manager.user, as_member=True)
        assert not permissions.can_cancel_event(manager.user, event, as_member=True)
        assert not permissions.can_copy_event(manager.user, event, as_member=True)

    def test_a_viewer_only_looks(self):
        viewer = MembershipFactory(viewer=True)
        event = EventFactory(organization=viewer.organization, draft=True)
        assert not permissions.can_edit_own_event(viewer.user, event)
        assert not permissions.can_move_own_event(viewer.user, event, State.IN_REVIEW)
        assert not permissions.can_see_applicants(viewer.user, event)


@pytest.mark.django_db
class TestRules:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"ends_at": timezone.now()},
            {"ends_at": timezone.now() + IN_A_MONTH + dt.timedelta(days=40)},
            {"place": ""},
            {"apply_until_at": timezone.now() + 2 * IN_A_MONTH},
            {"online_url": "javascript:alert(1)"},
            {"title": "二行の\n名前"},
            {"contact_phone": "電話番号"},
        ],
    )
    def test_what_cannot_be_is_refused(self, owner, wrong):
        with pytest.raises(ValidationError):
            services.save_event(event=Event(), values=content(**wrong), by=owner, as_member=False)
        assert not Event.objects.exists()

    def test_each_copy_is_an_event_of_its_own(self, manager):
        event = EventFactory(
            organization=manager.organization, apply_until_at=timezone.now() + dt.timedelta(days=20)
        )
        first = timezone.localdate(event.starts_at)
        days = [first + dt.timedelta(days=7), first + dt.timedelta(days=14)]
        copies = services.copy_event(event=event, dates=days, by=manager.user, as_member=True, submit=True)
        assert [timezone.localdate(copy.starts_at) for copy in copies] == days
        assert {copy.state for copy in copies} == {State.IN_REVIEW}
        assert copies[0].apply_until_at == event.apply_until_at + dt.timedelta(days=7)
        assert len({copy.public_id for copy in copies} | {event.public_id}) == 3


@pytest.mark.django_db
class TestChangeOfAPublishedOne:
    def test_it_waits_and_then_tells_those_who_come(self, manager, owner):
        event = EventFactory(organization=manager.organization)
        coming = EventApplicationFactory(event=event)
        EventApplicationFactory(event=event, state="cancelled", cancelled_at=timezone.now())
        EventApplicationFactory(event=event, email="", phone="087-111-1111")
        change = services.save_event(
            event=event, values={"place": "公民館 1階"}, by=manager.user, as_member=True
        )
        assert Event.objects.get().place == "市民センター 2階"
        services.approve_event_revision(revision=change.revision, by=owner)
        changed = Event.objects.get()
        assert (changed.place, changed.sequence) == ("公民館 1階", 1)
        mails = {mail.to[0]: mail for mail in delivered()}
        assert set(mails) == {coming.email, manager.user.email}
        assert "場所：市民センター 2階 → 公民館 1階" in mails[coming.email].body
        assert event.title not in mails[coming.email].subject

    def test_words_alone_are_nobodys_mail(self, manager, owner):
        event = EventFactory(organization=manager.organization)
        EventApplicationFactory(event=event)
        change = services.save_event(event=event, values={"fee": "無料"}, by=manager.user, as_member=True)
        services.approve_event_revision(revision=change.revision, by=owner)
        assert [mail.to for mail in delivered()] == [[manager.user.email]]

    def test_more_seats_move_people_up(self, owner, colleague):
        event = EventFactory(own=True, capacity=1)
        EventApplicationFactory(event=event)
        waiting = EventApplicationFactory(event=event, state=ApplicantState.WAITING)
        change = services.save_event(event=event, values={"capacity": 2}, by=owner, as_member=False)
        services.approve_event_revision(revision=change.revision, by=colleague)
        waiting.refresh_from_db()
        assert waiting.state == ApplicantState.ACCEPTED

    def test_nobody_approves_their_own(self, owner, colleague):
        event = EventFactory(own=True)
        change = services.save_event(event=event, values={"fee": "無料"}, by=owner, as_member=False)
        with pytest.raises(Refused):
            services.approve_event_revision(revision=change.revision, by=owner)
        with pytest.raises(Refused, match="確認を待っています"):
            services.save_event(event=event, values={"fee": "100円"}, by=colleague, as_member=False)

    def test_what_was_written_anew_must_be_read_anew(self, owner, colleague):
        event = EventFactory(own=True)
        revision = services.save_event(
            event=event, values={"fee": "無料"}, by=owner, as_member=False
        ).revision
        read_at = revision.proposed_at
        services.save_event(event=event, values={"fee": "1万円"}, by=owner, as_member=False)
        with pytest.raises(services.ChangedMeanwhile):
            services.approve_event_revision(revision=revision, by=colleague, version=read_at)

    def test_returned_and_withdrawn(self, manager, owner):
        revision = EventRevisionFactory(event__organization=manager.organization, proposed_by=manager.user)
        services.return_event_revision(revision=revision, by=owner, reason="階を書いてください。")
        assert EventRevision.objects.returned_to(manager.user).get() == revision
        again = services.save_event(
            event=revision.event, values={"place": "公民館 2階"}, by=manager.user, as_member=True
        ).revision
        services.withdraw_event_revision(revision=again, by=manager.user)
        again.refresh_from_db()
        assert again.state == RevisionState.WITHDRAWN
        assert Event.objects.get().place == "市民センター 2階"


@pytest.mark.django_db
class TestCancelling:
    def test_everybody_who_applied_is_told_why(self, manager):
        event = EventFactory(organization=manager.organization, capacity=1)
        people = [EventApplicationFactory(event=event), EventApplicationFactory(event=event, state="waiting")]
        EventRevisionFactory(event=event)
        services.cancel_event(event=event, by=manager.user, reason="台風のため", as_member=True)
        mails = delivered()
        assert sorted(mail.to[0] for mail in mails) == sorted(person.email for person in people)
        assert all("台風のため" in mail.body for mail in mails)
        assert not EventRevision.objects.pending().exists()
        cancelled = Event.objects.published().get()
        assert cancelled.is_cancelled
        assert cancelled.sequence == 1

    def test_never_without_a_reason_nor_twice(self, manager):
        event = EventFactory(organization=manager.organization)
        with pytest.raises(Refused, match="理由"):
            services.cancel_event(event=event, by=manager.user, reason=" ", as_member=True)
        services.cancel_event(event=event, by=manager.user, reason="雨", as_member=True)
        with pytest.raises(Refused, match="もう中止"):
            services.cancel_event(event=event, by=manager.user, reason="雨", as_member=True)

    def test_the_desk_may_too(self, owner):
        assert services.cancel_event(
            event=EventFactory(), by=owner, reason="会場が使えないため", as_member=False
        ).is_cancelled


@pytest.mark.django_db
class TestWhoSeesApplicants:
    def test_the_host_alone(self, manager, owner, administrator):
        of_member, of_prefecture = EventFactory(organization=manager.organization), EventFactory(own=True)
        other = MembershipFactory(organization=OrganizationFactory()).user
        assert permissions.can_see_applicants(manager.user, of_member)
        assert permissions.can_see_applicants(owner, of_prefecture)
        for person, event in (
            (owner, of_member),
            (administrator, of_member),
            (other, of_member),
            (manager.user, of_prefecture),
            (UserFactory(role="member"), of_prefecture),
        ):
            assert not permissions.can_see_applicants(person, event)


@pytest.mark.django_db
class TestRefusals:
    """Each leaves everything as it was."""

    def test_words_that_somebody_else_has_changed_since(self, owner):
        event = EventFactory(own=True, draft=True)
        seen = event.updated_at - dt.timedelta(minutes=1)
        with pytest.raises(services.ChangedMeanwhile):
            services.save_event(event=event, values={"fee": "無料"}, by=owner, as_member=False, version=seen)
        with pytest.raises(services.ChangedMeanwhile):
            services.move_event(event=event, to=State.IN_REVIEW, by=owner, version=seen)
        event.refresh_from_db()
        assert (event.fee, event.state) == ("", State.DRAFT)

    @pytest.mark.parametrize("count", [0, services.MOST_COPIES + 1])
    def test_no_days_and_too_many_days(self, owner, count):
        event = EventFactory(own=True)
        day = timezone.localdate(event.starts_at)
        dates = [day + dt.timedelta(days=number) for number in range(1, count + 1)]
        with pytest.raises(Refused, match="日付を1つから"):
            services.copy_event(event=event, dates=dates, by=owner, as_member=False)
        assert Event.objects.count() == 1

    def test_a_change_back_to_what_is_there_waits_for_nobody(self, owner):
        event = EventFactory(own=True)
        services.save_event(event=event, values={"fee": "無料"}, by=owner, as_member=False)
        services.save_event(event=event, values={"fee": event.fee}, by=owner, as_member=False)
        assert EventRevision.objects.get().state == RevisionState.WITHDRAWN
        assert services.save_event(event=event, values={}, by=owner, as_member=False).revision is None

    def test_members_do_not_learn_who_of_the_office_proposed(self, manager, owner):
        event = EventFactory(organization=manager.organization)
        services.save_event(event=event, values={"fee": "無料"}, by=owner, as_member=False)
        with pytest.raises(Refused, match="事務局の変更が確認を待っています") as told:
            services.save_event(event=event, values={"fee": "百円"}, by=manager.user, as_member=True)
        assert owner.name not in told.value.reason

    @pytest.mark.parametrize(
        ("changes", "words"),
        [({"state": State.SUSPENDED}, "いま公開していない"), ({"place": "別の館"}, "同じ項目が先に")],
    )
    def test_a_change_that_came_too_late(self, manager, owner, changes, words):
        event = EventFactory(organization=manager.organization)
        change = services.save_event(event=event, values={"place": "公民館"}, by=manager.user, as_member=True)
        Event.objects.update(**changes)
        with pytest.raises(Refused, match=words):
            services.approve_event_revision(revision=change.revision, by=owner)
        assert EventRevision.objects.get().is_open
