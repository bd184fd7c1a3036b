"""Papers: told apart by content, kept only when they are nothing else besides, and given a fit name."""

import hashlib
import io
import zipfile

import pypdfium2
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from meetings.extracting import UnreadableFileError
from meetings.models import DocumentKind
from meetings.papers.checking import check_paper, read_paper
from meetings.papers.names import clean_name, suffix_of
from tests.hostile_files import workbook
from tests.paper_files import (
    HOSTILE,
    attached_pdf,
    bare_pdf,
    packed,
    pdf,
    picture,
    run_here,
    scanned_pdf,
    shape,
    slides,
    stream,
    word,
)
from tests.unit.members.test_logos import bomb


@pytest.fixture(autouse=True)
def _without_a_child(request, monkeypatch):
    """But for files that are made to hurt."""
    if "hostile" not in request.node.name:
        monkeypatch.setattr("meetings.papers.checking.run_confined", run_here)


def checked(data: bytes, name: str):
    return check_paper(io.BytesIO(data), name)


def refused(data: bytes, name: str) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        checked(data, name)
    return caught.value.message


GOOD = {
    "資料1.pdf": (lambda: pdf("<p>県の取組</p><p style='break-before: page'>2</p>"), DocumentKind.PDF, 2),
    "scan.PDF": (scanned_pdf, DocumentKind.PDF, 1),
    "次第.docx": (word, DocumentKind.DOCX, None),
    "名簿.xlsx": (lambda: workbook([["名称"]]), DocumentKind.XLSX, None),
    "説明.pptx": (lambda: slides(shape("県の取組")), DocumentKind.PPTX, None),
    "図.png": (picture, DocumentKind.PNG, None),
    "写真.jpg": (lambda: picture("JPEG"), DocumentKind.JPEG, None),
    "写真.JPEG": (lambda: picture("JPEG"), DocumentKind.JPEG, None),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_papers(name):
    make, kind, pages = GOOD[name]
    data = make()
    paper = checked(data, name)
    assert (paper.name, paper.kind, paper.pages) == (name, kind, pages)
    assert paper.sha256 == hashlib.sha256(paper.data).hexdigest()
    if kind not in (DocumentKind.PNG, DocumentKind.JPEG):
        assert paper.data == data


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_answered_in_words(name):
    make, words = HOSTILE[name]
    data = make()
    suffix = "pdf" if b"%PDF" in data[:100] else "docx"
    said = refused(data, f"資料.{suffix}")
    assert words in said
    assert said.endswith("。")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("資料.docx", "「.docx」ですが、中身はPDFです"),
        ("資料.pdf.exe", "「.exe」ですが"),
        ("資料", "「.pdf」がありません"),
        ("資料\u202efdp.exe", "「.exe」ですが"),
        ("資料.pdf/", "がありません"),
    ],
)
def test_name_and_content_agree(name, words):
    assert words in refused(bare_pdf(), name)


ACTION = b"<< /Type /Action /S /JavaScript /JS (app.alert\\(1\\)) >>"
SPELLED = b"<< /S /J#61vaScr#69pt /JS (1) >>"
LAUNCH = b"<< /S /Launch /F (cmd.exe) >>"
ACTIVE = {
    "script on opening": (lambda: bare_pdf(catalog=b"/OpenAction " + ACTION), "JavaScript"),
    "script in names": (
        lambda: bare_pdf(catalog=b"/Names << /JavaScript << /Names [(a) " + ACTION + b"] >> >>"),
        "JavaScript",
    ),
    "script of a page": (lambda: bare_pdf(page=b"/AA << /O " + ACTION + b" >>"), "JavaScript"),
    "script spelled with numbers": (lambda: bare_pdf(catalog=b"/OpenAction " + SPELLED), "JavaScript"),
    "script in an object stream": (lambda: bare_pdf(more=(packed(ACTION),)), "JavaScript"),
    "script behind a comment": (
        lambda: bare_pdf(more=(packed(ACTION).replace(b"/N 1", b"/N 1 % 8 0 obj\n"),)),
        "JavaScript",
    ),
    "script packed in an unusual way": (
        lambda: bare_pdf(more=(stream(ACTION.hex().encode(), b"/Type /ObjStm /Filter /ASCIIHexDecode"),)),
        "ふつうと違う作り",
    ),
    "object stream that unfolds": (
        lambda: bare_pdf(more=(packed(b"0" * 120_000_000),)),
        "ふつうと違う作り",
    ),
    "torn object stream": (
        lambda: bare_pdf(more=(stream(b"garbage", b"/Type /ObjStm /Filter /FlateDecode"),)),
        "ふつうと違う作り",
    ),
    "program": (lambda: bare_pdf(catalog=b"/OpenAction " + LAUNCH), "ほかのプログラム"),
    "program in an object stream": (lambda: bare_pdf(more=(packed(LAUNCH),)), "ほかのプログラム"),
    "attachment": (attached_pdf, "埋め込まれた"),
    "video": (lambda: bare_pdf(page=b"/Annots [<< /Subtype /RichMedia >>]"), "動画"),
    "form": (lambda: bare_pdf(catalog=b"/AcroForm << /XFA (x) >>"), "記入"),
    "locked for printing": (
        lambda: bare_pdf(
            more=(b"<< /Filter /Standard /V 9 /R 9 /O <41> /U <42> /P -44 >>",), end=b"/Encrypt 4 0 R"
        ),
        "パスワード",
    ),
}


@pytest.mark.parametrize("name", ACTIVE)
def test_pdf_that_acts_by_itself(name):
    make, words = ACTIVE[name]
    assert words in refused(make(), "資料.pdf")


@pytest.mark.parametrize(
    "body",
    [
        lambda: bare_pdf(catalog=b"/OpenAction [3 0 R /Fit]"),
        lambda: bare_pdf(
            page=b"/Annots [<< /Subtype /Link /A << /S /URI /URI (https://pref.example/) >> >>]"
        ),
        lambda: bare_pdf(more=(packed(b"<< /Title (JavaScript) /First 1 0 R >>"),)),
        lambda: pdf("<p>/JavaScript について、/Launch について</p><a href='https://pref.example'>県</a>"),
    ],
)
def test_pdf_that_only_speaks_of_it(body):
    assert checked(body(), "資料.pdf").pages == 1


@pytest.mark.parametrize(
    "data",
    [
        lambda: bare_pdf() + word(),
        lambda: bare_pdf() + b"<script>alert(1)</script>",
        lambda: bare_pdf().replace(b"%PDF-1.7\n", b"%PDF-1.7\n%<html><script>1</script>\n"),
        lambda: b"GIF89a" + bare_pdf(),
        lambda: b"\n" + bare_pdf(),
    ],
)
def test_polyglots(data):
    assert "くっついて" in refused(data(), "資料.pdf")


class TestPictures:
    def test_metadata_and_what_hangs_on_the_end_are_gone(self):
        info = PngInfo()
        info.add_text("Author", "secret-author")
        exif = Image.Exif()
        exif[0x010E] = "secret-place"
        tail = io.BytesIO()
        with zipfile.ZipFile(tail, "w") as archive:
            archive.writestr("secret.html", b"<script>secret</script>")
        for data, name in (
            (picture(pnginfo=info, dpi=(72, 72), icc_profile=b"secret-profile"), "a.png"),
            (picture("JPEG", exif=exif, comment=b"secret-comment"), "a.jpg"),
            (picture() + b"<script>secret</script>", "a.png"),
            (picture("JPEG") + tail.getvalue(), "a.jpg"),
        ):
            kept = checked(data, name).data
            assert b"secret" not in kept
            assert not zipfile.is_zipfile(io.BytesIO(kept))
            assert not Image.open(io.BytesIO(kept)).getexif()

    def test_stands_upright_and_stays_what_it_is(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        kept = Image.open(io.BytesIO(checked(picture("JPEG", exif=exif), "a.jpg").data))
        assert (kept.format, kept.size) == ("JPEG", (40, 60))

    @pytest.mark.parametrize("mode", ["P", "L", "LA", "RGBA", "1"])
    def test_every_mode(self, mode):
        output = io.BytesIO()
        Image.new(mode, (10, 10)).save(output, format="PNG")
        kept = Image.open(io.BytesIO(checked(output.getvalue(), "a.png").data))
        assert kept.mode == ("RGBA" if mode in {"LA", "RGBA"} else "RGB")

    def test_large_ones_become_bearable(self):
        assert max(Image.open(io.BytesIO(checked(picture("JPEG", (6000, 100)), "a.jpg").data)).size) == 5000

    @pytest.mark.parametrize(
        ("data", "name", "words"),
        [
            (bomb, "a.png", "画素"),
            (lambda: picture()[:60], "a.png", "こわれています"),
            (lambda: b"\x89PNG\r\n\x1a\n<script>1</script>", "a.png", "こわれています"),
            (lambda: picture("WEBP"), "a.webp", "PNG か JPEG"),
            (lambda: picture("GIF"), "a.gif", "種類"),
            (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "種類"),
        ],
    )
    def test_refused(self, data, name, words):
        assert words in refused(data(), name)

    def test_moving(self):
        output = io.BytesIO()
        frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
        frames[0].save(output, format="PNG", save_all=True, append_images=frames[1:])
        assert "動く画像" in refused(output.getvalue(), "a.png")


class TestReading:
    def test_pdf(self):
        read = read_paper(pdf("<p>県の取組</p><p style='break-before: page'>次</p>"), "pdf")
        assert (read.text, read.pages) == ("県の取組\f次", 2)
        drawn = Image.open(io.BytesIO(read.preview))
        assert drawn.format == "PNG"
        assert drawn.width == pytest.approx(640, abs=2)
        assert len(drawn.getcolors(100_000)) > 1

    def test_pdf_without_words_has_a_preview(self):
        read = read_paper(scanned_pdf(), "pdf")
        assert read.text == ""
        assert read.preview.startswith(b"\x89PNG")

    @pytest.mark.parametrize(
        "box", [b"[0 0 100000 10]", b"[0 0 10 100000]", b"[0 0 14400 14400]", b"[0 0 0 0]"]
    )
    def test_pages_of_any_shape(self, box):
        data = bare_pdf().replace(b"[0 0 300 400]", box)
        assert len(read_paper(data, "pdf").preview) < 100_000

    def test_others(self):
        assert read_paper(word(), "docx").text == "県社協の山田です。\n"
        assert max(Image.open(io.BytesIO(read_paper(picture(size=(2000, 900)), "png").preview)).size) == 640

    def test_broken_after_all(self):
        with pytest.raises(UnreadableFileError, match="こわれています"):
            read_paper(b"%PDF-1.7", "pdf")

    def test_the_library_is_the_one_we_know(self):
        """Reading order and line ends were looked at with this one; another major version wants another look."""
        assert pypdfium2.version.PYPDFIUM_INFO.major == 5


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("資料1.pdf", "資料1.pdf"),
        ("C:\\Users\\山田\\資料1.PDF", "資料1.PDF"),
        ("../../etc/資料.pdf", "資料.pdf"),
        ('資\x00料\r\n: "a" \u202e.pdf', "資料 a.pdf"),
        ("..pdf", "pdf"),
        (" . .pdf", "file.pdf"),
        ("か\u3099.pdf", "が.pdf"),
        ("あ" * 300 + ".pdf", "あ" * 146 + ".pdf"),
        ("", ""),
    ],
)
def test_names(name, fit):
    assert clean_name(name) == fit
    assert len(clean_name(name)) <= 150


def test_suffix():
    assert suffix_of("A.B.PDF") == "pdf"
    assert suffix_of("pdf") == ""
