"""`make evaluate`: scores the hours parser, the finder and the minutes parser on real words kept outside the project,
then reads a real annual report and a real table of projects and prints them again: those two must be right throughout."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.chdir(ROOT)


def main() -> int:
    folder = Path(os.environ.get("EVAL_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        print(
            f"評価用のデータがありません: {folder}（EVAL_DATA で場所を指定できます）。何も測らずに終わります。"
        )
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_portal.settings")
    import django

    django.setup()
    from benchmarks import evaluate_finding, evaluate_hours, evaluate_minutes, evaluate_report

    print(evaluate_hours.main(folder))
    print(evaluate_finding.main(folder))
    print(evaluate_minutes.main(folder))
    told, is_right = evaluate_report.main(folder)
    print(told)
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
