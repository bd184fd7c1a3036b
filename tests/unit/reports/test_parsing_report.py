"""A report in the form of the ministry, with everything that people leave out or write in another way."""

import datetime as dt

import pytest

from reports.models import SectionKind
from reports.parsing import Label, ReadReport, parse_report
from reports.parsing.headings import words_of
from reports.parsing.reading import SECTIONS
from tests.unit.reports.reading import assert_nothing_lost, fixture

HEAD = "令和6年度みおつくし交付金 事業実施報告書\n\n1. 事業概要\n\n"


def month(year: int, number: int) -> dt.date:
    return dt.date(year, number, 1)


def codes(report: ReadReport) -> list[str]:
    return [flag.code for flag in report.flags]


@pytest.fixture(scope="module")
def report() -> ReadReport:
    return parse_report(fixture("irregular.txt"))


def test_head(report: ReadReport) -> None:
    assert report.title.endswith("事業実施報告書")
    assert report.official_name == "地方における孤独・孤立対策推進事業交付金"
    assert report.fiscal_year == 2024
    assert report.heading == "みおつくし県のつながりづくり事業"


def test_activities(report: ReadReport) -> None:
    found = [(each.month_from, each.month_to, each.title) for each in report.activities]
    assert found == [
        (month(2024, 5), None, "庁内の事業しらべ"),
        (month(2024, 6), month(2024, 7), "庁内連絡会（部ごと）"),
        (None, None, "居場所への聞き取り"),
        (month(2024, 9), None, "町内会への説明"),
        (month(2024, 10), month(2025, 2), "相談窓口の一覧づくり"),
        (month(2025, 3), None, "つながりの集い"),
    ]
    assert [[label.number for label in each.labels] for each in report.activities] == [
        [2, 3],
        [3],
        [2],
        [9],
        [7],
        [7],
    ]


def test_results(report: ReadReport) -> None:
    assert [each.result for each in report.activities] == [
        "すべての課に、関係する事業と団体をたずねた。",
        "3つの部で1回ずつ開いた。\n参加した課は合わせて12課である。\n→意見は一覧にして配った。",
        "居場所を運営する5団体を訪ねた。",
        "8つの町で説明した。",
        "窓口を分野ごとに並べた。令和7年1月31日に、下書きを会員に見せた。",
        "広場で集いを開いた。",
    ]


def test_sections_and_what_they_cite(report: ReadReport) -> None:
    assert [(each.kind, each.cited) for each in report.sections] == [
        ("overview", ()),
        ("background", (2, 9)),
        ("outcome", (7, 3)),
        ("outlook", (7, 2)),
    ]
    assert report.sections[0].body == "この年度に行った事業は、次のとおりである。"
    assert report.sections[3].body == "一覧を新しく保つ手間が課題である。(⑦)\n\nまた聞き取りを続けていく。(②)"


def test_categories_have_their_exact_words(report: ReadReport) -> None:
    assert report.categories == (
        Label(2, "孤独・孤立の実態把握や地域資源の調査"),
        Label(3, "関係者間の活動等に係る情報共有や相互啓発活動"),
        Label(7, "相談体制の整備や居場所の設置、交流機会の創出など当事者等への支援"),
        Label(9, "管内市区町村の後方支援"),
    )


def test_doubts(report: ReadReport) -> None:
    assert sorted(codes(report)) == ["months_only", "no_arrow", "no_month", "paragraph"]
    by_code = {flag.code: flag for flag in report.flags}
    assert "居場所への聞き取り" in by_code["no_month"].message
    assert by_code["months_only"].text == "令和7年3月15日"
    assert fixture("irregular.txt").splitlines()[by_code["paragraph"].line - 1].startswith("また")


def test_nothing_is_lost(report: ReadReport) -> None:
    assert_nothing_lost(fixture("irregular.txt"), report)


def test_sections_are_those_of_the_model() -> None:
    assert {kind: words_of(kind) for kind in SECTIONS} == dict(SectionKind.choices)


@pytest.mark.parametrize(
    ("head", "first", "last"),
    [
        ("令和6年5月 会", month(2024, 5), None),
        ("令和６年５月　会", month(2024, 5), None),
        ("令和6年5月会", month(2024, 5), None),
        ("R6.5 会", month(2024, 5), None),
        ("2024年5月 会", month(2024, 5), None),
        ("2024.5 会", month(2024, 5), None),
        ("2024/05 会", month(2024, 5), None),
        ("令和6年5月～7月 会", month(2024, 5), month(2024, 7)),
        ("令和6年12月〜2月 会", month(2024, 12), month(2025, 2)),
        ("令和6年12月-令和7年2月 会", month(2024, 12), month(2025, 2)),
        ("令和6年5月から令和6年7月 会", month(2024, 5), month(2024, 7)),
        ("令和6年5月～ 会", month(2024, 5), None),
        ("令和6年5月以降 会", month(2024, 5), None),
        ("令和6年5月上旬 会", month(2024, 5), None),
        ("令和6年7月、5月 会", month(2024, 7), month(2025, 5)),
        ("令和6年5月、7月 会", month(2024, 5), month(2024, 7)),
        ("5月 会", month(2024, 5), None),
        ("２月 会", month(2025, 2), None),
        ("通年 会", month(2024, 4), month(2025, 3)),
        ("(1) 令和6年5月 会", month(2024, 5), None),
        ("○令和6年5月 会", month(2024, 5), None),
        ("令和6年5月：会", month(2024, 5), None),
        ("令和 6 年 5 月 会", month(2024, 5), None),
    ],
)
def test_months_as_offices_write_them(head: str, first: dt.date, last: dt.date | None) -> None:
    (activity,) = parse_report(f"{HEAD}{head}\n\n(②調査)\n\n→した。\n").activities
    assert (activity.month_from, activity.month_to, activity.title) == (first, last, "会")


@pytest.mark.parametrize(
    "line",
    [
        "令和6年7月29日に開いた。",
        "令和6年7月に開いた",
        "7月29日には人が来た。",
        "令和6年13月 開いた。",
        "5月 ",
    ],
)
def test_months_inside_a_result_begin_no_activity(line: str) -> None:
    report = parse_report(f"{HEAD}令和6年5月 会\n\n(②調査)\n\n→した。\n{line}\n")
    assert len(report.activities) == 1 or line.strip() == "5月"


@pytest.mark.parametrize(
    "heading",
    [
        "1. 事業概要",
        "１　事業概要",
        "１．事業概要",
        "1 事業概要",
        "(1) 事業概要",
        "第1章 事業概要",
        "一　事業概要",
        "事業概要",
        "1事業概要",
        "■１ 事業の概要",
    ],
)
def test_headings_as_offices_number_them(heading: str) -> None:
    report = parse_report(
        f"令和6年度みおつくし交付金 事業実施報告書\n\n{heading}\n\n令和6年5月 会\n(②調査)\n→した。\n"
    )
    assert [section.heading for section in report.sections] == [heading]
    assert len(report.activities) == 1


def test_list_in_prose_begins_no_section() -> None:
    body = "3. 事業の成果及び工夫した点\n\n次のとおり。\n1. 概要の紙を配った\n2. 課題を出し合った\n\n4. 課題と展望\n\n続ける。\n"
    report = parse_report(f"令和6年度みおつくし交付金 事業実施報告書\n\n{body}")
    assert [section.kind for section in report.sections] == ["outcome", "outlook"]
    assert "2. 課題を出し合った" in report.sections[0].body
    assert "heading_differs" in codes(report)


def test_list_in_a_result_begins_no_activity() -> None:
    report = parse_report(f"{HEAD}令和6年5月 会\n(②調査)\n→次のとおり。\n・町の集い (②)\n・市の集い (②)\n")
    assert [activity.result for activity in report.activities] == [
        "次のとおり。\n・町の集い (②)\n・市の集い (②)"
    ]


def test_month_and_name_on_lines_of_their_own() -> None:
    (activity,) = parse_report(f"{HEAD}令和6年5月\n\n会\n\n(②調査)\n\n→した。\n").activities
    assert (activity.month_from, activity.title, activity.result) == (month(2024, 5), "会", "した。")


def test_title_that_stands_at_the_head_of_the_page_too() -> None:
    title = "令和６年度「みおつくし交付金」に係る事業実施報告書"
    report = parse_report(f"{title}\n{title}\n\n1. 事業概要\n")
    assert (report.fiscal_year, report.official_name) == (2024, "みおつくし交付金")
    assert "remainder" not in codes(report)


def test_title_over_two_lines() -> None:
    report = parse_report("別紙1\n\n令和6年度 みおつくし交付金\n事業実績報告書\n\n1. 事業概要\n")
    assert (report.fiscal_year, report.official_name) == (2024, "みおつくし交付金")
    assert [flag.text for flag in report.flags if flag.code == "remainder"] == ["別紙1"]


def test_year_is_asked_of_the_months_where_the_title_has_none() -> None:
    report = parse_report("みおつくし交付金 事業実施報告書\n1. 事業概要\n令和6年5月 会\n(②調査)\n→した。\n")
    assert report.fiscal_year == 2024
    assert {"year_inferred", "no_name"} <= set(codes(report))
    assert parse_report("みおつくし交付金 事業実施報告書", 2023).fiscal_year == 2023
    other = parse_report("令和6年度みおつくし交付金 事業実施報告書", 2023)
    assert other.fiscal_year == 2023
    assert "year_differs" in codes(other)


def test_doubts_about_categories() -> None:
    report = parse_report(
        f"{HEAD}令和6年5月 会\n(②調査)\n→した。\n\n令和5年6月 集い\n(②しらべ)\n→した。\n\n令和6年7月 市\n→した。\n"
        "2. 事業実施の経緯・背景及び目的\n必要だった。(⑤)\n"
    )
    assert {"label_differs", "month_outside", "no_category", "cited_only"} <= set(codes(report))
    assert report.categories == (Label(2, "調査"), Label(5, ""))


def test_brackets_that_nobody_closed() -> None:
    report = parse_report(f"{HEAD}令和6年5月 会\n(②調査\n\n→した。\n")
    assert report.activities[0].labels == (Label(2, "調査"),)
    assert report.activities[0].result == "した。"
    assert "brackets" in codes(report)


def test_category_before_any_activity_is_set_aside() -> None:
    report = parse_report(f"{HEAD}(②調査)\n")
    assert [flag.text for flag in report.flags if flag.code == "remainder"] == ["(②調査)"]


def test_activities_without_their_heading() -> None:
    report = parse_report("令和6年度みおつくし交付金 事業実施報告書\n\n令和6年5月 会\n(②調査)\n→した。\n")
    assert len(report.activities) == 1
    assert report.section("overview") is not None


def test_lines_of_a_page_are_joined_and_its_number_set_aside() -> None:
    def wrapped(text: str) -> str:
        return "\n".join(text[place : place + 20] for place in range(0, len(text), 20))

    result = (
        "→"
        + "窓口を分野ごとに並べて紙に刷り町の集会所と図書館などに置いた。" * 2
        + "この行はここでちょうど終わります。"
    )
    assert len(result) % 20 == 0
    label = "(⑦相談体制の整備や居場所の設置、交流機会の創出など当事者等への支援)"
    prose = "町ごとに取組みの差が大きいので話し合う場を設けることとした。" * 5
    pages = [
        f"令和6年度みおつくし交付金 事業実施報告書\n1. 事業概要\n令和6年5月 一覧\n{wrapped(label)}\n{wrapped(result)}"
        "\n聞き取り (②調査)\n→した。",
        f"2. 事業実施の経緯・背景及び目的\n{wrapped(prose)}",
    ]
    source = "\f".join(f"{page}\n- {number} -\n" for number, page in enumerate(pages, start=1))
    report = parse_report(source)
    assert [activity.title for activity in report.activities] == ["一覧", "聞き取り"]
    assert report.activities[0].labels == (Label(7, label[2:-1]),)
    assert report.activities[0].result == result[1:]
    assert report.sections[1].body == prose
    assert [flag.text for flag in report.flags if flag.code == "page_lines"] == ["- 1 -\n- 2 -"]
    assert_nothing_lost(source, report)


def test_table_inside_a_report() -> None:
    source = fixture("irregular.txt") + "\n\n" + fixture("projects.tsv")
    report = parse_report(source)
    assert len(report.projects) == 5
    assert report.stated_total == sum(project.total_yen for project in report.projects)
    assert len(report.activities) == 6
    assert not report.is_table
    assert_nothing_lost(source, report)


def test_table_alone() -> None:
    report = parse_report(fixture("projects.tsv"))
    assert report.is_table
    assert report.fiscal_year == 2022
    assert codes(report) == ["year_inferred"]


def test_as_json() -> None:
    values = parse_report(fixture("irregular.txt")).as_json()
    assert values["activities"][1]["month_to"] == "2024-07-01"
    assert values["activities"][0]["labels"][1]["number"] == 3
    assert values["flags"][0].keys() == {"code", "line", "message", "text"}
