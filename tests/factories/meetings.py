import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import factory
from django.db import connection, transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from meetings.importing.proposals import propose
from meetings.models import (
    ActionItem,
    AgendaItem,
    Attendance,
    Attendee,
    Audience,
    Body,
    ConfirmationRequest,
    ConfirmationRound,
    Correction,
    CorrectionState,
    Document,
    DocumentVersion,
    Meeting,
    MeetingState,
    Minutes,
    MinutesFlag,
    MinutesImport,
    ProposedChange,
    Utterance,
)
from meetings.workflow import FROZEN_STATES
from platform_portal.publishing.states import State
from tests.factories.members import OrganizationFactory, UserFactory
from tests.minutes_files import RECORD


class BodyFactory(DjangoModelFactory):
    class Meta:
        model = Body
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"つながり会議{n:05}")

    @factory.post_generation
    def seats(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            self.organizations.set(extracted)


class MeetingFactory(DjangoModelFactory):
    """A public meeting that took place last week."""

    class Meta:
        model = Meeting

    body = factory.SubFactory(BodyFactory)
    title = factory.Sequence(lambda n: f"つながり会議 第{n:05}回")
    starts_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + dt.timedelta(hours=2))
    place = "県庁 2階会議室"
    state = MeetingState.HELD
    created_by = factory.SubFactory(UserFactory, role="secretariat")
    audience = Audience.PUBLIC

    class Params:
        draft = factory.Trait(state=MeetingState.DRAFT)
        planned = factory.Trait(
            state=MeetingState.PLANNED,
            starts_at=factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=14)),
        )


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda n: n)
    number = "1"
    title = "開会"


class AttendanceFactory(DjangoModelFactory):
    """An organisation that was asked and has not answered."""

    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    organization = factory.SubFactory(OrganizationFactory)
    invited_at = factory.LazyFunction(timezone.now)
    invited_by = factory.SubFactory(UserFactory, role="secretariat")

    class Params:
        guest = factory.Trait(
            organization=None, guest_name="内閣府 推進室", guest_email="guest@ministry.example"
        )
        coming = factory.Trait(
            answer="present", answer_way="link", answered_at=factory.LazyFunction(timezone.now)
        )


class AttendeeFactory(DjangoModelFactory):
    class Meta:
        model = Attendee

    attendance = factory.SubFactory(AttendanceFactory, coming=True)
    name = "山田 花子"
    role = "課長"


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    meeting = factory.SubFactory(MeetingFactory)
    label = "資料1"
    title = "県の取組"
    audience = Audience.PUBLIC
    created_by = factory.SubFactory(UserFactory, role="secretariat")


class DocumentVersionFactory(DjangoModelFactory):
    class Meta:
        model = DocumentVersion

    document = factory.SubFactory(DocumentFactory)
    number = 1
    file = factory.django.FileField(filename="paper.pdf", data=b"%PDF-1.7\n")
    name = "資料1.pdf"
    kind = "pdf"
    size = 9
    uploaded_by = factory.SubFactory(UserFactory, role="secretariat")
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class MinutesFactory(DjangoModelFactory):
    """A draft that nobody but the desk may see; `published=True` makes it public in both editions."""

    class Meta:
        model = Minutes

    meeting = factory.SubFactory(MeetingFactory)
    author = factory.SubFactory(UserFactory, role="secretariat")

    class Params:
        published = factory.Trait(
            state=State.PUBLISHED,
            published_at=factory.LazyFunction(timezone.now),
            published_by=factory.SubFactory(UserFactory, role="secretariat"),
            named_audience=Audience.PUBLIC,
            labels_audience=Audience.PUBLIC,
            meeting=factory.SubFactory(MeetingFactory, state=MeetingState.PUBLISHED),
        )


class UtteranceFactory(DjangoModelFactory):
    class Meta:
        model = Utterance
        skip_postgeneration_save = True

    minutes = factory.SubFactory(MinutesFactory)
    position = factory.Sequence(lambda n: n)
    label = "県社協・山田課長"
    organization_name = "県社協"
    speaker = "山田"
    role = "課長"
    text = "ひとりで困っている人に、こちらから声をかける取組を始めました。"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Utterance:
        with written_into(kwargs["minutes"]):
            return super()._create(model_class, *args, **kwargs)

    @factory.post_generation
    def items(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            with written_into(self.minutes):
                self.agenda_items.set(extracted)


@contextmanager
def written_into(minutes: Minutes) -> Iterator[None]:
    """Tests fill a record that is published from the start; the database lets nobody else."""
    if minutes.state not in FROZEN_STATES:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('meetings.correcting', true), '')")
        before = cursor.fetchone()
        cursor.execute("SELECT set_config('meetings.correcting', 'on', true)")
        yield
        cursor.execute("SELECT set_config('meetings.correcting', %s, true)", before)


class MinutesFlagFactory(DjangoModelFactory):
    """A doubt that nobody has settled."""

    class Meta:
        model = MinutesFlag

    minutes = factory.SubFactory(MinutesFactory)
    code = "unread"
    line = 3
    message = "読み取れなかった文字があります。"


class CorrectionFactory(DjangoModelFactory):
    """An entry that everybody may read; both editions read the same."""

    class Meta:
        model = Correction

    utterance = factory.SubFactory(UtteranceFactory)
    is_removal = False
    before = "できなかつた。"
    after = factory.LazyAttribute(lambda correction: "" if correction.is_removal else "できなかった。")
    labels_before = factory.SelfAttribute("before")
    labels_after = factory.SelfAttribute("after")
    reason_kind = "obvious_error"
    reason = "文字のまちがい"
    state = CorrectionState.PUBLISHED
    proposed_by = factory.SubFactory(UserFactory, role="secretariat")
    decided_at = factory.LazyFunction(timezone.now)
    decided_by = factory.SubFactory(UserFactory, role="secretariat")


class ConfirmationRoundFactory(DjangoModelFactory):
    """Open, due in a week."""

    class Meta:
        model = ConfirmationRound

    minutes = factory.SubFactory(MinutesFactory)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=7))
    opened_by = factory.SubFactory(UserFactory, role="secretariat")


class ConfirmationRequestFactory(DjangoModelFactory):
    """A speaker of no member organisation who has not answered, with one block."""

    class Meta:
        model = ConfirmationRequest
        skip_postgeneration_save = True

    round = factory.SubFactory(ConfirmationRoundFactory)
    label = "県社協・山田課長"
    email = factory.Sequence(lambda n: f"speaker{n:05}@group.example")
    sent_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=1))

    @factory.post_generation
    def words(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.utterances.set(extracted or [UtteranceFactory(minutes=self.round.minutes)])


class ProposedChangeFactory(DjangoModelFactory):
    class Meta:
        model = ProposedChange

    request = factory.SubFactory(ConfirmationRequestFactory)
    utterance = factory.LazyAttribute(lambda change: change.request.utterances.get())
    before = factory.LazyAttribute(lambda change: change.utterance.text)
    after = factory.LazyAttribute(lambda change: change.utterance.text.replace("取組", "事業"))
    reason_kind = "asked_by_speaker"


class ProposedCorrectionFactory(DjangoModelFactory):
    """Waits for another person."""

    class Meta:
        model = Correction

    utterance = factory.SubFactory(
        UtteranceFactory, minutes=factory.SubFactory(MinutesFactory, published=True)
    )
    before = factory.LazyAttribute(lambda correction: correction.utterance.text)
    after = "直した後の文です。"
    labels_before = factory.LazyAttribute(lambda correction: correction.utterance.text_in("labels"))
    labels_after = factory.LazyAttribute(lambda correction: correction.after)
    reason_kind = "obvious_error"
    reason = "数字を書きまちがえていました。"
    proposed_by = factory.SubFactory(UserFactory, role="secretariat")


class ActionItemFactory(DjangoModelFactory):
    class Meta:
        model = ActionItem

    body = factory.SubFactory(BodyFactory)
    text = "参加団体の調べ方を検討する"
    created_by = factory.SubFactory(UserFactory, role="secretariat")


class MinutesImportFactory(DjangoModelFactory):
    """A file that was read and waits to be looked at."""

    class Meta:
        model = MinutesImport

    body = factory.SubFactory(BodyFactory)
    file_name = "記録.txt"
    text = RECORD
    sha256 = "0" * 64
    uploaded_by = factory.SubFactory(UserFactory, role="secretariat")
    read_at = factory.LazyFunction(timezone.now)
    proposal = factory.LazyAttribute(lambda kept: propose(kept.text, kept.body))
