"""`import_minutes FILE`: into a draft, or not at all, with a last line that says which."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from meetings.models import Meeting, Minutes, MinutesImport
from tests.factories.meetings import BodyFactory, MeetingFactory, MinutesFactory
from tests.minutes_files import RECORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "記録.txt"
    path.write_text(RECORD, encoding="utf-8")
    return path


def run(path: Path, **options: str) -> str:
    out = io.StringIO()
    call_command("import_minutes", str(path), stdout=out, **options)
    return out.getvalue().splitlines()[-1]


def test_into_a_meeting(path, secretariat):
    meeting = MeetingFactory()
    assert "議事録の下書きにしました" in run(path, meeting=meeting.public_id, by=secretariat.email)
    assert Minutes.objects.get().meeting == meeting


def test_into_a_new_meeting_of_a_body(path, secretariat):
    body = BodyFactory()
    run(path, body=body.public_id, by=secretariat.email)
    assert Meeting.objects.get().body == body


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "--by"),
        ({"by": "nobody@portal.example"}, "--by"),
        ({"by": "ichiro@portal.example"}, "どちらか1つ"),
        ({"by": "ichiro@portal.example", "meeting": "222222"}, "その ID"),
        ({"by": "aoi@portal.example", "body": "here"}, "権限"),
    ],
)
def test_is_refused_in_words(options, words, path, secretariat, owner):
    body = BodyFactory()
    found = {name: body.public_id if value == "here" else value for name, value in options.items()}
    with pytest.raises(CommandError, match=words):
        run(path, **found)
    assert not MinutesImport._default_manager.exists()


def test_leaves_nothing_half_done(path, secretariat, tmp_path):
    published = MinutesFactory(published=True).meeting
    with pytest.raises(CommandError, match="訂正で行います"):
        run(path, meeting=published.public_id, by=secretariat.email)
    with pytest.raises(CommandError, match="開けません"):
        run(tmp_path / "none.txt", body=BodyFactory().public_id, by=secretariat.email)
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(CommandError, match="画像"):
        run(path, body=BodyFactory().public_id, by=secretariat.email)
    assert not MinutesImport._default_manager.exists()
