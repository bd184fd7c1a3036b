import datetime as dt
import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from meetings.models import CaseStudy, Event, EventApplication, EventRevision
from meetings.services.events import describe_event
from platform_portal.publishing.states import State
from tests.factories.meetings import MeetingFactory
from tests.factories.members import OrganizationFactory, UserFactory


class EventFactory(DjangoModelFactory):
    """Hosted by a member, published, in three weeks, taking applications without a limit."""

    class Meta:
        model = Event

    kind = "ibasho"
    title = factory.Sequence(lambda n: f"居場所の日{n:05}")
    description = "だれでも来られます。"
    organization = factory.SubFactory(OrganizationFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=21))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + dt.timedelta(hours=2))
    place = "市民センター 2階"
    contact_name = "つながりの会 事務局"
    contact_phone = "087-000-0000"
    accepts_applications = True
    author = factory.SubFactory(UserFactory, member=True)
    state = State.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)
    published_by = factory.SubFactory(UserFactory)

    class Params:
        draft = factory.Trait(state=State.DRAFT, published_at=None, published_by=None)
        in_review = factory.Trait(
            state=State.IN_REVIEW,
            published_at=None,
            published_by=None,
            submitted_at=factory.LazyFunction(timezone.now),
            submitted_by=factory.SelfAttribute("author"),
        )
        past = factory.Trait(starts_at=factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=3)))
        own = factory.Trait(organization=None)


class EventApplicationFactory(DjangoModelFactory):
    class Meta:
        model = EventApplication

    event = factory.SubFactory(EventFactory)
    form_id = factory.LazyFunction(uuid.uuid4)
    name = factory.Sequence(lambda n: f"そら{n:05}")
    email = factory.Sequence(lambda n: f"sora{n:05}@mail.example")


class EventRevisionFactory(DjangoModelFactory):
    """Waits for the desk: another place."""

    class Meta:
        model = EventRevision

    event = factory.SubFactory(EventFactory)
    before = factory.LazyAttribute(lambda revision: describe_event(revision.event))
    proposed = factory.LazyAttribute(lambda revision: {**revision.before, "place": "公民館 1階"})
    base_at = factory.LazyAttribute(lambda revision: revision.event.updated_at)
    proposed_by = factory.SubFactory(UserFactory, member=True)


class CaseStudyFactory(DjangoModelFactory):
    """A draft in which nobody can be recognised."""

    class Meta:
        model = CaseStudy

    meeting = factory.SubFactory(MeetingFactory)
    organization = factory.SubFactory(OrganizationFactory)
    title = factory.Sequence(lambda n: f"畑の会につながるまで{n:05}")
    background = "ひとり暮らしで、外に出ることがほとんどなかった。"
    course = "家主から相談があり、訪ねて話を聞いた。"
    support = "畑の会をすすめ、はじめの3回は付きそった。"
    learning = "急がないことが、つながりを長くした。"
    author = factory.SubFactory(UserFactory, member=True)

    class Params:
        published = factory.Trait(
            state=State.PUBLISHED,
            published_at=factory.LazyFunction(timezone.now),
            published_by=factory.SubFactory(UserFactory, role="secretariat"),
        )
