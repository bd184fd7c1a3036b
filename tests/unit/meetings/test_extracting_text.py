"""What comes out of files that people really bring."""

import io

import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from meetings.confined.pdf import Glyph, Line, _lines, arrange
from meetings.extracting import UnreadableFileError, extract_text
from tests.paper_files import part_of, pdf, run_here, with_parts, word


@pytest.fixture(autouse=True)
def _without_a_child(monkeypatch):
    """test_extracting_hostile.py has it."""
    monkeypatch.setattr("meetings.extracting.run_confined", run_here)


LINES = "つながり会議 議事録\n（事務局）　これから始めます。\n（以上）\n"


def text_of(data: bytes, name: str = "") -> str:
    return extract_text(io.BytesIO(data), name).text


class TestPlainText:
    @pytest.mark.parametrize(
        "encoding",
        ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jp", "iso2022_jp"],
    )
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_encoding_of_an_office(self, encoding, end):
        assert text_of(LINES.replace("\n", end).encode(encoding)) == LINES

    def test_the_mark_of_big_ends(self):
        assert text_of(b"\xfe\xff" + LINES.encode("utf-16-be")) == LINES

    @pytest.mark.parametrize(
        ("name", "kind"), [("a.txt", "txt"), ("A.MD", "md"), ("", "txt"), ("a.docx", "txt")]
    )
    def test_kind(self, name, kind):
        found = extract_text(io.BytesIO(LINES.encode()), name)
        assert (found.kind, found.pages) == (kind, None)
        assert len(found.sha256) == 64

    def test_pages_and_white_space_stay(self):
        assert text_of(b"a\x0cb \t\n\n\nc") == "a\x0cb \t\n\n\nc"

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"abc\x00def", "文字のファイルではない"),
            ("一行目\n".encode() + b"\xff\xfe\xff\n", "2行目の文字が読めません"),
            (b"\x1b$B\xff\xff", "文字が読めません"),
            (b"\xef\xbb\xbf \n", "空です"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "画像のファイル"),
            (b"<?xml version='1.0'?><a/>", "ウェブページ"),
        ],
    )
    def test_what_is_no_text(self, data, words):
        with pytest.raises(UnreadableFileError, match=words):
            text_of(data)


class TestPdf:
    def test_lines_and_pages(self):
        data = pdf(
            "<p>1　開会</p><p>(事務局) それでは、始めます。</p><p style='break-before: page'>髙﨑 德子 ① ㈱</p>"
        )
        found = extract_text(io.BytesIO(data), "x.txt")
        assert found.text == "1　開会\n(事務局) それでは、始めます。\f髙﨑 德子 ① ㈱"
        assert (found.kind, found.pages) == ("pdf", 2)

    def test_page_without_words_is_an_empty_page(self):
        data = pdf(
            "<p>はじめ</p><p style='break-before: page'><br></p><p style='break-before: page'>おわり</p>"
        )
        assert text_of(data) == "はじめ\f\fおわり"


def number(paragraph, list_id: int, level: int = 0) -> None:
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')
    )


def add_list(document, *levels: tuple[str, str], overrides: str = "") -> int:
    root = document.part.numbering_part.element
    count = len(root.findall(qn("w:num"))) + 900
    lines = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    first = root.find(qn("w:num"))
    first.addprevious(
        parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{count}">{lines}</w:abstractNum>')
    )
    root.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{count}"><w:abstractNumId w:val="{count}"/>{overrides}</w:num>'
        )
    )
    return count


class TestWord:
    def test_paragraphs_breaks_and_tabs(self):
        def fill(document):
            document.add_paragraph("議事録")
            paragraph = document.add_paragraph("日時\t令和7年2月12日")
            paragraph.add_run().add_break()
            paragraph.add_run("つづき")
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            document.add_paragraph("次のページ")
            document.add_paragraph("その次").paragraph_format.page_break_before = True

        assert text_of(word(fill)) == "議事録\n日時\t令和7年2月12日\nつづき\n\f\n次のページ\n\fその次\n"

    def test_tables_stand_where_they_are(self):
        def fill(document):
            document.add_paragraph("前")
            table = document.add_table(2, 2)
            for cell, text in zip(
                table._cells, ["氏名", "発言", "山田\n課長", "一つ目。\n二つ目。"], strict=True
            ):
                cell.text = text
            document.add_paragraph("後")

        assert text_of(word(fill)) == "前\n氏名\t発言\n山田 課長\t一つ目。\n二つ目。\n後\n"

    def test_tables_in_tables_and_empty_cells(self):
        def fill(document):
            table = document.add_table(1, 3)
            table.cell(0, 1).text = "中"
            inner = table.cell(0, 2).add_table(1, 2)
            inner.cell(0, 0).text, inner.cell(0, 1).text = "a", "b"

        assert text_of(word(fill)) == "\t中\ta\tb\n"

    def test_head_and_foot_once_and_page_numbers_never(self):
        def fill(document):
            document.add_paragraph("本文")
            document.sections[0].header.paragraphs[0].text = "資料1"
            foot = document.sections[0].footer.paragraphs[0]
            foot.add_run("県庁 ")
            for xml in (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
                "<w:r><w:instrText> PAGE </w:instrText></w:r>",
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
                "<w:r><w:t>17</w:t></w:r>",
                '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
                '<w:fldSimple w:instr="NUMPAGES"><w:r><w:t>18</w:t></w:r></w:fldSimple>',
            ):
                foot._p.append(parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))
            document.add_section()

        assert text_of(word(fill)) == "資料1\n本文\n\n県庁\n"

    def test_numbers_that_word_counts(self):
        def fill(document):
            agenda = add_list(document, ("decimal", "%1"), ("decimal", "(%2)"), ("aiueoFullWidth", "%3"))
            for text, level in [
                ("開会", 0),
                ("報告", 0),
                ("県の取組", 1),
                ("細目", 2),
                ("市の取組", 1),
                ("閉会", 0),
            ]:
                number(document.add_paragraph(text), agenda, level)
            circles = add_list(document, ("decimalEnclosedCircle", "%1"))
            number(document.add_paragraph("一つ目"), circles)
            number(document.add_paragraph("二つ目"), circles)

        lines = "1 開会\n2 報告\n(1) 県の取組\nア 細目\n(2) 市の取組\n3 閉会\n① 一つ目\n② 二つ目\n"
        assert text_of(word(fill)) == lines

    @pytest.mark.parametrize(
        ("form", "text", "shown"),
        [
            ("decimalFullWidth", "%1．", ["１．", "２．"]),
            ("japaneseCounting", "第%1", ["第一", "第二"]),
            ("upperRoman", "%1", ["I", "II"]),
            ("lowerLetter", "%1)", ["a)", "b)"]),
            ("iroha", "%1", ["イ", "ロ"]),
            ("decimalZero", "%1", ["01", "02"]),
            ("bullet", "○", ["○", "○"]),
            ("bullet", "\uf0b7", ["・", "・"]),
        ],
    )
    def test_forms_of_numbers(self, form, text, shown):
        def fill(document):
            made = add_list(document, (form, text))
            for _each in shown:
                number(document.add_paragraph("項"), made)

        assert text_of(word(fill)) == "".join(f"{each} 項\n" for each in shown)

    def test_a_list_that_begins_anew(self):
        def fill(document):
            made = add_list(document, ("decimal", "%1."))
            root = document.part.numbering_part.element
            root.append(
                parse_xml(
                    f'<w:num {nsdecls("w")} w:numId="990"><w:abstractNumId w:val="{made}"/>'
                    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
                )
            )
            for list_id in (made, made, 990, 990):
                number(document.add_paragraph("項"), list_id)

        assert text_of(word(fill)) == "1. 項\n2. 項\n1. 項\n2. 項\n"

    def test_numbers_of_a_style(self):
        def fill(document):
            document.add_paragraph("一", style="List Number")
            document.add_paragraph("二", style="List Number")

        assert text_of(word(fill)) == "1. 一\n2. 二\n"

    def test_boxes_once_and_after_their_paragraph(self):
        box = (
            "<w:r><mc:AlternateContent {mc}>"
            '<mc:Choice Requires="wps"><w:drawing><w:txbxContent><w:p><w:r><w:t>枠の中</w:t></w:r></w:p>'
            "</w:txbxContent></w:drawing></mc:Choice>"
            "<mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>枠の中</w:t></w:r></w:p></w:txbxContent>"
            "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        ).format(mc='xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"')

        def fill(document):
            document.add_paragraph("前")._p.append(
                parse_xml(box.replace("<w:r>", f"<w:r {nsdecls('w')}>", 1))
            )
            document.add_paragraph("後")

        assert text_of(word(fill)) == "前\n枠の中\n後\n"

    def test_what_was_struck_out_or_hidden_is_gone_and_what_was_put_in_is_there(self):
        def fill(document):
            paragraph = document.add_paragraph("残る")
            for xml in (
                "<w:del><w:r><w:delText>消した</w:delText></w:r></w:del>",
                "<w:ins><w:r><w:t>足した</w:t></w:r></w:ins>",
                "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隠した</w:t></w:r>",
                "<w:r><w:ruby><w:rt><w:r><w:t>こどく</w:t></w:r></w:rt>"
                "<w:rubyBase><w:r><w:t>孤独</w:t></w:r></w:rubyBase></w:ruby></w:r>",
                "<w:hyperlink><w:r><w:t>リンク</w:t></w:r></w:hyperlink>",
                '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>',
            ):
                paragraph._p.append(parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))
            paragraph.runs[0].font.size = Pt(12)

        assert text_of(word(fill)) == "残る足した孤独リンク☑\n"

    def test_notes_stand_at_the_end_and_are_pointed_to(self):
        def fill(document):
            document.add_paragraph("本文")._p.append(
                parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>')
            )

        plain = word(fill)
        notes = "".join(
            f"<w:footnote {kind} w:id='{each}'><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>"
            for each, kind, text in [(0, "w:type='separator'", "線"), (2, "", "出典は県の調査")]
        )
        rels = part_of(plain, "word/_rels/document.xml.rels").replace(
            b"</Relationships>",
            b'<Relationship Id="rId900" Target="footnotes.xml" Type="http://schemas.openxmlformats.org/'
            b'officeDocument/2006/relationships/footnotes"/></Relationships>',
        )
        parts = {
            "word/footnotes.xml": f"<w:footnotes {nsdecls('w')}>{notes}</w:footnotes>".encode(),
            "word/_rels/document.xml.rels": rels,
        }
        assert text_of(with_parts(plain, parts)) == "本文（注2）\n（注2）出典は県の調査\n"

    def test_frames_for_forms(self):
        def fill(document):
            body = document.element.body
            row = "<w:tr><w:sdt><w:sdtContent><w:tc><w:p><w:r><w:t>氏名</w:t></w:r></w:p></w:tc></w:sdtContent></w:sdt></w:tr>"
            for inner in ("<w:p><w:r><w:t>枠</w:t></w:r></w:p>", f"<w:tbl>{row}</w:tbl>"):
                body.insert(
                    0, parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent>{inner}</w:sdtContent></w:sdt>")
                )

        assert text_of(word(fill)) == "氏名\n枠\n"

    @pytest.mark.parametrize(("wrap", "count"), [("w:sdt", 60), ("w:ins", 60), ("w:smartTag", 100)])
    def test_nested_without_end(self, wrap, count):
        def fill(document):
            inner = "<w:r><w:t>底</w:t></w:r>"
            if wrap != "w:smartTag":
                inner = f"<w:p>{inner}</w:p>"
            for _each in range(count):
                inner = f"<{wrap}>{inner}</{wrap}>"
            if wrap == "w:smartTag":
                inner = f"<w:p>{inner}</w:p>"
            document.element.body.insert(0, parse_xml(inner.replace(">", f" {nsdecls('w')}>", 1)))

        with pytest.raises(UnreadableFileError, match="入れ子が深すぎます"):
            text_of(word(fill))

    def test_too_many_words(self, monkeypatch):
        monkeypatch.setattr("meetings.confined.word.MAX_CHARACTERS", 5)
        monkeypatch.setattr("meetings.confined.pdf.MAX_CHARACTERS", 5)
        for data in (word("六文字以上です"), pdf("<p>六文字以上です</p>")):
            with pytest.raises(UnreadableFileError, match="文字が多すぎます"):
                text_of(data)

    def test_a_document_that_lacks_its_parts(self):
        plain = word()
        for name in ("word/document.xml", "word/styles.xml"):
            with pytest.raises(UnreadableFileError, match="こわれています"):
                text_of(with_parts(plain, {name: b"<broken"}))

    def test_kind(self):
        found = extract_text(io.BytesIO(word()), "何でも.txt")
        assert (found.kind, found.pages, found.text) == ("docx", None, "県社協の山田です。\n")


class TestLinesOfAPdf:
    def test_room_for_a_line_is_an_empty_line_on_every_page(self):
        spaced = [Line("（県社協・山田課長）", 0), Line("声をかけます。", 34), Line("（事務局）", 34)]
        dense = [Line("次第", 0), Line("1 開会", 17), Line("2 閉会", 17)]
        assert arrange([dense, spaced]) == (
            "次第\n1 開会\n2 閉会\f（県社協・山田課長）\n\n声をかけます。\n\n（事務局）"
        )

    def test_a_glyph_further_left_and_lower_begins_a_line(self):
        row = [Glyph("前", 60, 100), Glyph("行", 72, 100), Glyph("次", 60, 83), Glyph("行", 72, 83)]
        assert [line.text for line in _lines(row)] == ["前行", "次行"]

    def test_a_raised_number_stays_in_its_line(self):
        row = [Glyph("注", 60, 100), Glyph("1", 72, 101.5), Glyph("に", 71, 100)]
        assert [line.text for line in _lines(row)] == ["注1に"]

    def test_written_downwards_a_column_is_a_line(self):
        column = [Glyph("縦", 300, 100), Glyph("書", 300, 88), Glyph("次", 280, 100), Glyph("列", 280, 88)]
        assert [line.text for line in _lines(column)] == ["縦書", "次列"]
