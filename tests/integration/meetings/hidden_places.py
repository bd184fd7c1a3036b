"""A word of its own in every hidden place of the meetings, and some in open ones, for a walk to look for."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from meetings.calendar_links import token_of
from meetings.indexing import rebuild_vectors
from meetings.models import (
    Audience,
    CaseStudy,
    Document,
    DocumentVersion,
    HiddenIn,
    MeetingState,
    Minutes,
    ParticipantCount,
)
from meetings.services.calendar_links import make_calendar_link
from meetings.services.renderings import print_all
from platform_portal.publishing.states import State
from tests.conftest import signed_in
from tests.factories.events import EventApplicationFactory, EventFactory
from tests.factories.meetings import (
    ActionItemFactory,
    AgendaItemFactory,
    AttendanceFactory,
    AttendeeFactory,
    BodyFactory,
    ConfirmationRequestFactory,
    CorrectionFactory,
    DocumentFactory,
    DocumentVersionFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesFlagFactory,
    MinutesImportFactory,
    ProposedChangeFactory,
    UtteranceFactory,
)
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory

# In every text that is placed, so that a search for it meets all of them.
BAIT = "相談"


class Secrets:
    """Words that no two places share. `for_everybody`: also found by the walk, so that it is known to look there."""

    def __init__(self) -> None:
        self.hidden: dict[str, str] = {}
        self.inside: dict[str, str] = {}
        self.for_everybody: dict[str, str] = {}

    def _word(self, place: str, kept: dict[str, str]) -> str:
        assert place not in self.hidden | self.inside | self.for_everybody
        kept[place] = f"zq{len(self.hidden) + len(self.inside) * 100 + len(self.for_everybody) * 10_000:05}qz"
        return f"{kept[place]} {BAIT}"

    def nobody(self, place: str) -> str:
        return self._word(place, self.hidden)

    def insider(self, place: str) -> str:
        return self._word(place, self.inside)

    def everybody(self, place: str) -> str:
        return self._word(place, self.for_everybody)

    def that_must_not_reach(self, who: str) -> dict[str, str]:
        return self.hidden if who == "insider" else self.hidden | self.inside


@dataclass
class World:
    secrets: Secrets
    clients: dict[str, Client]
    tokens: dict[str, str]


def stated(minutes: Minutes, state: State) -> None:
    values: dict[str, Any] = {}
    if state == State.SUSPENDED:
        values = {
            "suspended_at": timezone.now(),
            "suspended_by": minutes.author,
            "suspended_reason": "確かめるため",
        }
    Minutes.objects.filter(pk=minutes.pk).update(state=state, **values)


def hide_everywhere() -> World:
    """Makes meetings, records, papers and events in every state, each with its own words in its fields."""
    secrets = Secrets()
    insider, outsider = MembershipFactory(), MembershipFactory()
    body = BodyFactory(seats=[insider.organization])
    _public_meeting(secrets, body)
    _records_that_are_not_public(secrets, body)
    _meetings_that_are_not_public(secrets, body)
    _labels_alone(secrets, body)
    _papers(secrets, body)
    _papers_of_the_desk(secrets, body)
    _events(secrets)
    rebuild_vectors()
    print_all()
    cache.clear()
    return World(
        secrets,
        {"anonymous": Client(), "outsider": signed_in(outsider.user), "insider": signed_in(insider.user)},
        {
            who: token_of(make_calendar_link(by=member.user))
            for who, member in (("outsider", outsider), ("insider", insider))
        },
    )


def _public_meeting(secrets: Secrets, body: Model) -> None:
    """Published in both editions; some of it is not for everybody."""
    meeting = MeetingFactory(
        body=body,
        state=MeetingState.PUBLISHED,
        title=secrets.everybody("meeting's title"),
        summary=secrets.everybody("summary"),
        place=secrets.everybody("place"),
        online_url=f"https://online.example/{secrets.insider('online address').split()[0]}",
    )
    ParticipantCount.objects.create(meeting=meeting, label="幹事団体", unit="団体", count=11)
    minutes = MinutesFactory(published=True, meeting=meeting)
    item = AgendaItemFactory(meeting=meeting, title=secrets.everybody("agenda"))
    closed = AgendaItemFactory(
        meeting=meeting,
        title=secrets.nobody("closed item's title"),
        performer=secrets.nobody("closed item's performer"),
        is_closed=True,
        closed_reason="個人のこと",
    )
    under = AgendaItemFactory(meeting=meeting, parent=closed, title=secrets.nobody("item under a closed one"))
    public = UtteranceFactory(minutes=minutes, items=[item], text=secrets.everybody("utterance"))
    UtteranceFactory(minutes=minutes, items=[closed], text=secrets.nobody("utterance under a closed item"))
    UtteranceFactory(minutes=minutes, items=[item, closed], text=secrets.nobody("utterance under both"))
    UtteranceFactory(
        minutes=minutes, items=[under], text=secrets.nobody("utterance under an item under a closed one")
    )
    hidden_question = UtteranceFactory(
        minutes=minutes, items=[closed], speaker=secrets.nobody("hidden asker")[:12]
    )
    UtteranceFactory(minutes=minutes, items=[item], reply_to=hidden_question)
    removed = UtteranceFactory(
        minutes=minutes,
        items=[item],
        text=secrets.nobody("removed text"),
        removed_at=timezone.now(),
        removed_by=minutes.author,
        removed_reason=secrets.everybody("reason of a removal"),
    )
    CorrectionFactory(
        utterance=removed,
        is_removal=True,
        before=secrets.nobody("removed text in its entry"),
        before_hidden_in=HiddenIn.ALL,
        reason="本人の申出",
    )
    CorrectionFactory(
        utterance=public,
        before=secrets.everybody("before"),
        after="後の文",
        reason=secrets.everybody("reason"),
    )
    CorrectionFactory(
        utterance=public,
        before=secrets.nobody("hidden before"),
        after="後の文",
        before_hidden_in=HiddenIn.ALL,
    )
    CorrectionFactory(
        utterance=UtteranceFactory(minutes=minutes, items=[closed]),
        reason=secrets.nobody("reason under a closed item"),
    )
    CorrectionFactory(
        utterance=public,
        state="returned",
        before=secrets.nobody("returned correction"),
        decision_note=secrets.nobody("why it was returned"),
    )
    CorrectionFactory(
        utterance=public,
        state="proposed",
        before=secrets.nobody("proposed correction"),
        after=secrets.nobody("proposed correction's words"),
        reason=secrets.nobody("proposed correction's reason"),
        decided_at=None,
        decided_by=None,
    )
    ActionItemFactory(body=body, utterance=public, is_public=True, text=secrets.everybody("public promise"))
    ActionItemFactory(
        body=body,
        utterance=hidden_question,
        is_public=True,
        text=secrets.nobody("promise of a closed item"),
    )
    ActionItemFactory(
        body=body, utterance=removed, is_public=True, text=secrets.nobody("promise that was removed")
    )
    MinutesFlagFactory(minutes=minutes, message=secrets.nobody("flag"), remainder=secrets.nobody("remainder"))
    for place, audience in (("closed", Audience.CLOSED), ("public", Audience.PUBLIC)):
        document = DocumentFactory(
            meeting=meeting,
            title=secrets.nobody(f"title of a {place} paper of a closed item"),
            audience=audience,
        )
        document.agenda_items.set([closed])
        if audience == Audience.CLOSED:
            _file(document, secrets, f"file of a {place} paper of a closed item")
    # Who comes, what they wrote, and where they are reached.
    attendance = AttendanceFactory(
        meeting=meeting, coming=True, answer_note=secrets.nobody("note of an answer")
    )
    AttendeeFactory(attendance=attendance, name=secrets.nobody("somebody who came")[:40])
    AttendanceFactory(
        meeting=meeting,
        organization=None,
        guest_name=secrets.nobody("guest"),
        guest_email=f"{secrets.nobody('guest address').split()[0]}@group.example",
    )


def _records_that_are_not_public(secrets: Secrets, body: Model) -> None:
    for state in (State.DRAFT, State.IN_REVIEW, State.SUSPENDED, State.ARCHIVED):
        minutes = MinutesFactory(
            meeting__body=body, named_audience=Audience.PUBLIC, labels_audience=Audience.PUBLIC
        )
        block = UtteranceFactory(
            minutes=minutes,
            text=secrets.nobody(f"record {state}"),
            speaker=secrets.nobody(f"speaker {state}")[:12],
        )
        CorrectionFactory(utterance=block, before=secrets.nobody(f"correction of a record {state}"))
        if state == State.DRAFT:
            request = ConfirmationRequestFactory(round__minutes=minutes, words=[block])
            request.email = f"{secrets.nobody('speaker address').split()[0]}@group.example"
            request.save()
            ProposedChangeFactory(
                request=request,
                before="前",
                after=secrets.nobody("proposed change"),
                reason=secrets.nobody("why it is proposed"),
            )
        stated(minutes, state)
    minutes = MinutesFactory(published=True, meeting__body=body)
    UtteranceFactory(minutes=minutes, text=secrets.nobody("record for the secretariat"))
    Minutes.objects.filter(pk=minutes.pk).update(
        named_audience=Audience.CLOSED, labels_audience=Audience.CLOSED
    )


def _meetings_that_are_not_public(secrets: Secrets, body: Model) -> None:
    kinds = (
        ("draft", {"state": MeetingState.DRAFT}, secrets.nobody),
        ("closed", {"audience": Audience.CLOSED, "state": MeetingState.PUBLISHED}, secrets.nobody),
        ("members", {"audience": Audience.MEMBERS, "state": MeetingState.PUBLISHED}, secrets.insider),
        ("coming", {"audience": Audience.MEMBERS, "planned": True}, secrets.insider),
    )
    for name, values, secret in kinds:
        meeting = MeetingFactory(
            body=body,
            title=secret(f"{name} meeting"),
            summary=secret(f"{name} meeting's summary"),
            place=secret(f"{name} meeting's place"),
            online_url=f"https://online.example/{secret(f'{name} meeting online').split()[0]}",
            **values,
        )
        AgendaItemFactory(meeting=meeting, title=secret(f"{name} meeting's agenda"))
        document = DocumentFactory(meeting=meeting, title=secret(f"{name} meeting's paper"))
        _file(document, secrets, f"{name} meeting's file", secret)
        minutes = MinutesFactory(published=True, meeting=meeting)
        block = UtteranceFactory(minutes=minutes, text=secret(f"{name} meeting's record"))
        CorrectionFactory(utterance=block, before=secret(f"{name} meeting's correction"))
    # A body of which everybody may know nothing is named nowhere.
    MeetingFactory(
        body=BodyFactory(name=secrets.nobody("body of a closed meeting")), audience=Audience.CLOSED
    )


def _labels_alone(secrets: Secrets, body: Model) -> None:
    """Everybody reads roles, members read names."""
    minutes = MinutesFactory(published=True, meeting__body=body)
    Minutes.objects.filter(pk=minutes.pk).update(named_audience=Audience.MEMBERS)
    block = UtteranceFactory(
        minutes=minutes,
        text=secrets.insider("named text"),
        labels_text=secrets.everybody("text without names"),
        speaker=secrets.insider("speaker's name")[:12],
        organization_name=secrets.insider("speaker's organisation")[:12],
        label=secrets.nobody("label as printed"),
        role="委員",
    )
    CorrectionFactory(
        utterance=block,
        before=secrets.insider("named before"),
        after=secrets.insider("named after"),
        labels_before=secrets.everybody("before without names"),
        labels_after="後の文",
    )
    CorrectionFactory(
        utterance=block,
        before="小西",
        after="大谷",
        labels_before="委員",
        labels_after="委員",
        reason=secrets.insider("of names alone"),
    )
    CorrectionFactory(
        utterance=block,
        before=secrets.insider("before hidden in labels"),
        labels_before=secrets.nobody("labels before hidden"),
        before_hidden_in=HiddenIn.LABELS,
    )


def _file(document: Document, secrets: Secrets, place: str, secret: Any = None) -> DocumentVersion:
    secret = secret or secrets.nobody
    data = secret(f"{place}: bytes").encode()
    return DocumentVersionFactory(
        document=document,
        name=f"{secret(f'{place}: name')}.pdf",
        text=secret(f"{place}: text"),
        file__data=data,
        change_note=secret(f"{place}: note"),
        size=len(data),
    )


def _papers(secrets: Secrets, body: Model) -> None:
    meeting = MeetingFactory(body=body)
    later = timezone.now() + dt.timedelta(days=3)
    kinds = (
        ("public", {}, secrets.everybody),
        ("members'", {"audience": Audience.MEMBERS}, secrets.insider),
        ("closed", {"audience": Audience.CLOSED}, secrets.nobody),
        ("not yet open", {"opens_at": later}, secrets.insider),
        (
            "withdrawn",
            {"withdrawn_at": timezone.now(), "withdrawn_by": UserFactory(), "withdrawn_reason": "誤り"},
            secrets.nobody,
        ),
    )
    for name, values, secret in kinds:
        document = DocumentFactory(meeting=meeting, title=secret(f"{name} paper"), **values)
        if name == "public":
            data = secret("public paper: bytes").encode()
            DocumentVersionFactory(
                document=document, text=secret("public paper: text"), file__data=data, size=len(data)
            )
        else:
            _file(document, secrets, f"{name} paper", secret)


def _papers_of_the_desk(secrets: Secrets, body: Model) -> None:
    """Imports, promises that are not public, case studies."""
    MinutesImportFactory(
        body=body, text=secrets.nobody("import"), file_name=f"{secrets.nobody('name of an import')}.txt"
    )
    ActionItemFactory(body=body, text=secrets.nobody("promise"), responsible=secrets.nobody("who promised"))
    meeting = MeetingFactory(body=body)
    texts = {
        name: secrets.nobody(f"case study: {name}")
        for name in ("title", "background", "course", "support", "learning")
    }
    CaseStudy.objects.create(
        meeting=meeting, author=UserFactory(), organization=OrganizationFactory(), **texts
    )


def _events(secrets: Secrets) -> None:
    EventFactory(title=secrets.everybody("event"))
    for name in ("draft", "in_review"):
        EventFactory(
            **{name: True},
            title=secrets.nobody(f"event {name}"),
            description=secrets.nobody(f"about event {name}"),
        )
    EventApplicationFactory(
        name=secrets.nobody("applicant")[:40],
        email=f"{secrets.nobody('applicant address').split()[0]}@a.example",
    )
