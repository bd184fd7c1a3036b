"""Score of the hours parser on real texts: right rule, said with the right confidence.

`data/hours_expected.tsv` holds what a person read out of each text: a fingerprint of the text (the sentences
stay outside the project), the rule, and whether it says everything. Rules count as equal when they open and
close at the same minutes on each of the next 400 days.
"""

import csv
import datetime as dt
import hashlib
from pathlib import Path

from consultations.hours.evaluation import compile_rule
from consultations.hours.parsing import parse_hours
from platform_portal.japanese.calendar import HolidayCalendar

EXPECTED = Path(__file__).parent / "data" / "hours_expected.tsv"
DAYS = 400


def fingerprint(hours: str, closed_days: str) -> str:
    return hashlib.sha256(f"{hours}\t{closed_days}".encode()).hexdigest()[:16]


def expected_rules() -> dict[str, tuple[str, str]]:
    """Fingerprint to (rule, confidence)."""
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["text"]: (row["rule"], row["confidence"]) for row in rows}


def means_the_same(rule: str, other: str, calendar: HolidayCalendar, first_day: dt.date) -> bool:
    if rule == other or not (rule and other):
        return rule == other
    one, two = (compile_rule(each, calendar, first_day) for each in (rule, other))
    days = [first_day + dt.timedelta(days=offset) for offset in range(DAYS)]
    return all(one.spans_on(day) == two.spans_on(day) for day in days)


def main(data_dir: Path) -> str:
    """Lines to print: the score, and each text that was read wrongly."""
    expected, calendar, first_day = expected_rules(), HolidayCalendar(), dt.date(2026, 1, 1)
    with (data_dir / "windows_sample.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["hours"].strip()]
    exact = right = sayable = unread = 0
    misses: list[str] = []
    for row in rows:
        want = expected.get(fingerprint(row["hours"], row["closed_days"]))
        if want is None:
            unread += 1
            continue
        rule, confidence = want
        got = parse_hours(row["hours"], row["closed_days"])
        same = means_the_same(got.opening_hours or "", rule, calendar, first_day)
        sayable += confidence == "exact"
        exact += confidence == "exact" and got.confidence == "exact" and same
        right += got.confidence == confidence and same
        if got.confidence != confidence or not same:
            misses.append(
                f"  ✗ {row['hours']} | {row['closed_days']} → {got.opening_hours} ({got.confidence})"
            )
    known = len(rows) - unread
    lines = [
        f"受付時間の読み取り: 規則にできる {sayable} 件のうち exact で正しい {exact} 件"
        f" ({exact / max(sayable, 1):.1%})、確かさまで正しい {right}/{known} 件 ({right / max(known, 1):.1%})",
    ]
    if unread:
        lines.append(f"  正解がない文: {unread} 件（数えていません）")
    return "\n".join(lines + misses)
