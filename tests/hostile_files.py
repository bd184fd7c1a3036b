"""Files that no import may take, with the words of the answer."""

import io
import zipfile

import openpyxl

HEAD = "ID,名称\n"
NEW = HEAD + ",まちの相談室\n"


def workbook(rows: list[list[object]], title: str = "表") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def bomb() -> bytes:
    return zipped(
        **{
            "[Content_Types].xml": b"x",
            "xl__workbook.xml": b"x",
            "xl__worksheets__sheet1.xml": b"0" * 60_000_000,
        }
    )


def entity_bomb() -> bytes:
    book = workbook([["名称"], ["x"]])
    evil = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, evil if name == "xl/workbook.xml" else old.read(name))
    return buffer.getvalue()


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "ファイルが空です"),
    "only spaces": (b" \r\n \t", "ファイルが空です"),
    "only the mark": (b"\xef\xbb\xbf", "見出しの下に"),
    "only headers": (HEAD.encode(), "見出しの下に"),
    "too large": (b"a," * 2_700_000, "大きすぎます"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 50, "表ではないファイル"),
    "a PDF": (b"%PDF-1.7\n%abc", "表ではないファイル"),
    "a program": (b"\x7fELF\x02\x01\x01" + b"\x00" * 50, "表ではないファイル"),
    "NUL bytes": (NEW.encode() + b"a\x00b", "表ではないファイル"),
    "UTF-16": (NEW.encode("utf-16"), "UTF-16"),
    "mixed encodings": (NEW.encode() + ",べつの相談室,県".encode("cp932"), "文字コードが混ざっている"),
    "no encoding at all": (b"ID,\x81\n,\xff\xfe\n", "文字が読めません"),
    "web page as xls": (b"<html><table><tr><td>1</td></tr></table></html>", "ウェブページ"),
    "XML": (b"<?xml version='1.0'?><a/>", "ウェブページ"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "古い形式"),
    "locked Excel": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 40 + "EncryptedPackage".encode("utf-16-le"),
        "パスワード",
    ),
    "Excel with macros": (
        zipped(**{"[Content_Types].xml": b"x", "xl__workbook.xml": b"x", "xl__vbaProject.bin": b"x"}),
        "マクロ",
    ),
    "Word": (zipped(**{"[Content_Types].xml": b"x", "word__document.xml": b"x"}), "Word"),
    "OpenDocument": (zipped(mimetype=b"x", content=b"x"), "OpenDocument"),
    "any zip": (zipped(a=b"x"), "ZIP"),
    "a torn zip": (workbook([["名称"], ["x"]])[:500], "こわれています"),
    "a zip bomb": (bomb(), "大きくなりすぎる"),
    "an entity bomb": (entity_bomb(), "Excel のファイルとして読めません"),
    "not really a workbook": (
        zipped(**{"[Content_Types].xml": b"x", "xl__workbook.xml": b"<a/>"}),
        "Excel のファイルとして読めません",
    ),
    "open quote": (HEAD.encode() + b',"abc,def\nghi\n', "引用符"),
    "text after a quote": (HEAD.encode() + b',"abc"d,e\n', "引用符"),
    "unknown header": (b"ID,\xe5\x90\x8d\xe7\xa7\xb0,memo\n,a,b\n", "知らない見出し"),
    "header twice": ("名称,名称\na,b\n".encode(), "同じ見出しが2回"),
    "10,000 columns": (",".join(f"c{n}" for n in range(10_000)).encode() + b"\na\n", "列が多すぎます"),
    "10,000 empty columns": (NEW.encode() + b"," * 10_000 + b"x\n", "列が多すぎます"),
    "formula without result": (workbook([["名称"], ["=A1&A1"]]), "数式の結果が読めません"),
    "no visible words": (workbook([[None]]), "見出しの下に"),
}
