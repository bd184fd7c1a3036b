"""Seats: exact when many come at once, given on when somebody cancels, forgotten afterwards."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from meetings.event_links import Problem, application_token, find_application
from meetings.models import ApplicantState, EventApplication
from meetings.models.events import KEPT_DAYS
from meetings.services import event_applications as services
from platform_portal import personal_data
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from platform_portal.open_pages import UnusableLinkError
from platform_portal.privacy import Person
from tests.factories.events import EventApplicationFactory, EventFactory
from tests.factories.members import MembershipFactory
from tests.outbox import delivered
from tests.racing import at_once

ACCEPTED, WAITING, CANCELLED = ApplicantState.ACCEPTED, ApplicantState.WAITING, ApplicantState.CANCELLED


def apply(event: Any, people: int = 1, form_id: Any = None, **values: Any) -> EventApplication:
    values = {"name": "そら", "email": f"{uuid.uuid4().hex}@mail.example", "people": people, **values}
    return services.apply_to_event(event=event, form_id=form_id or uuid.uuid4(), values=values)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_the_last_seats_are_given_once(self):
        event = EventFactory(capacity=3)
        assert at_once(*[lambda: apply(event)] * 8) == [None] * 8
        states = sorted(EventApplication.objects.values_list("state", flat=True))
        assert states == [ACCEPTED] * 3 + [WAITING] * 5

    def test_without_a_waiting_list_the_others_are_refused(self):
        event = EventFactory(capacity=3, has_waiting_list=False)
        met = at_once(*[lambda: apply(event)] * 8)
        assert sum(one is None for one in met) == 3
        assert EventApplication.objects.count() == 3

    def test_a_double_click_applies_once(self):
        event, form_id = EventFactory(capacity=3), uuid.uuid4()
        at_once(*[lambda: apply(event, form_id=form_id)] * 4)
        assert EventApplication.objects.count() == 1
        assert len(delivered()) == 1

    def test_one_address_takes_one_seat(self):
        event = EventFactory(capacity=3)
        at_once(*[lambda: apply(event, email="haru@mail.example")] * 4)
        assert EventApplication.objects.count() == 1

    def test_two_cancel_and_two_move_up(self):
        event = EventFactory(capacity=2)
        first = [apply(event), apply(event)]
        waiting = [apply(event), apply(event), apply(event)]
        at_once(*[lambda one=one: services.cancel_application(application=one) for one in first])
        assert [EventApplication.objects.get(pk=one.pk).state for one in waiting] == [
            ACCEPTED,
            ACCEPTED,
            WAITING,
        ]

    def test_one_cancels_while_others_come(self):
        event = EventFactory(capacity=1)
        held = apply(event)
        at_once(
            lambda: services.cancel_application(application=held), lambda: apply(event), lambda: apply(event)
        )
        assert event.applications.accepted().people_count() == 1
        assert event.applications.waiting().count() == 1


@pytest.mark.django_db
class TestSeats:
    def test_people_are_counted_not_applications(self):
        event = EventFactory(capacity=5)
        assert [apply(event, 3).state, apply(event, 3).state] == [ACCEPTED, WAITING]
        assert event.free_seats() == 2

    def test_nobody_overtakes(self):
        """A small group does not slip past a larger one that came first."""
        event = EventFactory(capacity=5)
        held, larger, smaller = apply(event, 4), apply(event, 3), apply(event, 1)
        assert (larger.state, smaller.state) == (WAITING, WAITING)
        services.cancel_application(application=held)
        assert list(event.applications.accepted()) == [larger, smaller]

    def test_more_than_there_ever_are(self):
        with pytest.raises(Refused, match="定員"):
            apply(EventFactory(capacity=2), 3)

    @pytest.mark.parametrize(
        "event",
        [
            {"draft": True},
            {"past": True},
            {"accepts_applications": False},
            {"apply_until_at": timezone.now() - dt.timedelta(hours=1)},
            {"cancelled_at": timezone.now(), "cancelled_reason": "雨"},
        ],
    )
    def test_when_nobody_may_apply(self, event, owner):
        if "cancelled_at" in event:
            event = {**event, "cancelled_by": owner}
        with pytest.raises(Refused):
            apply(EventFactory(**event))
        assert not EventApplication.objects.exists()

    def test_whoever_moves_up_is_mailed(self):
        event = EventFactory(capacity=1)
        held, waiting = apply(event), apply(event, email="haru@mail.example")
        services.cancel_application(application=held)
        subjects = [mail.subject for mail in delivered() if mail.to == ["haru@mail.example"]]
        assert subjects == ["申込を受け付けました", "参加が決まりました"]
        waiting.refresh_from_db()
        assert waiting.moved_up_at is not None

    def test_the_host_is_asked_to_call_whoever_left_only_a_number(self):
        event = EventFactory(capacity=1)
        host = MembershipFactory(organization=event.organization).user
        held, _waiting = apply(event), apply(event, email="", phone="090-1234-5678")
        delivered()
        services.cancel_application(application=held)
        mail = next(mail for mail in delivered() if mail.to == [host.email])
        assert "電話" in mail.subject
        assert f"/my/events/{event.public_id}/applicants/" in mail.body
        assert "090-1234-5678" not in mail.body

    def test_the_desk_is_asked_to_call_for_its_own_event(self, secretariat):
        event = EventFactory(capacity=1, own=True, author=secretariat)
        held, _waiting = apply(event), apply(event, email="", phone="090-1234-5678")
        services.cancel_application(application=held)
        mail = next(mail for mail in delivered() if mail.to == [secretariat.email])
        assert f"/desk/events/{event.public_id}/applicants/" in mail.body

    def test_an_address_holds_one_application_and_hears_it_by_mail(self):
        event = EventFactory(capacity=3)
        first = apply(event, email="haru@mail.example")
        for email in ("haru@mail.example", "Haru@Mail.Example"):
            assert apply(event, people=2, email=email) == first
        apply(EventFactory(), email="haru@mail.example")
        assert event.applications.count() == 1
        assert event.free_seats() == 2
        mails = delivered()
        assert [mail.subject for mail in mails] == [
            "申込を受け付けました",
            "申込は、もう受け付けています",  # once, though the button was pressed twice
            "申込を受け付けました",
        ]
        assert {mail.to[0] for mail in mails} == {"haru@mail.example"}
        assert application_token(first) in mails[1].body

    def test_a_cancelled_application_holds_no_address(self):
        event = EventFactory()
        services.cancel_application(application=apply(event, email="haru@mail.example"))
        assert apply(event, email="haru@mail.example").state == ACCEPTED

    def test_numbers_alone_are_no_address(self):
        event = EventFactory()
        for _person in range(2):
            apply(event, email="", phone="090-1234-5678")
        assert event.applications.count() == 2

    def test_a_known_address_is_refused_like_a_new_one(self):
        event = EventFactory(capacity=1, has_waiting_list=False)
        apply(event, email="haru@mail.example")
        for email in ("haru@mail.example", "natsu@mail.example"):
            with pytest.raises(Refused, match="定員に達しました"):
                apply(event, email=email)

    def test_nobody_moves_up_when_it_is_over(self):
        event = EventFactory(capacity=1)
        held, waiting = apply(event), apply(event)
        past = timezone.now() - dt.timedelta(days=1)
        type(event).objects.update(starts_at=past, ends_at=past + dt.timedelta(hours=1))
        host = MembershipFactory(organization=event.organization).user
        services.cancel_application(application=held, by=host)
        waiting.refresh_from_db()
        assert waiting.state == WAITING

    def test_cancelled_once(self):
        application = apply(EventFactory())
        services.cancel_application(application=application)
        with pytest.raises(Refused, match="もう取り消され"):
            services.cancel_application(application=application)

    def test_only_the_host_cancels_for_somebody(self, owner):
        application = apply(EventFactory())
        with pytest.raises(Refused):
            services.cancel_application(application=application, by=owner)


@pytest.mark.django_db
class TestLink:
    def test_leads_to_its_own_application(self):
        first, second = EventApplicationFactory(), EventApplicationFactory()
        assert find_application(application_token(first)) == first
        assert application_token(first) != application_token(second)

    @pytest.mark.parametrize("token", ["", "x", "WzFd:abc", "\0", "あ" * 500])
    def test_made_up(self, token):
        with pytest.raises(UnusableLinkError) as met:
            find_application(token)
        assert met.value.problem == Problem.BROKEN

    def test_of_a_row_that_is_gone(self):
        application = EventApplicationFactory()
        token = application_token(application)
        EventApplicationFactory(pk=application.pk + 1)
        application.delete()
        with pytest.raises(UnusableLinkError) as met:
            find_application(token)
        assert met.value.problem == Problem.GONE


@pytest.mark.django_db
class TestForgetting:
    def test_all_goes_when_the_time_is_over(self):
        due = EventFactory(starts_at=timezone.now() - dt.timedelta(days=KEPT_DAYS + 2))
        young = EventFactory(starts_at=timezone.now() - dt.timedelta(days=KEPT_DAYS - 2))
        EventApplicationFactory(event=due, email="haru@mail.example")
        kept = EventApplicationFactory(event=young)
        assert services.forget_applications() == 1
        assert services.forget_applications() == 0
        assert list(EventApplication.objects.all()) == [kept]
        event = AuditEvent.objects.get(type="meetings.event_applications_forgotten")
        assert event.new == {"applications": 1, "people": 1}

    def test_mails_about_them_too(self):
        event = EventFactory()
        apply(event, email="haru@mail.example")
        delivered()
        type(event).objects.update(
            starts_at=timezone.now() - dt.timedelta(days=90), ends_at=timezone.now() - dt.timedelta(days=89)
        )
        services.forget_applications()
        assert not OutgoingMail.objects.filter(address="haru@mail.example").exists()

    def test_the_record_keeps_no_words(self):
        application = apply(EventFactory(), name="ひみつの名前", note="ひみつの配慮")
        services.cancel_application(application=application)
        for event in AuditEvent.objects.all():
            assert "ひみつ" not in f"{event.old}{event.new}{event.note}"

    def test_handed_out_and_erased_at_its_persons_word(self):
        event = EventFactory(capacity=1)
        apply(event, email="haru@mail.example", name="はる")
        waiting = apply(event)
        person = Person(None, frozenset({"haru@mail.example"}))
        sections = {section.label: section for section in personal_data.collect(person)}
        words = [field.words for field in sections["meetings.eventapplication"].rows[0]]
        assert "はる" in words
        found = personal_data.find(person)
        personal_data.erase(found, person=person, by=None)
        assert not EventApplication.objects.filter(email="haru@mail.example").exists()
        waiting.refresh_from_db()
        assert waiting.state == ACCEPTED
