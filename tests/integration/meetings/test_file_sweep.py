"""Files of meetings that no row refers to go, a day later; what somebody is just uploading stays."""

import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from meetings import tasks
from meetings.models import DocumentVersion, MinutesPdf
from meetings.models.renderings import PDFS
from meetings.papers.storing import FILES, PREVIEWS
from meetings.services import renderings, sweeping
from platform_portal.celery import app
from tests.factories.meetings import DocumentVersionFactory, MinutesFactory, UtteranceFactory

pytestmark = pytest.mark.django_db


def aged(name: str, *, hours: int = 48) -> str:
    then = timezone.now().timestamp() - hours * 3600
    os.utime(default_storage.path(name), (then, then))
    return name


def stray(folder: str, *, hours: int = 48) -> str:
    return aged(default_storage.save(f"{folder}a.bin", ContentFile(b"not looked into")), hours=hours)


def test_only_what_is_old_and_in_use_nowhere(django_assert_num_queries):
    strays = [stray(folder) for folder in (FILES, PREVIEWS, PDFS)]
    kept = [stray(folder, hours=1) for folder in (FILES, PREVIEWS, PDFS)]
    older = DocumentVersionFactory()  # replaced by a newer one: still there for who reads the history
    DocumentVersionFactory(document=older.document, number=2)
    DocumentVersion._default_manager.filter(pk=older.pk).update(preview=stray(PREVIEWS))
    minutes = MinutesFactory(published=True)
    UtteranceFactory(minutes=minutes)
    MinutesPdf.objects.create(minutes=minutes, edition="named", source_sha256="0" * 64, file=stray(PDFS))
    kept += [aged(version.file.name) for version in DocumentVersion._default_manager.all()]
    kept += [
        DocumentVersion._default_manager.get(pk=older.pk).preview.name,
        MinutesPdf.objects.get().file.name,
    ]
    elsewhere = stray("elsewhere/")
    with django_assert_num_queries(3):
        assert sweeping.sweep_files() == len(strays)
    assert not any(map(default_storage.exists, strays))
    assert all(map(default_storage.exists, [*kept, elsewhere]))
    assert sweeping.sweep_files() == 0


def test_a_pdf_whose_row_is_not_written_is_swept(monkeypatch):
    minutes = MinutesFactory(published=True)
    UtteranceFactory(minutes=minutes)
    renderings.ask_for_pdfs(minutes.pk)
    monkeypatch.setattr(MinutesPdf, "save", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        renderings.print_waiting()
    (name,) = (f"{PDFS}{each}" for each in default_storage.listdir(PDFS)[1])
    aged(name)
    tasks.sweep_files()
    assert not default_storage.exists(name)


def test_nothing_uploaded_yet():
    assert sweeping.sweep_files() == 0


def test_beat_calls_it_once_a_day():
    assert app.conf.beat_schedule["sweep-files"]["task"] == tasks.sweep_files.name
