"""実施時期, the cell of payees, and tables of projects."""

import datetime as dt
from collections.abc import Sequence

import pytest

from platform_portal.sheets.headers import HeaderError
from reports.parsing import Budget, Days, parse_report, read_payees, read_timing, read_yen
from reports.parsing.budget import read_budget, read_columns
from reports.snapshots import Line
from tests.unit.reports.reading import fixture


def days(*parts: tuple[int, int, int] | None) -> Days:
    return Days(*(dt.date(*part) if part else None for part in parts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022/11/11、18", days((2022, 11, 11), (2022, 11, 18))),
        ("2022.11～2023.2", days((2022, 11, 1), (2023, 2, 28))),
        ("2022.11-12", days((2022, 11, 1), (2022, 12, 31))),
        ("2022/11/11-18", days((2022, 11, 11), (2022, 11, 18))),
        ("2022-11-11", days((2022, 11, 11), (2022, 11, 11))),
        ("2022.12～", days((2022, 12, 1), None)),
        ("2022.12.26", days((2022, 12, 26), (2022, 12, 26))),
        ("2022.12", days((2022, 12, 1), (2022, 12, 31))),
        ("令和4年12月", days((2022, 12, 1), (2022, 12, 31))),
        ("令和４年１２月２６日（月）", days((2022, 12, 26), (2022, 12, 26))),
        ("令和 4 年 12 月 26 日", days((2022, 12, 26), (2022, 12, 26))),
        ("R4.12.26", days((2022, 12, 26), (2022, 12, 26))),
        ("令和元年5月", days((2019, 5, 1), (2019, 5, 31))),
        ("令和4年12月から令和5年2月", days((2022, 12, 1), (2023, 2, 28))),
        ("2022年9月～10月", days((2022, 9, 1), (2022, 10, 31))),
        ("2022年11月〜2月", days((2022, 11, 1), (2023, 2, 28))),
        ("2022年11月上旬～12月中旬", days((2022, 11, 1), (2022, 12, 20))),
        ("2024年2月下旬（予定）", days((2024, 2, 21), (2024, 2, 29))),
        ("令和4年度", days((2022, 4, 1), (2023, 3, 31))),
        ("令和4年度通年", days((2022, 4, 1), (2023, 3, 31))),
        ("2022/11/18 2022/11/11", days((2022, 11, 11), (2022, 11, 18))),
        ("2022年12月1日、5日及び2023年1月8日", days((2022, 12, 1), (2023, 1, 8))),
        ("2022.12.26から", days((2022, 12, 26), None)),
        ("2022.11～2023年3月末", days((2022, 11, 1), (2023, 3, 31))),
        ("未定", Days()),
        ("", Days()),
        ("2022.12 5", Days((dt.date(2022, 12, 1)), dt.date(2023, 5, 31))),
        ("通年", Days()),
        ("18日", Days()),
        ("12/26", Days()),
        ("2022.12、", Days()),
        ("2022.12 令和4年12月", Days()),
        ("2022.12.26上旬", Days()),
        ("令和4年" * 200, Days()),
        ("～2023.2", Days()),
        ("2022.13", Days()),
        ("2022.2.30", Days()),
        ("毎月第2土曜", Days()),
        ("12月", Days()),
        ("2022年12月 26名", Days()),
    ],
)
def test_timing(text: str, expected: Days) -> None:
    assert read_timing(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12月26日", days((2022, 12, 26), (2022, 12, 26))),
        ("11月～2月", days((2022, 11, 1), (2023, 2, 28))),
        ("2/20", days((2023, 2, 20), (2023, 2, 20))),
        ("通年", days((2022, 4, 1), (2023, 3, 31))),
    ],
)
def test_timing_inside_its_year(text: str, expected: Days) -> None:
    assert read_timing(text, 2022) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("しおさい印刷 (70,000) 講師 (45,200)", [Line("しおさい印刷", 70_000), Line("講師", 45_200)]),
        (
            "社会福祉法人 なぎさ会 工房 (618,182) (追加発注：372,728)",
            [
                Line("社会福祉法人 なぎさ会 工房", 618_182),
                Line("社会福祉法人 なぎさ会 工房", 372_728, is_additional=True),
            ],
        ),
        ("印刷（７０，０００円）\n講師（¥45,200）", [Line("印刷", 70_000), Line("講師", 45_200)]),
        ("印刷 70,000円、講師 45200円", [Line("印刷", 70_000), Line("講師", 45_200)]),
        ("印刷 (ちらし 70,000)", [Line("印刷", 70_000, "ちらし")]),
        ("印刷 (70千円)", [Line("印刷", 70_000, "(70千円)")]),
        ("印刷 (70,000円税抜)", [Line("印刷", 70_000, "(70,000円税抜)")]),
        ("NPO法人なみ（仮） (5,000)", [Line("NPO法人なみ（仮）", 5_000)]),
        ("第2ホール (2) (1,000)", [Line("第2ホール (2)", 1_000)]),
        ("未定", [Line("未定")]),
        ("印刷 (未定) (追加発注：未定)", [Line("印刷"), Line("印刷", is_additional=True)]),
        ("印刷 (70,000) 講師", [Line("印刷", 70_000), Line("講師")]),
        ("印刷 (999,999,999,999)", [Line("印刷", None, "(999,999,999,999)")]),
        ("", []),
    ],
)
def test_payees_of_a_cell(cell: str, expected: list[Line]) -> None:
    assert list(read_payees(cell)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("70,000", 70_000),
        ("¥70,000-", 70_000),
        ("７万円", 70_000),
        ("(8,712,064)", 8_712_064),
        ("0", 0),
        ("-5", None),
        ("約5万", None),
        ("", None),
    ],
)
def test_yen(text: str, expected: int | None) -> None:
    assert read_yen(text) == expected


def budget(*rows: Sequence[str]) -> Budget:
    headers, *rest = rows
    return read_budget(enumerate(rest, start=2), read_columns(headers), 2022)


def test_one_row_for_each_project() -> None:
    report = parse_report(fixture("projects.tsv"))
    assert [len(project.lines) for project in report.projects] == [1, 1, 2, 2, 2]
    assert sum(project.total_yen for project in report.projects) == report.stated_total == 2_501_684
    assert report.projects[0].response == ""
    assert (report.projects[3].starts_on, report.projects[3].ends_on) == (dt.date(2022, 12, 1), None)
    assert report.projects[4].starts_on == dt.date(2023, 2, 1)


def test_one_row_for_each_payee() -> None:
    read = budget(
        ("事業名称", "区分", "実施時期", "発注先", "金額（円）", "内訳", "追加発注"),
        ("集い", "⑦相談", "12月", "印刷", "70,000", "ちらし", ""),
        ("集い", "", "", "講師", "45200", "", ""),
        ("", "", "", "印刷", "1,000", "", "はい"),
        ("講座", "3", "", "ホール", "", "", ""),
        ("合計", "", "", "", "116,200", "", ""),
    )
    assert [(each.name, each.category, each.total_yen) for each in read.projects] == [
        ("集い", 7, 116_200),
        ("講座", 3, 0),
    ]
    assert read.projects[0].lines[0] == Line("印刷", 70_000, "ちらし")
    assert read.projects[0].lines[2].is_additional
    assert read.stated_total == 116_200
    assert [flag.code for flag in read.flags] == ["no_amount"]


def test_sums_are_checked() -> None:
    read = budget(
        ("事業名称", "実施時期", "発注先"),
        ("集い", "12月", "印刷 (70,000)"),
        ("", "小計", "(70,001)"),
        ("講座", "12月", "講師 (30,000)"),
        ("", "計", "(90,000)"),
    )
    assert [(flag.code, flag.line) for flag in read.flags] == [("subtotal_differs", 3), ("total_differs", 5)]
    assert "10,000円" in read.flags[1].message
    assert read.total_yen == 100_000


def test_amounts_where_people_put_them() -> None:
    read = budget(
        ("事業名称", "内容", "発注先", "金額", "内訳"),
        ("集い", "広場で", "", "印刷 (70,000) 講師 (45,200)", ""),
        ("集い", "", "会場", "約5万円", "前金"),
        ("", "", "", "", ""),
        ("催し", "", "みなと (1,000)", "", "ちらし"),
        ("催し", "別の日に", "みなと (2,000)", "", ""),
    )
    assert [each.lines for each in read.projects] == [
        (Line("印刷", 70_000), Line("講師", 45_200), Line("会場", None, "前金 約5万円")),
        (Line("みなと", 1_000, "ちらし"),),
        (Line("みなと", 2_000),),
    ]
    assert [flag.code for flag in read.flags] == ["no_amount"]


def test_later_rows_complete_the_first() -> None:
    read = budget(
        ("事業名称", "効果", "発注先"),
        ("集い", "", "印刷 (70,000)"),
        ("", "つながる", "講師 (45,200)"),
        ("会", "", ""),
    )
    assert read.projects[0].expected_effect == "つながる"
    assert [flag.code for flag in read.flags] == ["no_lines"]


def test_cell_over_several_lines_inside_a_text() -> None:
    report = parse_report(
        "事業名称\t実施時期\t発注先\n集い\t2022.12\t印刷 (70,000)\n講師 (45,200)\n\t計\t(115,200)\nあとがき\n"
    )
    assert report.projects[0].lines == (Line("印刷", 70_000), Line("講師", 45_200))
    assert [flag.text for flag in report.flags if flag.code == "remainder"] == ["あとがき"]
    assert not parse_report("事業名称\t実施時期\t区分\n集い\t2022.12\t②\n").projects


def test_what_no_field_takes_is_told() -> None:
    read = budget(
        ("事業名称", "備考", "実施時期", "発注先", "区分"),
        ("", "", "", "印刷 (70,000)", ""),
        ("集い", "雨で延期", "そのうち", "", "みどり"),
        ("集い", "", "", "講師 (1,000)", "②"),
        ("", "", "計", "不明", ""),
    )
    told = {flag.code: flag.text for flag in read.flags}
    assert told.keys() == {"no_project", "column", "timing", "category", "row_differs", "total_unread"}
    assert told["column"] == "雨で延期"
    assert "70,000" in told["no_project"]


def test_headers_that_say_too_little() -> None:
    with pytest.raises(HeaderError, match="事業名称"):
        read_columns(("日付", "金額"))
    with pytest.raises(HeaderError, match="2回"):
        read_columns(("事業名称", "発注先", "発注先（予算配分）"))
