"""Papers that a file names: added without their files, tied to their items where the number says which."""

import datetime as dt

import pytest
from django.utils import timezone

from meetings.models import AgendaItem, Document, Meeting
from meetings.services import imports as services
from meetings.services.flags import open_flags
from tests.factories.meetings import DocumentFactory, MeetingFactory
from tests.minutes_files import RECORD
from tests.unit.meetings.test_imports import keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(db: None) -> Meeting:
    return MeetingFactory(place="", ends_at=None, starts_at=dt.datetime(2025, 6, 18, 4, 30, tzinfo=dt.UTC))


def test_a_number_of_two_papers_ties_neither(meeting, secretariat):
    papers = [DocumentFactory(meeting=meeting, title=title) for title in ("県の取組", "調査票")]
    minutes = services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat).minutes
    assert not any(paper.agenda_items.exists() for paper in papers)
    doubt = open_flags(minutes).get(code="paper_number_twice")
    assert RECORD.splitlines()[doubt.line - 1].startswith("(1) 居場所の調査について")
    assert "資料のページで" in doubt.message
    papers[1].agenda_items.add(AgendaItem.objects.get(meeting=meeting, title__startswith="居場所"))
    services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
    assert not open_flags(minutes).filter(code="paper_number_twice").exists()
    assert not papers[0].agenda_items.exists()


def test_a_withdrawn_paper_makes_no_doubt(meeting, secretariat):
    withdrawn = DocumentFactory(
        meeting=meeting,
        withdrawn_at=timezone.now(),
        withdrawn_by=secretariat,
        withdrawn_reason="差し替え",
    )
    paper = DocumentFactory(meeting=meeting)
    services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
    assert paper.agenda_items.exists()
    assert not withdrawn.agenda_items.exists()


def test_two_papers_that_the_file_lists_under_one_number_are_both_kept(meeting, secretariat):
    kept = keep(RECORD, secretariat, meeting)
    kept.proposal["documents"] = [
        {"label": "資料1", "title": title, "line": 9} for title in ("県の取組", "調査票", "調査票", "")
    ]
    kept.save()
    minutes = services.accept_import(kept=kept, by=secretariat).minutes
    titles = Document.objects.filter(meeting=meeting, label="資料1").values_list("title", flat=True)
    assert sorted(titles) == ["県の取組", "調査票"]
    assert open_flags(minutes).filter(code="paper_number_twice").exists()
