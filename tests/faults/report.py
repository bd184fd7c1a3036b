"""The table that `make faults` leaves in docs/."""

import datetime as dt
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.points import POINTS

MARK = "<!-- matrix -->"
END = "<!-- end of the matrix -->"


@dataclass(frozen=True)
class Outcome:
    point: str
    fault: str
    lost: int
    twice: int
    by_state: dict[str, int]


def write_report(path: Path, outcomes: Sequence[Outcome], senders: int, readers: int) -> None:
    """Replaces the table between the marks; the words around it are people's."""
    text = path.read_text(encoding="utf-8")
    before, _mark, rest = text.partition(MARK)
    _old, _end, after = rest.partition(END)
    path.write_text(before + MARK + "\n" + table(outcomes, senders, readers) + END + after, encoding="utf-8")


def table(outcomes: Sequence[Outcome], senders: int, readers: int) -> str:
    found = {(outcome.point, outcome.fault): outcome for outcome in outcomes}
    faults = list(dict.fromkeys(outcome.fault for outcome in outcomes))
    lines = [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores; "
        f"{readers} readers, {senders} senders in a worker. Lost / sent twice:",
        "",
        "| struck by | " + " | ".join(POINTS) + " |",
        "|---|" + "---|" * len(POINTS),
    ]
    for fault in faults:
        cells = [_cell(found.get((point, fault))) for point in POINTS]
        lines.append(f"| {fault} | " + " | ".join(cells) + " |")
    lost, twice = sum(each.lost for each in outcomes), sum(each.twice for each in outcomes)
    lines += ["", f"Together: {len(outcomes)} runs, {lost} lost, {twice} sent twice."]
    return "\n".join(lines) + "\n"


def _cell(outcome: Outcome | None) -> str:
    return "–" if outcome is None else f"{outcome.lost} / {outcome.twice}"
