"""`import_minutes FILE --dry-run [--json]`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.unit.meetings.reading import FIXTURES

RECORD = FIXTURES / "styles" / "colon.txt"


def run(*args: str | Path) -> str:
    out = StringIO()
    call_command("import_minutes", *map(str, args), stdout=out)
    return out.getvalue()


def test_json() -> None:
    data = json.loads(run(RECORD, "--dry-run", "--json"))
    assert data["held_on"] == "2025-11-05"
    assert [each["label"] for each in data["utterances"]][:2] == [
        "桐生委員長：",
        "早乙女地域づくり推進課長：",
    ]


def test_last_line_says_what_was_found() -> None:
    assert "発言 9 件" in run(RECORD, "--dry-run").splitlines()[-1]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    copy = tmp_path / "record.txt"
    copy.write_text(RECORD.read_text(encoding="utf-8"), encoding=encoding)
    assert run(copy, "--dry-run", "--json") == run(RECORD, "--dry-run", "--json")


def test_refusals_in_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="開けません"):
        run(tmp_path / "missing.txt", "--dry-run")
    with pytest.raises(CommandError, match="--dry-run"):
        run(RECORD, "--json")
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    with pytest.raises(CommandError):
        run(empty, "--dry-run")


@pytest.mark.django_db
def test_storing_asks_who_does_it() -> None:
    with pytest.raises(CommandError, match="--by"):
        run(RECORD)
