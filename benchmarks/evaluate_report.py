"""Two real papers kept outside the project, read as they are and printed again: a report of a year, a table of projects.

What is expected of them stands here as facts: months, numbers of categories, amounts. Their sentences stay outside: the
text of the printed report is compared with the paper itself, white space apart. Three things differ on purpose: the line
that says which edition it is, what stands at the head and foot of pages, and the tables and charts behind the report.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from meetings.extracting import extract_text
from meetings.parsing.source import squeeze
from reports.importing.previewing import preview
from reports.importing.reading import read_report_file
from reports.parsing import ReadReport
from reports.printing.pdf import print_report
from reports.printing.wording import edition_words, title_of
from reports.snapshots import Snapshot

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


def check_printed_report(source: str, read: ReadReport) -> Iterator[Check]:
    snapshot = approved(read)
    data, pages = print_report(snapshot)
    printed = words_of_the_report(extract_text(io.BytesIO(data)).text, snapshot)
    yield f"印刷した {pages} ページの文字（{len(printed)} 字）がもとと同じ", printed == squeeze(source)


def check_printed_table(source: str, read: ReadReport) -> Iterator[Check]:
    data, pages = print_report(approved(read))
    printed = squeeze(extract_text(io.BytesIO(data)).text)
    lines = [line for project in read.projects for line in project.lines]
    amounts = [line.amount_yen for line in lines if f"{line.amount_yen:,})" in printed]
    yield (
        f"印刷した {pages} ページに金額 {len(amounts)} 個と計",
        len(amounts) == 13 and f"({TOTAL:,})" in printed,
    )
    names = [project.name for project in read.projects] + [line.payee for line in lines]
    yield "印刷したものに事業名称と発注先", all(squeeze(name) in printed for name in names)


def approved(read: ReadReport) -> Snapshot:
    draft = preview(read)
    categories = tuple(replace(category, is_confirmed=True) for category in draft.categories)
    return replace(draft, categories=categories, edition=1, approved_on=dt.date(read.fiscal_year or 0, 3, 31))


def words_of_the_report(text: str, snapshot: Snapshot) -> str:
    """Of a printed report, without what differs from the paper on purpose."""
    title, edition = squeeze(title_of(snapshot)), squeeze(edition_words(snapshot))
    kept = []
    for number, page in enumerate(text.split("\f")):
        for line in map(squeeze, page.splitlines()):
            is_of_the_page = re.fullmatch(r"\d+/\d+", line) or (number > 0 and line.startswith(title))
            if not is_of_the_page and line != edition:
                kept.append(line)
    return "".join(kept).partition("【資料】")[0]


PAPERS: tuple[tuple[str, str, tuple[Callable[[str, ReadReport], Iterator[Check]], ...]], ...] = (
    ("報告書", "000_*.txt", (check_report, check_printed_report)),
    ("予算の表", "003_*.txt", (check_table, check_printed_table)),
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
        lines.append(f"{name}の読み取りと印刷: {right}/{len(found)}、確かめること {len(read.flags)} 件")
        lines += [f"  {'✓' if is_right else '✗'} {what}" for what, is_right in found]
    return "\n".join(lines), all(is_right for _what, is_right in checks)
