"""What `make faults` and the long run leave in docs/."""

import datetime as dt
import os
import platform
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    point: str
    fault: str
    lost: int
    twice: int
    by_state: dict[str, int]


def write_part(path: Path, name: str, words: str) -> None:
    """Replaces what stands between the marks of that name; the words around them are people's."""
    mark, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _mark, rest = path.read_text(encoding="utf-8").partition(mark)
    _old, _end, after = rest.partition(end)
    path.write_text(f"{before}{mark}\n{words}{end}{after}", encoding="utf-8")


def machine() -> str:
    return f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores"


def table(outcomes: Sequence[Outcome], points: Collection[str], senders: int, readers: int) -> str:
    found = {(outcome.point, outcome.fault): outcome for outcome in outcomes}
    faults = list(dict.fromkeys(outcome.fault for outcome in outcomes))
    lines = [
        f"{machine()}; {readers} readers, {senders} senders in a worker. Lost / sent twice:",
        "",
        "| struck by | " + " | ".join(points) + " |",
        "|---|" + "---|" * len(points),
    ]
    for fault in faults:
        cells = [_cell(found.get((point, fault))) for point in points]
        lines.append(f"| {fault} | " + " | ".join(cells) + " |")
    lost, twice = sum(each.lost for each in outcomes), sum(each.twice for each in outcomes)
    lines += ["", f"Together: {len(outcomes)} runs, {lost} lost, {twice} sent twice."]
    return "\n".join(lines) + "\n"


def _cell(outcome: Outcome | None) -> str:
    return "–" if outcome is None else f"{outcome.lost} / {outcome.twice}"
