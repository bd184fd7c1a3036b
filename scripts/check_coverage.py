"""Fails when the tests ran fewer than 95 % of the lines and branches of an app that has a bar.

Reads the JSON that slipcover writes.
"""

import json
import sys
from pathlib import Path
from typing import Any

BAR = 95.0  # percent
APPS = ("consultations", "meetings", "newsletters", "platform_portal", "reports")
Files = dict[str, dict[str, Any]]


def percent(files: Files) -> float:
    """Of lines and branches together; an app of which nothing was measured has none."""
    summaries = [each["summary"] for each in files.values()]
    ran = sum(each["covered_lines"] + each["covered_branches"] for each in summaries)
    missed = sum(each["missing_lines"] + each["missing_branches"] for each in summaries)
    return 100.0 * ran / (ran + missed) if ran else 0.0


def gaps(files: Files) -> list[str]:
    """Modules with lines or branches that no test ran, one line each."""
    return [
        f"  {name}: lines {each['missing_lines']}, branches {each['missing_branches']}"
        for name, each in sorted(files.items())
        if each["missing_lines"] or each["missing_branches"]
    ]


def main(path: str) -> int:
    measured: Files = json.loads(Path(path).read_text(encoding="utf-8"))["files"]
    failed = False
    for app in APPS:
        files = {name: each for name, each in measured.items() if name.startswith(f"{app}/")}
        reached = percent(files)
        print(f"{app}: {reached:.1f} % of lines and branches")
        if reached < BAR:
            failed = True
            print(f"✗ {BAR:.0f} % are asked for. Not run:", *gaps(files), sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
