"""The gate after the tests says how much they ran, and shuts below its bar."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.scripts import load_script


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    return load_script("check_coverage")


def measured(tmp_path: Path, **ran: int) -> str:
    """One module of a hundred lines for each app, so many of them run."""
    files = {
        f"{app}/models.py": {
            "summary": {
                "covered_lines": lines,
                "missing_lines": 90 - lines,
                "covered_branches": 0,
                "missing_branches": 10,
            }
            if lines < 90
            else {
                "covered_lines": 90,
                "missing_lines": 0,
                "covered_branches": lines - 90,
                "missing_branches": 100 - lines,
            },
            "missing_lines": [7],
            "missing_branches": [[1, 3]],
        }
        for app, lines in ran.items()
    }
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps({"files": files}), encoding="utf-8")
    return str(path)


def test_opens_at_the_bar(gate, tmp_path, capsys):
    assert (
        gate.main(
            measured(
                tmp_path, consultations=95, meetings=100, platform_portal=100, newsletters=100, reports=100
            )
        )
        == 0
    )
    assert "consultations: 95.0 %" in capsys.readouterr().out


@pytest.mark.parametrize("ran", [{"consultations": 94}, {"platform_portal": 50}])
def test_shuts_below_it_and_names_the_lines(gate, tmp_path, capsys, ran):
    full = {"consultations": 100, "meetings": 100, "platform_portal": 100}
    assert gate.main(measured(tmp_path, **(full | ran))) == 1
    assert f"{next(iter(ran))}/models.py: lines [7], branches [[1, 3]]" in capsys.readouterr().out


def test_an_app_that_was_not_measured_is_not_let_through(gate, tmp_path):
    assert gate.main(measured(tmp_path, consultations=100, meetings=100)) == 1
