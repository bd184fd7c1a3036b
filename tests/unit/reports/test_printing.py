"""The report on paper: its form, its structure for those who do not see it, the same bytes again."""

import io
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.conf import settings

import platform_portal.pdf
from platform_portal.pdf import UnprintableError
from reports.making import make_file
from reports.models import RenderingKind
from reports.printing import pdf
from reports.printing.pages import html_and_css
from reports.printing.pdf import lay_out_report, print_report
from reports.snapshots import DoneActivity, Figure, Line, Section, Snapshot, canonical, from_json, to_json
from tests.justified import justified_lines
from tests.unit.reports.sample import ACTIVITIES, APPROVED, DRAFT, FIGURES, PROJECTS, long_report

HEADINGS = [
    "令和6年度地方における孤独・孤立対策推進事業交付金 事業実施報告書",
    "【事業内容】",
    "●孤独・孤立対策関連事業の実施",
    "1. 事業概要",
    "2. 事業実施の経緯・背景及び目的",
    "3. 事業の成果及び工夫した点",
    "4. 事業の課題と次年度に向けての展望",
    "【資料】",
    "試行事業一覧",
    "今年度の数字",
    "月別・区分別の事業の数",
    "試行事業ごとの経費",
]
_NOT_AT_THE_START = "、。，．・：；？！」』）］｝〉》】ーァィゥェォッャュョぁぃぅぇぉっゃゅょ々"


@pytest.fixture(scope="module")
def data() -> bytes:
    return print_report(APPROVED)[0]


@pytest.fixture(scope="module")
def filed() -> bytes:
    return print_report(APPROVED, is_for_filing=True)[0]


@pytest.fixture(scope="module")
def long_one() -> bytes:
    return print_report(long_report(5))[0]


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


def pages_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


def words_of(data: bytes) -> str:
    """Without running heads and page numbers."""
    lines = [line for page in pages_of(data) for line in page.splitlines()]
    heads = re.compile(r"\d+ / \d+|令和6年度.*事業実施報告書.*|下書き")
    return flat("".join(line for line in lines if not heads.fullmatch(line.strip())))


@dataclass(frozen=True)
class Element:
    tag: str
    key: str
    heads: tuple[str, ...]
    words: str


def elements(data: bytes) -> list[Element]:
    """The structure, in reading order."""

    def walk(node: Any) -> Iterator[Element]:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                yield from walk(kid)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                heads = node.get("/A", {}).get("/Headers", [])
                yield Element(
                    str(node.S)[1:], str(node.get("/ID")), tuple(map(str, heads)), str(node.get("/Alt"))
                )
            yield from walk(node.get("/K"))

    with pikepdf.open(io.BytesIO(data)) as pdf:
        return list(walk(pdf.Root.StructTreeRoot))


def heading_tags(data: bytes) -> list[str]:
    return [each.tag for each in elements(data) if re.fullmatch(r"H\d", each.tag)]


# --- What it says --------------------------------------------------------------------------------
def test_all_that_the_snapshot_says_is_printed(data):
    words = words_of(data)
    for activity in ACTIVITIES:
        assert flat(activity.title) in words
        assert flat(f"→{activity.result}") in words
    months = ["令和6年5月庁内", "令和6年11月孤独", "令和7年3月県", "参加者：32名"]
    kinds = [
        "(②孤独・孤立の実態把握や地域資源の調査、③関係者間の活動等に係る情報共有や相互啓発活動)",
        "(⑨管内市区町村の後方支援)",
    ]
    assert [each for each in (*months, *kinds) if each not in words] == []
    for project in PROJECTS:
        for line in project.lines:
            assert f"{line.amount_yen:,})" in words
    assert "(追加発注：372,728)" in words
    assert "(8,712,064)" in words
    assert sum(len(project.lines) for project in PROJECTS) == 13
    assert "孤独（こどく）・孤立（こりつ）に悩む人" in words
    assert "第1版（令和7年4月10日承認）" in words


def test_paragraphs_come_out_as_they_were_written(data):
    words = words_of(data)
    for section in APPROVED.sections:
        for paragraph in section.body.split("\n\n"):
            plain = re.sub(r"《(.+?)》", r"（\1）", paragraph).replace("**", "")
            if not plain.startswith("- "):
                assert flat(plain) in words


def test_parts_stand_in_the_order_of_the_form(data):
    words = words_of(data)
    places = [words.find(flat(heading)) for heading in HEADINGS]
    assert places == sorted(places)
    assert places[0] == 0


def test_signs_of_offices_come_back():
    signs = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳、髙﨑、〜、㈱、㋿"
    snapshot = Snapshot(2024, "交付金", "香川県", sections=(Section("background", "経緯", signs),))
    assert signs in words_of(print_report(snapshot)[0])


def test_lines_end_at_the_edge_and_begin_as_they_may():
    laid = lay_out_report(APPROVED)
    lines = justified_lines(laid, laid.write())
    assert len(lines) > 20
    assert [line for line in lines if abs(line.short) > 1] == []
    assert [line.text for line in lines if line.text[0] in _NOT_AT_THE_START] == []


def test_line_is_42_characters():
    """A width that is no whole number of characters would leave every line to be stretched."""
    laid = lay_out_report(Snapshot(2024, "交付金", "香川県", sections=(Section("x", "経緯", "国" * 120),)))
    lines = justified_lines(laid, laid.write())
    assert [len(line.text) for line in lines] == [41, 42]
    assert [line for line in lines if line.widest > 0.05] == []


def test_draft_says_so_on_every_page(data):
    draft, count = print_report(DRAFT)
    assert all(page.count("下書き") >= 2 for page in pages_of(draft))
    assert count == len(pages_of(draft))
    assert "下書き" not in "".join(pages_of(data))


def test_report_with_nothing_in_it_is_printed():
    data, count = print_report(Snapshot(2024, "交付金", "香川県"))
    assert (count, "【資料】" in words_of(data)) == (1, False)
    bare = Snapshot(2019, "交付金", "香川県", activities=(DoneActivity("説明会"),))
    assert "令和元年度交付金事業実施報告書" in words_of(print_report(bare)[0])
    assert "1.事業概要" in words_of(print_report(bare)[0])


HOSTILE = (
    "<script>alert(1)</script>",
    "<a href=javascript:alert(2)>押す</a>[押す](javascript:alert(3))",
    "<p style='background: url(http://127.0.0.1:9/x.png)'>色</p>url(file:///etc/passwd)",
    "file:///etc/passwd、http://127.0.0.1:9/y.png、<http://127.0.0.1:9/z.css>",
    "<img src='http://127.0.0.1:9/x.png'>",
    "<img src='file:///etc/hostname'>",
    "![絵](http://127.0.0.1:9/x.png)",
    "<style>@import url(http://127.0.0.1:9/x.css)</style><link rel=stylesheet href=file:///etc/passwd>",
    "[名簿](file:///etc/passwd) {{ snapshot }} {% load static %}",
)


def test_hostile_text_is_text(monkeypatch):
    """Nothing is asked for, and what was typed is printed, in every place where somebody can type."""
    asked: list[str] = []
    fetcher = platform_portal.pdf._fetcher()
    monkeypatch.setattr(type(fetcher), "fetch", lambda _fetcher, url, _headers=None: asked.append(url))
    monkeypatch.setattr(platform_portal.pdf, "_fetcher", lambda: fetcher)
    snapshot = replace(
        APPROVED,
        official_name=HOSTILE[0],
        heading=HOSTILE[1],
        activities=tuple(DoneActivity(text, result=text) for text in HOSTILE),
        sections=tuple(Section(f"section{number}", text, text) for number, text in enumerate(HOSTILE)),
        projects=tuple(
            replace(
                PROJECTS[0],
                name=text,
                content=text,
                expected_effect=text,
                timing=text,
                response=text,
                lines=(Line(text, 1000, text),),
            )
            for text in HOSTILE
        ),
        figures=(Figure(HOSTILE[0], HOSTILE[0], HOSTILE[1], ((2024, 1),)),),
        categories=tuple(replace(each, label=HOSTILE[0]) for each in APPROVED.categories),
        issuer=HOSTILE[0],
    )
    html, _css = html_and_css(snapshot)
    assert not set(re.findall(r"<(\w+)", html)) & {"script", "img", "style", "link", "iframe", "object"}
    assert not re.search(r"<[^>]+(?:href|src)=['\"]?file", html)
    data = print_report(snapshot)[0]
    assert asked == []
    words = words_of(data)
    assert words.count(flat(HOSTILE[0])) > 15
    for text in HOSTILE:
        assert words.count(flat(text)) >= 4, text  # as a title, a result, the name and the payee of a project
    with pikepdf.open(io.BytesIO(data)) as pdf:
        notes = [note for page in pdf.pages for note in page.get("/Annots", ())]
    leads = {str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A}
    assert all(lead.startswith("http://127.0.0.1:9/") for lead in leads), leads
    assert b"/JavaScript" not in data
    assert b"/Launch" not in data


def test_sign_without_a_glyph_is_refused_in_words():
    snapshot = Snapshot(2024, "交付金", "香川県", heading="外字\ue123")
    with pytest.raises(UnprintableError, match=r"U\+E123"):
        print_report(snapshot)


def test_final_report_with_an_unconfirmed_category_is_refused_in_words():
    activities = (DoneActivity("説明会", categories=(1,)),)
    with pytest.raises(UnprintableError, match="①"):
        print_report(replace(APPROVED, activities=activities))
    data, _count = print_report(replace(DRAFT, activities=activities))
    assert "【未確認】" in words_of(data)


# --- Long ones -----------------------------------------------------------------------------------
def test_long_report_begins_with_its_contents(long_one):
    pages = pages_of(long_one)
    assert len(pages) > 6
    document = pypdfium2.PdfDocument(long_one)
    for entry in list(document.get_toc())[1:]:
        number = entry.get_dest().get_index() + 1
        assert re.search(rf"{re.escape(entry.get_title())}[ .]+{number}\b", pages[0]), entry.get_title()
    tables = [page for page in pages if "期待される効果" in page]
    assert len(tables) > 2  # the head stands on each of its pages


@pytest.mark.parametrize(
    ("snapshot", "page_counts", "with_contents"),
    [
        (APPROVED, [6], [False]),
        (APPROVED, [7, 8], [False, True]),
        (long_report(5), [20], [True]),
        (long_report(5), [7, 6], [True, False]),
        (long_report(5), [7, 7, 8], [True, False, True]),
    ],
)
def test_it_is_laid_out_again_only_where_the_guess_was_wrong(
    snapshot, page_counts, with_contents, monkeypatch
):
    asked, pages = [], list(page_counts)

    def lay_out(html: str, css: str) -> SimpleNamespace:
        asked.append('class="contents"' in html)
        return SimpleNamespace(page_count=pages.pop(0))

    monkeypatch.setattr(pdf, "lay_out", lay_out)
    assert lay_out_report(snapshot).page_count == page_counts[-1]
    assert asked == with_contents


def test_row_that_no_page_holds_is_printed_whole():
    long = "".join(f"{number}番目の会場で開いた。" for number in range(180))
    data, count = print_report(replace(APPROVED, projects=(PROJECTS[0], replace(PROJECTS[1], content=long))))
    heads = "事業名称事業内容期待される効果実施時期発注先（金額）実施後の反響"
    words = words_of(data).replace(heads, "")
    assert count <= 8
    assert all("期待される効果" in page for page in pages_of(data) if "会場で" in page)
    assert all(f"{number}番目の" in words for number in range(180))


def test_short_report_needs_no_contents(data):
    assert len(pages_of(data)) <= 6
    assert "...." not in "".join(pages_of(data))


def test_no_row_is_split(long_one):
    """What stands in a row is on one page."""
    pages = list(map(flat, pages_of(long_one)))
    for project in PROJECTS:
        whole = [
            page for page in pages if flat(project.name) in page and flat(project.expected_effect) in page
        ]
        amounts = [page for page in pages if f"{project.lines[-1].amount_yen:,})" in page]
        assert set(amounts) <= set(whole)


def test_small_table_stays_where_it_fits():
    """Its only row does not drag it to the next page, where what follows is kept together."""
    snapshot = replace(
        APPROVED, sections=(), activities=ACTIVITIES[:1], projects=PROJECTS[:2], figures=FIGURES[:1]
    )
    pages = pages_of(print_report(snapshot)[0])
    assert "会員団体の数" in pages[0]
    assert "月別・区分別の事業の数" not in pages[0]


# --- Structure -----------------------------------------------------------------------------------
def test_file_says_what_it_is(data):
    pdf = pikepdf.open(io.BytesIO(data))
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "ja"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.docinfo["/Title"]) == HEADINGS[0]
    assert str(pdf.docinfo["/Author"]) == "香川県"
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == HEADINGS[0]


def test_headings_are_bookmarks_and_skip_no_level(data):
    document = pypdfium2.PdfDocument(data)
    toc = list(document.get_toc())
    assert [entry.get_title() for entry in toc] == HEADINGS
    levels = [entry.level for entry in toc]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert heading_tags(data) == ["H1", "H2", "H3", "H4", "H4", "H4", "H4", "H2", "H3", "H3", "H3", "H3"]


@pytest.mark.parametrize("heading", ["", "事業"])
def test_headings_in_prose_go_on_from_their_section(heading):
    section = Section("background", "経緯", "# 大\n\n文。\n\n### 小\n\n文。")
    snapshot = Snapshot(2024, "交付金", "香川県", heading=heading, sections=(section,))
    expected = ["H1", "H2", "H3", "H4", "H5", "H6"]
    assert heading_tags(print_report(snapshot)[0]) == (expected if heading else expected[:-1])


def test_cells_name_their_heads(data):
    heads = {each.key for each in elements(data) if each.tag == "TH"}
    cells = [each for each in elements(data) if each.tag == "TD"]
    assert len(heads) > 40
    assert len(cells) > 100
    assert [cell for cell in cells if not cell.heads or not set(cell.heads) <= heads] == []


def test_drawings_have_words_in_their_place(data):
    words = [each.words for each in elements(data) if each.tag == "Figure"]
    assert words == [
        "図：月別・区分別の事業の数。数は、次の表にあります。",
        "図：試行事業ごとの経費。金額は、次の表にあります。",
    ]


def test_all_fonts_are_inside_the_file(data):
    pdf = pikepdf.open(io.BytesIO(data))
    names = set()
    for page in pdf.pages:
        for font in page.Resources.get("/Font", {}).values():
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            assert "/ToUnicode" in font
            names.add(str(descriptor.FontName).partition("+")[2].replace("-", ""))
    assert all(name.startswith("BIZUD") for name in names), names


def test_filing_copy_carries_its_source(data, filed):
    pdf = pikepdf.open(io.BytesIO(filed))
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert pdf.Root.MarkInfo.Marked
    assert len(pdf.Root.OutputIntents) == 1
    (file,) = pdf.Root.AF
    assert str(file.AFRelationship) == "/Source"
    assert list(pdf.attachments) == ["report.json"]
    content = pdf.attachments["report.json"].get_file().read_bytes().decode()
    assert from_json(json.loads(content)) == APPROVED
    assert content == canonical(to_json(APPROVED))
    assert words_of(filed) == words_of(data)


# --- The same again ------------------------------------------------------------------------------
def test_same_bytes_in_the_same_process(data, filed):
    print_report(DRAFT)
    assert print_report(APPROVED)[0] == data
    assert print_report(APPROVED, is_for_filing=True)[0] == filed


def test_same_bytes_in_another_process(data, filed, tmp_path):
    script = (
        "import sys, django; django.setup()\n"
        "from reports.printing.pdf import print_report\n"
        "from tests.unit.reports.sample import APPROVED\n"
        "for name, is_for_filing in (('data', False), ('filed', True)):\n"
        "    with open(f'{sys.argv[1]}/{name}', 'wb') as file:\n"
        "        file.write(print_report(APPROVED, is_for_filing=is_for_filing)[0])\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=settings.BASE_DIR)
    assert (tmp_path / "data").read_bytes() == data
    assert (tmp_path / "filed").read_bytes() == filed


@pytest.mark.parametrize("kind", RenderingKind.values)
def test_every_kind_is_made_of_the_frozen_values_alone(kind, data, filed):
    steps: list[str] = []
    made = make_file(RenderingKind(kind), to_json(APPROVED), on_writing=lambda: steps.append("writing"))
    assert steps == ["writing"]
    expected = {"pdf": data, "filing": filed}
    assert made.data == expected.get(kind, made.data)
    assert (made.page_count is None) == (kind == "docx")
