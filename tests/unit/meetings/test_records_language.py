"""What the portal writes into a record is Japanese, also when the page it is written from is in English."""

import datetime as dt
import io
from collections.abc import Iterator

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from meetings.models import MinutesFlag, ParticipantCount, Utterance
from meetings.services import imports, proposals
from meetings.services import minutes as minutes_services
from meetings.services.attendance import coming
from meetings.services.flags import open_flags, resolve_flag
from platform_portal.audit.models import AuditEvent
from tests.factories.meetings import (
    AttendanceFactory,
    AttendeeFactory,
    MeetingFactory,
    ProposedChangeFactory,
)
from tests.minutes_files import LATER, RECORD

pytestmark = pytest.mark.django_db
MARK = "in English: "


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every word of the interface has a translation."""
    monkeypatch.setattr(trans_real.translation("en"), "gettext", lambda words: MARK + words)
    with translation.override("en"):
        yield


def _accept(text: str, meeting, by):
    kept = imports.keep_import(
        file=io.BytesIO(text.encode()), file_name="a.txt", body=meeting.body, meeting=meeting, by=by
    )
    return imports.accept_import(kept=kept, by=by).minutes


def test_an_import_and_its_doubts(english, secretariat):
    meeting = MeetingFactory(starts_at=dt.datetime(2025, 6, 18, 4, 30, tzinfo=dt.UTC), ends_at=None)
    minutes = _accept(RECORD, meeting, secretariat)
    resolve_flag(flag=open_flags(minutes).first(), how="fine", note="見た", by=secretariat)
    Utterance.objects.filter(text__contains="どのように").update(labels_text="声かけについて。")
    _accept(LATER, meeting, secretariat)
    block = minutes.utterances.filter(text__contains="。", labels_text="").first()
    Utterance.objects.filter(pk=block.pk).update(labels_text="役職だけの文。")
    minutes_services.split_utterance(
        utterance=Utterance.objects.get(pk=block.pk), at=2, version=None, by=secretariat
    )
    flags = MinutesFlag._default_manager.filter(minutes=minutes)
    assert {"labels_text"} < set(flags.values_list("code", flat=True))
    assert not [each for each in flags if MARK in each.message + each.resolution]
    assert not [each for each in AuditEvent.objects.all() if MARK in f"{each.old}{each.new}{each.note}"]


def test_the_numbers_of_those_who_came(english, secretariat):
    meeting = MeetingFactory()
    for row in (
        AttendanceFactory(meeting=meeting, organization__kind="section", coming=True),
        AttendanceFactory(meeting=meeting, guest=True, coming=True),
    ):
        AttendeeFactory(attendance=row, has_come=True)
    coming.take_over_counts(meeting=meeting, by=secretariat)
    assert [str(row) for row in ParticipantCount.objects.all()] == ["庁内課1課", "会員でない団体1団体", "2名"]


def test_a_change_that_was_accepted(english, secretariat):
    change = ProposedChangeFactory()
    Utterance.objects.update(labels_text="課長の話です。")
    proposals.accept_change(change=change, by=secretariat, version=None)
    assert MARK not in MinutesFlag._default_manager.get().message
