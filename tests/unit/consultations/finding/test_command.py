import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError

from consultations.management.commands import find as command_module
from tests.factories.consultations import CategoryFactory, WindowFactory

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("find", *args, stdout=out)
    return out.getvalue()


def test_json_for_one_sentence():
    category = CategoryFactory(slug="living")
    window = WindowFactory(name="くらし相談", topics=[category])
    answer = json.loads(run("--json", "家賃が払えない"))
    assert answer["categories"][0]["slug"] == "living"
    assert set(answer["categories"][0]) == {"slug", "score"}
    assert answer["windows"][0]["id"] == window.public_id
    assert answer["windows"][0]["name"] == "くらし相談"
    assert 0 < answer["windows"][0]["score"] <= 1


def test_json_for_each_line(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("家賃が払えない\n\nひきこもりの娘\r\n"))
    lines = run("--json", "--stdin").splitlines()
    answers = [json.loads(line) for line in lines]
    assert len(answers) == 3
    assert answers[0]["categories"][0]["slug"] == "living"
    assert answers[1] == {"categories": [], "windows": []}
    assert answers[2]["categories"][0]["slug"] == "hikikomori"


def test_japanese_is_written_as_it_is():
    WindowFactory(name="くらし相談", topics=[CategoryFactory(slug="living")])
    assert "くらし相談" in run("--json", "家賃が払えない")


def test_list_for_people():
    WindowFactory(name="心の電話", topics=[CategoryFactory(slug="mental")])
    shown = run("死にたい")
    assert "命に関わる言葉" in shown
    assert "mental" in shown
    assert "心の電話" in shown
    assert shown.splitlines()[-1].endswith("見つかりました。")


@pytest.mark.parametrize("args", [[], ["--json"], ["--stdin", "文"]])
def test_unclear_call_is_refused(args):
    with pytest.raises(CommandError, match="--stdin"):
        run(*args)


def test_before_the_first_migration_categories_are_still_found(monkeypatch):
    real = command_module.find

    def without_tables(text, **options):
        if options.get("windows", True) is None:
            return real(text, windows=None)
        raise ProgrammingError("relation does not exist")

    monkeypatch.setattr(command_module, "find", without_tables)
    assert json.loads(run("--json", "家賃が払えない"))["categories"][0]["slug"] == "living"
