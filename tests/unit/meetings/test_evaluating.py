"""The score of the minutes parser, asked for by itself."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RECORD = "○会長　ただいまから始めます。\n○委員　よろしくお願いします。\n○会長　では、次に進みます。\n"
TRUTH = (
    "turn\tline\tlabel_as_printed\tname\trole\tfirst_40_chars\n1\t2\t○委員\t\t委員\tよろしくお願いします。\n"
)


def _evaluate(folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.evaluate_minutes"],
        cwd=ROOT,
        env={**os.environ, "EVAL_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_score_is_printed(tmp_path: Path) -> None:
    (tmp_path / "minutes" / "truth").mkdir(parents=True)
    (tmp_path / "minutes" / "one.txt").write_text(RECORD, encoding="utf-8")
    (tmp_path / "minutes" / "truth" / "one.tsv").write_text(TRUTH, encoding="utf-8")
    assert "正しい 1/1 (100.0%)、見落とし 0、誤った発言 2、失われた文字 0" in _evaluate(tmp_path)


def test_without_records_it_says_so(tmp_path: Path) -> None:
    assert "測っていません" in _evaluate(tmp_path)
