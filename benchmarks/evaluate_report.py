"""Two real papers kept outside the project, read as they are: a report of a year, and a table of projects.

What is expected of them stands here as facts: months, numbers of categories, amounts. Their sentences stay outside.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from meetings.parsing.source import squeeze
from reports.importing.reading import read_report_file
from reports.parsing import ReadReport

SEEDS = "seeds"
# Month and categories of each activity, in order.
ACTIVITIES = (
    (dt.date(2024, 5, 1), (2, 3)),
    (dt.date(2024, 7, 1), (3,)),
    (dt.date(2024, 9, 1), (3,)),
    (None, (2,)),
    (dt.date(2024, 10, 1), (3,)),
    (dt.date(2024, 11, 1), (9,)),
    (dt.date(2025, 1, 1), (3,)),
    (dt.date(2025, 3, 1), (7,)),
)
# What each section cites, in the order in which it is first cited.
SECTIONS = {"overview": (), "background": (2, 9, 3, 7), "outcome": (2, 9, 3, 7), "outlook": (3, 2)}
LABELS = {
    2: "孤独・孤立の実態把握や地域資源の調査",
    3: "関係者間の活動等に係る情報共有や相互啓発活動",
    7: "相談体制の整備や居場所の設置、交流機会の創出など当事者等への支援",
    9: "管内市区町村の後方支援",
}
# Lines of payees of each project.
PAYEES = (1, 1, 2, 1, 2, 2, 4)
TOTAL = 8_712_064

Check = tuple[str, bool]


def check_report(source: str, read: ReadReport) -> Iterator[Check]:
    found = tuple((each.month_from, tuple(label.number for label in each.labels)) for each in read.activities)
    yield f"事業 {len(found)} 件の月と区分", found == ACTIVITIES
    yield "事業の題と結果", all(each.title and each.result for each in read.activities)
    yield (
        f"区分の言葉 {len(read.categories)} つ",
        {each.number: each.words for each in read.categories} == LABELS,
    )
    yield (
        f"本文 {len(read.sections)} か所と引かれた区分",
        {each.kind: each.cited for each in read.sections} == SECTIONS,
    )
    yield "年度・交付金・事業名", bool(read.fiscal_year == 2024 and read.official_name and read.heading)
    yield f"行き先のない文字 {lost_characters(source, read)}", lost_characters(source, read) == 0
    remainders = [flag for flag in read.flags if flag.code in {"remainder", "page_lines"}]
    yield f"どの欄にも入らなかったところ {len(remainders)}", not remainders


def check_table(source: str, read: ReadReport) -> Iterator[Check]:
    payees = tuple(len(project.lines) for project in read.projects)
    amounts = [line.amount_yen for project in read.projects for line in project.lines]
    total = sum(amount or 0 for amount in amounts)
    yield f"試行事業 {len(payees)} 件、金額 {len(amounts)} 個", payees == PAYEES and None not in amounts
    yield f"計 {total:,}円", total == TOTAL == read.stated_total
    yield "実施時期", all(project.starts_on for project in read.projects)
    yield f"行き先のない文字 {lost_characters(source, read)}", lost_characters(source, read) == 0


# What is rendered from a paper and compared with it belongs here too, as another check beside its reading.
PAPERS: tuple[tuple[str, str, tuple[Callable[[str, ReadReport], Iterator[Check]], ...]], ...] = (
    ("報告書", "000_*.txt", (check_report,)),
    ("予算の表", "003_*.txt", (check_table,)),
)


def lost_characters(source: str, read: ReadReport) -> int:
    """Characters that no piece covers; no white space."""
    left, begin = [], 0
    for piece in read.pieces:
        left.append(source[begin : piece.start])
        begin = piece.end
    left.append(source[begin:])
    return len(squeeze("".join(left)))


def main(data_dir: Path) -> tuple[str, bool]:
    """Lines to print, and whether everything is as it should be."""
    lines, checks = [], []
    for name, pattern, parts in PAPERS:
        path = next(iter(sorted((data_dir.parent / SEEDS).glob(pattern))), None)
        if path is None:
            lines.append(f"{name}: {SEEDS}/{pattern} がないので測っていません。")
            continue
        with path.open("rb") as file:
            read = read_report_file(file=file, file_name=path.name).report
        source = path.read_text(encoding="utf-8-sig")
        found = [check for part in parts for check in part(source, read)]
        checks += found
        right = sum(is_right for _what, is_right in found)
        lines.append(f"{name}の読み取り: {right}/{len(found)}、確かめること {len(read.flags)} 件")
        lines += [f"  {'✓' if is_right else '✗'} {what}" for what, is_right in found]
    return "\n".join(lines), all(is_right for _what, is_right in checks)
